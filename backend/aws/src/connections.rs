//! Stores connections and subscriptions in one DynamoDB table.
//!
//! | row | key (`pk`, `sk`) | attributes |
//! |---|---|---|
//! | a connection | `C#{id}`, `#` | principal, times, number of its subscriptions |
//! | a subscription of the connection | `C#{id}`, `F#{filter}` | time at which it expires |
//! | a subscriber of a filter | `F#{filter}`, `{id}` | time at which it expires |
//!
//! The two rows of a subscription are written in one transaction, together with the number of subscriptions on the
//! connection's row. The transaction requires that this row exists, so that a removed connection cannot get a
//! subscription. There is no secondary index, because an index is only eventually consistent: once `subscribe` has
//! returned, the very next publication must find the subscriber.
//!
//! All rows of a connection expire at the same time as the connection. Reads ignore rows whose `expires_at` has passed.
//! DynamoDB deletes them some hours later, by their attribute `ttl`.

mod row;
mod write;

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::ReturnValue;
use backend_core::ports::{Connection, ConnectionId, Connections, SubscribeError, Unavailable};
use futures_util::{StreamExt, TryStreamExt, stream};
use shared::{Filter, Millis, Topic};

use crate::item::{Item, number, text};
use crate::pause;
use crate::request::{
    RETRIES, TransactionOutcome, count_all, delete_all, query_all, retry_conflicts, transact, unavailable,
};
use crate::tables::{TTL, ttl};
use row::{EXPIRES_AT, OWN, PK, SK};
use write::Replacement;

/// Maximum number of concurrent updates of the rows that belong to one connection.
const UPDATES_AT_ONCE: usize = 16;
/// Maximum number of filters whose subscribers are read concurrently.
const LOOK_UPS_AT_ONCE: usize = 32;

/// Stores connections and their subscriptions in one DynamoDB table.
#[derive(Debug, Clone)]
pub struct DynamoConnections {
    client: Client,
    table: String,
}

impl DynamoConnections {
    pub(crate) fn new(client: Client, table: &str) -> Self {
        Self { client, table: table.into() }
    }

    /// Reads the row that describes a connection, whether it has expired or not. The rows of the connection's
    /// subscriptions are not read.
    async fn own_row(&self, id: &ConnectionId) -> Result<Option<Item>, Unavailable> {
        let get = self.client.get_item().table_name(&self.table).set_key(Some(row::own_key(id)));
        Ok(get.consistent_read(true).send().await.map_err(unavailable)?.item)
    }

    async fn unexpired_row(&self, id: &ConnectionId, now: Millis) -> Result<Option<Item>, Unavailable> {
        let Some(item) = self.own_row(id).await? else { return Ok(None) };
        Ok((row::expires_at(&item)? > now).then_some(item))
    }

    /// Returns a query of all rows in one partition of this table.
    fn rows(&self, partition: aws_sdk_dynamodb::types::AttributeValue) -> QueryFluentBuilder {
        self.client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .key_condition_expression("#pk = :pk")
            .expression_attribute_names("#pk", PK)
            .expression_attribute_values(":pk", partition)
    }

    /// Returns a query of the rows of those subscribers of `filter` that have not expired at `now`.
    fn subscriber_rows(&self, filter: &Filter, now: Millis) -> QueryFluentBuilder {
        self.rows(row::subscribers_partition(filter))
            .filter_expression("#expires_at > :now")
            .expression_attribute_names("#expires_at", EXPIRES_AT)
            .expression_attribute_values(":now", number(now))
    }

    /// Returns the filters that a connection has subscribed to. The rows of subscriptions are read, so this works even
    /// if the row of the connection itself does not exist.
    async fn filters(&self, id: &ConnectionId) -> Result<Vec<Filter>, Unavailable> {
        let rows = query_all(self.rows(row::partition(id))).await?;
        filters(&rows)
    }

    /// Sets the expiry of a connection's subscriptions to that of the connection. Only existing rows are updated: a
    /// subscription that another request removes at the same time is not created again.
    async fn extend_subscriptions(&self, connection: &Connection) -> Result<(), Unavailable> {
        let Connection { id, expires_at, .. } = connection;
        let filters = self.filters(id).await?;
        let keys = filters.iter().flat_map(|f| [row::subscriber_key(id, f), row::subscription_key(id, f)]);
        let updates: Vec<_> = keys.map(|key| self.extend_row(key, *expires_at)).collect();
        stream::iter(updates).buffer_unordered(UPDATES_AT_ONCE).try_collect().await
    }

