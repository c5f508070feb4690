//! What a browser needs of a page without running its scripts: forms, and the values of meta elements.

use std::collections::BTreeMap;

use html5gum::{StartTag, Token, Tokenizer};

/// A form and its fields.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Form {
    /// `action`; empty where the form goes to the page's own address.
    pub action: String,
    /// Whether it is sent with POST.
    pub is_post: bool,
    /// Name and value of every field, buttons included.
    pub fields: Vec<(String, String)>,
}

/// The page's forms, in order. A field outside a form belongs to the form that its `form` names, or the last one.
pub(super) fn forms(html: &str) -> Vec<Form> {
    let mut forms: Vec<Form> = Vec::new();
    for tag in tags(html) {
        let name = String::from_utf8_lossy(&tag.name).into_owned();
        let attribute = |name: &str| attribute(&tag, name);
        if name == "form" {
            let method = attribute("method").unwrap_or_default();
            forms.push(Form {
                action: attribute("action").unwrap_or_default(),
                is_post: method.eq_ignore_ascii_case("post"),
                fields: Vec::new(),
            });
        }
        let is_field = ["input", "button", "textarea"].contains(&name.as_str());
        if let (true, Some(name), Some(form)) = (is_field, attribute("name"), forms.last_mut()) {
            let value = attribute("value").unwrap_or_default();
            form.fields.push((name, value));
        }
    }
    forms
}

/// `content` of the page's meta elements, by `name`.
pub(super) fn meta(html: &str) -> BTreeMap<String, String> {
    let metas = tags(html).filter(|tag| *tag.name == b"meta"[..]);
    metas
        .filter_map(|tag| Some((attribute(&tag, "name")?, attribute(&tag, "content")?)))
        .collect()
}

/// Every value of an attribute that names an address.
pub(super) fn addresses(html: &str) -> Vec<String> {
    let values = |tag: StartTag<()>| ["src", "href"].map(|name| attribute(&tag, name));
    tags(html).flat_map(values).flatten().collect()
}

fn tags(html: &str) -> impl Iterator<Item = StartTag<()>> {
    let tokens = Tokenizer::new(html);
    tokens.filter_map(|token| match token {
        Ok(Token::StartTag(tag)) => Some(tag),
        _ => None,
    })
}

fn attribute(tag: &StartTag<()>, name: &str) -> Option<String> {
    let value = tag.attributes.get(name.as_bytes())?;
    Some(String::from_utf8_lossy(value).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_and_meta_elements_are_found_with_their_characters() {
        let html = r#"<meta name="gateway-base" content="https://h/?a&amp;b"><form action="/x?a&amp;b" method="POST">
            <input name=login><input type=hidden name="xsrf" value="1&quot;2"/></form><button name="logout" value="yes">
            <a href="../y">y</a><script>'<form action="z">'</script>"#;
        let fields = [("login", ""), ("xsrf", "1\"2"), ("logout", "yes")];
        let form = Form {
            action: "/x?a&b".to_owned(),
            is_post: true,
            fields: fields
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .to_vec(),
        };
        assert_eq!(forms(html).first(), Some(&form));
        assert_eq!(
            meta(html).get("gateway-base").map(String::as_str),
            Some("https://h/?a&b")
        );
        assert_eq!(addresses(html), ["../y"]);
    }
}
