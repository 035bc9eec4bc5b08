//! The conformance suite of [`Connections`]: functions that test an implementation of this trait.

use std::sync::Arc;

use futures_util::future::join_all;
use shared::{Filter, Millis, Topic, limits};

use crate::ports::{Connection, ConnectionId, Connections, SubscribeError};
use crate::principal::Principal;

const NOW: Millis = 1_800_000_000_000;
const LATER: Millis = NOW + limits::CONNECTION_ROW_MS;

/// Checks that every field of a connection is read as it was written, including the filters and the expiry of the
/// principal.
pub async fn a_connection_is_read_back_as_it_was_written<C: Connections>(port: &C) {
    let agent = Connection {
        principal: Arc::new(Principal {
            name: "agent \"7\" é".into(),
            subscribe: vec![filter("host/*"), filter("*")],
            publish: vec![filter("host/cpu")],
            forget: vec![filter("host/old")],
            edit: vec![filter("shop")],
            expires_at: Some(NOW + 5),
        }),
        ..connection("a=")
    };
    for written in [agent, connection("b")] {
        port.put(written.clone()).await.unwrap();
        assert_eq!(port.get(&written.id, NOW).await.unwrap(), Some(written));
    }
    assert_eq!(port.get(&id("c"), NOW).await.unwrap(), None);
}

/// Checks that writing a row again replaces it and keeps the subscriptions. A `refresh` message, which replaces a
/// token, relies on this.
pub async fn a_row_is_replaced_and_its_subscriptions_stay<C: Connections>(port: &C) {
    watch(port, "a", &["x"]).await;
    let renamed = Connection {
        principal: Arc::new(Principal { name: "renamed".into(), ..Principal::local() }),
        ..connection("a")
    };
    port.put(renamed.clone()).await.unwrap();
    assert_eq!(port.get(&id("a"), NOW).await.unwrap(), Some(renamed));
    assert_eq!(port.subscriptions(&id("a"), NOW).await.unwrap(), [filter("x")]);
}

/// Checks that no method returns an expired row. Stores such as DynamoDB delete expired rows late, so the row may still
/// exist.
pub async fn a_row_past_its_time_is_not_returned_anywhere<C: Connections>(port: &C) {
    watch(port, "old", &["x/y", "*"]).await;
    port.put(Connection { expires_at: LATER + 1, ..connection("young") }).await.unwrap();
    port.subscribe(&id("young"), &filter("x/*"), NOW).await.unwrap();
    let just_before = port.subscribers(&topic("x/y"), LATER - 1).await.unwrap();
    assert_eq!(just_before, [id("old"), id("young")]);

    assert_eq!(port.get(&id("old"), LATER).await.unwrap(), None);
    assert_eq!(port.subscriptions(&id("old"), LATER).await.unwrap(), []);
    assert_eq!(port.subscribers(&topic("x/y"), LATER).await.unwrap(), [id("young")]);
    assert_eq!(port.viewers(&filter("*"), LATER).await.unwrap(), 0);
    assert_eq!(port.watching(&filter("x/y"), LATER).await.unwrap(), []);
    assert_eq!(port.all(LATER).await.unwrap(), [id("young")]);
    let late = port.subscribe(&id("old"), &filter("z"), LATER).await;
    assert_eq!(late, Err(SubscribeError::Gone));
}

/// Checks that `remove` deletes one connection with its subscriptions, and nothing of other connections. A well-known
/// sample application makes the mistake of deleting another row.
pub async fn removing_takes_the_subscriptions_of_that_connection_and_no_other<C: Connections>(port: &C) {
    watch(port, "a", &["x", "y/*"]).await;
    watch(port, "b", &["x", "y/*"]).await;
    let mut told = port.remove(&id("a")).await.unwrap();
    told.sort();
    let mut watched = vec![filter("x"), filter("y/*")];
    watched.sort();
    assert_eq!(told, watched);
    assert_eq!(port.get(&id("a"), NOW).await.unwrap(), None);
    assert_eq!(port.subscribers(&topic("x"), NOW).await.unwrap(), [id("b")]);
    assert_eq!(port.subscribers(&topic("y/z"), NOW).await.unwrap(), [id("b")]);
    port.put(connection("a")).await.unwrap();
    assert_eq!(port.subscriptions(&id("a"), NOW).await.unwrap(), [], "a namesake starts anew");
}

/// Checks that removing an unknown connection has no effect. `$disconnect` may arrive twice, or after the row was
/// deleted.
pub async fn removing_what_is_not_there_changes_nothing<C: Connections>(port: &C) {
    watch(port, "a", &["x"]).await;
    assert_eq!(port.remove(&id("b")).await.unwrap(), []);
    assert_eq!(port.all(NOW).await.unwrap(), [id("a")]);
}

/// Checks that subscribing fails if the connection has no row. Otherwise the subscription would never be deleted.
pub async fn subscribing_without_a_connection_is_gone<C: Connections>(port: &C) {
    assert_eq!(port.subscribe(&id("a"), &filter("x"), NOW).await, Err(SubscribeError::Gone));
    assert_eq!(port.subscribers(&topic("x"), NOW).await.unwrap(), []);
    assert_eq!(port.viewers(&filter("x"), NOW).await.unwrap(), 0);
}

/// Checks that a second subscription to the same filter has no effect.
pub async fn subscribing_twice_is_subscribing_once<C: Connections>(port: &C) {
    watch(port, "a", &["x", "x"]).await;
    assert_eq!(port.subscriptions(&id("a"), NOW).await.unwrap(), [filter("x")]);
    assert_eq!(port.viewers(&filter("x"), NOW).await.unwrap(), 1);
    assert!(port.unsubscribe(&id("a"), &filter("x")).await.unwrap());
    assert_eq!(port.subscribers(&topic("x"), NOW).await.unwrap(), []);
}