    async fn extend_row(&self, key: Item, expires_at: Millis) -> Result<(), Unavailable> {
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key))
            .update_expression("SET #expires_at = :expires_at, #ttl = :ttl")
            .condition_expression("attribute_exists(#pk)")
            .expression_attribute_names("#expires_at", EXPIRES_AT)
            .expression_attribute_names("#ttl", TTL)
            .expression_attribute_names("#pk", PK)
            .expression_attribute_values(":expires_at", number(expires_at))
            .expression_attribute_values(":ttl", number(ttl(expires_at)));
        match retry_conflicts(|| update.clone().send()).await {
            Err(error) if !is_refused(&error) => Err(unavailable(error)),
            Ok(_) | Err(_) => Ok(()),
        }
    }

    /// Makes one attempt to subscribe a connection to a filter. Returns `None` if the attempt has to be repeated,
    /// because the connection's row has changed since it was read or DynamoDB has postponed the transaction.
    async fn try_subscribe(
        &self,
        id: &ConnectionId,
        filter: &Filter,
        expires_at: Millis,
    ) -> Result<Option<Result<(), SubscribeError>>, Unavailable> {
        let writes = write::subscribe(&self.table, id, filter, expires_at).map_err(Unavailable::new)?;
        match transact(&self.client, writes).await? {
            TransactionOutcome::Committed => Ok(Some(Ok(()))),
            TransactionOutcome::ConditionFailed(verdicts) => {
                Ok(write::subscribe_refused(&verdicts, expires_at)?)
            }
            TransactionOutcome::Postponed => Ok(None),
        }
    }

    /// Makes one attempt to end a connection's subscription. Returns true if the subscription existed, or `None` if the
    /// attempt has to be repeated, because DynamoDB has postponed the transaction.
    async fn try_unsubscribe(&self, id: &ConnectionId, filter: &Filter) -> Result<Option<bool>, Unavailable> {
        let writes = write::unsubscribe(&self.table, id, filter).map_err(Unavailable::new)?;
        match transact(&self.client, writes).await? {
            TransactionOutcome::Committed => Ok(Some(true)),
            TransactionOutcome::Postponed => Ok(None),
            TransactionOutcome::ConditionFailed(verdicts)
                if verdicts.get(1).is_some_and(|verdict| verdict.has_failed()) =>
            {
                Ok(Some(false))
            }
            // The row of the connection is already removed, but the rows of this subscription still exist.
            TransactionOutcome::ConditionFailed(_) => {
                let rows = vec![row::subscriber_key(id, filter), row::subscription_key(id, filter)];
                delete_all(&self.client, &self.table, rows).await?;
                Ok(Some(true))
            }
        }
    }
}

