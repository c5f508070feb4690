//! What is wrong with the value of a setting.

/// What is wrong with one setting, each the rest of a sentence that begins with the setting's name.
pub(super) struct Problems(Vec<String>);

impl From<&str> for Problems {
    fn from(problem: &str) -> Self {
        problem.to_owned().into()
    }
}

impl From<String> for Problems {
    fn from(problem: String) -> Self {
        Self(vec![problem])
    }
}

impl From<Vec<String>> for Problems {
    fn from(problems: Vec<String>) -> Self {
        Self(problems)
    }
}

impl IntoIterator for Problems {
    type Item = String;
    type IntoIter = std::vec::IntoIter<String>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
