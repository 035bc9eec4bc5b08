//! The boards of a server: those in the files of a directory, and those that clients have saved.

mod files;

use std::sync::Arc;

use backend_core::ports::{BoardEntry, BoardError, Boards, Expected, StoredBoard, Unavailable};
use shared::board::BoardName;

use crate::app::App;
pub use files::{BoardFileError, BoardFiles};

/// The boards of a server. A board in a file hides a saved one of the same name, and cannot be saved or deleted.
#[derive(Clone)]
pub struct ServerBoards {
    files: Option<BoardFiles>,
    app: Arc<App>,
}

impl ServerBoards {
    /// Creates the boards of a server. `files` are those in a directory, if there is one.
    pub fn new(files: Option<BoardFiles>, app: Arc<App>) -> Self {
        Self { files, app }
    }

    fn file(&self, name: &BoardName) -> Option<StoredBoard> {
        self.files.as_ref().and_then(|files| files.board(name))
    }
}

impl Boards for ServerBoards {
    async fn list(&self) -> Result<Vec<BoardEntry>, Unavailable> {
        let mut entries = self.files.as_ref().map(BoardFiles::list).unwrap_or_default();
        let saved = self.app.log().list().await?;
        entries.extend(saved.into_iter().filter(|entry| self.file(&entry.name).is_none()));
        entries.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        Ok(entries)
    }

    async fn board(&self, name: &BoardName) -> Result<Option<StoredBoard>, Unavailable> {
        match self.file(name) {
            Some(board) => Ok(Some(board)),
            None => self.app.log().board(name).await,
        }
    }

    async fn save(&self, board: StoredBoard, expected: Expected) -> Result<(), BoardError> {
        match self.file(&board.entry.name) {
            Some(_) => Err(BoardError::ReadOnly),
            None => self.app.log().save(board, expected).await,
        }
    }

    async fn delete(&self, name: &BoardName, expected: Expected) -> Result<bool, BoardError> {
        match self.file(name) {
            Some(_) => Err(BoardError::ReadOnly),
            None => self.app.log().delete(name, expected).await,
        }
    }
}
