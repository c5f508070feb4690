//! Tokens shaped as the providers send them, from `iss` to the caller, with the signature taken for good.

use serde_json::{Value, json};

use super::{NOW, settings};
use crate::claims::Claims;
use crate::error::{Code, Refusal};
use crate::token::{Caller, accept, check_form, issuer_of, judge};

const TENANT: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";
const APP: &str = "6e74172b-be56-4843-9ff4-e66a39bb12e3";

/// Times that are right now, and what the provider adds.
fn token(members: &Value) -> Claims {
    let mut all = json!({"iat": 1_699_999_990, "exp": 1_700_003_600})
        .as_object()
        .unwrap()
        .clone();
    all.extend(members.as_object().unwrap().clone());
    Claims::new(all)
}

fn outcome(media_type: &str, members: &Value, changed_settings: &Value) -> Result<Caller, Refusal> {
    let (claims, settings) = (token(members), settings(changed_settings));
    let issuer = issuer_of(&claims, &settings)?;
    check_form(Some(media_type), &claims, &settings, NOW)?;
    judge(accept(claims, issuer, &settings, None, NOW)?, &settings)
}

#[test]
fn the_usual_token_of_each_provider_is_taken_with_the_settings_that_its_documentation_leads_to() {
    let v1 = format!("https://sts.windows.net/{TENANT}/");
    let v2 = format!("https://login.microsoftonline.com/{TENANT}/v2.0");
    let rows = [
        (
            "Keycloak with an audience mapper",
            "jwt",
            json!({"iss": "https://k.example/realms/r", "aud": ["chat", "account"], "sub": "u", "typ": "Bearer",
                "azp": "web", "sid": "s", "nonce": "n", "scope": "openid email", "realm_access": {"roles": ["chat"]},
                "preferred_username": "alice", "email_verified": true, "email": "a@example.com"}),
            json!({"issuer": "https://k.example/realms/r", "client_id": "chat",
                "required_claims": "realm_access.roles=chat"}),
            "u",
        ),
        (
            "Keycloak with at+jwt",
            "at+jwt",
            json!({"iss": "https://k.example/realms/r", "aud": "chat", "sub": "u", "typ": "Bearer", "azp": "chat"}),
            json!({"issuer": "https://k.example/realms/r", "client_id": "chat"}),
            "u",
        ),
        (
            "Entra v1.0",
            "jwt",
            json!({"iss": v1, "aud": format!("api://{APP}"), "appid": APP, "appidacr": "0", "oid": "o", "sub": "p",
                "tid": TENANT, "scp": "chat", "ver": "1.0", "upn": "a@example.com"}),
            json!({"issuer": v1, "client_id": APP, "audience": format!("api://{APP}"), "scopes": "chat",
                "user_claim": "oid"}),
            "o",
        ),
        (
            "Entra v2.0",
            "jwt",
            json!({"iss": v2, "aud": APP, "azp": APP, "oid": "o", "sub": "p", "tid": TENANT, "scp": "chat",
                "ver": "2.0", "groups": ["g1", "g2"]}),
            json!({"issuer": v2, "client_id": APP, "required_claims": "groups=g2"}),
            "p",
        ),
        (
            "Azure AD B2C",
            "jwt",
            json!({"iss": format!("https://t.b2clogin.com/{TENANT}/v2.0/"), "aud": APP, "azp": APP, "sub": "p",
                "scp": "chat", "tfp": "B2C_1_in"}),
            json!({"issuer": format!("https://t.b2clogin.com/{TENANT}/v2.0/"), "client_id": APP}),
            "p",
        ),
        (
            "Auth0, its own profile",
            "jwt",
            json!({"iss": "https://t.auth0.com/", "sub": "auth0|1", "azp": "web", "scope": "openid",
                "aud": ["https://chat.example/", "https://t.auth0.com/userinfo"], "permissions": ["chat"]}),
            json!({"issuer": "https://t.auth0.com/", "client_id": "web", "audience": "https://chat.example/",
                "scopes": "chat"}),
            "auth0|1",
        ),
        (
            "Auth0, RFC 9068",
            "at+jwt",
            json!({"iss": "https://t.auth0.com/", "sub": "auth0|1", "client_id": "web", "jti": "j", "scope": "openid",
                "aud": "https://chat.example/"}),
            json!({"issuer": "https://t.auth0.com/", "client_id": "web", "audience": "https://chat.example/"}),
            "auth0|1",
        ),
        (
            "Okta, custom authorization server",
            "jwt",
            json!({"iss": "https://d.okta.com/oauth2/default", "aud": "api://default", "cid": "web", "uid": "00u1",
                "scp": ["openid", "chat"], "sub": "a@example.com", "ver": 1, "auth_time": 1_699_999_000}),
            json!({"issuer": "https://d.okta.com/oauth2/default", "client_id": "web", "audience": "api://default",
                "scopes": "chat", "user_claim": "uid"}),
            "00u1",
        ),
        (
            "Cognito",
            "jwt",
            json!({"iss": "https://cognito-idp.eu-west-1.amazonaws.com/p", "client_id": "web", "token_use": "access",
                "sub": "s", "username": "alice", "scope": "openid", "cognito:groups": ["chat"]}),
            json!({"issuer": "https://cognito-idp.eu-west-1.amazonaws.com/p", "client_id": "web",
                "required_claims": "cognito:groups=chat"}),
            "s",
        ),
        (
            "Google's ID token",
            "jwt",
            json!({"iss": "https://accounts.google.com", "azp": "web", "aud": "web", "sub": "1", "at_hash": "h",
                "hd": "example.com", "email": "a@example.com", "email_verified": true}),
            json!({"issuer": "https://accounts.google.com", "client_id": "web", "token_kind": "id",
                "required_claims": "hd=example.com", "user_claim": "email"}),
            "a@example.com",
        ),
        (
            "Google's ID token of One Tap, which has no at_hash",
            "jwt",
            json!({"iss": "https://accounts.google.com", "azp": "web", "aud": "web", "sub": "1", "nbf": 1}),
            json!({"issuer": "https://accounts.google.com", "client_id": "web", "token_kind": "id"}),
            "1",
        ),
        (
            "Authentik",
            "jwt",
            json!({"iss": "https://a.example/application/o/chat/", "aud": "web", "azp": "web", "uid": "x", "sub": "h",
                "nonce": "n", "acr": "goauthentik.io/providers/oauth2/default", "groups": ["g"], "amr": ["pwd"]}),
            json!({"issuer": "https://a.example/application/o/chat/", "client_id": "web"}),
            "h",
        ),
        (
            "Zitadel",
            "jwt",
            json!({"iss": "https://i.zitadel.cloud", "aud": ["1@p", "2"], "client_id": "1@p", "sub": "163", "jti": "j",
                "urn:zitadel:iam:org:project:roles": {"chat": {"9": "org.example"}}}),
            json!({"issuer": "https://i.zitadel.cloud", "client_id": "1@p",
                "required_claims": "urn:zitadel:iam:org:project:roles=chat"}),
            "163",
        ),
    ];
    for (case, media_type, members, changed_settings, user) in rows {
        let caller = outcome(media_type, &members, &changed_settings);
        let caller = caller.unwrap_or_else(|refusal| panic!("{case}: {refusal:?}"));
        assert_eq!(caller.user.as_str(), user, "{case}");
    }
}

