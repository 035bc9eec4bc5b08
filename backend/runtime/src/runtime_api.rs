//! The Lambda Runtime API, version 2018-06-01 ("Using the Lambda runtime API for custom runtimes"), for one process.
//!
//! This module handles only HTTP. It converts each request to a [`RuntimeRequest`], which the sandbox (the owner of the
//! process) answers.

mod head;
mod wire;

use std::io;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderValue, StatusCode};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use self::head::{ErrorFields, Head};
use self::wire::{Body, Wire};
use crate::function_error::FunctionError;
use crate::invocation::NextInvocation;

/// Beginning of every path of the Runtime API.
const PREFIX: &str = "/2018-06-01/runtime/";
/// Maximum number of connections of a process. A runtime needs one or two.
const CONNECTIONS: usize = 64;
/// Wait after an error of the listener, which most likely means that the host has no file descriptors left.
const ACCEPT_AGAIN: Duration = Duration::from_millis(50);
/// Maximum size of an error object that a process reports, in bytes.
const ERROR_BYTES: usize = 256 * 1024;

/// A request that a function's process sent to the Runtime API.
#[derive(Debug)]
pub(crate) enum RuntimeRequest {
    /// The process requests its next event, which has to be sent through this sender. If the sender is dropped, the
    /// request is refused.
    Next(oneshot::Sender<NextInvocation>),
    /// The process has handled the event with this request id, successfully or with an error.
    Answer { id: String, outcome: Result<Bytes, FunctionError>, reply: oneshot::Sender<Verdict> },
    /// The process reports that its initialization failed.
    InitFailed { error: FunctionError, reply: oneshot::Sender<Verdict> },
}

/// The decision about a report that a process sent to the Runtime API: it is accepted, or it does not belong to the
/// current invocation, or it is not allowed in the current state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Accepted,
    WrongId,
    WrongState,
}

/// Serves the Runtime API for one process until the task is aborted.
pub(crate) async fn serve(
    listener: TcpListener,
    requests: mpsc::Sender<RuntimeRequest>,
    response_bytes: usize,
) {
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        if connections.len() >= CONNECTIONS {
            connections.join_next().await;
        }
        match listener.accept().await {
            Ok((stream, _)) => {
                // Without this, a part of an answer may wait for an acknowledgement. An error has no other effect.
                let _ = stream.set_nodelay(true);
                let connection =
                    Connection { wire: Wire::new(stream), requests: requests.clone(), response_bytes };
                connections.spawn(connection.serve());
            }
            Err(_) => tokio::time::sleep(ACCEPT_AGAIN).await,
        }
    }
}

/// One connection of a process to its Runtime API.
struct Connection {
    wire: Wire,
    requests: mpsc::Sender<RuntimeRequest>,
    response_bytes: usize,
}

