//! Posts messages to clients through API Gateway's management API.

mod endpoint;
mod keys;
mod pool;
mod poster;
mod signer;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use aws_config::SdkConfig;
use aws_sdk_apigatewaymanagement::Client;
use aws_sdk_apigatewaymanagement::config::retry::RetryConfig;
use aws_sdk_apigatewaymanagement::config::timeout::TimeoutConfig;
use aws_sdk_apigatewaymanagement::config::{Builder, http::HttpResponse};
use aws_sdk_apigatewaymanagement::error::{DisplayErrorContext, SdkError};
use backend_core::lock::lock;
use backend_core::ports::{ConnectionId, Management, PostError};
use bytes::Bytes;
use futures_util::{StreamExt, stream};

pub use endpoint::{EndpointError, ManagementEndpoint};

use crate::pause::{self, Schedule};
use poster::{Message, Poster, Refusal};

/// Maximum number of concurrent posts of one broadcast. A post takes some milliseconds, so that this results in some
/// thousand posts per second. An account may make 10,000 requests per second (Developer Guide, "Amazon API Gateway
/// quotas").
const POSTS_AT_ONCE: usize = 64;
/// Time limit of a post to a client. A post to a client that can no longer be reached can take long, and must not delay
/// the others.
const POST_TIMEOUT: Duration = Duration::from_secs(2);
/// Pauses before the retries of a post that API Gateway answered with `LimitExceeded`.
const RETRIES: Schedule = Schedule { first: Duration::from_millis(100), pauses: 3 };

/// Time for which posts of a broadcast to a connection are not retried after the retries of an earlier one have all failed. The frames of a
/// broadcast are posted one after the other, so the pauses before retries of each frame would delay all other viewers.
const FULL_FOR: Duration = Duration::from_secs(2);

/// The connections to which a post and all its retries have failed because a limit was exceeded, with the time from which posts to each of
/// them are retried again.
///
/// API Gateway answers in the same way if the buffer of a connection is full and if the account makes too many requests. So a connection
/// that gets a post is removed, because its buffer was not full or has room again.
#[derive(Debug, Default)]
struct FullBuffers(BTreeMap<ConnectionId, Instant>);

impl FullBuffers {
    fn contains(&self, id: &ConnectionId, now: Instant) -> bool {
        self.0.get(id).is_some_and(|until| *until > now)
    }

    /// Removes those of the connections `to` to which a post succeeded, which are all without `failures`, and adds those of `limited`
    /// until `until`.
    fn learn(
        &mut self,
        to: &[ConnectionId],
        failures: &[(ConnectionId, PostError)],
        limited: &[ConnectionId],
        (now, until): (Instant, Instant),
    ) {
        if self.0.is_empty() && limited.is_empty() {
            return;
        }
        let failed: BTreeSet<&ConnectionId> = failures.iter().map(|(id, _)| id).collect();
        for id in to.iter().filter(|id| !failed.contains(id)) {
            self.0.remove(id);
        }
        self.0.retain(|_, until| *until > now);
        self.0.extend(limited.iter().map(|id| (id.clone(), until)));
    }
}

/// Posts to the connections of one stage of an API, and closes connections.
#[derive(Debug, Clone)]
pub struct ApiGatewayManagement {
    poster: Arc<Poster>,
    config: SdkConfig,
    endpoint: ManagementEndpoint,
    /// Closes connections. It is created when the first one is closed, which is rare.
    client: Arc<OnceLock<Client>>,
    posts_at_once: usize,
    full_for: Duration,
    full: Arc<Mutex<FullBuffers>>,
}

impl ApiGatewayManagement {
    pub(crate) fn new(config: &SdkConfig, endpoint: &ManagementEndpoint) -> Self {
        Self {
            poster: Arc::new(Poster::new(config, endpoint)),
            config: config.clone(),
            endpoint: endpoint.clone(),
            client: Arc::default(),
            posts_at_once: POSTS_AT_ONCE,
            full_for: FULL_FOR,
            full: Arc::default(),
        }
    }

    /// Opens a connection to the management API, unless there is one that no post uses. So the next post need not wait for it.
    ///
    /// # Errors
    ///
    /// A description of the reason why there is no connection.
    pub async fn connect(&self) -> Result<(), String> {
        self.poster.connect().await
    }

    /// Sets the maximum number of concurrent posts. 0 is changed to 1. The default is 64.
    #[must_use]
    pub fn with_posts_at_once(self, posts_at_once: usize) -> Self {
        Self { posts_at_once: posts_at_once.max(1), ..self }
    }

    /// Sets the time for which posts of a broadcast to a connection with a full buffer are not retried. The default is two seconds.
    #[must_use]
    pub fn with_full_for(self, full_for: Duration) -> Self {
        Self { full_for, ..self }
    }

    async fn try_post(&self, to: &ConnectionId, message: &Message) -> Result<(), PostError> {
        match tokio::time::timeout(POST_TIMEOUT, self.poster.post(to, message)).await {
            Ok(posted) => posted.map_err(|refusal| match refusal {
                Refusal::Status(status, words) => {
                    refused(status, || format!("HTTP status {status}: {words}"))
                }
                Refusal::NotAnswered(reason) => failed(reason),
            }),
            Err(_) => Err(failed(format!("no answer within {} s", POST_TIMEOUT.as_secs()))),
        }
    }

