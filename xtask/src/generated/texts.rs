//! The texts of the plugin's page, in the four languages that Dify knows. They are data, in `texts/`, so that a
//! translator finds them in one place.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use gateway_domain::settings::declaration::{Declaration, declarations};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize, Serializer};

use crate::workspace::Workspace;

/// The texts of the settings.
const SETTINGS: &str = "texts/settings.yaml";

/// The titles of the groups of settings.
const GROUPS: &str = "texts/groups.yaml";

/// The texts of the plugin itself.
const PLUGIN: &str = "texts/plugin.yaml";

/// Characters of a text that Dify's plugin daemon takes.
const MOST_CHARACTERS: usize = 1023;

/// A text in every language.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    #[serde(rename = "en_US")]
    pub en_us: String,
    #[serde(rename = "zh_Hans")]
    pub zh_hans: String,
    #[serde(rename = "ja_JP")]
    pub ja_jp: String,
    #[serde(rename = "pt_BR")]
    pub pt_br: String,
}

/// Without the languages that say the same as the English, which Dify shows in their place: the whole declaration goes to
/// Dify with every request.
impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let is_written = |(code, text): &(&str, &str)| *code == "en_US" || *text != self.en_us;
        serializer.collect_map(self.by_language().into_iter().filter(is_written))
    }
}

impl Text {
    fn by_language(&self) -> [(&'static str, &str); 4] {
        [
            ("en_US", &self.en_us),
            ("zh_Hans", &self.zh_hans),
            ("ja_JP", &self.ja_jp),
            ("pt_BR", &self.pt_br),
        ]
    }
}

/// What the marketplace shows of the plugin.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PluginTexts {
    pub label: Text,
    pub description: Text,
}

impl PluginTexts {
    /// Reads the file.
    ///
    /// # Errors
    /// The file is missing, or lacks a text.
    pub fn read(workspace: &Workspace) -> Result<Self> {
        parse(workspace, PLUGIN)
    }
}

/// The texts of one setting.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettingTexts {
    /// The name on the page.
    pub label: Text,
    /// What to write, in one or two short sentences, with an example unless the field shows one. Plain text, no Markdown.
    pub help: Text,
    /// What there is no room for on the page, for the English documents.
    pub details: Option<String>,
    /// The label of each value of a `select`.
    #[serde(default)]
    pub choices: BTreeMap<String, Text>,
}

/// The texts of every setting, and of nothing else.
pub struct SettingsTexts(BTreeMap<String, SettingTexts>);

impl SettingsTexts {
    /// Reads the file.
    ///
    /// # Errors
    /// The file is missing, or its texts are not those of the declared settings.
    pub fn read(workspace: &Workspace) -> Result<Self> {
        let texts: BTreeMap<String, SettingTexts> = parse(workspace, SETTINGS)?;
        let problems = problems(&texts);
        if !problems.is_empty() {
            bail!(
                "{SETTINGS} does not fit the declared settings\n{}",
                problems.join("\n")
            );
        }
        Ok(Self(texts))
    }

    /// The texts of a setting.
    ///
    /// # Errors
    /// There are none.
    pub fn of(&self, setting: &Declaration) -> Result<&SettingTexts> {
        self.0
            .get(setting.name)
            .with_context(|| format!("{SETTINGS} has no texts of {}", setting.name))
    }
}

/// What the documents call the groups of settings.
pub struct GroupTitles(BTreeMap<String, Text>);

impl GroupTitles {
    /// Reads the file.
    ///
    /// # Errors
    /// The file is missing, or a title lacks a language.
    pub fn read(workspace: &Workspace) -> Result<Self> {
        parse(workspace, GROUPS).map(Self)
    }

    /// The title of a group.
    ///
    /// # Errors
    /// There is none.
    pub fn of(&self, group: &str) -> Result<&Text> {
        self.0
            .get(group)
            .with_context(|| format!("{GROUPS} has no title of the group {group}"))
    }
}

fn parse<T: DeserializeOwned>(workspace: &Workspace, path: &str) -> Result<T> {
    let yaml = workspace.read(path)?;
    if let Some(line) = cut_line(&yaml) {
        bail!(
            "{path}, line {line}: what follows ` #` is a comment; write the text in quotation marks"
        );
    }
    serde_saphyr::from_str(&yaml).with_context(|| format!("{path} cannot be read"))
}

/// The number of the first line that ends with a comment, which in these files is a text that was cut off.
fn cut_line(yaml: &str) -> Option<usize> {
    let is_cut = |line: &str| {
        let value = line.split_once(": ").map_or("", |(_, value)| value.trim());
        !line.trim_start().starts_with('#')
            && !value.starts_with(['"', '\''])
            && value.contains(" #")
    };
    yaml.lines().position(is_cut).map(|line| line + 1)
}

/// What is missing, superfluous or cannot be shown. A text that lacks a language has failed to parse.
fn problems(texts: &BTreeMap<String, SettingTexts>) -> Vec<String> {
    let mut problems = differences(
        "setting",
        declarations().map(|setting| setting.name),
        texts.keys(),
    );
    for setting in declarations() {
        let Some(texts) = texts.get(setting.name) else {
            continue;
        };
        let choices = differences(
            "choice",
            setting.kind.choices().iter().copied(),
            texts.choices.keys(),
        );
        let labels = texts.choices.values().flat_map(form_problems);
        let own = [&texts.label, &texts.help]
            .into_iter()
            .flat_map(form_problems);
        let all = choices.into_iter().chain(own).chain(labels);
        problems.extend(all.map(|problem| format!("  {}: {problem}", setting.name)));
    }
    problems
}

