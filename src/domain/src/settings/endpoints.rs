//! The setting `provider_endpoints`.

use url::Url;

use super::address::parse_web_address;
use super::list::parse_list;
use super::problems::Problems;

/// Addresses of the provider that are written instead of discovered.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct ProviderEndpoints {
    /// RFC 6749 §3.1: where the browser goes to sign in.
    pub authorization: Option<Url>,
    /// RFC 6749 §3.2.
    pub token: Option<Url>,
    /// OpenID Connect Core §5.3, or what a provider without OpenID has in its place.
    pub userinfo: Option<Url>,
    /// The provider's public keys (RFC 7517 §5).
    pub jwks: Option<Url>,
    /// RFC 7662.
    pub introspection: Option<Url>,
    /// OpenID Connect RP-Initiated Logout §2.
    pub end_session: Option<Url>,
    /// RFC 7009.
    pub revocation: Option<Url>,
}

impl ProviderEndpoints {
    /// Parses `name=URL` entries.
    pub(super) fn parse(text: &str) -> Result<Self, Problems> {
        let mut endpoints = Self::default();
        parse_list(text, |entry| endpoints.add(entry))?;
        Ok(endpoints)
    }

    fn add(&mut self, entry: &str) -> Result<(), String> {
        let (name, address) = entry
            .split_once('=')
            .filter(|(name, _)| !name.contains(':'))
            .ok_or(
                "has no name; write `name=URL`, such as `token=https://idp.example.com/token`",
            )?;
        let endpoint = match name {
            "authorization" => &mut self.authorization,
            "token" => &mut self.token,
            "userinfo" => &mut self.userinfo,
            "jwks" => &mut self.jwks,
            "introspection" => &mut self.introspection,
            "end_session" => &mut self.end_session,
            "revocation" => &mut self.revocation,
            _ => {
                return Err(
                    "has a name that no endpoint has; write one of `authorization`, `token`, `userinfo`, `jwks`, \
                     `introspection`, `end_session`, `revocation`"
                        .to_owned(),
                );
            }
        };
        if endpoint.is_some() {
            return Err("names an endpoint that an earlier entry names; remove one".to_owned());
        }
        *endpoint = Some(parse_web_address(address)?);
        Ok(())
    }

    /// Those that are written, with their names.
    pub fn written(&self) -> impl Iterator<Item = (&'static str, &Url)> {
        let endpoints = [
            ("authorization", &self.authorization),
            ("token", &self.token),
            ("userinfo", &self.userinfo),
            ("jwks", &self.jwks),
            ("introspection", &self.introspection),
            ("end_session", &self.end_session),
            ("revocation", &self.revocation),
        ];
        endpoints
            .into_iter()
            .filter_map(|(name, address)| Some((name, address.as_ref()?)))
    }
}