    async fn try_post_to_all(
        &self,
        to: Vec<ConnectionId>,
        message: &Message,
    ) -> Vec<(ConnectionId, PostError)> {
        let posts = to.into_iter().map(|id| async move {
            let error = self.try_post(&id, message).await.err()?;
            Some((id, error))
        });
        stream::iter(posts)
            .buffer_unordered(self.posts_at_once)
            .filter_map(async |failure| failure)
            .collect()
            .await
    }

    fn is_full(&self, id: &ConnectionId) -> bool {
        lock(&self.full).contains(id, Instant::now())
    }

    /// Returns the SDK's client.
    fn client(&self) -> &Client {
        self.client.get_or_init(|| {
            let timeouts = TimeoutConfig::builder().operation_timeout(POST_TIMEOUT).build();
            let config = Builder::from(&self.config)
                .endpoint_url(self.endpoint.as_str())
                .retry_config(RetryConfig::disabled())
                .timeout_config(timeouts);
            Client::from_conf(config.build())
        })
    }

    async fn try_close(&self, id: &ConnectionId) -> Result<(), PostError> {
        let closed = self.client().delete_connection().connection_id(id.as_str()).send().await;
        closed.map(drop).map_err(|error| close_error(&error))
    }
}

impl Management for ApiGatewayManagement {
    async fn post(&self, to: &ConnectionId, message: Bytes) -> Result<(), PostError> {
        let message = Message::new(message);
        retry_while_limited(|| self.try_post(to, &message)).await
    }

    /// Posts a message to many connections. Returns each connection for which that failed, with its error.
    /// First it posts to all connections. Then it retries together those posts that exceeded API Gateway's limit, so
    /// that the pause before a retry delays no other post of this message. The pauses delay the next message. So posts to connections
    /// whose retries have all failed are not retried for two seconds, or until one of them succeeds.
    async fn post_to_all(&self, to: &[ConnectionId], message: Bytes) -> Vec<(ConnectionId, PostError)> {
        let (message, mut failures) = (Message::new(message), Vec::new());
        let (mut limited, mut number) = (to.to_vec(), 1);
        loop {
            for (id, error) in self.try_post_to_all(std::mem::take(&mut limited), &message).await {
                let is_retried = error == PostError::LimitExceeded && !self.is_full(&id);
                if is_retried { limited.push(id) } else { failures.push((id, error)) }
            }
            if limited.is_empty() || !pause::sleep(RETRIES, number).await {
                break;
            }
            number += 1;
        }
        let now = Instant::now();
        lock(&self.full).learn(to, &failures, &limited, (now, now + self.full_for));
        failures.extend(limited.into_iter().map(|id| (id, PostError::LimitExceeded)));
        failures
    }

    async fn close(&self, id: &ConnectionId) -> Result<(), PostError> {
        retry_while_limited(|| self.try_close(id)).await
    }
}

/// Retries a call as long as API Gateway answers that its limit is exceeded, with the pauses of [`RETRIES`].
async fn retry_while_limited<F>(call: impl Fn() -> F) -> Result<(), PostError>
where
    F: Future<Output = Result<(), PostError>>,
{
    let mut number = 1;
    loop {
        let outcome = call().await;
        if outcome != Err(PostError::LimitExceeded) || !pause::sleep(RETRIES, number).await {
            return outcome;
        }
        number += 1;
    }
}

/// Converts an error of the SDK by the HTTP status of the answer.
fn close_error<E>(error: &SdkError<E, HttpResponse>) -> PostError
where
    E: std::error::Error + 'static,
{
    let words = || DisplayErrorContext(error).to_string();
    match error.raw_response() {
        Some(response) => refused(response.status().as_u16(), words),
        None => failed(words()),
    }
}

/// Converts the HTTP status of an answer. The body cannot be used: the answer 410, for example, has none.
fn refused(status: u16, words: impl FnOnce() -> String) -> PostError {
    match status {
        410 => PostError::Gone,
        413 => PostError::TooLarge,
        429 => PostError::LimitExceeded,
        _ => failed(words()),
    }
}

fn failed(reason: String) -> PostError {
    tracing::warn!(%reason, "a message could not be posted to a connection");
    PostError::Failed { reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITED: PostError = PostError::LimitExceeded;

    #[test]
    fn posts_to_a_connection_that_was_full_are_retried_again_after_a_while() {
        let (mut full, now) = (FullBuffers::default(), Instant::now());
        let [one, other] = ["a=", "b="].map(ConnectionId::new);
        let later = now + FULL_FOR;
        full.learn(&[one.clone(), other.clone()], &[], std::slice::from_ref(&one), (now, later));
        assert!(full.contains(&one, now) && !full.contains(&other, now));
        assert!(!full.contains(&one, later));
        full.learn(
            std::slice::from_ref(&other),
            &[],
            std::slice::from_ref(&other),
            (later, later + FULL_FOR),
        );
        assert!(full.contains(&other, later));
        assert_eq!(full.0.len(), 1, "what is over is forgotten");
    }

    #[test]
    fn posts_to_a_connection_are_retried_again_as_soon_as_it_gets_one() {
        let (mut full, now) = (FullBuffers::default(), Instant::now());
        let both = ["a=", "b="].map(ConnectionId::new);
        full.learn(&both, &[], &both, (now, now + FULL_FOR));
        full.learn(&both, &[(both[1].clone(), LIMITED)], &[], (now, now + FULL_FOR));
        assert!(!full.contains(&both[0], now) && full.contains(&both[1], now));
    }
}
