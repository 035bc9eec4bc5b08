//! Limits the number of large answers that wait in memory until their clients have read them. Such answers are lists of
//! topics and parts of logs, which have up to a megabyte, and files of the page that are read from a directory.

use std::collections::HashMap;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use backend_core::payer::Payer;
use backend_core::{fair, lock};
use bytes::Bytes;
use hyper::body::{Frame, SizeHint};
use shared::limits;
use tokio::sync::Notify;

/// Size of the parts in which an answer is passed on, in bytes. The HTTP server requests the next part when the client
/// has read most of the previous one.
const PART_BYTES: usize = 64 * 1024;

/// The numbers of large answers in memory.
#[derive(Debug, Clone, Default)]
pub struct LargeAnswers(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    counts: Mutex<Counts>,
    freed: Notify,
}

#[derive(Debug, Default)]
struct Counts {
    all: usize,
    of_client: HashMap<Payer, usize>,
}

/// The place that one answer takes up. It becomes free when this value is dropped.
#[derive(Debug)]
pub struct Place {
    answers: LargeAnswers,
    client: Payer,
}

impl LargeAnswers {
    /// Waits for a place for another answer to `client`. Returns `None` if none has become free in the time `wait`.
    pub async fn take(&self, client: Payer, wait: Duration) -> Option<Place> {
        let take = async {
            loop {
                let freed = self.0.freed.notified();
                if let Some(place) = self.try_take(&client) {
                    return place;
                }
                freed.await;
            }
        };
        tokio::time::timeout(wait, take).await.ok()
    }

    fn try_take(&self, client: &Payer) -> Option<Place> {
        let mut counts = lock::lock(&self.0.counts);
        let own = counts.of_client.get(client).copied().unwrap_or_default();
        if !fair::may_take(own, counts.all, limits::LARGE_ANSWERS_OF_CLIENT, limits::LARGE_ANSWERS) {
            return None;
        }
        counts.all += 1;
        counts.of_client.insert(client.clone(), own + 1);
        Some(Place { answers: self.clone(), client: client.clone() })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = lock::lock(&self.answers.0.counts);
        counts.all -= 1;
        match counts.of_client.get_mut(&self.client) {
            Some(count) if *count > 1 => *count -= 1,
            _ => drop(counts.of_client.remove(&self.client)),
        }
        drop(counts);
        self.answers.0.freed.notify_waiters();
    }
}

/// The body of an answer, passed on in parts. Its place becomes free with the last part.
pub struct PartedBody {
    rest: Bytes,
    place: Option<Place>,
}

impl PartedBody {
    /// Returns a response body with this content. It occupies `place` until the client has read it.
    pub fn body(content: Bytes, place: Place) -> Body {
        Body::new(Self { rest: content, place: Some(place) })
    }
}

impl hyper::body::Body for PartedBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let length = self.rest.len().min(PART_BYTES);
        let part = self.rest.split_to(length);
        if self.rest.is_empty() {
            self.place = None;
        }
        Poll::Ready((!part.is_empty()).then(|| Ok(Frame::data(part))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest.len() as u64)
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use backend_core::payer::network_of;
    use http_body_util::BodyExt;

    use super::*;

    fn client(number: u8) -> Payer {
        Payer::new("me", Some([192, 0, 2, number].into()))
    }

    #[test]
    fn the_gateway_and_the_core_count_the_same_addresses_as_one_client() {
        for text in ["192.0.2.7", "::ffff:192.0.2.7", "2001:db8:1:2:3:4:5:6", "::1", "127.0.0.1"] {
            let address: IpAddr = text.parse().expect("an address");
            assert_eq!(network_of(address), apigw_websocket::network_of(address), "{text}");
        }
    }

    const LONG: Duration = Duration::from_secs(60);

    #[tokio::test]
    async fn a_client_that_takes_nothing_waits_and_then_gets_no_more_and_others_do() {
        let answers = LargeAnswers::default();
        let mut held = Vec::new();
        for _ in 0..limits::LARGE_ANSWERS_OF_CLIENT {
            held.push(answers.take(client(1), Duration::ZERO).await.unwrap());
        }
        assert!(answers.take(client(1), Duration::ZERO).await.is_none());
        assert!(answers.take(client(2), Duration::ZERO).await.is_some());
        let (waiting, ()) = tokio::join!(answers.take(client(1), LONG), async { drop(held.pop()) });
        assert!(waiting.is_some(), "as soon as one was taken");
    }

    #[tokio::test]
    async fn the_content_is_passed_on_unchanged_and_the_place_is_free_after_it() {
        let answers = LargeAnswers::default();
        for size in [0, 1, PART_BYTES, 3 * PART_BYTES + 5] {
            let content: Bytes = (0..size).map(|byte| byte as u8).collect::<Vec<_>>().into();
            let place = answers.take(client(1), LONG).await.unwrap();
            let body = PartedBody::body(content.clone(), place);
            assert_eq!(hyper::body::Body::size_hint(&body).exact(), Some(size as u64));
            assert_eq!(body.collect().await.unwrap().to_bytes(), content);
            assert_eq!(lock::lock(&answers.0.counts).all, 0);
        }
    }
}
