//! Builds the writes to the connections table as requests with DynamoDB's expressions. The functions here are pure.

use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::types::{Delete, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update};
use backend_core::ports::{Connection, ConnectionId, SubscribeError};
use shared::{Filter, Millis, limits};

use super::row::{self, EXPIRES_AT, PK, SUBSCRIPTIONS, TOKEN_EXPIRES_AT};
use crate::item::{AttributeError, Item, number};
use crate::request::Verdict;

/// An update that replaces every attribute of the row that describes a connection, except the number of its
/// subscriptions.
pub struct Replacement {
    pub expression: String,
    pub names: Vec<(String, String)>,
    pub values: Item,
}

impl Replacement {
    pub fn of(connection: &Connection) -> Self {
        let attributes = row::attributes(connection);
        let mut sets: Vec<String> = attributes.keys().map(|name| format!("#{name} = :{name}")).collect();
        sets.sort_unstable();
        let mut names: Vec<_> = attributes.keys().map(|name| (format!("#{name}"), name.clone())).collect();
        let mut expression = format!("SET {}", sets.join(", "));
        if !attributes.contains_key(TOKEN_EXPIRES_AT) {
            expression.push_str(&format!(" REMOVE #{TOKEN_EXPIRES_AT}"));
            names.push((format!("#{TOKEN_EXPIRES_AT}"), TOKEN_EXPIRES_AT.into()));
        }
        let values = attributes.into_iter().map(|(name, value)| (format!(":{name}"), value)).collect();
        Self { expression, names, values }
    }
}

/// Returns the transaction that writes both rows of a subscription. It has the conditions that the connection still
/// expires at `expires_at`, that it has fewer subscriptions than the limit, and that this subscription does not exist
/// yet.
pub fn subscribe(
    table: &str,
    id: &ConnectionId,
    filter: &Filter,
    expires_at: Millis,
) -> Result<Vec<TransactWriteItem>, BuildError> {
    let count = Update::builder()
        .table_name(table)
        .set_key(Some(row::own_key(id)))
        .update_expression("ADD #subscriptions :one")
        .condition_expression(
            "#expires_at = :expires_at AND (attribute_not_exists(#subscriptions) OR #subscriptions < :limit)",
        )
        .expression_attribute_names("#subscriptions", SUBSCRIPTIONS)
        .expression_attribute_names("#expires_at", EXPIRES_AT)
        .expression_attribute_values(":one", number(1))
        .expression_attribute_values(":expires_at", number(expires_at))
        .expression_attribute_values(":limit", number(limits::SUBSCRIPTIONS))
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
    let subscription = Put::builder()
        .table_name(table)
        .set_item(Some(row::ending(row::subscription_key(id, filter), expires_at)))
        .condition_expression("attribute_not_exists(#pk)")
        .expression_attribute_names("#pk", PK);
    let subscriber = Put::builder()
        .table_name(table)
        .set_item(Some(row::ending(row::subscriber_key(id, filter), expires_at)));
    Ok(vec![update(count.build()?), put(subscription.build()?), put(subscriber.build()?)])
}

/// Converts the failed conditions of [`subscribe`] to the result of the subscription. Returns `None` if the
/// connection's row has changed since it was read, so that the caller has to read it again.
pub fn subscribe_refused(
    verdicts: &[Verdict],
    expires_at: Millis,
) -> Result<Option<Result<(), SubscribeError>>, AttributeError> {
    let is_there = verdicts.get(1).is_some_and(Verdict::has_failed);
    match verdicts.first() {
        Some(Verdict::Failed(None)) => Ok(Some(Err(SubscribeError::Gone))),
        Some(Verdict::Failed(Some(row))) if row::expires_at(row)? != expires_at => Ok(None),
        _ if is_there => Ok(Some(Ok(()))),
        _ => Ok(Some(Err(SubscribeError::TooMany { limit: limits::SUBSCRIPTIONS }))),
    }
}

