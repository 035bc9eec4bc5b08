//! The catalogue of topics. It is one partition with a row for each topic, and a row with their number, which is limited.

use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem, Update};
use backend_core::ports::AppendError;
use shared::{Epoch, Topic, limits};

use super::head;
use super::names::{CATALOGUE, ONLY, PK, SK, TOPICS};
use crate::item::{AttributeError, Item, number, read_text, text};
use crate::request::Verdict;

/// Returns the catalogue's row of a topic.
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

/// Returns the transaction that registers a topic: it adds the topic's row, increments the number of topics, and writes a head
/// without publications.
pub fn register(table: &str, topic: &Topic, epoch: &Epoch) -> Result<Vec<TransactWriteItem>, BuildError> {
    let count = Update::builder()
        .table_name(table)
        .key(PK, text(CATALOGUE))
        .key(SK, text(ONLY))
        .update_expression("ADD #topics :one")
        .condition_expression("attribute_not_exists(#topics) OR #topics < :limit")
        .expression_attribute_names("#topics", TOPICS)
        .expression_attribute_values(":one", number(1))
        .expression_attribute_values(":limit", number(limits::TOPICS));
    let count = TransactWriteItem::builder().update(count.build()?).build();
    Ok(vec![new(table, row(topic))?, count, new(table, head::skeleton(topic, epoch))?])
}

fn new(table: &str, item: Item) -> Result<TransactWriteItem, BuildError> {
    let put = Put::builder()
        .table_name(table)
        .set_item(Some(item))
        .condition_expression("attribute_not_exists(#pk)")
        .expression_attribute_names("#pk", PK);
    Ok(TransactWriteItem::builder().put(put.build()?).build())
}

/// Interprets a cancelled transaction of [`register`]. It is not an error if a concurrent append has registered the same topic.
///
/// # Errors
///
/// [`AppendError::TooManyTopics`] if the number of topics has reached its limit.
pub fn refused(verdicts: &[Verdict]) -> Result<(), AppendError> {
    let is_there = verdicts.first().is_some_and(Verdict::has_failed);
    if is_there { Ok(()) } else { Err(AppendError::TooManyTopics { limit: limits::TOPICS }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_that_exists_is_not_an_error_even_at_the_limit() {
        let (passed, failed) = (Verdict::Passed, Verdict::Failed(None));
        assert_eq!(refused(&[failed.clone(), passed.clone(), failed.clone()]), Ok(()));
        assert_eq!(refused(&[failed.clone(), failed.clone(), failed.clone()]), Ok(()));
        let too_many = Err(AppendError::TooManyTopics { limit: limits::TOPICS });
        assert_eq!(refused(&[passed.clone(), failed, passed]), too_many);
    }

    #[test]
    fn a_row_of_the_catalogue_is_read_back_and_the_number_is_not_a_topic() {
        let topic = Topic::new("host/cpu").unwrap();
        assert_eq!(read(&row(&topic)), Ok(topic));
        assert!(read(&Item::from([(SK.into(), text(ONLY))])).is_err());
        assert!(ONLY < "-", "it sorts before every topic");
    }
}
