//! Reading a request's body without trusting it: neither its size nor its pace.

use std::time::Duration;

use axum::body::Body;
use backend_core::Refusal;
use backend_core::body::BodyError;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, StatusCode};
use http_body_util::BodyExt;
use shared::{ErrorCode, limits};

/// A body has to arrive in this time.
const ARRIVAL: Duration = Duration::from_secs(10);
/// A body that is too large is read up to this size and thrown away, so that its sender gets to read why.
const DRAIN_BYTES: usize = 8 * limits::BODY_BYTES;

/// Why there is no body, with the status to answer.
pub type Fault = (StatusCode, Refusal);

/// The whole body, at most [`limits::BODY_BYTES`].
///
/// # Errors
///
/// 413, 408, or 400 if the sender went away.
pub async fn read(headers: &HeaderMap, body: Body) -> Result<Vec<u8>, Fault> {
    match tokio::time::timeout(ARRIVAL, collect(declared_bytes(headers), body)).await {
        Ok(read) => read,
        Err(_) => Err(too_slow()),
    }
}

/// Whether the body is of a kind that can hold publications.
///
/// # Errors
///
/// 415, for what is compressed, or is no text.
pub fn check_type(headers: &HeaderMap) -> Result<(), Fault> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let encoding = text(CONTENT_ENCODING);
    if !encoding.is_empty() && !encoding.eq_ignore_ascii_case("identity") {
        return Err(unsupported(format!("Content-Encoding {encoding} is not read: send it as it is")));
    }
    let kind = text(CONTENT_TYPE).trim().to_ascii_lowercase();
    if ["multipart/", "image/", "audio/", "video/"].iter().any(|prefix| kind.starts_with(prefix)) {
        return Err(unsupported(format!("{kind} is not read: send JSON, NDJSON or text/plain")));
    }
    Ok(())
}

async fn collect(declared: Option<usize>, mut body: Body) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::with_capacity(declared.unwrap_or_default().min(limits::BODY_BYTES));
    let mut size = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| broken())?;
        let Ok(data) = frame.into_data() else { continue };
        size += data.len();
        if size <= limits::BODY_BYTES {
            bytes.extend_from_slice(&data);
        } else if size > DRAIN_BYTES {
            break;
        }
    }
    let size = size.max(declared.unwrap_or_default());
    if size > limits::BODY_BYTES { Err(too_large(size)) } else { Ok(bytes) }
}

fn declared_bytes(headers: &HeaderMap) -> Option<usize> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn too_large(bytes: usize) -> Fault {
    let refusal = Refusal::from(BodyError::TooLarge { bytes, limit: limits::BODY_BYTES });
    (StatusCode::PAYLOAD_TOO_LARGE, refusal)
}

fn too_slow() -> Fault {
    let words = format!("the body did not arrive within {} s", ARRIVAL.as_secs());
    (StatusCode::REQUEST_TIMEOUT, Refusal::new(ErrorCode::Malformed, words))
}

fn broken() -> Fault {
    (StatusCode::BAD_REQUEST, Refusal::new(ErrorCode::Malformed, "the body ended before its length"))
}

fn unsupported(words: String) -> Fault {
    (StatusCode::UNSUPPORTED_MEDIA_TYPE, Refusal::new(ErrorCode::Malformed, words))
}
