//! Reads single members of a discovery document.

use serde_json::{Map, Value};
use url::Url;

use super::cause::{Cause, FIX_AT_PROVIDER};
use super::identity::Identity;
use crate::json::shown;

/// The remedy where the administrator can write the right address in the document's place.
const FIX_OR_WRITE: &str =
    "Fix this at the identity provider, or write the right address into `provider_endpoints`.";

/// A discovery document of one provider.
pub(super) struct Reader<'a> {
    pub(super) members: &'a Map<String, Value>,
    pub(super) identity: &'a Identity,
}

impl Reader<'_> {
    /// The address that the administrator has written, or the one in the member `name`, which the document may leave
    /// out.
    pub(super) fn address(&self, written: Option<&Url>, name: &str) -> Result<Option<Url>, Cause> {
        if let Some(url) = written {
            return Ok(Some(url.clone()));
        }
        let why = "is not an https URL, although the address that the administrator wrote is";
        let may_be = |url: &Url| {
            url.scheme() == "https" || (url.scheme() == "http" && self.identity.allows_http())
        };
        self.url(name, may_be, why, FIX_AT_PROVIDER)
    }

    /// The same for an address that the person's browser is sent to. The document's own address may be an internal one
    /// with http, but this one is on the way of the authorization code, so only the issuer's scheme counts.
    pub(super) fn browser_address(
        &self,
        written: Option<&Url>,
        name: &str,
    ) -> Result<Option<Url>, Cause> {
        if let Some(url) = written {
            return Ok(Some(url.clone()));
        }
        let may_be = |url: &Url| self.identity.may_send_browser_to(url);
        self.url(name, may_be, "is not an https URL", FIX_OR_WRITE)
    }

    /// The array of texts in the member `name`; what is not a text in it is left out.
    pub(super) fn texts(&self, name: &str) -> Result<Option<Vec<&str>>, Cause> {
        match self.members.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Array(values)) => {
                Ok(Some(values.iter().filter_map(Value::as_str).collect()))
            }
            Some(_) => Err(self.wrong(name, "is not an array", FIX_AT_PROVIDER)),
        }
    }

    /// The boolean in the member `name`, which is false where the document leaves it out.
    pub(super) fn flag(&self, name: &str) -> Result<bool, Cause> {
        match self.members.get(name) {
            None | Some(Value::Null) => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(_) => Err(self.wrong(name, "is neither true nor false", FIX_AT_PROVIDER)),
        }
    }

    fn url(
        &self,
        name: &str,
        may_be: impl Fn(&Url) -> bool,
        wrong_scheme: &str,
        remedy: &'static str,
    ) -> Result<Option<Url>, Cause> {
        let text = match self.members.get(name) {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::String(text)) => text,
            Some(_) => return Err(self.wrong(name, "is not a string", remedy)),
        };
        let url = Url::parse(text)
            .map_err(|error| self.wrong(name, &format!("is not a URL ({error})"), remedy))?;
        if !may_be(&url) {
            return Err(self.wrong(name, wrong_scheme, remedy));
        }
        // RFC 6749 §3.1 and §3.2 for the fragment.
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return Err(self.wrong(name, "has a user name or a fragment", remedy));
        }
        Ok(Some(url))
    }

    fn wrong(&self, name: &str, why: &str, remedy: &'static str) -> Cause {
        let value = self.members.get(name).map(shown).unwrap_or_default();
        Cause::invalid(format!("its `{name}` {why}: {value}"), remedy)
    }
}
