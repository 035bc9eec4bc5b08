//! The Lambda Runtime API, version 2018-06-01 ("Using the Lambda runtime API for custom runtimes"), for one process.
//!
//! Here is only HTTP: what a process says becomes a [`Word`], and whoever has the process answers it.

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

use crate::Failure;
use crate::invocation::Offer;

/// The first segment of every path.
const API_VERSION: &str = "2018-06-01";
/// A process may work this long without a word; the function's time-out is far below.
const SILENCE: Duration = Duration::from_secs(24 * 60 * 60);
/// What a process reports as an error; larger is no error object.
const ERROR_BYTES: usize = 256 * 1024;
const ERROR_TYPE: &str = "lambda-runtime-function-error-type";
const ERROR_BODY: &str = "lambda-runtime-function-error-body";

/// Something a process said.
#[derive(Debug)]
pub(crate) enum Word {
    /// It asks for an event. Dropped without an answer, the request is refused.
    Next(oneshot::Sender<Offer>),
    /// It has handled an event, well or not.
    Answer { id: String, outcome: Result<Bytes, Failure>, reply: oneshot::Sender<Verdict> },
    /// It cannot start.
    InitFailed { failure: Failure, reply: oneshot::Sender<Verdict> },
}

/// What it is told about what it said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Accepted,
    WrongId,
    WrongState,
}

type Answer = Response<Full<Bytes>>;

/// Serves until it is aborted.
pub(crate) async fn serve(listener: TcpListener, speak: mpsc::Sender<Word>, response_bytes: usize) {
    let service = tower::service_fn(move |request: Request<Incoming>| {
        let speak = speak.clone();
        async move { Ok::<_, Infallible>(handle(request, &speak, response_bytes).await) }
    });
    let settings = ServerSettings { header_read: SILENCE, connections: 64, ..ServerSettings::default() };
    apigw_websocket::serve(listener, service, settings, std::future::pending()).await;
}

async fn handle(request: Request<Incoming>, speak: &mpsc::Sender<Word>, response_bytes: usize) -> Answer {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().trim_start_matches('/').strip_prefix(API_VERSION).unwrap_or_default();
    let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    match (&parts.method, segments.as_slice()) {
        (&Method::GET, ["runtime", "invocation", "next"]) => next(speak).await,
        (&Method::POST, ["runtime", "invocation", id, "response"]) => {
            answered(speak, id, response(&parts.headers, body, response_bytes).await).await
        }
        (&Method::POST, ["runtime", "invocation", id, "error"]) => {
            answered(speak, id, Err(reported(&parts.headers, body).await)).await
        }
        (&Method::POST, ["runtime", "init", "error"]) => {
            let failure = reported(&parts.headers, body).await;
            said(speak, |reply| Word::InitFailed { failure, reply }).await
        }
        _ => error(StatusCode::NOT_FOUND, "NotFound", "There is nothing at this path"),
    }
}

async fn next(speak: &mpsc::Sender<Word>) -> Answer {
    let (answer, offer) = oneshot::channel();
    if speak.send(Word::Next(answer)).await.is_err() {
        return wrong_state();
    }
    offer.await.map_or_else(|_| wrong_state(), event)
}

/// The answer to `…/invocation/next`.
fn event(offer: Offer) -> Answer {
    let Offer { invocation, deadline_ms, arn } = offer;
    let mut answer = Response::new(Full::new(invocation.payload));
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, value) in [
        ("lambda-runtime-aws-request-id", invocation.id),
        ("lambda-runtime-deadline-ms", deadline_ms.to_string()),
        ("lambda-runtime-invoked-function-arn", arn),
        ("lambda-runtime-trace-id", invocation.trace_id),
    ] {
        // A function's name could hold what no header can; such a header is left out.
        headers
            .extend(HeaderValue::from_str(&value).ok().map(|value| (HeaderName::from_static(name), value)));
    }
    answer
}

async fn answered(speak: &mpsc::Sender<Word>, id: &str, outcome: Result<Bytes, Failure>) -> Answer {
    let is_too_large =
        outcome.as_ref().is_err_and(|failure| failure.error_type == "Function.ResponseSizeTooLarge");
    let answer = said(speak, |reply| Word::Answer { id: id.to_owned(), outcome, reply }).await;
    if is_too_large && answer.status() == StatusCode::ACCEPTED {
        return error(StatusCode::PAYLOAD_TOO_LARGE, "RequestEntityTooLarge", "The response is too large");
    }
    answer
}

/// Says a word and waits for the verdict.
async fn said(speak: &mpsc::Sender<Word>, word: impl FnOnce(oneshot::Sender<Verdict>) -> Word) -> Answer {
    let (reply, verdict) = oneshot::channel();
    if speak.send(word(reply)).await.is_err() {
        return wrong_state();
    }
    match verdict.await {
        Ok(Verdict::Accepted) => json_answer(StatusCode::ACCEPTED, &json!({"status": "OK"})),
        Ok(Verdict::WrongId) => error(StatusCode::BAD_REQUEST, "InvalidRequestID", "Invalid request ID"),
        Ok(Verdict::WrongState) | Err(_) => wrong_state(),
    }
}

/// The whole response, streamed or not. A stream that fails half-way says so in its trailers ("Building a custom
/// runtime", response streaming).
async fn response(headers: &HeaderMap, body: Incoming, limit_bytes: usize) -> Result<Bytes, Failure> {
    let collected = match Limited::new(body, limit_bytes).collect().await {
        Ok(collected) => collected,
        Err(error) if error.is::<LengthLimitError>() => return Err(Failure::response_too_large(limit_bytes)),
        Err(error) => {
            return Err(Failure::reported(Some("Runtime.TruncatedResponse"), error.to_string().into()));
        }
    };
    let trailers = collected.trailers().cloned().unwrap_or_default();
    match text(&trailers, ERROR_TYPE).or(text(headers, ERROR_TYPE)) {
        Some(kind) => {
            let body = text(&trailers, ERROR_BODY).and_then(|body| STANDARD.decode(body).ok());
            Err(Failure::reported(Some(kind), body.unwrap_or_default().into()))
        }
        None => Ok(collected.to_bytes()),
    }
}

async fn reported(headers: &HeaderMap, body: Incoming) -> Failure {
    let body = Limited::new(body, ERROR_BYTES).collect().await;
    let body = body.map_or_else(|error| error.to_string().into(), |collected| collected.to_bytes());
    Failure::reported(text(headers, ERROR_TYPE), body)
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn wrong_state() -> Answer {
    error(StatusCode::FORBIDDEN, "InvalidStateTransition", "This is not the moment for that")
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
