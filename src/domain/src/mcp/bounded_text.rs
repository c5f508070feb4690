//! Text that grows.

/// A text that grows, as long as there is room for it. It is measured as JSON writes it, because that is what it becomes.
#[derive(Debug, Default)]
pub(super) struct BoundedText {
    text: String,
    written: usize,
    is_cut: bool,
}

impl BoundedText {
    /// Adds `more`, or as much of it as `room` bytes in all have place for.
    pub(super) fn push(&mut self, more: &str, room: usize) {
        for character in more.chars() {
            let length = json_length(character);
            if self.is_cut || self.written + length > room {
                self.is_cut = true;
                return;
            }
            self.written += length;
            self.text.push(character);
        }
    }

    /// From here on nothing is added.
    pub(super) const fn cut(&mut self) {
        self.is_cut = true;
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    pub(super) const fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// What it takes in memory.
    pub(super) const fn bytes(&self) -> usize {
        self.text.capacity()
    }
}

fn json_length(character: char) -> usize {
    match character {
        '"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 2,
        '\0'..='\u{1f}' => 6,
        _ => character.len_utf8(),
    }
}
