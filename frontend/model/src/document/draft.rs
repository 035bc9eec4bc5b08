//! The document of a board while a person changes it. Depends on [`mod@super::edit`].

use serde_json::{Value, json};
use shared::board::{Board, BoardName};

/// Largest number of changes that can be undone.
const MOST_UNDONE: usize = 100;

/// A document that is being changed, and the board of the server from which it was made.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    board: Board,
    saved: Option<Saved>,
    before: Vec<Board>,
}

/// A board as the server has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Saved {
    /// Name of the board.
    pub name: BoardName,
    /// Version of the board, with which it can be replaced.
    pub version: String,
    /// Document of the board.
    pub board: Board,
}

impl Draft {
    /// Creates a draft of a document that no server has.
    pub fn new(board: Board) -> Self {
        Self { board, ..Self::default() }
    }

    /// Creates a draft of a board of the server.
    pub fn of(saved: Saved) -> Self {
        Self { board: saved.board.clone(), saved: Some(saved), before: Vec::new() }
    }

    /// Returns the document.
    pub fn board(&self) -> &Board {
        &self.board
    }

    /// Returns the board of the server from which the document was made.
    pub fn saved(&self) -> Option<&Saved> {
        self.saved.as_ref()
    }

    /// Returns true if the server does not have this document. An empty one need not be saved.
    pub fn is_changed(&self) -> bool {
        match &self.saved {
            Some(saved) => saved.board != self.board,
            None => self.board != Board::default(),
        }
    }

    /// Returns true if a change can be undone.
    pub fn can_undo(&self) -> bool {
        !self.before.is_empty()
    }

    /// Replaces the document. Returns true if that is a change.
    pub fn change(&mut self, board: Board) -> bool {
        if board == self.board {
            return false;
        }
        if self.before.len() == MOST_UNDONE {
            self.before.remove(0);
        }
        self.before.push(std::mem::replace(&mut self.board, board));
        true
    }

    /// Takes the last change back.
    pub fn undo(&mut self) {
        if let Some(board) = self.before.pop() {
            self.board = board;
        }
    }

    /// Notes the board that the server has now, because this document or somebody else's was saved. The draft stays as it is, and
    /// replaces that version when it is saved.
    pub fn note_saved(&mut self, saved: Saved) {
        self.saved = Some(saved);
    }

    /// Formats the draft for the storage of the browser.
    pub fn to_text(&self) -> String {
        let saved = self.saved.as_ref().map(|saved| {
            json!({"name": saved.name.as_str(), "version": saved.version, "document": saved.board.to_value()})
        });
        json!({"document": self.board.to_value(), "saved": saved}).to_string()
    }

    /// Reads a draft from the storage of the browser; `None` if the text is not one.
    pub fn read(text: &str) -> Option<Self> {
        let mut kept: Value = serde_json::from_str(text).ok()?;
        let board = Board::from_value(kept.get_mut("document")?.take()).ok()?;
        Some(Self { board, saved: kept.get_mut("saved").and_then(read_saved), before: Vec::new() })
    }
}

fn read_saved(saved: &mut Value) -> Option<Saved> {
    Some(Saved {
        name: BoardName::new(saved.get("name")?.as_str()?).ok()?,
        version: saved.get("version")?.as_str()?.to_owned(),
        board: Board::from_value(saved.get_mut("document")?.take()).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn titled(title: &str) -> Board {
        Board { title: Some(title.into()), ..Board::default() }
    }

    fn saved(version: &str, title: &str) -> Saved {
        Saved { name: BoardName::new("shop").unwrap(), version: version.into(), board: titled(title) }
    }

    #[test]
    fn changes_are_undone_one_by_one_and_what_equals_the_server_is_no_change() {
        let mut draft = Draft::of(saved("v1", "a"));
        assert!(!draft.is_changed() && !draft.can_undo());
        assert!(draft.change(titled("b")) && !draft.change(titled("b")));
        assert!(draft.is_changed());
        draft.undo();
        assert_eq!((draft.board(), draft.is_changed(), draft.can_undo()), (&titled("a"), false, false));
        for number in 0..2 * MOST_UNDONE {
            draft.change(titled(&number.to_string()));
        }
        assert_eq!(draft.before.len(), MOST_UNDONE);
    }

    #[test]
    fn a_save_during_further_changes_leaves_these_changes() {
        let mut draft = Draft::new(titled("a"));
        assert!(draft.is_changed());
        let sent = draft.board().clone();
        draft.change(titled("b"));
        draft.note_saved(Saved { board: sent, ..saved("v1", "") });
        assert!(draft.is_changed());
        draft.undo();
        assert!(!draft.is_changed());
    }

    #[test]
    fn a_draft_comes_back_from_the_storage_of_the_browser() {
        for mut draft in [Draft::default(), Draft::new(titled("a")), Draft::of(saved("v1", "b"))] {
            assert_eq!(Draft::read(&draft.to_text()), Some(draft.clone()));
            draft.change(titled("c"));
            let read = Draft::read(&draft.to_text()).unwrap();
            assert_eq!((read.board(), read.saved()), (draft.board(), draft.saved()));
        }
        for text in ["", "{}", "[]", "{\"document\": 7}"] {
            assert_eq!(Draft::read(text), None, "{text}");
        }
    }
}
