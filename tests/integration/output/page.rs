//! The page.

use serde_json::Value;

use super::made::{blob, found, history, outcome, report};
use super::one_leak;

/// What stands between two texts of a page, for the first time.
#[track_caller]
fn between<'a>(page: &'a str, start: &str, end: &str) -> &'a str {
    let (_, rest) = page.split_once(start).expect("it starts");
    rest.split_once(end).expect("it ends").0
}

fn data(page: &str) -> Value {
    serde_json::from_str(between(page, "id=\"data\">", "</script>")).expect("the data is JSON")
}

#[test]
fn the_page_asks_nobody_for_anything() {
    let page = one_leak().run(["scan", "--format", "html"]).exits(1).stdout;
    let policy = between(&page, "http-equiv=\"Content-Security-Policy\" content=\"", "\"");
    assert!(policy.starts_with("default-src 'none'; script-src 'nonce-"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    let number = between(&page, "'nonce-", "'");
    assert_eq!(page.matches(&format!("nonce=\"{number}\"")).count(), 2);
    let own = page.replace(between(&page, "id=\"data\">", "</script>"), "");
    for word in
        [" src=", "url(", "@import", "fetch(", "XMLHttpRequest", "innerHTML", "eval(", "http:"]
    {
        assert!(!own.contains(word), "{word}");
    }
}

#[test]
fn the_number_of_the_policy_is_that_of_the_data() {
    let page = |path: &str| report("html", &outcome(vec![found(blob(path), None)]));
    let number = |page: &str| between(page, "'nonce-", "'").to_owned();
    assert_eq!(page("a"), page("a"));
    assert_ne!(number(&page("a")), number(&page("b")));
}

#[test]
fn the_page_has_all_that_is_filtered_by() {
    let data = data(&report("html", &outcome(vec![found(blob("a.env"), Some(history()))])));
    let finding = &data["findings"][0];
    assert_eq!(finding["severity"], "critical");
    assert_eq!(finding["path"], "a.env");
    assert_eq!(finding["secret"], "ghp_********");
    assert_eq!(finding["history"]["commit"]["author"], "Jane Doe");
    assert_eq!(finding["history"]["first"], "2024-03-05");
    assert_eq!(finding["history"]["last"], "2025-01-02");
    assert_eq!(finding["history"]["presence"], "head");
    assert_eq!(data["rules"][0]["id"], "github-pat-classic");
    assert_eq!(data["rules"].as_array().map(Vec::len), Some(1));
    assert_eq!(data["complete"], true);
}
