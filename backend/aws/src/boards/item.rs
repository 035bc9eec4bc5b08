//! The items of boards in the table of topics.

use std::sync::Arc;

use aws_sdk_dynamodb::types::AttributeValue;
use backend_core::ports::{BoardEntry, StoredBoard};
use shared::board::BoardName;

use crate::item::{AttributeError, Item, number, read_number, read_text, text};

/// Name of the partition key.
pub const PK: &str = "pk";
/// Attribute of the list with the map from names to entries.
pub const BOARDS: &str = "boards";
/// Sort key of the list of boards. No board has this name.
pub const LIST: &str = "#";
/// Attribute with the version of a board.
pub const VERSION: &str = "version";

const PARTITION: &str = "BOARDS";
const SK: &str = "sk";
const TITLE: &str = "title";
const SAVED_AT: &str = "saved_at";
const SAVED_BY: &str = "saved_by";
const BYTES: &str = "bytes";
const TEXT: &str = "text";

/// Returns the key of a board, or of the list.
pub fn key(sort_key: &str) -> Item {
    Item::from([(PK.into(), text(PARTITION)), (SK.into(), text(sort_key))])
}

/// Returns the item of a board.
pub fn write(board: &StoredBoard) -> Item {
    let mut item = key(board.entry.name.as_str());
    item.extend(write_entry(&board.entry));
    item.insert(TEXT.into(), text(&*board.text));
    item
}

/// Reads a board from its item.
pub fn read(item: &Item) -> Result<StoredBoard, AttributeError> {
    let entry = entry(read_text(item, SK)?, item)?;
    Ok(StoredBoard { entry, text: Arc::from(read_text(item, TEXT)?) })
}

/// Returns the entry of a board in the list.
pub fn write_entry(entry: &BoardEntry) -> Item {
    let mut item = Item::from([
        (VERSION.into(), text(&entry.version)),
        (SAVED_AT.into(), number(entry.saved_at)),
        (SAVED_BY.into(), text(&entry.saved_by)),
        (BYTES.into(), number(entry.bytes)),
    ]);
    item.extend(entry.title.as_ref().map(|title| (TITLE.to_owned(), text(title))));
    item
}

/// Reads the entry of a board from the list.
pub fn read_entry(name: &str, value: &AttributeValue) -> Result<BoardEntry, AttributeError> {
    let item = value.as_m().map_err(|_| AttributeError::new(BOARDS, "an entry is not a map"))?;
    entry(name, item)
}

fn entry(name: &str, item: &Item) -> Result<BoardEntry, AttributeError> {
    Ok(BoardEntry {
        name: BoardName::new(name).map_err(|error| AttributeError::new(SK, error))?,
        version: read_text(item, VERSION)?.into(),
        title: item.contains_key(TITLE).then(|| read_text(item, TITLE).map(str::to_owned)).transpose()?,
        saved_at: read_number(item, SAVED_AT)?,
        saved_by: read_text(item, SAVED_BY)?.into(),
        bytes: read_number(item, BYTES)?,
        is_read_only: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_board_and_its_entry_are_read_back() {
        for title in [None, Some("Shop floor".to_owned())] {
            let entry = BoardEntry {
                name: BoardName::new("shop").unwrap(),
                version: "v1".into(),
                title,
                saved_at: 7,
                saved_by: "ann".into(),
                bytes: 2,
                is_read_only: false,
            };
            let board = StoredBoard { entry: entry.clone(), text: Arc::from("{}") };
            assert_eq!(read(&write(&board)), Ok(board));
            assert_eq!(read_entry("shop", &AttributeValue::M(write_entry(&entry))), Ok(entry));
        }
        assert!(read_entry("a b", &AttributeValue::M(Item::new())).is_err());
    }
}