/// Returns the transaction that deletes both rows of a subscription. It has the conditions that the connection and the
/// subscription exist.
pub fn unsubscribe(
    table: &str,
    id: &ConnectionId,
    filter: &Filter,
) -> Result<Vec<TransactWriteItem>, BuildError> {
    let count = Update::builder()
        .table_name(table)
        .set_key(Some(row::own_key(id)))
        .update_expression("ADD #subscriptions :less")
        .condition_expression("attribute_exists(#pk)")
        .expression_attribute_names("#subscriptions", SUBSCRIPTIONS)
        .expression_attribute_names("#pk", PK)
        .expression_attribute_values(":less", number(-1));
    let subscription = Delete::builder()
        .table_name(table)
        .set_key(Some(row::subscription_key(id, filter)))
        .condition_expression("attribute_exists(#pk)")
        .expression_attribute_names("#pk", PK);
    let subscriber = Delete::builder().table_name(table).set_key(Some(row::subscriber_key(id, filter)));
    Ok(vec![update(count.build()?), delete(subscription.build()?), delete(subscriber.build()?)])
}

fn update(update: Update) -> TransactWriteItem {
    TransactWriteItem::builder().update(update).build()
}

fn put(put: Put) -> TransactWriteItem {
    TransactWriteItem::builder().put(put).build()
}

fn delete(delete: Delete) -> TransactWriteItem {
    TransactWriteItem::builder().delete(delete).build()
}

#[cfg(test)]
mod tests {
    use backend_core::Principal;

    use super::*;

    fn row_that_ends(expires_at: Millis) -> Verdict {
        Verdict::Failed(Some(row::ending(row::own_key(&ConnectionId::new("a")), expires_at)))
    }

    #[test]
    fn a_refused_subscription_says_which_of_its_conditions_failed() {
        let (passed, failed) = (Verdict::Passed, Verdict::Failed(None));
        let meaning = |verdicts: &[&Verdict]| {
            let verdicts: Vec<Verdict> = verdicts.iter().map(|verdict| (*verdict).clone()).collect();
            subscribe_refused(&verdicts, 5).unwrap()
        };
        let too_many = Some(Err(SubscribeError::TooMany { limit: limits::SUBSCRIPTIONS }));
        assert_eq!(meaning(&[&failed, &passed, &passed]), Some(Err(SubscribeError::Gone)));
        assert_eq!(meaning(&[&failed, &failed, &passed]), Some(Err(SubscribeError::Gone)));
        assert_eq!(meaning(&[&row_that_ends(6), &passed, &passed]), None);
        assert_eq!(meaning(&[&row_that_ends(5), &passed, &passed]), too_many);
        assert_eq!(meaning(&[&row_that_ends(5), &failed, &passed]), Some(Ok(())), "full, but it is there");
        assert_eq!(meaning(&[&passed, &failed, &passed]), Some(Ok(())));
    }

    #[test]
    fn a_row_is_replaced_without_its_number_of_subscriptions() {
        let mut connection = Connection {
            id: ConnectionId::new("a"),
            principal: Principal::local().into(),
            connected_at: 1,
            expires_at: 2,
        };
        let forever = Replacement::of(&connection);
        assert!(forever.expression.ends_with(" REMOVE #token_expires_at"), "{}", forever.expression);
        assert!(!forever.expression.contains(SUBSCRIPTIONS));
        connection.principal = Principal { expires_at: Some(9), ..Principal::local() }.into();
        let bounded = Replacement::of(&connection);
        assert!(bounded.expression.contains("#token_expires_at = :token_expires_at"));
        for replacement in [forever, bounded] {
            for (placeholder, _) in &replacement.names {
                assert!(replacement.expression.contains(placeholder), "{placeholder}");
            }
            for placeholder in replacement.values.keys() {
                assert!(replacement.expression.contains(placeholder), "{placeholder}");
            }
        }
    }
}