fn differences<'a>(
    what: &str,
    declared: impl Iterator<Item = &'a str>,
    present: impl Iterator<Item = &'a String>,
) -> Vec<String> {
    let mut superfluous: Vec<&str> = present.map(String::as_str).collect();
    let mut differences = Vec::new();
    for name in declared {
        match superfluous.iter().position(|present| *present == name) {
            Some(position) => drop(superfluous.remove(position)),
            None => differences.push(format!("  the {what} {name} has no texts")),
        }
    }
    let superfluous = superfluous
        .iter()
        .map(|name| format!("  there is no {what} {name}"));
    differences.extend(superfluous);
    differences
}

fn form_problems(text: &Text) -> Vec<String> {
    let is_wrong = |text: &str| {
        text.is_empty()
            || text.trim() != text
            || text.contains("  ")
            || text.chars().count() > MOST_CHARACTERS
    };
    text.by_language()
        .iter()
        .filter(|(_, text)| is_wrong(text))
        .map(|(code, text)| {
            format!("a text in {code} is empty, badly spaced or longer than {MOST_CHARACTERS} characters: {text:?}")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use gateway_domain::settings::declaration::Kind;

    use super::*;

    /// Characters of the English help: two short sentences.
    const MOST_OF_A_HELP: usize = 180;

    fn texts() -> BTreeMap<String, SettingTexts> {
        parse(&Workspace::this(), SETTINGS).unwrap()
    }

    #[test]
    fn every_setting_and_choice_has_its_texts_and_there_are_no_others() {
        assert_eq!(problems(&texts()), Vec::<String>::new());
    }

    #[test]
    fn a_text_that_a_comment_cuts_off_is_found() {
        for (yaml, line) in [
            ("a:\n  help: Write a #1 here.\n", Some(2)),
            ("a: \"Write a #1 here.\"\n", None),
            ("# About: this #file\na: b#c\n", None),
        ] {
            assert_eq!(cut_line(yaml), line, "{yaml}");
        }
    }

    #[test]
    fn what_is_missing_or_superfluous_is_named() {
        let mut texts = texts();
        let skew = texts.remove("clock_skew").unwrap();
        texts.insert("clock".to_owned(), skew);
        let format = texts.get_mut("user_format").unwrap();
        let hashed = format.choices.remove("hashed").unwrap();
        format.choices.insert("plain".to_owned(), hashed);
        texts.get_mut("issuer").unwrap().help.ja_jp = " ".to_owned();
        assert_eq!(
            problems(&texts),
            [
                "  the setting clock_skew has no texts",
                "  there is no setting clock",
                "  issuer: a text in ja_JP is empty, badly spaced or longer than 1023 characters: \" \"",
                "  user_format:   the choice hashed has no texts",
                "  user_format:   there is no choice plain",
            ]
        );
    }

    #[test]
    fn a_text_has_every_language_and_no_other() {
        let complete = "en_US: a\nzh_Hans: b\nja_JP: c\npt_BR: d\n";
        assert!(serde_saphyr::from_str::<Text>(complete).is_ok());
        for language in complete.lines() {
            let incomplete = complete.replace(&format!("{language}\n"), "");
            assert!(
                serde_saphyr::from_str::<Text>(&incomplete).is_err(),
                "{incomplete}"
            );
        }
        assert!(serde_saphyr::from_str::<Text>(&format!("{complete}fr_FR: e\n")).is_err());
    }

    #[test]
    fn a_language_that_says_the_same_as_the_english_is_not_written() {
        let text = Text {
            en_us: "a".to_owned(),
            zh_hans: "b".to_owned(),
            ja_jp: "a".to_owned(),
            pt_br: "a".to_owned(),
        };
        let written = serde_saphyr::to_string(&text).unwrap();
        assert_eq!(written, "en_US: a\nzh_Hans: b\n");
    }

    #[test]
    fn labels_of_advanced_settings_alone_begin_with_a_word_that_says_so() {
        let words = ["Advanced: ", "高级：", "詳細: ", "Avançado: "];
        let texts = texts();
        for setting in declarations() {
            let label = &texts[setting.name].label;
            for ((code, text), word) in label.by_language().into_iter().zip(words) {
                assert_eq!(
                    text.starts_with(word),
                    setting.advanced,
                    "{} {code}: {text}",
                    setting.name
                );
            }
        }
    }

    #[test]
    fn a_help_is_at_most_two_sentences_long_and_an_example_is_in_it_or_in_the_field() {
        let texts = texts();
        for setting in declarations() {
            let help = &texts[setting.name].help;
            let length = help.en_us.chars().count();
            assert!(length <= MOST_OF_A_HELP, "{}: {length}", setting.name);
            let is_free_text = setting.kind.choices().is_empty()
                && !matches!(setting.kind, Kind::Boolean | Kind::SecretInput);
            let has_example = setting.example.is_some() || setting.default.is_some();
            assert!(has_example || !is_free_text, "{}", setting.name);
        }
    }

    #[test]
    fn a_help_is_translated() {
        for (name, texts) in texts() {
            let help = texts.help.by_language();
            for (code, text) in help {
                let same = help.iter().filter(|(_, other)| *other == text).count();
                assert_eq!(same, 1, "{name} {code}");
            }
        }
    }
}
