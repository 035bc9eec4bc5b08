//! The catalogue of topics, which is one partition of the topics table. It has a row for each topic, and a row with the
//! number of topics, which is limited.

use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::types::{AttributeValue, Delete, Put, TransactWriteItem, Update};
use backend_core::ports::{Append, AppendError};
use shared::{Topic, limits};

use super::names::{CATALOGUE, ENDED, ONLY, OWNER, PK, SK, TOPICS};
use super::{alarm, head};
use crate::item::{AttributeError, Item, number, read_text, text};
use crate::request::Verdict;

/// Returns the row that represents a topic in the catalogue. The row contains only the topic's name.
fn row(topic: &Topic) -> Item {
    Item::from([(PK.into(), text(CATALOGUE)), (SK.into(), text(topic.as_str()))])
}

/// Reads the topic from a row of the catalogue.
pub fn read(row: &Item) -> Result<Topic, AttributeError> {
    Topic::new(read_text(row, SK)?).map_err(|error| AttributeError::new(SK, error))
}

/// Returns the partition key of the catalogue.
pub fn partition() -> AttributeValue {
    text(CATALOGUE)
}

/// Returns the lowest and the highest sort key of the topics after `after` whose name begins with `prefix`. Returns `None` if no name with
/// this prefix can be after `after`: DynamoDB refuses a query whose lowest key is above the highest one.
pub fn keys_after(prefix: &str, after: Option<&Topic>) -> Option<(String, String)> {
    let first = if prefix.is_empty() { ONLY } else { prefix };
    let low = after.map(Topic::as_str).filter(|after| *after > first).unwrap_or(first);
    // A query includes both keys. All bytes of names are between U+0001 and U+007F.
    let (low, high) = (format!("{low}\u{1}"), format!("{prefix}\u{7f}"));
    (low < high).then_some((low, high))
}

/// Returns the transaction that registers a topic. It adds the topic's name to the catalogue, and adds an item for the
/// topic's state, which has no publications yet. It also adds one to the number of all topics and to the number of the
/// principal's topics.
pub fn register(table: &str, append: &Append) -> Result<Vec<TransactWriteItem>, BuildError> {
    let Append { topic, new_epoch, principal, principal_topics, received_at, .. } = append;
    Ok(vec![
        new(table, row(topic))?,
        one_more(table, text(CATALOGUE), limits::TOPICS)?,
        one_more(table, owner(principal), *principal_topics)?,
        new(table, head::skeleton(topic, new_epoch, principal))?,
        alarm::add(table, topic, *received_at)?,
    ])
}

/// Returns the transaction that deletes a topic, on condition that its state is marked as deleted. It deletes the item
/// with the topic's state and the topic's name in the catalogue. It also subtracts one from the number of all topics
/// and from the number of the principal's topics.
pub fn delete(table: &str, topic: &Topic, head: &Item) -> Result<Vec<TransactWriteItem>, BuildError> {
    let tombstone = Delete::builder()
        .table_name(table)
        .set_key(Some(head::key(topic)))
        .condition_expression("attribute_exists(#ended)")
        .expression_attribute_names("#ended", ENDED);
    let row = Delete::builder().table_name(table).set_key(Some(row(topic)));
    let mut writes = vec![
        TransactWriteItem::builder().delete(tombstone.build()?).build(),
        TransactWriteItem::builder().delete(row.build()?).build(),
        one_less(table, text(CATALOGUE))?,
        alarm::remove(table, topic)?,
    ];
    // Heads that version 0.1.0 stored contain no principal, and their topics are not counted for any.
    if let Ok(principal) = read_text(head, OWNER) {
        writes.push(one_less(table, owner(principal))?);
    }
    Ok(writes)
}

fn one_less(table: &str, partition: AttributeValue) -> Result<TransactWriteItem, BuildError> {
    let count = Update::builder()
        .table_name(table)
        .key(PK, partition)
        .key(SK, text(ONLY))
        .update_expression("ADD #topics :less")
        .expression_attribute_names("#topics", TOPICS)
        .expression_attribute_values(":less", number(-1));
    Ok(TransactWriteItem::builder().update(count.build()?).build())
}

/// Returns the partition key of the item that contains the number of a principal's topics.
fn owner(principal: &str) -> AttributeValue {
    text(format!("OWNER#{principal}"))
}

