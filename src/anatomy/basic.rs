//! HTTP Basic (RFC 7617): whose password it is.

use super::Context;
use super::address::user_name;
use super::encoded::base64;
use super::facts::Facts;

/// Tells the user's name before the colon. Only a credential behind the word
/// `Basic` is read: elsewhere the same form may be a password alone, and a colon
/// in it part of it.
pub(super) fn read(secret: &[u8], context: &Context<'_>, facts: &mut Facts) {
    let before = context.before.trim_end();
    let scheme = before.len().checked_sub(5).and_then(|start| before.get(start..));
    if !scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("basic")) {
        return;
    }
    let plain = base64(secret).and_then(|bytes| String::from_utf8(bytes).ok());
    let is_text = |text: &String| !text.chars().any(char::is_control);
    if let Some(plain) = plain.filter(is_text) {
        facts.tell_some("user", user_name(&plain));
    }
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::anatomy::Context;
    use crate::anatomy::facts::Facts;
    use crate::anatomy::tests::made;

    fn told(template: &str, before: &str) -> Option<String> {
        let mut facts = Facts::default();
        let context = Context { before, ..Context::default() };
        read(made(template).as_bytes(), &context, &mut facts);
        facts.finish(None).0.pop().map(|fact| fact.value)
    }

    #[test]
    fn the_user_is_told_and_no_token() {
        let jane = "${encode-base64:jane:swordfish}";
        assert_eq!(told(jane, "Authorization: Basic ").as_deref(), Some("jane"));
        assert_eq!(told(jane, "'authorization': 'basic ").as_deref(), Some("jane"));
        assert_eq!(told(jane, "_password="), None);
        assert_eq!(told("${encode-base64:swordfish:}", "Basic "), None);
        assert_eq!(told("${encode-base64:swordfish}", "Basic "), None);
        assert_eq!(told("%", "Basic "), None);
    }
}
