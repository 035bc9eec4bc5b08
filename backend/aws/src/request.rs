//! Sends requests to DynamoDB that need several pages, batches or transactions, and converts errors to [`Unavailable`].

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    CancellationReason, DeleteRequest, KeysAndAttributes, TransactWriteItem, WriteRequest,
};
use backend_core::ports::Unavailable;
use futures_util::{StreamExt, TryStreamExt, stream};

use crate::item::Item;
use crate::pause::{self, Schedule};

/// Pauses before the retries of a request that DynamoDB has refused for a moment, for example because of another
/// transaction, or has only partly processed.
pub const RETRIES: Schedule = Schedule { first: Duration::from_millis(25), pauses: 8 };
/// Maximum number of batches of one call that are sent concurrently.
const BATCHES_AT_ONCE: usize = 8;
/// Maximum number of keys in one `BatchGetItem` (Amazon DynamoDB API Reference).
const GET_KEYS: usize = 100;
/// Maximum number of deletions in one `BatchWriteItem` (Amazon DynamoDB API Reference).
const WRITE_KEYS: usize = 25;

/// Logs the error of a request that failed after all retries of the SDK, and converts it to [`Unavailable`].
pub fn unavailable<E: std::error::Error + 'static>(error: SdkError<E, HttpResponse>) -> Unavailable {
    let unavailable = Unavailable::new(DisplayErrorContext(error));
    // The client is only told to try again, so the reason is logged here.
    tracing::warn!(error = %unavailable, "a request to DynamoDB failed");
    unavailable
}

/// Repeats a write as long as it is refused because a transaction is writing the same item (Amazon DynamoDB API
/// Reference, "TransactionConflictException"), with the pauses of [`RETRIES`].
pub async fn retry_conflicts<T, E, F>(call: impl Fn() -> F) -> Result<T, SdkError<E, HttpResponse>>
where
    F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    E: ProvideErrorMetadata,
{
    let mut number = 1;
    loop {
        match call().await {
            Err(error) if is_conflict(&error) && pause::sleep(RETRIES, number).await => number += 1,
            outcome => return outcome,
        }
    }
}

fn is_conflict<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> bool {
    let fault = error.as_service_error();
    fault.and_then(ProvideErrorMetadata::code) == Some("TransactionConflictException")
}

/// Returns all items of a query. It reads page after page, because DynamoDB ends a page at 1 MB.
pub async fn query_all(query: QueryFluentBuilder) -> Result<Vec<Item>, Unavailable> {
    query.into_paginator().items().send().try_collect().await.map_err(unavailable)
}

/// Returns the number of items of a query. It counts page after page, because DynamoDB ends a page at 1 MB.
pub async fn count_all(query: QueryFluentBuilder) -> Result<u64, Unavailable> {
    let mut pages = query.select(aws_sdk_dynamodb::types::Select::Count).into_paginator().send();
    let mut count = 0;
    while let Some(page) = pages.try_next().await.map_err(unavailable)? {
        count += u64::try_from(page.count()).unwrap_or_default();
    }
    Ok(count)
}

/// Reads the items with these keys, in no particular order. Keys without an item are skipped.
pub async fn get_all(client: &Client, table: &str, keys: Vec<Item>) -> Result<Vec<Item>, Unavailable> {
    let batches: Vec<Vec<Item>> = keys.chunks(GET_KEYS).map(<[Item]>::to_vec).collect();
    let gets = stream::iter(batches.into_iter().map(|keys| get_batch(client, table, keys)));
    let found: Vec<Vec<Item>> = gets.buffer_unordered(BATCHES_AT_ONCE).try_collect().await?;
    Ok(found.into_iter().flatten().collect())
}

/// Deletes the items with these keys. Keys without an item are skipped.
pub async fn delete_all(client: &Client, table: &str, keys: Vec<Item>) -> Result<(), Unavailable> {
    let batches: Vec<Vec<Item>> = keys.chunks(WRITE_KEYS).map(<[Item]>::to_vec).collect();
    let deletes = stream::iter(batches.into_iter().map(|keys| delete_batch(client, table, keys)));
    deletes.buffer_unordered(BATCHES_AT_ONCE).try_collect().await
}

async fn get_batch(client: &Client, table: &str, keys: Vec<Item>) -> Result<Vec<Item>, Unavailable> {
    let asked = KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(true).build();
    let mut asked = HashMap::from([(table.to_owned(), asked.map_err(Unavailable::new)?)]);
    let mut found = Vec::new();
    let mut number = 1;
    while !asked.is_empty() {
        let answer = client.batch_get_item().set_request_items(Some(asked)).send().await;
        let answer = answer.map_err(unavailable)?;
        found.extend(answer.responses.into_iter().flatten().flat_map(|(_, items)| items));
        asked = answer.unprocessed_keys.unwrap_or_default();
        pause_before_retry(asked.is_empty(), &mut number).await?;
    }
    Ok(found)
}

async fn delete_batch(client: &Client, table: &str, keys: Vec<Item>) -> Result<(), Unavailable> {
    let deletes: Result<Vec<_>, _> = keys.into_iter().map(delete).collect();
    let mut asked = HashMap::from([(table.to_owned(), deletes?)]);
    let mut number = 1;
    while !asked.is_empty() {
        let answer = client.batch_write_item().set_request_items(Some(asked)).send().await;
        asked = answer.map_err(unavailable)?.unprocessed_items.unwrap_or_default();
        pause_before_retry(asked.is_empty(), &mut number).await?;
    }
    Ok(())
}