/// The end of the message is the usual remedy for that provider.
fn assert_remedied(
    case: &str,
    members: &Value,
    changed_settings: &Value,
    code: Code,
    remedy: &str,
) {
    let refusal = match outcome("jwt", members, changed_settings) {
        Ok(caller) => panic!("{case}: taken: {caller:?}"),
        Err(refusal) => refusal,
    };
    assert_eq!(refusal.code(), code, "{case}: {refusal:?}");
    assert!(
        refusal.message().ends_with(&format!(". {remedy}")),
        "{case}: {}",
        refusal.message()
    );
}

const CLERK: &str = "Clerk's session tokens have no `aud`; `azp` is only the address of the page. Add the claim under \
    Sessions, Customize session token, such as `{\"aud\": \"dify\"}`, and write its value into `client_id`.";

#[test]
fn a_token_for_somebody_else_is_told_what_that_provider_needs() {
    let v1 = format!("https://sts.windows.net/{TENANT}/");
    let v2 = format!("https://login.microsoftonline.com/{TENANT}/v2.0");
    let graph = "This is a token for Microsoft Graph: ask for a scope of your own API, such as \
        `api://<client ID>/<scope>`.";
    let rows = [
        (
            json!({"iss": "https://k.example/realms/r", "aud": "account"}),
            "Keycloak: `account` is what it writes without an audience mapper. Add one to the client (Client scopes, \
             the dedicated scope, Add mapper, Audience) with this endpoint's client as Included Client Audience.",
        ),
        (
            json!({"iss": "https://k.example/realms/r", "aud": ["account", "x"]}),
            "Keycloak: `account` is what it writes without an audience mapper. Add one to the client (Client scopes, \
             the dedicated scope, Add mapper, Audience) with this endpoint's client as Included Client Audience.",
        ),
        (
            json!({"iss": "https://k.example/realms/r", "azp": "chat"}),
            "Keycloak leaves `aud` out of lightweight access tokens: turn `Always use lightweight access token` off, or \
             set `token_validation` to `introspection`. Where the client issues none, add an Audience mapper to it \
             (Client scopes, the dedicated scope, Add mapper, Audience).",
        ),
        (
            json!({"iss": "https://k.example/realms/r", "aud": "x"}),
            "Keycloak: add an Audience mapper to the client (Client scopes, the dedicated scope, Add mapper, \
             Audience).",
        ),
        (
            json!({"iss": v1, "aud": "00000003-0000-0000-c000-000000000000"}),
            graph,
        ),
        (
            json!({"iss": v2, "aud": "https://graph.microsoft.com"}),
            graph,
        ),
        (
            json!({"iss": v1, "aud": format!("api://{APP}")}),
            "Entra v1.0: write the application ID URI (`api://…`) into `audience`, or set \
             `requestedAccessTokenVersion` to 2 in the app's manifest.",
        ),
        (
            json!({"iss": v2, "aud": APP}),
            "Entra v2.0: `aud` is the API's application ID; where a client of its own signs people in, write that ID \
             into `audience` and the client's into `client_id`.",
        ),
        (
            json!({"iss": "https://t.auth0.com/", "aud": "https://t.auth0.com/userinfo"}),
            "Auth0: have the client ask for your API's `audience`, and write that identifier into the setting \
             `audience`.",
        ),
        (
            json!({"iss": "https://d.okta.com/oauth2/default", "aud": "api://default", "cid": "chat"}),
            "Okta: write the authorization server's audience (`api://default` at first) into `audience`.",
        ),
        (
            json!({"iss": "https://d.okta.com", "aud": "https://d.okta.com", "cid": "chat"}),
            "Okta's org authorization server signs with keys that it does not publish. Use a custom one \
             (`https://<domain>/oauth2/default`), or set `token_validation` to `introspection`.",
        ),
        (
            json!({"iss": "https://cognito-idp.eu-west-1.amazonaws.com/p", "client_id": "x"}),
            "Cognito's access tokens name the app client in `client_id`: write its ID into the setting `client_id`.",
        ),
        (
            json!({"iss": "https://quiet-fox-1.clerk.accounts.dev", "azp": "http://localhost:3000"}),
            CLERK,
        ),
        (
            json!({"iss": "https://clerk.example.com", "azp": "https://example.com"}),
            CLERK,
        ),
        (
            json!({"iss": "https://accounts.google.com", "aud": "x"}),
            "Google: write the OAuth client's ID (`….apps.googleusercontent.com`) into `client_id`.",
        ),
        (
            json!({"iss": "https://i.zitadel.cloud", "aud": ["1"]}),
            "Zitadel: have the client ask for the scope `urn:zitadel:iam:org:project:id:<project ID>:aud` and write \
             the project's ID into `audience`.",
        ),
    ];
    for (members, remedy) in rows {
        let changed_settings = json!({"issuer": members["iss"]});
        let case = members.to_string();
        assert_remedied(
            &case,
            &members,
            &changed_settings,
            Code::TokenAudienceRefused,
            remedy,
        );
    }
}

