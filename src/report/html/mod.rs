//! One page to open and to send on: it holds all it needs, and asks nobody for
//! more.
//!
//! The page's own script makes what is seen out of the data, which stands in the
//! page as JSON with all markup escaped. Nothing else may run there: the policy
//! names the script by a number that is made from the data, so that nothing in
//! the data can know it.

mod data;

use std::io::{self, Write};

use super::inert::for_page;
use super::shown::Shown;
use super::{Report, Reporter};
use crate::hex::hex;
use data::Data;

/// The format `html`.
pub(super) struct Html;

const STYLE: &str = include_str!("page.css");
const BODY: &str = include_str!("page.html");
const SCRIPT: &str = include_str!("page.js");

/// Domain separation of the policy's numbers from other hashes.
const CONTEXT: &str = "redhanded 2026-11 page policy v1";

/// Takes the hash of what is written.
struct Hashed(blake3::Hasher);

impl Write for Hashed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Reporter for Html {
    fn name(&self) -> &'static str {
        "html"
    }

    fn write(&self, report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
        let shown = Shown::new(report);
        let data = Data::new(&shown);
        // Written twice rather than held: a report can be large.
        let mut hashed = Hashed(blake3::Hasher::new_derive_key(CONTEXT));
        for_page(&data, &mut hashed)?;
        let number = hex(&hashed.0.finalize().as_bytes()[..16]);
        write!(
            out,
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
             script-src 'nonce-{number}'; style-src 'nonce-{number}'; base-uri 'none'; \
             form-action 'none'\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"referrer\" content=\"no-referrer\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n\
             <title>redhanded: leaked credentials</title>\n\
             <style nonce=\"{number}\">\n{STYLE}</style>\n</head>\n<body>\n{BODY}\
             <script type=\"application/json\" id=\"data\">"
        )?;
        for_page(&data, out)?;
        write!(out, "</script>\n<script nonce=\"{number}\">\n{SCRIPT}</script>\n</body>\n</html>\n")
    }
}