fn delete(key: Item) -> Result<WriteRequest, Unavailable> {
    let delete = DeleteRequest::builder().set_key(Some(key)).build().map_err(Unavailable::new)?;
    Ok(WriteRequest::builder().delete_request(delete).build())
}

async fn pause_before_retry(is_done: bool, number: &mut u32) -> Result<(), Unavailable> {
    if is_done || pause::sleep(RETRIES, *number).await {
        *number += 1;
        return Ok(());
    }
    Err(Unavailable::new("DynamoDB keeps leaving a part of a batch unprocessed; try again later"))
}

/// The result of a transaction that was sent to DynamoDB.
#[derive(Debug, Clone, PartialEq)]
pub enum TransactionOutcome {
    /// All writes of the transaction were made.
    Committed,
    /// No write was made, because at least one condition did not hold. Contains a verdict for each write, in the order
    /// of the writes.
    ConditionFailed(Vec<Verdict>),
    /// No write was made, because another transaction was writing the same items or DynamoDB is overloaded. The caller
    /// may try again after a pause.
    Postponed,
}

/// The outcome of one write of a transaction that DynamoDB has cancelled.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// The condition of the write held.
    Passed,
    /// The condition of the write did not hold. Contains the item as it is stored, if it exists and the write asked for
    /// it.
    Failed(Option<Item>),
}

impl Verdict {
    /// Returns true if the condition of the write did not hold.
    pub fn has_failed(&self) -> bool {
        matches!(self, Self::Failed(_))
    }
}

/// Sends a transaction to DynamoDB, which makes all of its writes or none.
pub async fn transact(
    client: &Client,
    writes: Vec<TransactWriteItem>,
) -> Result<TransactionOutcome, Unavailable> {
    let written = client.transact_write_items().set_transact_items(Some(writes)).send().await;
    match written {
        Ok(_) => Ok(TransactionOutcome::Committed),
        Err(error) => match cancelled(&error) {
            Some(outcome) => Ok(outcome),
            None => Err(unavailable(error)),
        },
    }
}

fn cancelled(error: &SdkError<TransactWriteItemsError, HttpResponse>) -> Option<TransactionOutcome> {
    match error.as_service_error()? {
        TransactWriteItemsError::TransactionCanceledException(cancelled) => {
            outcome(cancelled.cancellation_reasons())
        }
        TransactWriteItemsError::TransactionInProgressException(_) => Some(TransactionOutcome::Postponed),
        _ => None,
    }
}

/// Converts DynamoDB's reasons for cancelling a transaction to the transaction's result. Returns `None` if at least one
/// reason is an error other than a failed condition, and none is temporary.
fn outcome(reasons: &[CancellationReason]) -> Option<TransactionOutcome> {
    let verdicts: Option<Vec<Verdict>> = reasons
        .iter()
        .map(|reason| match reason.code() {
            None | Some("None") => Some(Verdict::Passed),
            Some("ConditionalCheckFailed") => Some(Verdict::Failed(existing(reason.item()).cloned())),
            Some(_) => None,
        })
        .collect();
    match verdicts {
        Some(verdicts) => Some(TransactionOutcome::ConditionFailed(verdicts)),
        None if reasons.iter().any(|reason| reason.code().is_some_and(passes)) => {
            Some(TransactionOutcome::Postponed)
        }
        None => None,
    }
}

/// Returns the item that DynamoDB sent with a failed condition, or `None` if the item does not exist. DynamoDB may send
/// an empty item in that case.
pub fn existing(item: Option<&Item>) -> Option<&Item> {
    item.filter(|item| !item.is_empty())
}

/// Returns true if this reason for a cancelled transaction is temporary, so that the transaction may be sent again
/// (Amazon DynamoDB API Reference, "TransactWriteItems").
fn passes(code: &str) -> bool {
    matches!(code, "TransactionConflict" | "ThrottlingError" | "ProvisionedThroughputExceeded")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::text;

    fn reasons(codes: &[&str]) -> Vec<CancellationReason> {
        codes.iter().map(|code| CancellationReason::builder().code(*code).build()).collect()
    }

    #[test]
    fn a_cancelled_transaction_has_an_outcome_for_each_write_and_the_item_that_failed() {
        let row =
            CancellationReason::builder().code("ConditionalCheckFailed").item("pk", text("C#a")).build();
        let mut reasons_with_row = reasons(&["None", "ConditionalCheckFailed"]);
        reasons_with_row.push(row);
        let item = Item::from([("pk".into(), text("C#a"))]);
        let verdicts = vec![Verdict::Passed, Verdict::Failed(None), Verdict::Failed(Some(item))];
        assert_eq!(outcome(&reasons_with_row), Some(TransactionOutcome::ConditionFailed(verdicts)));
        let nothing =
            CancellationReason::builder().code("ConditionalCheckFailed").set_item(Some(Item::new()));
        assert_eq!(
            outcome(&[nothing.build()]),
            Some(TransactionOutcome::ConditionFailed(vec![Verdict::Failed(None)]))
        );
    }

    #[test]
    fn reasons_that_pass_with_time_postpone_a_transaction_and_others_are_errors() {
        for code in ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"] {
            assert_eq!(outcome(&reasons(&["None", code])), Some(TransactionOutcome::Postponed), "{code}");
            assert_eq!(
                outcome(&reasons(&["ConditionalCheckFailed", code])),
                Some(TransactionOutcome::Postponed),
                "{code}"
            );
        }
        for code in ["ValidationError", "ItemCollectionSizeLimitExceeded"] {
            assert_eq!(outcome(&reasons(&["None", code])), None, "{code}");
        }
    }
}