/// Checks that a connection can have at most [`limits::SUBSCRIPTIONS`] subscriptions. Subscribing again to the same
/// filter does not count twice.
pub async fn a_connection_has_a_bounded_number_of_subscriptions<C: Connections>(port: &C) {
    port.put(connection("a")).await.unwrap();
    for number in 0..limits::SUBSCRIPTIONS {
        port.subscribe(&id("a"), &filter(&format!("t{number}")), NOW).await.unwrap();
    }
    let one_more = port.subscribe(&id("a"), &filter("more"), NOW).await;
    assert_eq!(one_more, Err(SubscribeError::TooMany { limit: limits::SUBSCRIPTIONS }));
    assert_eq!(port.subscribe(&id("a"), &filter("t0"), NOW).await, Ok(()));
    assert_eq!(port.subscribers(&topic("more"), NOW).await.unwrap(), []);
    assert!(port.unsubscribe(&id("a"), &filter("t0")).await.unwrap());
    assert_eq!(port.subscribe(&id("a"), &filter("more"), NOW).await, Ok(()));
}

/// Checks that `unsubscribe` returns true only if the subscription existed. Otherwise `occupancy` messages would be
/// sent although the number of subscribers has not changed.
pub async fn unsubscribing_says_whether_it_was_there<C: Connections>(port: &C) {
    watch(port, "a", &["x/*"]).await;
    assert!(!port.unsubscribe(&id("a"), &filter("x")).await.unwrap());
    assert!(!port.unsubscribe(&id("b"), &filter("x/*")).await.unwrap());
    assert!(port.unsubscribe(&id("a"), &filter("x/*")).await.unwrap());
    assert!(!port.unsubscribe(&id("a"), &filter("x/*")).await.unwrap());
}

/// Checks that the subscribers of a topic are those of the topic itself, of every parent with `/*`, and of `*`. A
/// connection that has several of these filters is listed once.
pub async fn subscribers_are_found_by_every_kind_of_filter_each_once_in_order<C: Connections>(port: &C) {
    watch(port, "d", &["a/b/c"]).await;
    watch(port, "c", &["a/b/*", "a/*", "*", "a/b/c"]).await;
    watch(port, "b", &["*"]).await;
    watch(port, "a", &["a/*"]).await;
    watch(port, "e", &["a/b", "a/bb/*", "a/b/c/*", "a/b/cc"]).await;
    let found = port.subscribers(&topic("a/b/c"), NOW).await.unwrap();
    assert_eq!(found, [id("a"), id("b"), id("c"), id("d")]);
}

/// Checks that `audiences` returns the same as `subscribers` for each topic. A topic may occur twice in the call.
pub async fn audiences_are_the_subscribers_of_each_topic<C: Connections>(port: &C) {
    watch(port, "a", &["*"]).await;
    watch(port, "b", &["x/*", "y/z"]).await;
    watch(port, "c", &["x/y"]).await;
    let topics = ["x/y", "nobody", "y/z", "x/y", "x/z/deep"].map(topic);
    let together = port.audiences(&topics, NOW).await.unwrap();
    let mut apart = Vec::new();
    for topic in &topics {
        apart.push(port.subscribers(topic, NOW).await.unwrap());
    }
    assert_eq!(together, apart);
    assert_eq!(port.audiences(&[], NOW).await.unwrap(), Vec::<Vec<ConnectionId>>::new());
}

/// Checks that `viewers` and `watching` count only the subscriptions to the given filter itself. Subscriptions to other
/// filters that match the same topics do not count.
pub async fn viewers_and_watching_count_the_filter_itself<C: Connections>(port: &C) {
    watch(port, "b", &["x/*"]).await;
    watch(port, "a", &["x/*", "x/y"]).await;
    watch(port, "c", &["*"]).await;
    assert_eq!(port.viewers(&filter("x/*"), NOW).await.unwrap(), 2);
    assert_eq!(port.watching(&filter("x/*"), NOW).await.unwrap(), [id("a"), id("b")]);
    assert_eq!(port.viewers(&filter("x/y"), NOW).await.unwrap(), 1);
    assert_eq!(port.viewers(&filter("x"), NOW).await.unwrap(), 0);
}

/// Checks that a thousand connections are all returned, even if the store has to read several pages.
pub async fn a_thousand_connections_are_all_found<C: Connections>(port: &C) {
    let names: Vec<String> = (0..1000).map(|number| format!("c{number:04}")).collect();
    // All at once would take longer than the limit of a request on a slow machine.
    for some in names.chunks(100) {
        join_all(some.iter().map(|name| watch(port, name, &["x"]))).await;
    }
    let expected: Vec<ConnectionId> = names.iter().map(|name| id(name)).collect();
    assert_eq!(port.subscribers(&topic("x"), NOW).await.unwrap(), expected);
    assert_eq!(port.watching(&filter("x"), NOW).await.unwrap(), expected);
    assert_eq!(port.all(NOW).await.unwrap(), expected);
    assert_eq!(port.viewers(&filter("x"), NOW).await.unwrap(), 1000);
}

async fn watch<C: Connections>(port: &C, name: &str, filters: &[&str]) {
    port.put(connection(name)).await.unwrap();
    for text in filters {
        port.subscribe(&id(name), &filter(text), NOW).await.unwrap();
    }
}

fn connection(name: &str) -> Connection {
    Connection { id: id(name), principal: Principal::local().into(), connected_at: NOW, expires_at: LATER }
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
