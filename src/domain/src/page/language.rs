//! The four languages of the pages, which are those of the plugin's own.

use http::HeaderMap;
use http::header::ACCEPT_LANGUAGE;

use crate::request::preference::weighted;

/// A language that the pages are written in.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Language {
    /// Simplified Chinese.
    Chinese,
    /// English.
    #[default]
    English,
    /// Japanese.
    Japanese,
    /// Portuguese of Brazil.
    Portuguese,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 4] = [
        Self::Chinese,
        Self::English,
        Self::Japanese,
        Self::Portuguese,
    ];

    /// What the browser prefers (RFC 9110 §12.5.4); English where it wants none of the four. Of equal weights the first
    /// counts.
    pub fn of(headers: &HeaderMap) -> Self {
        Self::named(headers).unwrap_or_default()
    }

    /// The same; `None` where the browser names none of the four.
    pub fn named(headers: &HeaderMap) -> Option<Self> {
        let values = headers.get_all(ACCEPT_LANGUAGE).iter();
        let mut best = None;
        for (range, weight) in weighted(values.filter_map(|value| value.to_str().ok())) {
            let best_weight = best.map_or(0, |(_, weight)| weight);
            if let Some(language) = Self::of_tag(range)
                && weight > best_weight
            {
                best = Some((language, weight));
            }
        }
        best.map(|(language, _)| language)
    }

    /// The language of a tag such as `pt-BR` (RFC 5646), or as Dify writes it, `zh-Hans`.
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next()?;
        Self::ALL.into_iter().find(|language| {
            let own = language.tag().split('-').next().unwrap_or_default();
            primary.eq_ignore_ascii_case(own)
        })
    }

    /// The tag for the attribute `lang`.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-Hans",
            Self::English => "en",
            Self::Japanese => "ja",
            Self::Portuguese => "pt-BR",
        }
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn the_preferred_of_the_four_is_taken() {
        let rows = [
            (None, "en"),
            (Some(""), "en"),
            (Some("de-DE,de;q=0.9"), "en"),
            (Some("de, fr;q=0.9, pt;q=0.8, en;q=0.7"), "pt-BR"),
            (Some("zh-TW,zh;q=0.9"), "zh-Hans"),
            (Some("EN-us;q=0.3, JA;q=0.4"), "ja"),
            (Some("ja;q=0, en;q=0.1"), "en"),
            (Some("*"), "en"),
            (Some("\u{e4}"), "en"),
        ];
        for (value, expected) in rows {
            let mut headers = HeaderMap::new();
            if let Some(value) = value {
                headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_str(value).unwrap());
            }
            assert_eq!(Language::of(&headers).tag(), expected, "{value:?}");
        }
    }
}
