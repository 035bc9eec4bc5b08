//! The HTTP API, which the function `ingest` serves behind a function URL.

use std::future::ready;

use aws_lambda_events::lambda_function_urls::LambdaFunctionUrlResponse;
use backend_core::ports::{Boards, TopicLog};
use backend_core::{Service, Settings};
use backend_edge::{UrlRequest, url_response};
use lambda_runtime::{Diagnostic, LambdaEvent};
use serde_json::Value;
use shared::Millis;

use crate::event::{diagnostic, read};
use crate::keys::{FetchKeys, Guard};
use crate::metrics::{FanOut, Meter};

/// Handler of the Lambda function `ingest`, which serves the HTTP API. It appends publications to the log and keeps
/// board documents: it can neither look up connections nor post to them.
#[derive(Debug)]
pub struct Ingest<L, B, F> {
    service: Service<(), L, ()>,
    boards: B,
    guard: Guard<F>,
    meter: Meter,
}

impl<L: TopicLog, B: Boards, F: FetchKeys> Ingest<L, B, F> {
    /// Creates the handler of the function `ingest`, which appends publications to `log` and keeps board documents in `boards`.
    pub fn new(log: L, boards: B, guard: Guard<F>) -> Self {
        let settings = Settings::new(guard.access(), rand::random::<u64>);
        Self { service: Service::new((), log, (), settings), boards, guard, meter: Meter::default() }
    }

    /// Answers one request to the HTTP API.
    ///
    /// # Errors
    ///
    /// Only if `event` is not an event of a function URL, or if the keys for checking its token cannot be fetched. A
    /// client's mistakes are not errors: they are answered with an HTTP status.
    pub async fn handle(
        &self,
        event: LambdaEvent<Value>,
        clock: impl Fn() -> Millis,
    ) -> Result<LambdaFunctionUrlResponse, Diagnostic> {
        let (payload, context) = event.into_parts();
        let request = UrlRequest::new(read(payload)?).map_err(|error| diagnostic("Event", error))?;
        let head = request.head();
        let fetched = self.guard.fetch_if_unknown(head.credentials.token(), clock()).await;
        fetched.map_err(|error| diagnostic("Keys", error))?;
        let answer = self.service.http(&self.boards, head, ready(Ok(request.body())), &clock).await;
        let counts = self.service.stats().snapshot();
        let function = &context.env_config.function_name;
        self.meter.log(function, &context.request_id, clock(), counts, FanOut::default());
        Ok(url_response(&request, answer))
    }
}
