//! The conformance suite of [`Management`]: functions that test an implementation of this trait.

use std::future::Future;

use bytes::Bytes;
use shared::limits;

use crate::ports::{ConnectionId, Management, PostError};

/// An implementation of [`Management`] under test, and functions that act as clients connected to it.
pub trait Harness {
    /// The implementation of [`Management`] that is tested.
    type Port: Management;

    /// Returns the implementation of [`Management`] that is tested.
    fn port(&self) -> &Self::Port;

    /// Connects a new client, to which messages can be posted.
    fn connect(&self) -> impl Future<Output = ConnectionId> + Send;

    /// Ends the connection of a client. The service gets no event, but the gateway answers later posts with "gone".
    fn vanish(&self, id: &ConnectionId) -> impl Future<Output = ()> + Send;

    /// Waits for the next `count` messages of a client. Panics if they do not arrive.
    fn receive(&self, id: &ConnectionId, count: usize) -> impl Future<Output = Vec<Bytes>> + Send;
}

/// Checks that every byte of the message arrives.
pub async fn a_post_arrives_unchanged<H: Harness>(harness: &H) {
    let id = harness.connect().await;
    let message = Bytes::from("{\"text\": \"é \\u0000 \u{1f600}\"}");
    assert_eq!(harness.port().post(&id, message.clone()).await, Ok(()));
    assert_eq!(harness.receive(&id, 1).await, [message]);
}

/// Checks the order of messages, each of which is posted after the previous one was accepted.
pub async fn posts_to_one_connection_arrive_in_order<H: Harness>(harness: &H) {
    let id = harness.connect().await;
    let messages: Vec<Bytes> = (0..100).map(|number| Bytes::from(format!("{{\"n\":{number}}}"))).collect();
    for message in &messages {
        assert_eq!(harness.port().post(&id, message.clone()).await, Ok(()));
    }
    assert_eq!(harness.receive(&id, 100).await, messages);
}

/// Checks that every client receives the same bytes.
pub async fn a_post_to_many_arrives_at_each<H: Harness>(harness: &H) {
    let ids = [harness.connect().await, harness.connect().await, harness.connect().await];
    let message = Bytes::from("{\"to\":\"all\"}");
    assert_eq!(harness.port().post_to_all(&ids, message.clone()).await, []);
    for id in &ids {
        assert_eq!(harness.receive(id, 1).await, std::slice::from_ref(&message));
    }
}

/// Checks that a post to several connections returns the one that has ended, and reaches all others.
pub async fn a_connection_that_is_gone_is_named_and_the_others_are_served<H: Harness>(harness: &H) {
    let (here, gone) = (harness.connect().await, harness.connect().await);
    harness.vanish(&gone).await;
    let message = Bytes::from("{}");
    assert_eq!(harness.port().post(&gone, message.clone()).await, Err(PostError::Gone));
    let failures = harness.port().post_to_all(&[gone.clone(), here.clone()], message.clone()).await;
    assert_eq!(failures, [(gone.clone(), PostError::Gone)]);
    assert_eq!(harness.receive(&here, 1).await, [message]);
    assert_eq!(harness.port().close(&gone).await, Err(PostError::Gone));
}

/// Checks that the returned list of failures is empty.
pub async fn a_post_to_no_connections_succeeds<H: Harness>(harness: &H) {
    assert_eq!(harness.port().post_to_all(&[], Bytes::from("{}")).await, []);
}

/// Checks that a message of [`limits::MESSAGE_BYTES`] bytes is accepted, and a larger one is refused.
pub async fn a_message_at_the_limit_passes_and_a_larger_one_is_refused<H: Harness>(harness: &H) {
    let id = harness.connect().await;
    let largest = Bytes::from("x".repeat(limits::MESSAGE_BYTES));
    let larger = Bytes::from("x".repeat(limits::MESSAGE_BYTES + 1));
    assert_eq!(harness.port().post(&id, larger).await, Err(PostError::TooLarge));
    assert_eq!(harness.port().post(&id, largest.clone()).await, Ok(()));
    assert_eq!(harness.receive(&id, 1).await, [largest]);
}

/// Checks that posts to a closed connection fail, and that other connections stay open.
pub async fn a_closed_connection_is_gone<H: Harness>(harness: &H) {
    let (closed, other) = (harness.connect().await, harness.connect().await);
    assert_eq!(harness.port().close(&closed).await, Ok(()));
    assert_eq!(harness.port().post(&closed, Bytes::from("{}")).await, Err(PostError::Gone));
    assert_eq!(harness.port().post(&other, Bytes::from("{}")).await, Ok(()));
}