impl Connection {
    /// Answers the requests of the connection until its end.
    async fn serve(mut self) {
        loop {
            match self.handle().await {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                    self.error(StatusCode::BAD_REQUEST, "InvalidRequest", &error.to_string());
                    break;
                }
                Err(_) => return,
            }
        }
        // The client may have left, and then nobody needs the answer.
        let _ = self.wire.flush().await;
    }

    /// Answers one request. Returns false if it was the last one.
    async fn handle(&mut self) -> io::Result<bool> {
        let Some(head) = self.wire.head().await? else { return Ok(false) };
        let path = head.path.strip_prefix(PREFIX).unwrap_or_default();
        let segments: Vec<&str> = path.split('/').collect();
        match (head.method.as_str(), segments.as_slice()) {
            ("GET", ["invocation", "next"]) => self.next().await?,
            ("POST", ["invocation", id, "response"]) => {
                let outcome = self.response(&head).await?;
                self.report(id, outcome).await;
            }
            ("POST", ["invocation", id, "error"]) => {
                let error = self.reported(&head).await?;
                self.report(id, Err(error)).await;
            }
            ("POST", ["init", "error"]) => {
                let error = self.reported(&head).await?;
                let verdict = self.send(|reply| RuntimeRequest::InitFailed { error, reply }).await;
                self.verdict(verdict);
            }
            _ => {
                // The body is read, so that the next request can be.
                self.wire.body(&head, ERROR_BYTES).await?;
                self.error(StatusCode::NOT_FOUND, "NotFound", "There is nothing at this path");
            }
        }
        Ok(!head.is_last)
    }

    /// Waits for the next event of the process, and answers with it.
    async fn next(&mut self) -> io::Result<()> {
        let (sender, next) = oneshot::channel();
        if self.requests.send(RuntimeRequest::Next(sender)).await.is_err() {
            self.verdict(Verdict::WrongState);
            return Ok(());
        }
        let next = tokio::select! {
            biased;
            next = next => next,
            // The event stays with the sandbox, which gives it to the next request.
            () = self.wire.closed() => return Err(io::ErrorKind::UnexpectedEof.into()),
        };
        match next {
            Ok(next) => self.event(&next),
            Err(_) => self.verdict(Verdict::WrongState),
        }
        self.wire.flush().await
    }

    /// Adds the answer to `GET …/invocation/next`, with the event as its body.
    fn event(&mut self, next: &NextInvocation) {
        let NextInvocation { invocation, deadline_ms, arn } = next;
        let mut headers = format!(
            "lambda-runtime-aws-request-id: {}\r\nlambda-runtime-deadline-ms: {deadline_ms}\r\nlambda-runtime-trace-id: {}\r\n",
            invocation.id, invocation.trace_id
        );
        let context = invocation.client_context.as_deref().map(header_json);
        for (name, value) in [
            ("lambda-runtime-invoked-function-arn", Some(arn.as_str())),
            ("lambda-runtime-client-context", context.as_deref()),
        ] {
            // If the function's name contains characters that a header cannot contain, the header with the ARN is left out.
            if let Some(value) = value
                && HeaderValue::from_str(value).is_ok()
            {
                headers.push_str(&format!("{name}: {value}\r\n"));
            }
        }
        self.wire.answer(StatusCode::OK, &headers, &invocation.payload);
    }

    /// Reads the whole response that a function sent, streamed or not. If a stream failed midway, its trailers contain the
    /// error ("Building a custom runtime", response streaming).
    async fn response(&mut self, head: &Head) -> io::Result<Result<Bytes, FunctionError>> {
        let (bytes, trailers) = match self.wire.body(head, self.response_bytes).await {
            Ok(Body::Whole { bytes, trailers }) => (bytes, trailers),
            Ok(Body::TooLarge) => return Ok(Err(FunctionError::response_too_large(self.response_bytes))),
            Err(error) => {
                let text = error.to_string().into();
                return Ok(Err(FunctionError::reported(Some("Runtime.TruncatedResponse"), text)));
            }
        };
        let ErrorFields { kind, body } = trailers;
        Ok(match kind.as_deref().or(head.error.kind.as_deref()) {
            Some(kind) => {
                let body = body.and_then(|body| STANDARD.decode(body).ok());
                Err(FunctionError::reported(Some(kind), body.unwrap_or_default().into()))
            }
            None => Ok(bytes),
        })
    }

    async fn reported(&mut self, head: &Head) -> io::Result<FunctionError> {
        let body = match self.wire.body(head, ERROR_BYTES).await? {
            Body::Whole { bytes, .. } => bytes,
            Body::TooLarge => "the error object is too large".into(),
        };
        Ok(FunctionError::reported(head.error.kind.as_deref(), body))
    }

    /// Passes the outcome of an invocation to the sandbox.
    async fn report(&mut self, id: &str, outcome: Result<Bytes, FunctionError>) {
        let is_too_large =
            outcome.as_ref().is_err_and(|error| error.error_type == "Function.ResponseSizeTooLarge");
        let verdict = self.send(|reply| RuntimeRequest::Answer { id: id.to_owned(), outcome, reply }).await;
        match verdict {
            Verdict::Accepted if is_too_large => {
                self.error(
                    StatusCode::PAYLOAD_TOO_LARGE,
                    "RequestEntityTooLarge",
                    "The response is too large",
                );
            }
            verdict => self.verdict(verdict),
        }
    }

    /// Passes a process's request to its sandbox, and returns the sandbox's verdict.
    async fn send(&self, request: impl FnOnce(oneshot::Sender<Verdict>) -> RuntimeRequest) -> Verdict {
        let (reply, verdict) = oneshot::channel();
        if self.requests.send(request(reply)).await.is_err() {
            return Verdict::WrongState;
        }
        verdict.await.unwrap_or(Verdict::WrongState)
    }

    /// Adds the answer that says what the sandbox has decided.
    fn verdict(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Accepted => self.wire.answer(StatusCode::ACCEPTED, "", br#"{"status":"OK"}"#),
            Verdict::WrongId => self.error(StatusCode::BAD_REQUEST, "InvalidRequestID", "Invalid request ID"),
            Verdict::WrongState => self.error(
                StatusCode::FORBIDDEN,
                "InvalidStateTransition",
                "The process is not in the state for this request",
            ),
        }
    }

    fn error(&mut self, status: StatusCode, kind: &str, message: &str) {
        let body = json!({"errorType": kind, "errorMessage": message}).to_string();
        self.wire.answer(status, "", body.as_bytes());
    }
}

/// Converts JSON to text that an HTTP header can contain. Line breaks become spaces, because in JSON they occur only
/// between values. Characters outside of ASCII are escaped, because they occur only within strings.
fn header_json(json: &str) -> String {
    let mut line = String::with_capacity(json.len());
    for character in json.chars() {
        match character {
            '\r' | '\n' => line.push(' '),
            '\t' | ' '..='~' => line.push(character),
            _ => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    line.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }
    line
}

#[cfg(test)]
mod tests;
