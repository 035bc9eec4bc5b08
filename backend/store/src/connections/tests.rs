//! Tests the parts of the table of connections that the conformance suite does not cover.

use backend_core::principal::Principal;

use super::*;

const LATER: Millis = 1_000;

fn connection(id: &str, expires_at: Millis) -> Connection {
    Connection {
        id: ConnectionId::new(id),
        principal: Principal::local().into(),
        connected_at: 0,
        expires_at,
    }
}

fn filter(text: &str) -> Filter {
    Filter::new(text).unwrap()
}

async fn watching(connections: &MemoryConnections, id: &str, filters: &[&str]) {
    connections.put(connection(id, LATER)).await.unwrap();
    for text in filters {
        connections.subscribe(&ConnectionId::new(id), &filter(text), 0).await.unwrap();
    }
}

fn is_empty(connections: &MemoryConnections) -> bool {
    let state = read(&connections.state);
    state.rows.is_empty() && state.subscribers_of.is_empty()
}

#[tokio::test]
async fn subscribers_come_once_and_in_order_however_many_filters_match() {
    let connections = MemoryConnections::new();
    watching(&connections, "c", &["*", "a/*", "a/b"]).await;
    watching(&connections, "a", &["a/b"]).await;
    watching(&connections, "b", &["a/*"]).await;
    watching(&connections, "d", &["x/*", "a"]).await;
    let ids = connections.subscribers(&Topic::new("a/b").unwrap(), 0).await.unwrap();
    assert_eq!(ids, ["a", "b", "c"].map(ConnectionId::new));
}

#[tokio::test]
async fn nothing_is_kept_of_connections_that_left() {
    let connections = MemoryConnections::new();
    watching(&connections, "a", &["*", "x"]).await;
    watching(&connections, "b", &["x"]).await;
    connections.remove(&ConnectionId::new("a")).await.unwrap();
    connections.unsubscribe(&ConnectionId::new("b"), &filter("x")).await.unwrap();
    connections.remove(&ConnectionId::new("b")).await.unwrap();
    assert!(is_empty(&connections));
}

#[tokio::test]
async fn the_memory_of_a_flood_of_connections_is_freed_when_they_have_left() {
    let connections = MemoryConnections::new();
    let ids = (0..4_000).map(|number| format!("c{number}"));
    for id in ids.clone() {
        watching(&connections, &id, &["*"]).await;
    }
    for id in ids.skip(10) {
        connections.remove(&ConnectionId::new(&id)).await.unwrap();
    }
    let state = read(&connections.state);
    assert_eq!(state.rows.len(), 10);
    assert!(state.rows.capacity() <= 64, "{}", state.rows.capacity());
}

#[tokio::test]
async fn nothing_is_kept_of_connections_whose_time_is_over() {
    let connections = MemoryConnections::new();
    watching(&connections, "a", &["*"]).await;
    assert_eq!(connections.forget_expired(LATER - 1), 0);
    assert_eq!(connections.forget_expired(LATER), 1);
    assert!(is_empty(&connections));
}

#[tokio::test]
async fn a_refresh_moves_the_end_of_every_subscription() {
    let connections = MemoryConnections::new();
    watching(&connections, "a", &["x", "*"]).await;
    connections.put(connection("a", 2 * LATER)).await.unwrap();
    assert_eq!(connections.viewers(&filter("x"), LATER).await.unwrap(), 1);
    assert_eq!(connections.subscribers(&Topic::new("x").unwrap(), LATER).await.unwrap().len(), 1);
    assert_eq!(connections.viewers(&Filter::All, 2 * LATER).await.unwrap(), 0);
}

#[tokio::test]
async fn expired_tokens_are_found_by_their_last_time_and_forgotten_with_their_connection() {
    let connections = MemoryConnections::new();
    let with_token = |id: &str, expires_at| Connection {
        principal: Principal { expires_at, ..Principal::local() }.into(),
        ..connection(id, LATER)
    };
    for (id, expires_at) in [("a", Some(10)), ("b", Some(20)), ("c", None), ("a", Some(30))] {
        connections.put(with_token(id, expires_at)).await.unwrap();
    }
    assert_eq!((connections.next_token_end(0), connections.next_token_end(20)), (Some(20), Some(30)));
    assert_eq!(connections.token_over(19), []);
    assert_eq!(connections.token_over(30), ["b", "a"].map(ConnectionId::new));
    connections.remove(&ConnectionId::new("b")).await.unwrap();
    assert_eq!(connections.token_over(30), [ConnectionId::new("a")]);
}

#[tokio::test]
async fn connections_with_the_same_principal_share_it() {
    let connections = MemoryConnections::new();
    for id in ["a", "b"] {
        connections.put(connection(id, LATER)).await.unwrap();
    }
    let principal = async |id| connections.get(&ConnectionId::new(id), 0).await.unwrap().unwrap().principal;
    assert!(Arc::ptr_eq(&principal("a").await, &principal("b").await));
}
