//! The `@connections` management API over HTTP ("Use @connections commands in your backend service").
//!
//! Signatures (SigV4) are not checked, because the gateway has no accounts to check them against. Instead, the API
//! answers only clients on the loopback interface.

use std::error::Error;
use std::future::poll_fn;
use std::net::SocketAddr;
use std::task::Poll;

use bytes::{Bytes, BytesMut};
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::BodyExt;
use hyper::body::Body as HttpBody;
use serde_json::json;

use crate::answer::{self, Body};
use crate::connections::{ConnectionInfo, Connections};
use crate::date;
use crate::frame::Frame;
use crate::id::ConnectionId;
use crate::post_error::PostError;
use crate::rate::RateLimit;

/// Maximum size of a refused request body that is still read to its end, in bytes. If a body is even larger, the TCP
/// connection is closed.
const MAX_DISCARDED_BYTES: usize = 16 * 1024 * 1024;

/// Answers a management request for `/{stage}/@connections/{id}`.
pub(crate) async fn handle<B>(
    connections: &Connections,
    rate: Option<&RateLimit>,
    request: Box<Request<B>>,
    id: &str,
    peer: SocketAddr,
) -> Response<Body>
where
    B: HttpBody<Data = Bytes> + Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    if !peer.ip().to_canonical().is_loopback() {
        return answer::error(StatusCode::FORBIDDEN, "ForbiddenException", "Forbidden");
    }
    if rate.is_some_and(|rate| !rate.take(connections.monotonic_ms())) {
        return limit_exceeded("Too many requests");
    }
    let Ok(id) = id.parse::<ConnectionId>() else {
        return bad_request(&format!("Invalid connectionId: {id}"));
    };
    match *request.method() {
        Method::POST => post(connections, &id, request.into_body()).await,
        Method::GET => connections.get(&id).map_or_else(|_| gone(), |info| describe(&info)),
        Method::DELETE => {
            connections.delete(&id).map_or_else(|_| gone(), |()| answer::empty(StatusCode::NO_CONTENT))
        }
        _ => method_not_allowed(),
    }
}

async fn post<B>(connections: &Connections, id: &ConnectionId, body: B) -> Response<Body>
where
    B: HttpBody<Data = Bytes> + Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let bytes = match collect(connections, body).await {
        Ok(bytes) => bytes,
        Err(refusal) => return *refusal,
    };
    // The data is sent as a text frame, and clients close the connection if such a frame is not UTF-8. It is not known
    // how AWS treats such data.
    let Ok(text) = str::from_utf8(&bytes) else { return bad_request("The data is not UTF-8 text") };
    match connections.post(id, &Frame::text(text)) {
        Ok(()) => answer::empty(StatusCode::OK),
        Err(PostError::Gone) => gone(),
        Err(PostError::LimitExceeded) => limit_exceeded("The client's buffer is full"),
        Err(PostError::PayloadTooLarge { .. }) => too_large(),
    }
}

/// Reads the whole request body. Returns an error response if the body is too large or arrives too slowly.
async fn collect<B>(connections: &Connections, body: B) -> Result<Bytes, Box<Response<Body>>>
where
    B: HttpBody<Data = Bytes> + Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let limits = connections.limits();
    let mut body = std::pin::pin!(read(body, limits.message_bytes as usize));
    // Most bodies have arrived together with the head of their request. These need no timer.
    let read = match poll_fn(|context| Poll::Ready(body.as_mut().poll(context))).await {
        Poll::Ready(read) => Ok(read),
        Poll::Pending => tokio::time::timeout(limits.request_body, body).await,
    };
    match read {
        Ok(Ok(Some(bytes))) => Ok(bytes),
        Ok(Ok(None)) => Err(Box::new(too_large())),
        Ok(Err(())) => Err(Box::new(bad_request("The request's body ended early"))),
        Err(_) => Err(Box::new(answer::error(
            StatusCode::REQUEST_TIMEOUT,
            "RequestTimeoutException",
            "The request's body did not arrive in time",
        ))),
    }
}

/// Reads a body of at most `limit_bytes`. Returns an error if the body ends early. A larger body is read to its end and
/// discarded, and the result is `None`. It has to be read, because the client sends the whole body before it reads the answer. Otherwise the client could not
/// use the TCP connection for its next request.
async fn read<B: HttpBody<Data = Bytes>>(body: B, limit_bytes: usize) -> Result<Option<Bytes>, ()> {
    let mut body = std::pin::pin!(body);
    let (mut bytes, mut size) = (BytesMut::new(), 0);
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(drop)?.into_data() else { continue };
        size += data.len();
        // Most bodies arrive in one piece, which need not be copied.
        if size == data.len() && size <= limit_bytes && body.is_end_stream() {
            return Ok(Some(data));
        }
        if size <= limit_bytes {
            bytes.extend_from_slice(&data);
        }
        if size > MAX_DISCARDED_BYTES {
            break;
        }
    }
    Ok((size <= limit_bytes).then(|| bytes.freeze()))
}

fn describe(info: &ConnectionInfo) -> Response<Body> {
    let body = json!({
        "connectedAt": date::iso_8601(info.connected_at_ms),
        "identity": { "sourceIp": info.source_ip.to_string(), "userAgent": info.user_agent },
        "lastActiveAt": date::iso_8601(info.last_active_at_ms),
    });
    answer::json(StatusCode::OK, &body)
}

fn gone() -> Response<Body> {
    answer::bare_error(StatusCode::GONE, "GoneException")
}

fn too_large() -> Response<Body> {
    answer::error(StatusCode::PAYLOAD_TOO_LARGE, "PayloadTooLargeException", "Message too long")
}

fn limit_exceeded(message: &str) -> Response<Body> {
    answer::error(StatusCode::TOO_MANY_REQUESTS, "LimitExceededException", message)
}

fn bad_request(message: &str) -> Response<Body> {
    answer::error(StatusCode::BAD_REQUEST, "BadRequestException", message)
}

fn method_not_allowed() -> Response<Body> {
    let mut response =
        answer::error(StatusCode::METHOD_NOT_ALLOWED, "BadRequestException", "Use POST, GET or DELETE");
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST, GET, DELETE"));
    response
}
