//! What a provider's metadata say about signing people in (OpenID Connect Discovery §3, RFC 8414 §2, RFC 9207 §3,
//! OpenID Connect RP-Initiated Logout §2.1, OpenID Connect Back-Channel Logout §2.1).

use serde_json::Value;
use url::Url;

use super::cause::Cause;
use super::identity::Identity;
use super::member_reader::Reader;
use super::preset;
use crate::error::{Code, Refusal};
use crate::jose::Algorithm;
use crate::json::shown;

/// What signing in needs to know of a provider.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SignInMetadata {
    /// Where the person's browser is sent (RFC 6749 §3.1). Https, or http where the issuer is.
    pub authorization_endpoint: Url,
    /// Where the gateway redeems codes and refreshes (RFC 6749 §3.2).
    pub token_endpoint: Url,
    /// Where the gateway asks who the person is.
    pub userinfo_endpoint: Option<Url>,
    /// Where the browser is sent to end the provider's own session. Https, or http where the issuer is.
    pub end_session_endpoint: Option<Url>,
    /// Where tokens are revoked (RFC 7009).
    pub revocation_endpoint: Option<Url>,
    /// The scopes that the provider names; `None` where it names none.
    pub scopes_supported: Option<Vec<String>>,
    /// How a client may say who it is at the token endpoint; `None` where the metadata do not say.
    pub token_endpoint_auth_methods_supported: Option<Vec<String>>,
    /// The algorithms of ID tokens; `None` where the metadata do not say.
    pub id_token_signing_alg_values_supported: Option<Vec<String>>,
    /// The PKCE methods; `None` where the metadata do not say, which does not mean that there are none.
    pub code_challenge_methods_supported: Option<Vec<String>>,
    /// Whether an authorization response without `iss` is not this provider's (RFC 9207 §2.4).
    pub authorization_response_iss_parameter_supported: bool,
    /// Whether the provider tells the gateway of a logout that began elsewhere.
    pub backchannel_logout_supported: bool,
}

impl SignInMetadata {
    /// Reads a discovery document. What the administrator has written replaces the document's addresses.
    pub(super) fn read(reader: &Reader<'_>) -> Result<Self, Cause> {
        let written = reader.identity.endpoints();
        let authorization =
            reader.browser_address(written.authorization.as_ref(), "authorization_endpoint")?;
        let token = reader.address(written.token.as_ref(), "token_endpoint")?;
        let texts = |name| {
            let texts = reader.texts(name)?;
            Ok(texts.map(|texts| texts.into_iter().map(str::to_owned).collect()))
        };
        Ok(Self {
            authorization_endpoint: authorization.ok_or_else(|| lacks("authorization_endpoint"))?,
            token_endpoint: token.ok_or_else(|| lacks("token_endpoint"))?,
            userinfo_endpoint: reader.address(written.userinfo.as_ref(), "userinfo_endpoint")?,
            end_session_endpoint: reader
                .browser_address(written.end_session.as_ref(), "end_session_endpoint")?,
            revocation_endpoint: reader
                .address(written.revocation.as_ref(), "revocation_endpoint")?,
            scopes_supported: texts("scopes_supported")?,
            token_endpoint_auth_methods_supported: texts("token_endpoint_auth_methods_supported")?,
            id_token_signing_alg_values_supported: texts("id_token_signing_alg_values_supported")?,
            code_challenge_methods_supported: texts("code_challenge_methods_supported")?,
            authorization_response_iss_parameter_supported: reader
                .flag("authorization_response_iss_parameter_supported")?,
            backchannel_logout_supported: reader.flag("backchannel_logout_supported")?,
        })
    }

    /// What the metadata say that speaks against a sign-in. It is for the administrator alone: metadata are often less than
    /// what a provider can do, so nobody is refused because of it.
    pub(super) fn warnings(&self) -> Vec<String> {
        let algorithms = self.id_token_signing_alg_values_supported.as_deref();
        let usable = |name: &String| Algorithm::from_name(name).is_some();
        let unverifiable = algorithms
            .filter(|names| !names.iter().any(usable))
            .map(|names| {
                format!(
                    "The provider says that it signs ID tokens with {} alone (`id_token_signing_alg_values_supported`), \
                     which the gateway does not verify. Have it sign with one of {}.",
                    quoted(names),
                    Algorithm::names()
                )
            });
        let methods = self.code_challenge_methods_supported.as_deref();
        let has_no_s256 = |names: &&[String]| !names.iter().any(|name| name == "S256");
        let unchallenged = methods.filter(has_no_s256).map(|names| {
            format!(
                "The provider says that it knows no PKCE method but {} (`code_challenge_methods_supported`), and every login \
                 uses `S256` (RFC 7636 §4.2). If it refuses logins, allow the client `S256`.",
                quoted(names)
            )
        });
        unverifiable.into_iter().chain(unchallenged).collect()
    }

    /// Of a provider that has no document: what the administrator has written, and what the kind of provider is known
    /// to have.
    pub(super) fn without_document(identity: &Identity) -> Result<Self, Refusal> {
        let preset = preset::of(identity)?;
        let written = identity.endpoints();
        let or = |written: &Option<Url>, known: Option<Url>| written.clone().or(known);
        let authorization = or(&written.authorization, preset.authorization);
        let token = or(&written.token, preset.token);
        Ok(Self {
            authorization_endpoint: authorization.ok_or_else(|| not_written("authorization"))?,
            token_endpoint: token.ok_or_else(|| not_written("token"))?,
            userinfo_endpoint: or(&written.userinfo, preset.userinfo),
            end_session_endpoint: written.end_session.clone(),
            revocation_endpoint: or(&written.revocation, preset.revocation),
            scopes_supported: None,
            token_endpoint_auth_methods_supported: None,
            id_token_signing_alg_values_supported: None,
            code_challenge_methods_supported: None,
            authorization_response_iss_parameter_supported: false,
            backchannel_logout_supported: false,
        })
    }
}

fn lacks(name: &str) -> Cause {
    Cause::invalid(
        format!("it has no `{name}`, so nobody can sign in here"),
        "Write the address into `provider_endpoints`, or set `sign_in` to `off`.",
    )
}

fn not_written(name: &str) -> Refusal {
    let message = format!(
        "`provider_endpoints` has no `{name}`, and this kind of provider has no discovery document that would name it. \
         Write `{name}=https://…` into it."
    );
    Refusal::new(Code::ConfigurationError, message)
}

/// Foreign words, cut.
fn quoted(names: &[String]) -> String {
    shown(&Value::from(names))
}
