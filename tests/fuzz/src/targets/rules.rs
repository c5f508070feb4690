//! `required_claims` and `admin_claims`: a line with the rules, then the claims as JSON.

use gateway_domain::claims::{ClaimPath, Claims, Rules};

use crate::reading::{object, two_lines};

pub(crate) fn check(input: &[u8]) {
    let Some((text, json)) = two_lines(input) else {
        return;
    };
    let Ok(rules) = Rules::parse(text) else {
        return;
    };
    assert!(!rules.is_empty(), "a setting that is set restricts");
    for path in rules.names() {
        assert_eq!(ClaimPath::parse(path.as_str()).as_ref(), Ok(path));
    }
    assert!(
        rules.met_by(&Claims::default()).is_err(),
        "nobody meets a rule without a claim"
    );
    let Some(members) = object(json.as_bytes()) else {
        return;
    };
    let claims = Claims::new(members);
    match rules.met_by(&claims) {
        Ok(()) => assert!(rules.names().all(|path| claims.at(path).is_some())),
        Err(reason) => explains(&reason, &claims),
    }
}

/// The rule in the log is one that the administrator could write, and it is the one that is not met.
fn explains(reason: &str, claims: &Claims) {
    let written = reason
        .strip_prefix('`')
        .and_then(|rest| rest.rsplit_once("` is not met: "))
        .map(|(written, _)| written)
        .expect("the reason has the rule");
    let rule = Rules::parse(written).expect("the rule as it was written");
    assert_eq!(rule.names().count(), 1);
    assert_eq!(rule.met_by(claims), Err(reason.to_owned()));
}