fn one_more(table: &str, partition: AttributeValue, limit: usize) -> Result<TransactWriteItem, BuildError> {
    let count = Update::builder()
        .table_name(table)
        .key(PK, partition)
        .key(SK, text(ONLY))
        .update_expression("ADD #topics :one")
        .condition_expression("attribute_not_exists(#topics) OR #topics < :limit")
        .expression_attribute_names("#topics", TOPICS)
        .expression_attribute_values(":one", number(1))
        .expression_attribute_values(":limit", number(limit));
    Ok(TransactWriteItem::builder().update(count.build()?).build())
}

fn new(table: &str, item: Item) -> Result<TransactWriteItem, BuildError> {
    let put = Put::builder()
        .table_name(table)
        .set_item(Some(item))
        .condition_expression("attribute_not_exists(#pk)")
        .expression_attribute_names("#pk", PK);
    Ok(TransactWriteItem::builder().put(put.build()?).build())
}

/// Converts the failed conditions of [`register`] to a result. It is not an error if a concurrent append has registered
/// the same topic.
///
/// # Errors
///
/// [`AppendError::TooManyTopics`] or [`AppendError::TooManyTopicsOfPrincipal`] if there are as many topics as allowed.
pub fn refused(verdicts: &[Verdict], append: &Append) -> Result<(), AppendError> {
    let failed = |index: usize| verdicts.get(index).is_some_and(Verdict::has_failed);
    if failed(0) {
        return Ok(());
    }
    if failed(1) {
        return Err(AppendError::TooManyTopics { limit: limits::TOPICS });
    }
    let (principal, limit) = (append.principal.clone(), append.principal_topics);
    Err(AppendError::TooManyTopicsOfPrincipal { principal, limit })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_that_exists_is_not_an_error_even_at_the_limit() {
        let append = Append {
            topic: Topic::new("x").unwrap(),
            items: Vec::new(),
            producer: None,
            meta: None,
            received_at: 0,
            new_epoch: shared::Epoch::new("e"),
            principal: "eve".into(),
            principal_topics: 5,
        };
        let refused = |failed: [bool; 4]| {
            let verdicts = failed.map(|failed| if failed { Verdict::Failed(None) } else { Verdict::Passed });
            refused(&verdicts, &append)
        };
        assert_eq!(refused([true, false, false, true]), Ok(()));
        assert_eq!(refused([true, true, true, true]), Ok(()));
        let too_many = AppendError::TooManyTopics { limit: limits::TOPICS };
        assert_eq!(refused([false, true, true, false]), Err(too_many));
        let too_many = AppendError::TooManyTopicsOfPrincipal { principal: "eve".into(), limit: 5 };
        assert_eq!(refused([false, false, true, false]), Err(too_many));
    }

    #[test]
    fn keys_after_a_topic_are_in_order_and_contain_the_names_after_it_with_the_prefix() {
        let names = ["-", "a", "host", "host-1", "host/cpu", "host/cpu/0", "host/net", "hosts", "z/z"];
        for prefix in ["", "host/", "host/cpu/", "a/", "z/"] {
            for after in names.into_iter().map(Some).chain([None]) {
                let is_wanted =
                    |name: &str| name.starts_with(prefix) && after.is_none_or(|after| name > after);
                let keys = keys_after(prefix, after.map(|name| Topic::new(name).unwrap()).as_ref());
                let Some((low, high)) = keys else {
                    assert!(!names.into_iter().any(is_wanted), "{prefix:?} after {after:?}");
                    continue;
                };
                assert!(low < high, "{prefix:?} after {after:?}: DynamoDB would refuse the query");
                assert!(ONLY < low.as_str(), "the number of topics is not among them");
                for name in names {
                    let is_found = (low.as_str()..=high.as_str()).contains(&name);
                    assert_eq!(is_found, is_wanted(name), "{name}: {prefix:?} after {after:?}");
                }
            }
        }
    }

    #[test]
    fn a_row_of_the_catalogue_is_read_back_and_the_number_is_not_a_topic() {
        let topic = Topic::new("host/cpu").unwrap();
        assert_eq!(read(&row(&topic)), Ok(topic));
        assert!(read(&Item::from([(SK.into(), text(ONLY))])).is_err());
        assert!(ONLY < "-", "it sorts before every topic");
    }
}
