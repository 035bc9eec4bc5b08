//! Stores board documents in the DynamoDB table of topics.
//!
//! | item | key | attributes |
//! |---|---|---|
//! | a board | `BOARDS`, `{name}` | the document, and everything that the list has |
//! | the list of boards | `BOARDS`, `#` | a map from the name of each board to its entry |
//!
//! A save writes both items in one transaction, on the condition that the board still has the version that was seen. So the
//! list is one item, and is read without the documents. It has at most [`limits::BOARDS`] entries of less than 600 bytes each; an
//! item has at most 400 KB (Amazon DynamoDB Developer Guide, "Quotas").

mod item;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::types::{
    AttributeValue, Delete, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update,
};
use backend_core::ports::{BoardEntry, BoardError, Boards, Expected, StoredBoard, Unavailable};
use shared::board::BoardName;
use shared::limits;

use crate::item::{Item, number, read_map, text};
use crate::pause;
use crate::request::{RETRIES, TransactionOutcome, Verdict, transact, unavailable};
use item::{BOARDS, LIST, PK, VERSION};

/// Stores board documents in the DynamoDB table of topics. It implements the trait `Boards`.
#[derive(Debug, Clone)]
pub struct DynamoBoards {
    client: Client,
    table: String,
}

/// The next step after a transaction was not committed.
enum Next {
    Fail(BoardError),
    CreateList,
    Pause,
}

impl DynamoBoards {
    pub(crate) fn new(client: Client, table: &str) -> Self {
        Self { client, table: table.into() }
    }

    /// Sends a transaction that writes a board and the list, until it is committed or refused.
    async fn write(&self, writes: &[TransactWriteItem]) -> Result<(), BoardError> {
        let mut number = 1;
        loop {
            let next = match transact(&self.client, writes.to_vec()).await? {
                TransactionOutcome::Committed => return Ok(()),
                TransactionOutcome::ConditionFailed(verdicts) => self.after_refusal(&verdicts).await?,
                TransactionOutcome::Postponed => Next::Pause,
            };
            match next {
                Next::Fail(error) => return Err(error),
                Next::CreateList => self.create_list().await?,
                Next::Pause => {}
            }
            if !pause::sleep(RETRIES, number).await {
                let reason = "DynamoDB keeps postponing a transaction of a board; try again later";
                return Err(Unavailable::new(reason).into());
            }
            number += 1;
        }
    }

    async fn after_refusal(&self, verdicts: &[Verdict]) -> Result<Next, Unavailable> {
        if let Some(Verdict::Failed(found)) = verdicts.first() {
            let current = found.as_ref().map(item::read).transpose()?;
            return Ok(Next::Fail(BoardError::Changed(current.map(Box::new))));
        }
        Ok(match self.get(LIST).await? {
            None => Next::CreateList,
            Some(_) => Next::Fail(BoardError::TooMany),
        })
    }

    /// Creates the list without entries, unless it exists.
    async fn create_list(&self) -> Result<(), Unavailable> {
        let request = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(item::key(LIST)))
            .update_expression("SET #boards = if_not_exists(#boards, :none)")
            .expression_attribute_names("#boards", BOARDS)
            .expression_attribute_values(":none", AttributeValue::M(Item::new()));
        crate::request::retry_conflicts(|| request.clone().send()).await.map_err(unavailable)?;
        Ok(())
    }

    async fn get(&self, sort_key: &str) -> Result<Option<Item>, Unavailable> {
        let get = self.client.get_item().table_name(&self.table).set_key(Some(item::key(sort_key)));
        Ok(get.consistent_read(true).send().await.map_err(unavailable)?.item)
    }

    fn put(&self, board: &StoredBoard, expected: &Expected) -> Result<TransactWriteItem, BuildError> {
        let put = Put::builder().table_name(&self.table).set_item(Some(item::write(board)));
        let put = match expected {
            Expected::Any => put,
            Expected::Absent => {
                put.condition_expression("attribute_not_exists(#pk)").expression_attribute_names("#pk", PK)
            }
            Expected::Version(version) => put
                .condition_expression("#version = :version")
                .expression_attribute_names("#version", VERSION)
                .expression_attribute_values(":version", text(version)),
        };
        let put = put.return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        Ok(TransactWriteItem::builder().put(put.build()?).build())
    }

    /// Returns the write that adds the entry of a board to the list, if there is room.
    fn add(&self, entry: &BoardEntry) -> Result<TransactWriteItem, BuildError> {
        let update = Update::builder()
            .table_name(&self.table)
            .set_key(Some(item::key(LIST)))
            .update_expression("SET #boards.#name = :entry")
            .condition_expression(
                "attribute_exists(#boards) AND (attribute_exists(#boards.#name) OR size(#boards) < :limit)",
            )
            .expression_attribute_names("#boards", BOARDS)
            .expression_attribute_names("#name", entry.name.as_str())
            .expression_attribute_values(":entry", AttributeValue::M(item::write_entry(entry)))
            .expression_attribute_values(":limit", number(limits::BOARDS));
        Ok(TransactWriteItem::builder().update(update.build()?).build())
    }

    /// Returns the transaction that deletes a board in this version.
    fn removal(&self, name: &BoardName, version: &str) -> Result<Vec<TransactWriteItem>, BuildError> {
        let delete = Delete::builder()
            .table_name(&self.table)
            .set_key(Some(item::key(name.as_str())))
            .condition_expression("#version = :version")
            .expression_attribute_names("#version", VERSION)
            .expression_attribute_values(":version", text(version))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let update = Update::builder()
            .table_name(&self.table)
            .set_key(Some(item::key(LIST)))
            .update_expression("REMOVE #boards.#name")
            .expression_attribute_names("#boards", BOARDS)
            .expression_attribute_names("#name", name.as_str());
        Ok(vec![
            TransactWriteItem::builder().delete(delete.build()?).build(),
            TransactWriteItem::builder().update(update.build()?).build(),
        ])
    }
}

impl Boards for DynamoBoards {
    async fn list(&self) -> Result<Vec<BoardEntry>, Unavailable> {
        let Some(list) = self.get(LIST).await? else { return Ok(Vec::new()) };
        let entries = read_map(&list, BOARDS)?.iter();
        let entries: Result<Vec<_>, _> = entries.map(|(name, entry)| item::read_entry(name, entry)).collect();
        let mut entries = entries?;
        entries.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        Ok(entries)
    }

    async fn board(&self, name: &BoardName) -> Result<Option<StoredBoard>, Unavailable> {
        let found = self.get(name.as_str()).await?;
        Ok(found.as_ref().map(item::read).transpose()?)
    }

    async fn save(&self, board: StoredBoard, expected: Expected) -> Result<(), BoardError> {
        let writes = self.put(&board, &expected).and_then(|put| Ok([put, self.add(&board.entry)?]));
        self.write(&writes.map_err(Unavailable::new)?).await
    }

    /// Reads the board first, because the list cannot be changed if it was never created, and returns what was found if the
    /// version is another.
    async fn delete(&self, name: &BoardName, expected: Expected) -> Result<bool, BoardError> {
        let current = self.board(name).await?;
        let version = current.as_ref().map(|board| board.entry.version.clone());
        if !expected.is_met_by(version.as_deref()) {
            return Err(BoardError::Changed(current.map(Box::new)));
        }
        let Some(version) = version else { return Ok(false) };
        let writes = self.removal(name, &version).map_err(Unavailable::new)?;
        self.write(&writes).await.map(|()| true)
    }
}
