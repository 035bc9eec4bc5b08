//! Tests of connections that concern only DynamoDB: pages, transactions, and rows that refer to each other.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use backend_aws::DynamoConnections;
use backend_core::Principal;
use backend_core::ports::{Connection, ConnectionId, Connections, SubscribeError};
use futures_util::future::join_all;
use shared::{Filter, Millis, Topic, limits};

use crate::support::{DynamoDbLocal, raw};

const NOW: Millis = 1_800_000_000_000;
const LATER: Millis = NOW + limits::CONNECTION_ROW_MS;

#[tokio::test]
async fn subscribers_beyond_a_page_of_one_megabyte_are_all_found() {
    let (port, table) = open().await;
    let mut ids: Vec<String> = (0..1_300).map(|number| format!("{number:04}{}", "x".repeat(950))).collect();
    for batch in ids.chunks(25) {
        let rows = batch.iter().map(|id| subscriber_row(id, "x")).collect();
        let rows = Some(HashMap::from([(table.clone(), rows)]));
        let written = raw(&DynamoDbLocal::shared().endpoint_url).batch_write_item().set_request_items(rows);
        assert!(written.send().await.unwrap().unprocessed_items.unwrap_or_default().is_empty());
    }
    ids.sort();
    let found = port.watching(&filter("x"), NOW).await.unwrap();
    assert_eq!(found.iter().map(ConnectionId::as_str).collect::<Vec<_>>(), ids);
    assert_eq!(port.viewers(&filter("x"), NOW).await.unwrap(), 1_300);
    assert_eq!(port.subscribers(&topic("x"), NOW).await.unwrap(), found);
    assert_eq!(port.viewers(&filter("x"), LATER).await.unwrap(), 0);
}

#[tokio::test]
async fn subscriptions_expire_when_a_refreshed_connection_expires() {
    let (port, _) = open().await;
    port.put(connection("a", LATER)).await.unwrap();
    for text in ["x", "*"] {
        port.subscribe(&id("a"), &filter(text), NOW).await.unwrap();
    }
    for end in [LATER + 5, LATER - 5] {
        port.put(connection("a", end)).await.unwrap();
        assert_eq!(port.subscribers(&topic("x"), end - 1).await.unwrap(), [id("a")]);
        assert_eq!(port.subscriptions(&id("a"), end - 1).await.unwrap().len(), 2);
        assert_eq!(port.subscribers(&topic("x"), end).await.unwrap(), []);
        assert_eq!(port.viewers(&filter("*"), end).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn a_removed_subscription_does_not_come_back_with_a_refresh() {
    let (port, _) = open().await;
    port.put(connection("a", LATER)).await.unwrap();
    port.subscribe(&id("a"), &filter("x"), NOW).await.unwrap();
    port.subscribe(&id("a"), &filter("y"), NOW).await.unwrap();
    let (a, x) = (id("a"), filter("x"));
    let (put, unsubscribed) = tokio::join!(port.put(connection("a", LATER + 5)), port.unsubscribe(&a, &x));
    put.unwrap();
    assert!(unsubscribed.unwrap());
    assert_eq!(port.watching(&filter("x"), NOW).await.unwrap(), []);
    assert_eq!(port.subscriptions(&id("a"), NOW).await.unwrap(), [filter("y")]);
}

#[tokio::test]
async fn concurrent_subscriptions_stay_within_the_limit() {
    let (port, _) = open().await;
    port.put(connection("a", LATER)).await.unwrap();
    for number in 0..limits::SUBSCRIPTIONS - 5 {
        port.subscribe(&id("a"), &filter(&format!("t{number}")), NOW).await.unwrap();
    }
    let filters: Vec<Filter> = (0..10).map(|number| filter(&format!("more{number}"))).collect();
    let a = id("a");
    let made = join_all(filters.iter().map(|filter| port.subscribe(&a, filter, NOW))).await;
    let too_many = Err(SubscribeError::TooMany { limit: limits::SUBSCRIPTIONS });
    assert_eq!(made.iter().filter(|made| made.is_ok()).count(), 5, "{made:?}");
    assert_eq!(made.iter().filter(|made| **made == too_many).count(), 5, "{made:?}");
    let kept = port.subscriptions(&id("a"), NOW).await.unwrap();
    assert_eq!(kept.len(), limits::SUBSCRIPTIONS);
    assert_eq!(port.remove(&id("a")).await.unwrap(), kept);
    assert_eq!(port.watching(&filter("t0"), NOW).await.unwrap(), []);
}

#[tokio::test]
async fn the_same_subscription_made_concurrently_counts_once() {
    let (port, _) = open().await;
    port.put(connection("a", LATER)).await.unwrap();
    let (x, a) = (filter("x"), id("a"));
    let made = join_all((0..10).map(|_| port.subscribe(&a, &x, NOW))).await;
    assert!(made.iter().all(Result::is_ok), "{made:?}");
    let taken = join_all((0..10).map(|_| port.unsubscribe(&a, &x))).await;
    assert_eq!(taken.into_iter().filter(|taken| *taken == Ok(true)).count(), 1);
    for number in 0..limits::SUBSCRIPTIONS {
        port.subscribe(&a, &filter(&format!("t{number}")), NOW).await.unwrap();
    }
}

#[tokio::test]
async fn an_interrupted_removal_is_completed_by_the_next() {
    let (port, table) = open().await;
    port.put(connection("a", LATER)).await.unwrap();
    port.subscribe(&id("a"), &filter("x"), NOW).await.unwrap();
    let own = raw(&DynamoDbLocal::shared().endpoint_url).delete_item().table_name(&table);
    own.key("pk", text("C#a")).key("sk", text("#")).send().await.unwrap();
    assert_eq!(port.subscribe(&id("a"), &filter("y"), NOW).await, Err(SubscribeError::Gone));
    assert_eq!(port.subscriptions(&id("a"), NOW).await.unwrap(), []);

    assert_eq!(port.remove(&id("a")).await.unwrap(), [filter("x")]);
    assert_eq!(port.watching(&filter("x"), NOW).await.unwrap(), []);
    assert_eq!(port.remove(&id("a")).await.unwrap(), []);
}

async fn open() -> (DynamoConnections, String) {
    let dynamodb = DynamoDbLocal::shared();
    let table = dynamodb.tables().await.connections;
    (dynamodb.aws().connections(&table), table)
}

fn subscriber_row(id: &str, filter: &str) -> WriteRequest {
    let put = PutRequest::builder()
        .item("pk", text(&format!("F#{filter}")))
        .item("sk", text(id))
        .item("expires_at", AttributeValue::N(LATER.to_string()));
    WriteRequest::builder().put_request(put.build().unwrap()).build()
}

fn connection(name: &str, expires_at: Millis) -> Connection {
    Connection { id: id(name), principal: Principal::local().into(), connected_at: NOW, expires_at }
}

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.into())
}

fn id(name: &str) -> ConnectionId {
    ConnectionId::new(name)
}

fn filter(text: &str) -> Filter {
    Filter::new(text).unwrap()
}

fn topic(name: &str) -> Topic {
    Topic::new(name).unwrap()
}
