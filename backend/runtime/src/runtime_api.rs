//! The Lambda Runtime API, version 2018-06-01 ("Using the Lambda runtime API for custom runtimes"), for one process.
//!
//! This module handles only HTTP. It converts each request to a [`RuntimeRequest`], which the sandbox (the owner of the
//! process) answers.

use std::convert::Infallible;
use std::time::Duration;

use apigw_websocket::ServerSettings;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};

use crate::function_error::FunctionError;
use crate::invocation::NextInvocation;

/// The first segment of every path of the Runtime API.
const API_VERSION: &str = "2018-06-01";
/// Maximum time between two requests of a process. It is longer than every time-out of a function, so that it never
/// ends a process that is working.
const LONGEST_SILENCE: Duration = Duration::from_secs(24 * 60 * 60);
/// Maximum size of the headers of a request, in bytes. Lambda's own runtimes report the cause of an error in a header
/// of up to 1 MB.
const HEADER_BYTES: usize = 1024 * 1024 + 16 * 1024;
/// Maximum size of an error object that a process reports, in bytes.
const ERROR_BYTES: usize = 256 * 1024;
const ERROR_TYPE: &str = "lambda-runtime-function-error-type";
const ERROR_BODY: &str = "lambda-runtime-function-error-body";

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

type Answer = Response<Full<Bytes>>;

/// Serves the Runtime API for one process until the task is aborted.
pub(crate) async fn serve(
    listener: TcpListener,
    requests: mpsc::Sender<RuntimeRequest>,
    response_bytes: usize,
) {
    let service = tower::service_fn(move |request: Request<Incoming>| {
        let requests = requests.clone();
        async move { Ok::<_, Infallible>(handle(request, &requests, response_bytes).await) }
    });
    let mut settings = ServerSettings::default();
    settings.header_read = LONGEST_SILENCE;
    settings.connections = 64;
    settings.header_bytes = HEADER_BYTES;
    apigw_websocket::serve(listener, service, settings, std::future::pending()).await;
}

async fn handle(
    request: Request<Incoming>,
    requests: &mpsc::Sender<RuntimeRequest>,
    response_bytes: usize,
) -> Answer {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().trim_start_matches('/').strip_prefix(API_VERSION).unwrap_or_default();
    let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    match (&parts.method, segments.as_slice()) {
        (&Method::GET, ["runtime", "invocation", "next"]) => next(requests).await,
        (&Method::POST, ["runtime", "invocation", id, "response"]) => {
            answer(requests, id, response(&parts.headers, body, response_bytes).await).await
        }
        (&Method::POST, ["runtime", "invocation", id, "error"]) => {
            answer(requests, id, Err(reported(&parts.headers, body).await)).await
        }
        (&Method::POST, ["runtime", "init", "error"]) => {
            let error = reported(&parts.headers, body).await;
            send(requests, |reply| RuntimeRequest::InitFailed { error, reply }).await
        }
        _ => error(StatusCode::NOT_FOUND, "NotFound", "There is nothing at this path"),
    }
}

async fn next(requests: &mpsc::Sender<RuntimeRequest>) -> Answer {
    let (sender, next) = oneshot::channel();
    if requests.send(RuntimeRequest::Next(sender)).await.is_err() {
        return wrong_state();
    }
    next.await.map_or_else(|_| wrong_state(), event)
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

/// Builds the HTTP answer to `GET …/invocation/next`, with the event as its body.
fn event(next: NextInvocation) -> Answer {
    let NextInvocation { invocation, deadline_ms, arn } = next;
    let mut answer = Response::new(Full::new(invocation.payload));
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, value) in [
        ("lambda-runtime-aws-request-id", invocation.id),
        ("lambda-runtime-deadline-ms", deadline_ms.to_string()),
        ("lambda-runtime-invoked-function-arn", arn),
        ("lambda-runtime-trace-id", invocation.trace_id),
    ]
    .into_iter()
    .chain(invocation.client_context.map(|context| ("lambda-runtime-client-context", header_json(&context))))
    {
        // If the function's name contains characters that a header cannot contain, the header with the ARN is left out.
        headers
            .extend(HeaderValue::from_str(&value).ok().map(|value| (HeaderName::from_static(name), value)));
    }
    answer
}

async fn answer(
    requests: &mpsc::Sender<RuntimeRequest>,
    id: &str,
    outcome: Result<Bytes, FunctionError>,
) -> Answer {
    let is_too_large =
        outcome.as_ref().is_err_and(|error| error.error_type == "Function.ResponseSizeTooLarge");
    let answer = send(requests, |reply| RuntimeRequest::Answer { id: id.to_owned(), outcome, reply }).await;
    if is_too_large && answer.status() == StatusCode::ACCEPTED {
        return error(StatusCode::PAYLOAD_TOO_LARGE, "RequestEntityTooLarge", "The response is too large");
    }
    answer
}

/// Passes a process's request to its sandbox, and converts the sandbox's verdict to an HTTP answer.
async fn send(
    requests: &mpsc::Sender<RuntimeRequest>,
    request: impl FnOnce(oneshot::Sender<Verdict>) -> RuntimeRequest,
) -> Answer {
    let (reply, verdict) = oneshot::channel();
    if requests.send(request(reply)).await.is_err() {
        return wrong_state();
    }
    match verdict.await {
        Ok(Verdict::Accepted) => json_answer(StatusCode::ACCEPTED, &json!({"status": "OK"})),
        Ok(Verdict::WrongId) => error(StatusCode::BAD_REQUEST, "InvalidRequestID", "Invalid request ID"),
        Ok(Verdict::WrongState) | Err(_) => wrong_state(),
    }
}

/// Reads the whole response that a function sent, streamed or not. If a stream failed midway, its trailers contain the
/// error ("Building a custom runtime", response streaming).
async fn response(headers: &HeaderMap, body: Incoming, limit_bytes: usize) -> Result<Bytes, FunctionError> {
    let collected = match Limited::new(body, limit_bytes).collect().await {
        Ok(collected) => collected,
        Err(error) if error.is::<LengthLimitError>() => {
            return Err(FunctionError::response_too_large(limit_bytes));
        }
        Err(error) => {
            return Err(FunctionError::reported(Some("Runtime.TruncatedResponse"), error.to_string().into()));
        }
    };
    let trailers = collected.trailers().cloned().unwrap_or_default();
    match text(&trailers, ERROR_TYPE).or(text(headers, ERROR_TYPE)) {
        Some(kind) => {
            let body = text(&trailers, ERROR_BODY).and_then(|body| STANDARD.decode(body).ok());
            Err(FunctionError::reported(Some(kind), body.unwrap_or_default().into()))
        }
        None => Ok(collected.to_bytes()),
    }
}

async fn reported(headers: &HeaderMap, body: Incoming) -> FunctionError {
    let body = Limited::new(body, ERROR_BYTES).collect().await;
    let body = body.map_or_else(|error| error.to_string().into(), |collected| collected.to_bytes());
    FunctionError::reported(text(headers, ERROR_TYPE), body)
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn wrong_state() -> Answer {
    error(StatusCode::FORBIDDEN, "InvalidStateTransition", "The process is not in the state for this request")
}

fn error(status: StatusCode, kind: &str, message: &str) -> Answer {
    json_answer(status, &json!({"errorType": kind, "errorMessage": message}))
}

fn json_answer(status: StatusCode, body: &serde_json::Value) -> Answer {
    let mut answer = Response::new(Full::from(body.to_string()));
    *answer.status_mut() = status;
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    answer
}
