//! Reads and writes board documents in the store's file.

use std::sync::Arc;

use backend_core::ports::{BoardEntry, BoardError, Expected, StoredBoard, Unavailable};
use redb::{Database, ReadableDatabase, ReadableTable, ReadableTableMetadata, TableError};
use serde::{Deserialize, Serialize};
use shared::board::BoardName;
use shared::{Millis, limits};

use super::tables::{BOARD_TEXTS, BOARDS};

/// A change of a board.
pub enum Write {
    Save(StoredBoard, Expected),
    Delete(BoardName, Expected),
}

/// The outcome of a [`Write`]. True if a board was saved or deleted, and false if there was none to delete.
pub type Written = Result<bool, BoardError>;

/// The value of a board in the table [`BOARDS`], as JSON.
#[derive(Serialize, Deserialize)]
struct StoredEntry {
    version: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    saved_at: Millis,
    saved_by: String,
    bytes: u64,
}

impl StoredEntry {
    fn of(entry: &BoardEntry) -> Self {
        let BoardEntry { version, title, saved_at, saved_by, bytes, .. } = entry.clone();
        Self { version, title, saved_at, saved_by, bytes }
    }

    fn into_entry(self, name: BoardName) -> BoardEntry {
        let Self { version, title, saved_at, saved_by, bytes } = self;
        BoardEntry { name, version, title, saved_at, saved_by, bytes, is_read_only: false }
    }
}

/// Returns the entries of all boards, in order of name.
pub fn list(db: &Database) -> Result<Vec<BoardEntry>, redb::Error> {
    let transaction = db.begin_read()?;
    let table = match transaction.open_table(BOARDS) {
        Err(TableError::TableDoesNotExist(_)) => return Ok(Vec::new()),
        opened => opened?,
    };
    let rows = table.iter()?.map(|row| {
        let (name, value) = row?;
        entry(name.value(), value.value())
    });
    rows.collect()
}

/// Returns a board; `None` if there is none of this name.
pub fn read(db: &Database, name: &BoardName) -> Result<Option<StoredBoard>, redb::Error> {
    let transaction = db.begin_read()?;
    let entries = match transaction.open_table(BOARDS) {
        Err(TableError::TableDoesNotExist(_)) => return Ok(None),
        opened => opened?,
    };
    stored(&entries, &transaction.open_table(BOARD_TEXTS)?, name)
}

/// Saves or deletes a board if it has the expected version, and commits this.
pub fn write(db: &Database, write: Write) -> Result<Written, redb::Error> {
    let transaction = db.begin_write()?;
    let written = {
        let mut entries = transaction.open_table(BOARDS)?;
        let mut texts = transaction.open_table(BOARD_TEXTS)?;
        let (name, expected) = match &write {
            Write::Save(board, expected) => (&board.entry.name, expected),
            Write::Delete(name, expected) => (name, expected),
        };
        let current = stored(&entries, &texts, name)?;
        if !expected.is_met_by(current.as_ref().map(|board| board.entry.version.as_str())) {
            return Ok(Err(BoardError::Changed(current.map(Box::new))));
        }
        match &write {
            Write::Save(..) if current.is_none() && entries.len()? >= limits::BOARDS as u64 => {
                return Ok(Err(BoardError::TooMany));
            }
            Write::Save(board, _) => {
                let value = serde_json::to_vec(&StoredEntry::of(&board.entry)).map_err(corrupted)?;
                entries.insert(name.as_str(), value.as_slice())?;
                texts.insert(name.as_str(), &*board.text)?;
                true
            }
            Write::Delete(name, _) => {
                entries.remove(name.as_str())?;
                texts.remove(name.as_str())?;
                current.is_some()
            }
        }
    };
    transaction.commit()?;
    Ok(Ok(written))
}

fn stored(
    entries: &impl ReadableTable<&'static str, &'static [u8]>,
    texts: &impl ReadableTable<&'static str, &'static str>,
    name: &BoardName,
) -> Result<Option<StoredBoard>, redb::Error> {
    let (Some(value), Some(text)) = (entries.get(name.as_str())?, texts.get(name.as_str())?) else {
        return Ok(None);
    };
    let entry = entry(name.as_str(), value.value())?;
    Ok(Some(StoredBoard { entry, text: Arc::from(text.value()) }))
}

fn entry(name: &str, value: &[u8]) -> Result<BoardEntry, redb::Error> {
    let name = BoardName::new(name).map_err(corrupted)?;
    let stored: StoredEntry = serde_json::from_slice(value).map_err(corrupted)?;
    Ok(stored.into_entry(name))
}

fn corrupted(error: impl std::fmt::Display) -> redb::Error {
    redb::Error::Corrupted(format!("a board cannot be read: {error}"))
}

/// Returns the error for a board that was not written because the store cannot write.
pub fn refused(trouble: Option<backend_core::DiskTrouble>, reason: Unavailable) -> BoardError {
    trouble.map_or(reason.into(), BoardError::Disk)
}
