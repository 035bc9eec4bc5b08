//! The Invoke API of Lambda ("API reference: Invoke"), so that AWS's own SDKs and tools work against the host.
//!
//! Signatures are not checked: there is nobody here to check them against. Only peers on the loopback interface are
//! answered, and no web pages.

use std::error::Error;
use std::net::SocketAddr;

use apigw_websocket::OriginPolicy;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Body as HttpBody;
use percent_encoding::percent_decode_str;
use serde_json::json;

use crate::environment::VERSION;
use crate::{Host, InvokeError};

/// What all of its paths begin with.
const FUNCTIONS: &str = "/2015-03-31/functions/";

type Answer = Response<Full<Bytes>>;

/// The API over one host.
#[derive(Clone)]
pub struct InvokeApi {
    host: Host,
}

/// What a request wants.
struct Wanted {
    function: String,
    kind: Kind,
}

enum Kind {
    RequestResponse,
    Event,
    DryRun,
}

impl InvokeApi {
    /// Of this host.
    pub fn new(host: Host) -> Self {
        Self { host }
    }

    /// Whether a path is the API's: `/2015-03-31/functions/…`.
    pub fn is_invoke_path(path: &str) -> bool {
        path.starts_with(FUNCTIONS)
    }

    /// Answers `POST /2015-03-31/functions/{name}/invocations` from `peer`.
    pub async fn handle<B>(&self, request: Request<B>, peer: SocketAddr) -> Answer
    where
        B: HttpBody<Data = Bytes> + Send,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        handle(request, peer, &self.host).await
    }
}

async fn handle<B>(request: Request<B>, peer: SocketAddr, host: &Host) -> Answer
where
    B: HttpBody<Data = Bytes> + Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let is_near = peer.ip().to_canonical().is_loopback();
    if !is_near || OriginPolicy::default().check(request.headers()).is_err() {
        return error(
            StatusCode::FORBIDDEN,
            "AccessDeniedException",
            "Only programs of this machine are answered",
        );
    }
    let wanted = match wanted(&request) {
        Ok(wanted) => wanted,
        Err(refusal) => return *refusal,
    };
    // An event may be smaller, which the host checks.
    match Limited::new(request.into_body(), host.limits().request_bytes).collect().await {
        Ok(body) => perform(host, wanted, body.to_bytes()).await,
        Err(error) => not_read(error.as_ref(), host.limits().request_bytes),
    }
}

fn wanted<B>(request: &Request<B>) -> Result<Wanted, Box<Answer>> {
    let path = request.uri().path();
    let name = path
        .strip_prefix(FUNCTIONS)
        .and_then(|rest| rest.strip_suffix("/invocations"))
        .filter(|_| request.method() == Method::POST);
    let Some(name) = name else {
        return Err(Box::new(error(
            StatusCode::NOT_FOUND,
            "UnknownOperationException",
            "Only Invoke is here",
        )));
    };
    let header = |name| request.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let kind = match header("x-amz-invocation-type") {
        None | Some("RequestResponse") => Kind::RequestResponse,
        Some("Event") => Kind::Event,
        Some("DryRun") => Kind::DryRun,
        Some(other) => {
            let message = format!("{other} is none of RequestResponse, Event, DryRun");
            return Err(Box::new(error(StatusCode::BAD_REQUEST, "InvalidParameterValueException", &message)));
        }
    };
    Ok(Wanted { function: function_name(&percent_decode_str(name).decode_utf8_lossy()), kind })
}

/// The name in `name`, `name:$LATEST`, `account:function:name` or an ARN. There are no other versions.
fn function_name(text: &str) -> String {
    let unqualified = text.strip_suffix(":$LATEST").unwrap_or(text);
    unqualified.rsplit_once("function:").map_or(unqualified, |(_, name)| name).to_owned()
}

async fn perform(host: &Host, wanted: Wanted, payload: Bytes) -> Answer {
    let Wanted { function, kind } = wanted;
    // An invocation without a payload gets an empty object's worth of nothing, as on Lambda.
    let payload = if payload.is_empty() { Bytes::from_static(b"{}") } else { payload };
    let performed = match kind {
        Kind::RequestResponse => {
            host.invoke(&function, payload).await.map(|answer| ok(StatusCode::OK, answer))
        }
        Kind::Event => host.invoke_event(&function, payload).map(|_| ok(StatusCode::ACCEPTED, Bytes::new())),
        Kind::DryRun => host.check(&function, &payload).map(|()| ok(StatusCode::NO_CONTENT, Bytes::new())),
    };
    performed.unwrap_or_else(refusal)
}

fn refusal(refused: InvokeError) -> Answer {
    match refused {
        InvokeError::Function(failure) => {
            let mut answer = ok(StatusCode::OK, failure.payload);
            set(&mut answer, "x-amz-function-error", "Unhandled");
            answer
        }
        InvokeError::NotFound { function } => {
            let message = format!("Function not found: {function}");
            error(StatusCode::NOT_FOUND, "ResourceNotFoundException", &message)
        }
        InvokeError::Throttled { .. } => {
            error(StatusCode::TOO_MANY_REQUESTS, "TooManyRequestsException", "Rate Exceeded.")
        }
        InvokeError::TooLarge { limit_bytes, .. } => too_large(limit_bytes),
    }
}

fn not_read(cause: &(dyn Error + Send + Sync + 'static), limit_bytes: usize) -> Answer {
    if cause.is::<LengthLimitError>() {
        return too_large(limit_bytes);
    }
    error(StatusCode::BAD_REQUEST, "InvalidRequestContentException", "The request's body broke off")
}

fn too_large(limit_bytes: usize) -> Answer {
    let message =
        format!("Request must be smaller than {limit_bytes} bytes for the InvokeFunction operation");
    error(StatusCode::PAYLOAD_TOO_LARGE, "RequestTooLargeException", &message)
}

fn ok(status: StatusCode, body: Bytes) -> Answer {
    let mut answer = Response::new(Full::new(body));
    *answer.status_mut() = status;
    set(&mut answer, "content-type", "application/json");
    set(&mut answer, "x-amz-executed-version", VERSION);
    answer
}

fn error(status: StatusCode, kind: &'static str, message: &str) -> Answer {
    let body = json!({"Type": "User", "Message": message, "message": message});
    let mut answer = Response::new(Full::from(body.to_string()));
    *answer.status_mut() = status;
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    set(&mut answer, "x-amzn-errortype", kind);
    answer
}

fn set(answer: &mut Answer, name: &'static str, value: &'static str) {
    answer.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_is_named_in_each_of_lambdas_ways() {
        for text in [
            "thumb",
            "thumb:$LATEST",
            "123456789012:function:thumb",
            "arn:aws:lambda:eu-west-1:123456789012:function:thumb",
        ] {
            assert_eq!(function_name(text), "thumb", "{text}");
        }
        assert_eq!(function_name("thumb:live"), "thumb:live");
    }
}
