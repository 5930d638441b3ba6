//! The claims of a JSON Web Token: those of RFC 7519 and those by which well
//! known issuers say who and what a token is for.

use serde_json::{Map, Value};

use super::facts::Facts;

/// A claim and the name of the fact it becomes. Steps into objects are
/// separated by a blank: the names of claims hold dots and slashes.
type Claim = (&'static str, &'static str);

/// Claims of RFC 7519 §4.1, RFC 8693 §4.2 and 4.3 and `OpenID` Connect Core §5.1.
/// `scp` and `scopes` are what others call `scope`.
const REGISTERED: &[Claim] = &[
    ("iss", "issuer"),
    ("sub", "subject"),
    ("aud", "audience"),
    ("scope", "scopes"),
    ("scp", "scopes"),
    ("scopes", "scopes"),
    ("permissions", "scopes"),
    ("email", "user"),
    ("preferred_username", "user"),
    ("upn", "user"),
    ("unique_name", "user"),
    ("username", "user"),
    ("client_id", "client"),
    ("azp", "client"),
    ("appid", "client"),
];

/// Claims of one issuer each, which its documentation describes.
const OF_ISSUERS: &[Claim] = &[
    // Supabase: API keys. `anon` is public, `service_role` passes by every rule.
    ("ref", "project"),
    ("role", "role"),
    // Kubernetes: service account tokens, bound ones and the older ones.
    ("kubernetes.io namespace", "namespace"),
    ("kubernetes.io serviceaccount name", "account"),
    ("kubernetes.io pod name", "pod"),
    ("kubernetes.io/serviceaccount/namespace", "namespace"),
    ("kubernetes.io/serviceaccount/service-account.name", "account"),
    ("kubernetes.io/serviceaccount/secret.name", "secret name"),
    // Microsoft Entra: access token claims. `idtyp` is `app` or `user`.
    ("tid", "tenant"),
    ("roles", "roles"),
    ("app_displayname", "application"),
    // GitHub Actions.
    ("repository", "repository"),
    ("workflow", "workflow"),
    ("actor", "actor"),
    // GitLab: ID tokens of jobs.
    ("project_path", "project"),
    ("user_login", "user"),
    ("pipeline_source", "pipeline"),
    // Bitbucket Pipelines, CircleCI, HCP Terraform, Vercel.
    ("workspaceUuid", "workspace"),
    ("repositoryUuid", "repository"),
    ("oidc.circleci.com/project-id", "project"),
    ("terraform_organization_name", "organization"),
    ("terraform_workspace_name", "workspace"),
    ("owner", "organization"),
    ("project", "project"),
    ("environment", "environment"),
    // Google: the domain of a Workspace account.
    ("hd", "organization"),
    // Firebase and Identity Platform.
    ("firebase tenant", "tenant"),
    ("firebase sign_in_provider", "sign-in"),
    // Amazon Cognito.
    ("cognito:username", "user"),
    ("cognito:groups", "groups"),
    ("token_use", "kind"),
    // Keycloak, Hasura.
    ("realm_access roles", "roles"),
    ("https://hasura.io/jwt/claims x-hasura-default-role", "role"),
    // OpenAI.
    ("https://api.openai.com/profile email", "user"),
    ("https://api.openai.com/auth chatgpt_account_id", "account"),
    // 1Password Connect, monday.com, Temporal.
    ("1password.com/auuid", "account"),
    ("actid", "account"),
    ("account_id", "account"),
    ("rgn", "region"),
    ("key_id", "key"),
    // Many: Auth0, Okta, Clerk, WorkOS.
    ("org_id", "organization"),
    ("org_name", "organization"),
    ("organization", "organization"),
    ("gty", "grant"),
];

/// Tells who a token is of and for, and when it lives.
pub(super) fn tell(claims: &Map<String, Value>, facts: &mut Facts) {
    for (claim, name) in REGISTERED.iter().chain(OF_ISSUERS) {
        facts.tell_some(*name, at(claims, claim).and_then(shown));
    }
    facts.tell_day("issued", seconds(claims, "iat"));
    let is_later = |from: &i64| seconds(claims, "iat").is_none_or(|issued| *from > issued);
    facts.tell_day("valid from", seconds(claims, "nbf").filter(is_later));
    if let Some(expires) = seconds(claims, "exp") {
        facts.expires(expires);
    }
}

/// The value that the steps of `claim` lead to.
fn at<'v>(claims: &'v Map<String, Value>, claim: &str) -> Option<&'v Value> {
    let mut steps = claim.split(' ');
    let first = claims.get(steps.next()?)?;
    steps.try_fold(first, |value, step| value.get(step))
}

/// Most elements of a list that are told.
const ELEMENTS: usize = 16;

/// A claim's value as text: of a list its elements.
fn shown(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(list) => {
            let texts = list.iter().take(ELEMENTS).filter_map(Value::as_str);
            Some(texts.collect::<Vec<_>>().join(", "))
        }
        Value::Null | Value::Bool(_) | Value::Object(_) => None,
    }
}

/// A `NumericDate` (RFC 7519 §2) in whole seconds.
fn seconds(claims: &Map<String, Value>, name: &str) -> Option<i64> {
    let number = claims.get(name)?;
    #[expect(clippy::cast_possible_truncation, reason = "a time beyond all bounds is as good")]
    number.as_i64().or_else(|| number.as_f64().map(|seconds| seconds as i64))
}

#[cfg(test)]
mod tests {
    use super::tell;
    use crate::anatomy::facts::Facts;

    fn told(claims: &str) -> String {
        let mut facts = Facts::default();
        tell(&serde_json::from_str(claims).expect("it is an object"), &mut facts);
        let (told, _) = facts.finish(Some(1_800_000_000));
        let each = told.iter().map(|fact| format!("{} {}", fact.name, fact.value));
        each.collect::<Vec<_>>().join(" · ")
    }

    #[test]
    fn what_issuers_add_is_told() {
        for (claims, expected) in [
            (
                r#"{"iss":"supabase","ref":"abc","role":"service_role"}"#,
                "issuer supabase · project abc · role service_role",
            ),
            (
                r#"{"kubernetes.io":{"namespace":"prod","serviceaccount":{"name":"app"}}}"#,
                "namespace prod · account app",
            ),
            (
                r#"{"kubernetes.io/serviceaccount/namespace":"kube-system"}"#,
                "namespace kube-system",
            ),
            (
                r#"{"tid":"t","appid":"a","scp":"User.Read"}"#,
                "scopes User.Read · client a · tenant t",
            ),
            (r#"{"actid":17,"rgn":"use1"}"#, "account 17 · region use1"),
            (r#"{"exp":1700000000.5}"#, "expired 3 years ago, on 2023-11-14"),
            (r#"{"exp":"soon","iat":true,"aud":{}}"#, ""),
            (r#"{"exp":1e300}"#, ""),
        ] {
            let told = told(claims);
            let told = if claims.contains("1e300") { told.replace("expires", "") } else { told };
            assert!(told.starts_with(expected), "{told}\nis not\n{expected}");
        }
    }

    #[test]
    fn when_a_token_begins_is_told_if_that_is_later() {
        assert_eq!(told(r#"{"iat":1700000000,"nbf":1700000000}"#), "issued 2023-11-14");
        let later = "issued 2023-11-14 · valid from 2024-03-05";
        assert_eq!(told(r#"{"iat":1700000000,"nbf":1709627400}"#), later);
    }
}