#[test]
fn an_issuer_that_is_almost_right_is_told_how_that_provider_writes_it() {
    let rows = [
        (
            format!("https://sts.windows.net/{TENANT}/"),
            "This is an Entra v1.0 token: set `requestedAccessTokenVersion` to 2 in the app's manifest to get v2.0 \
             tokens, or write this issuer, with its closing slash, into `issuer`.",
        ),
        (
            format!("https://login.microsoftonline.com/{TENANT}/v2.0"),
            "This is an Entra v2.0 token: `issuer` is `https://login.microsoftonline.com/<tenant ID>/v2.0`, with the \
             tenant's ID and not its name, `common` or `organizations`.",
        ),
        (
            "https://k.example/realms/r".to_owned(),
            "Keycloak takes `iss` from the address at which the token was asked for: set its `hostname` option, and \
             every address gives the same issuer.",
        ),
        (
            "https://t.auth0.com/".to_owned(),
            "Auth0's issuer ends with a slash.",
        ),
        (
            "https://d.okta.com".to_owned(),
            "Okta's org authorization server signs with keys that it does not publish. Use a custom one \
             (`https://<domain>/oauth2/default`), or set `token_validation` to `introspection`.",
        ),
    ];
    for (issuer, remedy) in rows {
        let members = json!({"iss": issuer, "aud": "chat", "tid": TENANT});
        assert_remedied(
            &issuer,
            &members,
            &json!({}),
            Code::TokenIssuerUnknown,
            remedy,
        );
    }
}

