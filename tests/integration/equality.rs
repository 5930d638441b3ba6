//! The fast way against the plain way: different roads to the same report.

use redhanded::rule::sample;

use crate::support::{Folder, every_report, without_time};

/// The examples and near misses of all built-in rules.
fn templates() -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/rules");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("the rules are there")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.sort();
    let mut templates = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a rule file is text");
        let table: toml::Table = text.parse().expect("a rule file is TOML");
        for rule in table["rule"].as_array().expect("it has rules") {
            for list in ["match", "near_miss"] {
                let list = rule["examples"][list].as_array().expect("a rule has examples");
                templates.extend(list.iter().map(|t| t.as_str().expect("text").to_owned()));
            }
        }
    }
    assert!(templates.len() > 200, "there are examples");
    templates
}

/// A folder with every example and near miss: one file each for some seeds, and
/// all of them in one file.
fn planted(seeds: u64) -> Folder {
    let folder = Folder::new();
    let templates = templates();
    for seed in 0..seeds {
        let mut all = String::new();
        for (number, template) in templates.iter().enumerate() {
            let text = sample::expand(template, seed).expect("the template is right");
            folder.file(format!("{seed}/{}/{number}.txt", number % 7), &text);
            all.push_str(&text);
            all.push('\n');
        }
        folder.file(format!("{seed}/all.txt"), &all);
    }
    folder
}

/// A megabyte of random text with credentials strewn in.
fn seeded_noise() -> String {
    let mut text = String::new();
    for (seed, template) in (0_u64..).zip(templates().iter().cycle()) {
        let noise = match seed % 4 {
            0 => "${base64:1500}",
            1 => "${hex:900}",
            2 => "${lower:9} ${lower:4} ${lower:7}(${lower:3}, ${digits:2}) = \"${word:30}\";",
            _ => "${base64url:700}.${base64url:40}/${alnum-upper:60}",
        };
        text.push_str(&sample::expand(noise, seed).expect("the template is right"));
        text.push(if seed % 3 == 0 { '\n' } else { ' ' });
        text.push_str(&sample::expand(template, seed).expect("the template is right"));
        text.push(if seed % 5 == 0 { ' ' } else { '\n' });
        if text.len() > 1_000_000 {
            return text;
        }
    }
    unreachable!("the templates go round");
}

#[test]
fn one_thread_and_eight_give_the_same_bytes() {
    let folder = planted(2);
    let reports = |threads: &str| {
        // GitLab wants to know when a scan began.
        let args = ["scan", "--explain", "--threads", threads, "--now", "1700000000"];
        let (run, reports) = every_report(&folder, &args);
        run.exits(1);
        reports
    };
    let single = reports("1");
    for _ in 0..3 {
        for ((format, one), (_, eight)) in single.iter().zip(reports("8")) {
            assert!(one.len() > 1_000, "there is something to compare");
            assert_eq!(without_time(one), without_time(&eight), "{format}");
        }
    }
}

#[test]
fn with_and_without_the_prefilter_the_findings_are_the_same() {
    let folder = planted(2);
    let args = ["scan", "--explain", "--format", "json"];
    let fast = folder.run(args).exits(1).stdout;
    let plain = folder.run(args.into_iter().chain(["--plainly"])).exits(1).stdout;
    assert_eq!(fast, plain);
}

#[test]
fn the_prefilter_misses_nothing_in_noise() {
    let folder = Folder::new();
    folder.file("noise.txt", seeded_noise());
    let args = ["scan", "--explain", "--format", "json"];
    let fast = folder.run(args).exits(1);
    let plain = folder.run(args.into_iter().chain(["--plainly"])).exits(1);
    let count = fast.json()["findings"].as_array().expect("a list").len();
    assert!(count > 500, "{count} findings in the noise");
    assert_eq!(fast.stdout, plain.stdout);
}

#[test]
fn a_text_in_pieces_gives_what_it_gives_whole() {
    let folder = Folder::new();
    folder.file("noise.txt", seeded_noise());
    let report = |size: &str| {
        let args = ["scan", "--format", "jsonl", "--piece-size", size];
        folder.run(args).exits(1).stdout
    };
    let whole = report("64M");
    for size in ["1K", "4097", "100000"] {
        let pieces = report(size);
        // Candidates at the borders are dropped twice, so only findings count.
        let findings = |report: &str| -> Vec<String> {
            report.lines().filter(|l| l.contains("\"type\":\"finding\"")).map(Into::into).collect()
        };
        assert_eq!(findings(&whole), findings(&pieces), "in pieces of {size}");
    }
}

#[test]
fn a_stream_gives_what_the_file_gives() {
    let folder = Folder::new();
    let text = seeded_noise();
    folder.file("noise.txt", &text);
    let file = folder
        .run(["scan", "--min-confidence", "low", "--format", "json", "noise.txt"])
        .exits(1)
        .json();
    let stream = folder.run_with_input(
        ["scan", "--min-confidence", "low", "--format", "json", "-"],
        text.as_bytes(),
    );
    let stream = stream.exits(1).json();
    let places = |report: &serde_json::Value| -> Vec<(String, u64, u64)> {
        let findings = report["findings"].as_array().expect("a list");
        let number = |value: &serde_json::Value| value.as_u64().expect("a number");
        findings
            .iter()
            .map(|f| (f["rule"].to_string(), number(&f["line"]), number(&f["column"])))
            .collect()
    };
    assert_eq!(places(&file), places(&stream));
}
