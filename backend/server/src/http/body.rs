//! Reads the body of a request, with limits on its size and on the time until it has arrived.

use std::time::Duration;

use axum::body::Body;
use backend_core::Refusal;
use backend_core::body::BodyError;
use backend_core::http::Answer;
use bytes::Bytes;
use http::HeaderMap;
use http::header::CONTENT_LENGTH;
use http_body_util::BodyExt;
use shared::{ErrorCode, limits};

/// Maximum time until a whole body has arrived.
const ARRIVAL: Duration = Duration::from_secs(10);
/// Number of bytes up to which a body that is too large is read and discarded. Many clients read the error only after
/// they have sent the whole body.
const DRAIN_BYTES: usize = 8 * limits::BODY_BYTES;

/// Reads the whole body, at most [`limits::BODY_BYTES`].
///
/// # Errors
///
/// An answer with status 413 if the body is too large, 408 if it did not arrive in time, 400 if the connection ended.
pub async fn read(headers: &HeaderMap, body: Body) -> Result<Bytes, Answer> {
    match tokio::time::timeout(ARRIVAL, collect(declared_bytes(headers), body)).await {
        Ok(read) => read,
        Err(_) => Err(too_slow()),
    }
}

async fn collect(declared: Option<usize>, mut body: Body) -> Result<Bytes, Answer> {
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
    if size > limits::BODY_BYTES { Err(too_large(size)) } else { Ok(bytes.into()) }
}

fn declared_bytes(headers: &HeaderMap) -> Option<usize> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn too_large(bytes: usize) -> Answer {
    BodyError::TooLarge { bytes, limit: limits::BODY_BYTES }.into()
}

fn too_slow() -> Answer {
    let words = format!("the body did not arrive within {} s: send a smaller body", ARRIVAL.as_secs());
    Answer::error(408, &Refusal::new(ErrorCode::Malformed, words))
}

fn broken() -> Answer {
    Refusal::new(
        ErrorCode::Malformed,
        "the connection ended before the whole body arrived: send the request again",
    )
    .into()
}
