//! The trait for the store of board documents.

use std::future::Future;
use std::sync::Arc;

use shared::board::BoardName;
use shared::{Millis, limits};

use super::unavailable::Unavailable;
use crate::disk::DiskTrouble;

/// A board as the store keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredBoard {
    /// Everything about the board except its document.
    pub entry: BoardEntry,
    /// JSON text of the document, byte for byte as it was saved.
    pub text: Arc<str>,
}

/// Everything about a board except its document, for lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardEntry {
    /// Name of the board.
    pub name: BoardName,
    /// Identifier of what was saved last. Each save has a new one, so that one who saves can say which version they have seen.
    pub version: String,
    /// Title of the board, from its document.
    pub title: Option<String>,
    /// Time at which the board was saved.
    pub saved_at: Millis,
    /// Name of the principal that saved the board.
    pub saved_by: String,
    /// Size of the document, in bytes of JSON.
    pub bytes: u64,
    /// True if the board is read from a file of the server, so that it cannot be saved or deleted.
    pub is_read_only: bool,
}

/// The version of a board that one who saves or deletes it has seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// There was no board of this name.
    Absent,
    /// The board had this version.
    Version(String),
    /// Any version, or none, is replaced.
    Any,
}

impl Expected {
    /// Returns true if a board that has this version now, or does not exist, is the one that was seen.
    pub fn is_met_by(&self, version: Option<&str>) -> bool {
        match self {
            Self::Absent => version.is_none(),
            Self::Version(seen) => version == Some(seen),
            Self::Any => true,
        }
    }
}

/// Reason for which a board could not be saved or deleted. Nothing has changed then, except perhaps after
/// [`BoardError::Unavailable`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BoardError {
    /// Somebody else has saved or deleted the board since. Contains the board as it is now; `None` if it does not exist.
    #[error("the board was saved or deleted by somebody else since")]
    Changed(Option<Box<StoredBoard>>),
    /// The board comes from a file of the server.
    #[error("the board comes from a file of the server")]
    ReadOnly,
    /// The server already has the maximum number of boards, [`limits::BOARDS`].
    #[error("the server already has {limit} boards", limit = limits::BOARDS)]
    TooMany,
    /// The disk is full or has failed.
    #[error(transparent)]
    Disk(DiskTrouble),
    /// The store cannot be reached.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// The store of board documents. A board that was saved is durable.
pub trait Boards: Send + Sync {
    /// Returns all boards without their documents, in order of name.
    fn list(&self) -> impl Future<Output = Result<Vec<BoardEntry>, Unavailable>> + Send;

    /// Returns a board, or `None` if there is none of this name.
    fn board(
        &self,
        name: &BoardName,
    ) -> impl Future<Output = Result<Option<StoredBoard>, Unavailable>> + Send;

    /// Saves a board if the present one is the expected one. Of several saves at the same time that expect the same version, one
    /// succeeds.
    ///
    /// # Errors
    ///
    /// [`BoardError`].
    fn save(
        &self,
        board: StoredBoard,
        expected: Expected,
    ) -> impl Future<Output = Result<(), BoardError>> + Send;

    /// Deletes a board if it is the expected one. Returns false if there was none.
    ///
    /// # Errors
    ///
    /// [`BoardError`].
    fn delete(
        &self,
        name: &BoardName,
        expected: Expected,
    ) -> impl Future<Output = Result<bool, BoardError>> + Send;
}
