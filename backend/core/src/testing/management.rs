//! A fake of [`Management`] that records the posted messages.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use shared::ServerMessage;

use crate::lock::lock;
use crate::ports::{ConnectionId, Management, PostError};

/// A fake of [`Management`], which records every post in order. A client must [`connect`](Self::connect) before
/// messages can be posted to it. Clones share the clients and the posts.
#[derive(Debug, Clone, Default)]
pub struct FakeManagement {
    clients: Arc<Mutex<BTreeMap<ConnectionId, Option<PostError>>>>,
    posts: Arc<Mutex<Vec<(ConnectionId, Bytes)>>>,
    failed: Arc<Mutex<Vec<ConnectionId>>>,
    closed: Arc<Mutex<Vec<ConnectionId>>>,
}

impl FakeManagement {
    /// Connects a client with this id. If [`fail`](Self::fail) was called for the id, posts to the client succeed
    /// again.
    pub fn connect(&self, id: &ConnectionId) {
        lock(&self.clients).insert(id.clone(), None);
    }

    /// Makes later posts to this connection fail with `error`.
    pub fn fail(&self, id: &ConnectionId, error: PostError) {
        lock(&self.clients).insert(id.clone(), Some(error));
    }

    /// Ends a client's connection, so that later posts to it fail with "gone". The service gets no event.
    pub fn vanish(&self, id: &ConnectionId) {
        lock(&self.clients).remove(id);
    }

    /// Returns all posts since the last call, in order, and forgets them.
    pub fn take_posts(&self) -> Vec<(ConnectionId, Bytes)> {
        std::mem::take(&mut lock(&self.posts))
    }

    /// Returns the posts to one client since the last call, in order, and forgets them.
    pub fn take_posts_to(&self, id: &ConnectionId) -> Vec<Bytes> {
        let mut posts = lock(&self.posts);
        let (own, others) = std::mem::take(&mut *posts).into_iter().partition(|(to, _)| to == id);
        *posts = others;
        let own: Vec<(ConnectionId, Bytes)> = own;
        own.into_iter().map(|(_, message)| message).collect()
    }

    /// Returns the posts to one client since the last call, parsed, and forgets them.
    ///
    /// # Panics
    ///
    /// Panics if a post is not a valid message.
    pub fn take_messages(&self, id: &ConnectionId) -> Vec<ServerMessage> {
        let posts = self.take_posts_to(id);
        posts.iter().map(|message| serde_json::from_slice(message).expect("a message")).collect()
    }

    /// Returns the connection of each post that failed since the last call, in order, and forgets them.
    pub fn take_failed(&self) -> Vec<ConnectionId> {
        std::mem::take(&mut lock(&self.failed))
    }

    /// Returns the connections that the service has closed, in order.
    pub fn closed(&self) -> Vec<ConnectionId> {
        lock(&self.closed).clone()
    }

    fn try_post(&self, to: &ConnectionId, message: Bytes) -> Result<(), PostError> {
        let posted = match lock(&self.clients).get(to) {
            None => Err(PostError::Gone),
            Some(Some(error)) => Err(error.clone()),
            Some(None) if message.len() > shared::limits::MESSAGE_BYTES => Err(PostError::TooLarge),
            Some(None) => {
                lock(&self.posts).push((to.clone(), message));
                Ok(())
            }
        };
        if posted.is_err() {
            lock(&self.failed).push(to.clone());
        }
        posted
    }
}

impl Management for FakeManagement {
    async fn post(&self, to: &ConnectionId, message: Bytes) -> Result<(), PostError> {
        self.try_post(to, message)
    }

    async fn post_to_all(&self, to: &[ConnectionId], message: Bytes) -> Vec<(ConnectionId, PostError)> {
        let fault = |id: &ConnectionId| Some((id.clone(), self.try_post(id, message.clone()).err()?));
        to.iter().filter_map(fault).collect()
    }

    async fn close(&self, id: &ConnectionId) -> Result<(), PostError> {
        lock(&self.clients).remove(id).ok_or(PostError::Gone)?;
        lock(&self.closed).push(id.clone());
        Ok(())
    }
}