#[test]
fn a_token_without_the_user_is_told_where_that_provider_adds_it() {
    let v2 = format!("https://login.microsoftonline.com/{TENANT}/v2.0");
    let rows = [
        (
            "https://k.example/realms/r",
            "Keycloak 25 and newer leaves `sub` out where the client lacks the client scope `basic`, and leaves most \
             out of lightweight access tokens: add the scope, turn `Always use lightweight access token` off, or add a \
             mapper.",
        ),
        (
            "https://t.auth0.com/",
            "Auth0 puts no e-mail address into access tokens: use `sub`, or add a namespaced claim with an Action.",
        ),
        (
            "https://cognito-idp.eu-west-1.amazonaws.com/p",
            "Cognito's access tokens name the person in `sub` and `username` only.",
        ),
        (
            v2.as_str(),
            "Entra: use `oid` or `sub`, or add the claim under Token configuration, Add optional claim, Access.",
        ),
    ];
    for (issuer, remedy) in rows {
        let members = json!({"iss": issuer, "aud": "chat"});
        assert_remedied(
            issuer,
            &members,
            &json!({"issuer": issuer}),
            Code::UserClaimMissing,
            remedy,
        );
    }
}

#[test]
fn the_other_tokens_of_a_provider_are_no_access_tokens() {
    let keycloak = |members: Value| {
        let mut all = json!({"iss": "https://k.example/realms/r", "aud": "chat", "sub": "u"})
            .as_object()
            .unwrap()
            .clone();
        all.extend(members.as_object().unwrap().clone());
        Value::Object(all)
    };
    let cognito = json!({"iss": "https://cognito-idp.eu-west-1.amazonaws.com/p", "aud": "chat", "sub": "s",
        "token_use": "id"});
    let rows = [
        (
            "Keycloak's ID token",
            keycloak(json!({"typ": "ID", "at_hash": "h", "azp": "chat"})),
        ),
        (
            "Keycloak's refresh token",
            keycloak(json!({"typ": "Refresh"})),
        ),
        (
            "Keycloak's offline token",
            keycloak(json!({"typ": "Offline"})),
        ),
        (
            "Keycloak's logout token",
            keycloak(json!({"typ": "Logout", "events": {}})),
        ),
        ("Cognito's ID token", cognito),
    ];
    for (case, members) in rows {
        let refusal = outcome("jwt", &members, &json!({"issuer": members["iss"]})).expect_err(case);
        assert_eq!(refusal.code(), Code::TokenTypeRefused, "{case}");
    }
}
