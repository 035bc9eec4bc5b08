//! A gateway that only keeps what was posted.

use std::collections::BTreeMap;
use std::sync::Mutex;

use bytes::Bytes;
use shared::ServerMessage;

use super::lock;
use crate::ports::{ConnectionId, Management, PostError};

/// Keeps every post in order. A connection must be made before it can be posted to.
#[derive(Debug, Default)]
pub struct FakeManagement {
    clients: Mutex<BTreeMap<ConnectionId, Option<PostError>>>,
    posts: Mutex<Vec<(ConnectionId, Bytes)>>,
    closed: Mutex<Vec<ConnectionId>>,
}

impl FakeManagement {
    /// A client connects, or reads again.
    pub fn connect(&self, id: &ConnectionId) {
        lock(&self.clients).insert(id.clone(), None);
    }

    /// From now on posts to this connection fail like this.
    pub fn fail(&self, id: &ConnectionId, error: PostError) {
        lock(&self.clients).insert(id.clone(), Some(error));
    }

    /// The connection is no more, and nobody was told.
    pub fn vanish(&self, id: &ConnectionId) {
        lock(&self.clients).remove(id);
    }

    /// Everything posted since this was last asked, in order.
    pub fn take_posts(&self) -> Vec<(ConnectionId, Bytes)> {
        std::mem::take(&mut lock(&self.posts))
    }

    /// What one client has received since it was last asked, in order.
    pub fn take_posts_to(&self, id: &ConnectionId) -> Vec<Bytes> {
        let mut posts = lock(&self.posts);
        let (own, others) = std::mem::take(&mut *posts).into_iter().partition(|(to, _)| to == id);
        *posts = others;
        let own: Vec<(ConnectionId, Bytes)> = own;
        own.into_iter().map(|(_, message)| message).collect()
    }

    /// The same, read as a client reads it.
    ///
    /// # Panics
    ///
    /// If something was posted that is not a message.
    pub fn take_messages(&self, id: &ConnectionId) -> Vec<ServerMessage> {
        let posts = self.take_posts_to(id);
        posts.iter().map(|message| serde_json::from_slice(message).expect("a message")).collect()
    }

    /// The connections that were closed, in order.
    pub fn closed(&self) -> Vec<ConnectionId> {
        lock(&self.closed).clone()
    }

    fn try_post(&self, to: &ConnectionId, message: Bytes) -> Result<(), PostError> {
        match lock(&self.clients).get(to) {
            None => Err(PostError::Gone),
            Some(Some(error)) => Err(error.clone()),
            Some(None) if message.len() > shared::limits::MESSAGE_BYTES => Err(PostError::TooLarge),
            Some(None) => {
                lock(&self.posts).push((to.clone(), message));
                Ok(())
            }
        }
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
