//! Parameters in the query of an endpoint's address.

use url::{Url, form_urlencoded};

/// The address of `endpoint` with `parameters` after its own query. Of that query everything is kept byte for byte except
/// parameters with the same names: no request parameter may be there twice (RFC 6749 §3.1).
pub(super) fn with_parameters(endpoint: &Url, parameters: &[(&str, String)]) -> Url {
    let is_replaced = |pair: &&str| {
        let mut name = form_urlencoded::parse(pair.as_bytes());
        name.next()
            .is_some_and(|(name, _)| parameters.iter().any(|(own, _)| *own == name))
    };
    let own = endpoint.query().unwrap_or_default().split('&');
    let kept = own.filter(|pair| !pair.is_empty() && !is_replaced(pair));
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(parameters);
    let query: Vec<String> = kept
        .map(str::to_owned)
        .chain(std::iter::once(query.finish()))
        .collect();
    let mut address = endpoint.clone();
    address.set_query(Some(&query.join("&")));
    // A redirect with a fragment would carry it on to the provider's page (RFC 6749 §3.1 forbids one in the endpoint).
    address.set_fragment(None);
    address
}
