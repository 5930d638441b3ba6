//! Texts with all that a scan depends on: credentials near and far from each
//! other, comments that allow them, encodings, long lines.

use redhanded::rule::sample;

use crate::support::random::Random;
use crate::support::{github_token_of, written_rules};

/// What texts are made of.
pub(super) struct Stock {
    templates: Vec<String>,
}

impl Stock {
    /// The examples and near misses of all built-in rules.
    pub(super) fn new() -> Self {
        let mut templates = Vec::new();
        for rule in written_rules() {
            templates.extend(rule.examples.matching);
            templates.extend(rule.examples.near_miss);
        }
        Self { templates }
    }

    /// Something that a rule finds, or nearly does.
    fn credential(&self, random: &mut Random) -> String {
        let seed = random.next() % 50;
        let template = match random.below(10) {
            0 => return format!("token = {}", github_token_of(seed)),
            1 => return format!("\"{}\",", github_token_of(seed)),
            2 => return format!("password = \"{}\"", expand("${alnum:14}", seed)),
            3 => return key(random),
            _ => random.pick(&self.templates),
        };
        expand(template, seed)
    }

    /// Pieces of text worth inserting anywhere.
    pub(super) fn snippets(&self, random: &mut Random) -> Vec<Vec<u8>> {
        let mut snippets: Vec<Vec<u8>> = COMMENTS.iter().map(|c| c.as_bytes().to_vec()).collect();
        for _ in 0..12 {
            let credential = self.credential(random);
            snippets.push(format!("{credential}\n").into_bytes());
            snippets.push(credential.into_bytes());
        }
        for plain in ["\n", " ", "\r\n", "\"", "a", "0", "=", "-----", "ghp_", "password: "] {
            snippets.push(plain.as_bytes().to_vec());
        }
        snippets.push(vec![0; 9]);
        let password = crate::support::secret("Tr0ub&${alnum:7}");
        snippets.push(wide(&format!("password = \"{password}\"\r\n")));
        snippets.push(b"\xef\xbb\xbf".to_vec());
        snippets.push(b"\xff\xfe".to_vec());
        snippets
    }

    /// A text of some kind.
    pub(super) fn text(&self, random: &mut Random) -> Vec<u8> {
        let lines = random.within(3, 80);
        match random.below(14) {
            0 => Vec::new(),
            1 => [b"\xef\xbb\xbf".to_vec(), self.lines(lines, random).into_bytes()].concat(),
            2 => [b"\xff\xfe".to_vec(), wide(&self.lines(lines, random))].concat(),
            3 => wide(&self.lines(lines, random)),
            4 => {
                let text = self.lines(lines, random);
                let units = text.encode_utf16().flat_map(u16::to_be_bytes);
                [0xfe, 0xff].into_iter().chain(units).collect()
            }
            // A binary file with strings in it.
            5 => {
                let mut bytes = random.bytes(600);
                bytes.extend([0; 40]);
                bytes.extend(self.lines(lines / 4, random).as_bytes());
                bytes.push(0);
                bytes.extend(wide(&self.lines(lines / 4, random)));
                bytes.extend(random.bytes(600));
                bytes
            }
            // Long lines.
            6 => {
                let mut text = String::new();
                while text.len() < 70_000 {
                    text.push_str(&expand("${lower:1500},", random.next()));
                    text.push_str(self.credential(random).lines().next().unwrap_or_default());
                }
                text.push('\n');
                (text + &self.lines(lines / 4, random)).into_bytes()
            }
            7 => self.lines(lines, random).replace('\n', "\r\n").into_bytes(),
            _ => self.lines(lines, random).into_bytes(),
        }
    }

    /// Lines of which many hold a credential, half of one or a comment.
    fn lines(&self, count: usize, random: &mut Random) -> String {
        let mut text = String::new();
        for _ in 0..count {
            match random.below(8) {
                0 | 1 => text.push_str(&self.credential(random)),
                2 => {
                    let whole = self.credential(random);
                    let cut = (0..=random.below(whole.len() + 1)).rev();
                    let cut = cut.into_iter().find(|at| whole.is_char_boundary(*at)).unwrap_or(0);
                    text.push_str(if random.chance(50) { &whole[..cut] } else { &whole[cut..] });
                }
                3 if random.chance(40) => text.push_str(COMMENTS[random.below(COMMENTS.len())]),
                4 => text.push_str(&expand(
                    "let ${lower:8} = ${digits:4}; // ${lower:9}",
                    random.next(),
                )),
                5 => text.push_str(&expand("${base64:76}", random.next())),
                6 => text.push_str(&expand("    ${lower:5}: ${hex:12}", random.next())),
                _ => {}
            }
            if !random.chance(10) {
                text.push('\n');
            }
        }
        text
    }
}

/// Comments that allow a finding, or look as if they did.
const COMMENTS: [&str; 7] = [
    "# redhanded:allow-next-line\n",
    " # redhanded:allow",
    " # redhanded:allow(github-pat-classic)",
    "# redhanded:allow-next-line(generic-password)\n",
    " // gitleaks:allow",
    " # redhanded:allowed",
    "#pragma: allowlist secret\n",
];

/// A private key that fills many lines: what a rule of the longest reach finds.
fn key(random: &mut Random) -> String {
    let lines = random.within(20, 60);
    let mut text = "-----BEGIN RSA PRIVATE KEY-----\n".to_owned();
    for _ in 0..lines {
        text += &expand("${base64:64}\n", random.next());
    }
    text + "-----END RSA PRIVATE KEY-----\n"
}

/// `text` in UTF-16, the low byte first.
pub(super) fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

pub(super) fn expand(template: &str, seed: u64) -> String {
    sample::expand(template, seed).expect("the template is right")
}