impl Connections for DynamoConnections {
    async fn put(&self, connection: Connection) -> Result<(), Unavailable> {
        let Replacement { expression, names, values } = Replacement::of(&connection);
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(row::own_key(&connection.id)))
            .update_expression(expression)
            .set_expression_attribute_names(Some(names.into_iter().collect()))
            .set_expression_attribute_values(Some(values))
            .return_values(ReturnValue::AllOld);
        let before = retry_conflicts(|| update.clone().send()).await.map_err(unavailable)?;
        let before = before.attributes.unwrap_or_default();
        if row::subscriptions(&before)? > 0 && row::expires_at(&before)? != connection.expires_at {
            self.extend_subscriptions(&connection).await?;
        }
        Ok(())
    }

    async fn get(&self, id: &ConnectionId, now: Millis) -> Result<Option<Connection>, Unavailable> {
        let row = self.unexpired_row(id, now).await?;
        Ok(row.map(|row| row::read(id, &row)).transpose()?)
    }

    /// Deletes all rows of a connection, and returns the filters that it was subscribed to. The order is safe if the
    /// removal is interrupted. The row of the connection itself is deleted first, so that no subscription can be added
    /// any more. The rows by which publications find the connection are deleted next. The rows that list its filters
    /// are deleted last, because another call needs them to complete an interrupted removal.
    async fn remove(&self, id: &ConnectionId) -> Result<Vec<Filter>, Unavailable> {
        let delete = self.client.delete_item().table_name(&self.table).set_key(Some(row::own_key(id)));
        let delete = delete.return_values(ReturnValue::AllOld);
        let before = retry_conflicts(|| delete.clone().send()).await.map_err(unavailable)?.attributes;
        if before.is_some_and(|row| row::subscriptions(&row) == Ok(0)) {
            return Ok(Vec::new());
        }
        let filters = self.filters(id).await?;
        let subscribers = filters.iter().map(|filter| row::subscriber_key(id, filter)).collect();
        delete_all(&self.client, &self.table, subscribers).await?;
        let subscriptions = filters.iter().map(|filter| row::subscription_key(id, filter)).collect();
        delete_all(&self.client, &self.table, subscriptions).await?;
        Ok(filters)
    }

    async fn subscribe(&self, id: &ConnectionId, filter: &Filter, now: Millis) -> Result<(), SubscribeError> {
        let mut number = 1;
        loop {
            let row = self.unexpired_row(id, now).await?.ok_or(SubscribeError::Gone)?;
            let expires_at = row::expires_at(&row).map_err(Unavailable::from)?;
            if let Some(outcome) = self.try_subscribe(id, filter, expires_at).await? {
                return outcome;
            }
            wait(&mut number).await?;
        }
    }

    async fn unsubscribe(&self, id: &ConnectionId, filter: &Filter) -> Result<bool, Unavailable> {
        let mut number = 1;
        loop {
            if let Some(was_there) = self.try_unsubscribe(id, filter).await? {
                return Ok(was_there);
            }
            wait(&mut number).await?;
        }
    }

    async fn subscriptions(&self, id: &ConnectionId, now: Millis) -> Result<Vec<Filter>, Unavailable> {
        let rows = query_all(self.rows(row::partition(id))).await?;
        let Some((own, others)) = rows.split_first() else { return Ok(Vec::new()) };
        if row::read_filter(own)?.is_some() || row::expires_at(own)? <= now {
            return Ok(Vec::new());
        }
        filters(others)
    }

    async fn subscribers(&self, topic: &Topic, now: Millis) -> Result<Vec<ConnectionId>, Unavailable> {
        let audiences = self.audiences(std::slice::from_ref(topic), now).await?;
        Ok(audiences.into_iter().next().unwrap_or_default())
    }

    /// Returns the connections that are subscribed to each of `topics`, in the order of `topics`. The subscribers of a
    /// filter are read only once, even if the filter matches several of the topics.
    async fn audiences(&self, topics: &[Topic], now: Millis) -> Result<Vec<Vec<ConnectionId>>, Unavailable> {
        let filters: BTreeSet<Filter> = topics.iter().flat_map(Filter::all_matching).collect();
        let look_ups = stream::iter(filters.into_iter().map(|filter| async move {
            let watching = self.watching(&filter, now).await?;
            Ok::<_, Unavailable>((filter, watching))
        }));
        let watching: HashMap<Filter, Vec<ConnectionId>> =
            look_ups.buffer_unordered(LOOK_UPS_AT_ONCE).try_collect().await?;
        Ok(topics.iter().map(|topic| audience(topic, &watching)).collect())
    }

    async fn viewers(&self, filter: &Filter, now: Millis) -> Result<u64, Unavailable> {
        count_all(self.subscriber_rows(filter, now)).await
    }

    async fn watching(&self, filter: &Filter, now: Millis) -> Result<Vec<ConnectionId>, Unavailable> {
        let ids = self
            .subscriber_rows(filter, now)
            .projection_expression("#sk")
            .expression_attribute_names("#sk", SK);
        let rows = query_all(ids).await?;
        Ok(rows.iter().map(row::read_subscriber).collect::<Result<_, _>>()?)
    }

    async fn all(&self, now: Millis) -> Result<Vec<ConnectionId>, Unavailable> {
        let scan = self
            .client
            .scan()
            .table_name(&self.table)
            .consistent_read(true)
            .filter_expression("#sk = :own AND #expires_at > :now")
            .projection_expression("#pk")
            .expression_attribute_names("#pk", PK)
            .expression_attribute_names("#sk", SK)
            .expression_attribute_names("#expires_at", EXPIRES_AT)
            .expression_attribute_values(":own", text(OWN))
            .expression_attribute_values(":now", number(now));
        let rows: Vec<Item> =
            scan.into_paginator().items().send().try_collect().await.map_err(unavailable)?;
        let mut ids: Vec<_> = rows.iter().map(row::read_id).collect::<Result<_, _>>()?;
        ids.sort();
        Ok(ids)
    }
}

/// Returns the ids of the connections that are subscribed to a topic, sorted and without duplicates.
fn audience(topic: &Topic, watching: &HashMap<Filter, Vec<ConnectionId>>) -> Vec<ConnectionId> {
    let filters = Filter::all_matching(topic);
    let mut ids: Vec<_> =
        filters.iter().filter_map(|filter| watching.get(filter)).flatten().cloned().collect();
    // The list consists of at most nine sorted runs (one for each filter), which the standard sort detects and merges.
    ids.sort();
    ids.dedup();
    ids
}

/// Returns the filters of those `rows` that are subscriptions, sorted. The row of the connection itself is skipped.
fn filters(rows: &[Item]) -> Result<Vec<Filter>, Unavailable> {
    let mut filters = Vec::with_capacity(rows.len());
    for row in rows {
        filters.extend(row::read_filter(row)?);
    }
    filters.sort();
    Ok(filters)
}

async fn wait(number: &mut u32) -> Result<(), Unavailable> {
    if !pause::sleep(RETRIES, *number).await {
        return Err(Unavailable::new("other requests keep changing the same connection; try again later"));
    }
    *number += 1;
    Ok(())
}

fn is_refused(
    error: &aws_sdk_dynamodb::error::SdkError<aws_sdk_dynamodb::operation::update_item::UpdateItemError>,
) -> bool {
    error.as_service_error().is_some_and(|fault| fault.is_conditional_check_failed_exception())
}
