//! A fake of [`Boards`], in memory.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use shared::board::BoardName;
use shared::limits;

use crate::lock::lock;
use crate::ports::{BoardEntry, BoardError, Boards, Expected, StoredBoard, Unavailable};

/// A fake of [`Boards`], which keeps the boards in memory. Clones share the same boards.
#[derive(Debug, Clone, Default)]
pub struct FakeBoards(Arc<Mutex<BTreeMap<BoardName, StoredBoard>>>);

/// Returns an error if `current` is not the version of a board that is expected.
fn check(current: Option<&StoredBoard>, expected: &Expected) -> Result<(), BoardError> {
    match expected.is_met_by(current.map(|board| board.entry.version.as_str())) {
        true => Ok(()),
        false => Err(BoardError::Changed(current.cloned().map(Box::new))),
    }
}

impl Boards for FakeBoards {
    async fn list(&self) -> Result<Vec<BoardEntry>, Unavailable> {
        Ok(lock(&self.0).values().map(|board| board.entry.clone()).collect())
    }

    async fn board(&self, name: &BoardName) -> Result<Option<StoredBoard>, Unavailable> {
        Ok(lock(&self.0).get(name).cloned())
    }

    async fn save(&self, board: StoredBoard, expected: Expected) -> Result<(), BoardError> {
        let mut boards = lock(&self.0);
        let current = boards.get(&board.entry.name);
        check(current, &expected)?;
        if current.is_none() && boards.len() >= limits::BOARDS {
            return Err(BoardError::TooMany);
        }
        boards.insert(board.entry.name.clone(), board);
        Ok(())
    }

    async fn delete(&self, name: &BoardName, expected: Expected) -> Result<bool, BoardError> {
        let mut boards = lock(&self.0);
        check(boards.get(name), &expected)?;
        Ok(boards.remove(name).is_some())
    }
}
