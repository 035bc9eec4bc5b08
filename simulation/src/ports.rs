//! Simulates that calls of the database and the gateway take time: every call yields once to the caller. So the
//! functions of the server interleave, as they do if each call is a request over a network.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use backend_core::ports::{Connection, ConnectionId, Connections, SubscribeError, Unavailable};
use shared::{Filter, Millis, Topic};

/// Polls a future in a loop until it is ready, and returns its output. The future must not wait for anything other than
/// [`pause`].
pub fn ready<F: Future>(future: F) -> F::Output {
    let mut future = Box::pin(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return output;
        }
    }
}

/// Returns a future that is pending at its first poll and ready at the second. The caller decides how much simulated
/// time passes between the two.
pub fn pause() -> Pause {
    Pause(false)
}

/// The future that [`pause`] returns.
#[derive(Debug)]
pub struct Pause(bool);

impl Future for Pause {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) {
            return Poll::Ready(());
        }
        // The core runs some calls at the same time, and polls a call again only if its waker was called.
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

/// A table of connections that yields once in each of its calls, as if the table were in a remote database.
#[derive(Debug)]
pub struct Paced<C>(pub C);

impl<C: Connections> Connections for Paced<C> {
    async fn put(&self, connection: Connection) -> Result<(), Unavailable> {
        pause().await;
        self.0.put(connection).await
    }

    async fn get(&self, id: &ConnectionId, now: Millis) -> Result<Option<Connection>, Unavailable> {
        pause().await;
        self.0.get(id, now).await
    }

    async fn remove(&self, id: &ConnectionId) -> Result<Vec<Filter>, Unavailable> {
        pause().await;
        self.0.remove(id).await
    }

    async fn subscribe(&self, id: &ConnectionId, filter: &Filter, now: Millis) -> Result<(), SubscribeError> {
        pause().await;
        self.0.subscribe(id, filter, now).await
    }

    async fn unsubscribe(&self, id: &ConnectionId, filter: &Filter) -> Result<bool, Unavailable> {
        pause().await;
        self.0.unsubscribe(id, filter).await
    }

    async fn subscriptions(&self, id: &ConnectionId, now: Millis) -> Result<Vec<Filter>, Unavailable> {
        pause().await;
        self.0.subscriptions(id, now).await
    }

    async fn subscribers(&self, topic: &Topic, now: Millis) -> Result<Vec<ConnectionId>, Unavailable> {
        pause().await;
        self.0.subscribers(topic, now).await
    }

    async fn viewers(&self, filter: &Filter, now: Millis) -> Result<u64, Unavailable> {
        pause().await;
        self.0.viewers(filter, now).await
    }

    async fn watching(&self, filter: &Filter, now: Millis) -> Result<Vec<ConnectionId>, Unavailable> {
        pause().await;
        self.0.watching(filter, now).await
    }

    async fn all(&self, now: Millis) -> Result<Vec<ConnectionId>, Unavailable> {
        pause().await;
        self.0.all(now).await
    }
}
