//! Text in HTML. Everything that is not markup of these files goes through here.

/// `text` as the content of an element, or of an attribute in quotation marks: it can end neither (HTML standard §13.1.2).
pub fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            // What no parser shows, and some stop at.
            '\t' | '\n' => html.push(character),
            _ if character.is_control() => html.push('\u{fffd}'),
            _ => html.push(character),
        }
    }
    html
}

/// A `<meta>` of the document's head.
pub fn meta(name: &str, content: &str) -> String {
    format!("<meta name=\"{name}\" content=\"{}\">", escaped(content))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_ends_its_element_or_its_attribute() {
        assert_eq!(
            escaped("</p>\"'&amp;\0\u{7f}\u{1b}[0m é"),
            "&lt;/p&gt;&quot;&#39;&amp;amp;\u{fffd}\u{fffd}\u{fffd}[0m é"
        );
    }
}
