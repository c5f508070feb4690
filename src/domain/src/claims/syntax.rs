//! The syntax of paths and rules: `, | = .` divide, and `\` before one of them makes it part of a name. So does `\;`: it
//! divides the lists of rules that some settings have.

use std::iter::Peekable;
use std::str::Chars;

/// A text is not a path, or not a list of rules.
///
/// The error says where, and what was expected there. It repeats nothing of the text, because nobody but the
/// administrator may see the values of a rule.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("at character {position}: expected {expected}")]
pub struct SyntaxError {
    position: usize,
    expected: Expected,
}

impl SyntaxError {
    /// `position` is counted in characters from 1.
    pub(super) const fn new(position: usize, expected: Expected) -> Self {
        Self { position, expected }
    }

    /// The error in a text that the one which was parsed is a part of, behind `characters` others.
    pub const fn behind(self, characters: usize) -> Self {
        Self {
            position: self.position.saturating_add(characters),
            ..self
        }
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub(super) enum Expected {
    #[error("`=` and a value after the claim, such as `groups=Staff`")]
    Equals,
    #[error("`,`, `|`, `=`, `.`, `;` or `\\` after `\\`")]
    Escapable,
    #[error("`\\{0}`, because `{0}` alone divides")]
    Escaped(char),
    #[error("at most {0} rules")]
    FewerRules(usize),
    #[error("at most {0} values in a rule")]
    FewerValues(usize),
    #[error("a claim, such as `groups`")]
    Path,
    #[error("a name before and after each dot; a dot that belongs to a name is written `\\.`")]
    Segment,
    #[error("at most {0} names in a path")]
    ShallowerPath(usize),
    #[error("a path of at most {0} characters")]
    ShorterPath(usize),
    #[error("a value after `{0}`, such as `groups=Staff`")]
    Value(char),
}

/// A character, and whether `\` was before it.
#[derive(Clone, Copy)]
pub(super) struct Symbol {
    pub character: char,
    pub escaped: bool,
}

/// The text without the escapes.
pub(super) fn unescaped(symbols: &[Symbol]) -> String {
    symbols.iter().map(|symbol| symbol.character).collect()
}

/// The text as it was written.
pub(super) fn written(symbols: &[Symbol]) -> String {
    let mut text = String::new();
    for symbol in symbols {
        if symbol.escaped {
            text.push('\\');
        }
        text.push(symbol.character);
    }
    text
}

/// The text between two of `,`, `|` and `=`, without the spaces around it.
pub(super) struct Part {
    pub symbols: Vec<Symbol>,
    /// Of its first character, or of whatever is in its place.
    pub position: usize,
    /// The divider after it; `None` at the end of the text.
    pub divider: Option<char>,
    /// Of the divider, or of the end.
    pub end: usize,
}

/// Reads one part after the other.
pub(super) struct Scanner<'a> {
    rest: Peekable<Chars<'a>>,
    position: usize,
}

impl<'a> Scanner<'a> {
    pub fn new(text: &'a str) -> Self {
        Self {
            rest: text.chars().peekable(),
            position: 1,
        }
    }

    pub fn part(&mut self) -> Result<Part, SyntaxError> {
        while self.rest.peek().is_some_and(|next| next.is_whitespace()) {
            self.next_character();
        }
        let position = self.position;
        let mut symbols = Vec::new();
        while let Some(symbol) = self.symbol()? {
            symbols.push(symbol);
        }
        while symbols
            .pop_if(|last| last.character.is_whitespace())
            .is_some()
        {}
        let end = self.position;
        let divider = self.next_character();
        Ok(Part {
            symbols,
            position,
            divider,
            end,
        })
    }

    /// `None` before a divider and at the end of the text.
    fn symbol(&mut self) -> Result<Option<Symbol>, SyntaxError> {
        if matches!(self.rest.peek(), None | Some(',' | '|' | '=')) {
            return Ok(None);
        }
        match self.next_character() {
            Some('\\') => self.escaped_symbol().map(Some),
            next => Ok(next.map(|character| Symbol {
                character,
                escaped: false,
            })),
        }
    }

    fn escaped_symbol(&mut self) -> Result<Symbol, SyntaxError> {
        let position = self.position;
        self.next_character()
            .filter(|next| matches!(next, ',' | '|' | '=' | '.' | ';' | '\\'))
            .map(|character| Symbol {
                character,
                escaped: true,
            })
            .ok_or(SyntaxError::new(position, Expected::Escapable))
    }

    fn next_character(&mut self) -> Option<char> {
        let character = self.rest.next()?;
        self.position = self.position.saturating_add(1);
        Some(character)
    }
}
