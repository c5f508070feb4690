//! The JSON text that Dify gets, in pieces of the client's and of the gateway's own.

use crate::request::Piece;
use crate::rewrite::inputs::RawJson;

/// What becomes of a member.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Member {
    /// It is left out.
    Removed,
    /// It stays as it is, from the quote of its name to the end of its value.
    Kept {
        /// Where it begins.
        start: usize,
        /// Where it ends.
        end: usize,
    },
}

impl Member {
    /// Whether Dify gets it.
    pub(super) const fn is_kept(self) -> bool {
        matches!(self, Self::Kept { .. })
    }
}

/// A text that is being written.
#[derive(Debug, Default)]
pub(super) struct Text {
    pieces: Vec<Piece>,
    own: String,
    needs_comma: bool,
}

impl Text {
    /// An object begins.
    pub(super) fn open(&mut self) {
        self.own.push('{');
        self.needs_comma = false;
    }

    /// An object ends.
    pub(super) fn close(&mut self) {
        self.own.push('}');
        self.needs_comma = true;
    }

    /// A member begins.
    pub(super) fn name(&mut self, name: &str) {
        self.comma();
        self.own.push_str(RawJson::text(name).as_str());
        self.own.push(':');
    }

    /// The value of a member.
    pub(super) fn value(&mut self, value: &RawJson) {
        self.own.push_str(value.as_str());
    }

    /// Those of the client's members that stay. Neighbours are one piece with the comma between them.
    pub(super) fn kept(&mut self, members: &[Member]) {
        for run in members.chunk_by(|one, next| one.is_kept() && next.is_kept()) {
            let (Some(Member::Kept { start, .. }), Some(Member::Kept { end, .. })) =
                (run.first(), run.last())
            else {
                continue;
            };
            self.comma();
            self.flush();
            self.pieces.push(Piece::Client {
                offset: *start,
                length: end - start,
            });
        }
    }

    /// The pieces.
    pub(super) fn into_pieces(mut self) -> Vec<Piece> {
        self.flush();
        self.pieces
    }

    fn comma(&mut self) {
        if self.needs_comma {
            self.own.push(',');
        }
        self.needs_comma = true;
    }

    fn flush(&mut self) {
        if !self.own.is_empty() {
            let own = std::mem::take(&mut self.own);
            self.pieces.push(Piece::Own(own.into_bytes()));
        }
    }
}
