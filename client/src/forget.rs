//! Deletes a topic and its history by an HTTP request.

use std::time::Duration;

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{HeaderValue, Request, StatusCode};
use http_body_util::{BodyExt, Empty, Limited};
use serde::Deserialize;
use shared::{ErrorCode, Topic};
use tickertape_session::Refused;
use tokio::time::timeout;

use crate::{ClientError, ConnectError, Target, request};

/// Maximum time for the whole request. Deleting a topic with much history takes seconds.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Maximum size of a response, in bytes. A response is one line of JSON.
const MAX_BYTES: usize = 64 * 1024;

/// Deletes a topic with its history. The token must permit this: its list `forget` must contain a filter that matches
/// the topic.
///
/// # Errors
///
/// [`ClientError::Refused`] with the server's reason, [`ClientError::NoHttp`] if the address of the HTTP API is not
/// known, [`ClientError::SignInRequired`] if the token is missing or not accepted, and the errors of a connection that
/// fails.
pub async fn forget(target: &Target, topic: &Topic) -> Result<(), ClientError> {
    let server = target.http().ok_or_else(|| ClientError::NoHttp { server: target.ws().clone() })?;
    let invalid = |_| ClientError::connect(server, ConnectError::InvalidToken, true);
    let mut request = Request::delete(server.file(&format!("topics/{topic}")));
    if let Some(token) = target.token() {
        let value = HeaderValue::from_str(&format!("Bearer {token}"));
        request = request.header(AUTHORIZATION, value.map_err(|error| invalid(error.to_string()))?);
    }
    let request = request.body(Empty::<Bytes>::new()).map_err(|error| invalid(error.to_string()))?;
    let answer = async {
        let response = request::send(server, target.trust().filter(|_| server.is_tls()), request).await;
        let response =
            response.map_err(|error| ClientError::connect(server, error, target.token().is_some()))?;
        let status = response.status();
        let body = Limited::new(response.into_body(), MAX_BYTES).collect().await;
        Ok((status, body.map(|body| body.to_bytes()).unwrap_or_default()))
    };
    let answer = timeout(TIMEOUT, answer).await;
    let (status, body) = answer.map_err(|_| ClientError::NoAnswer { server: server.clone() })??;
    match (status, serde_json::from_slice::<Answer>(&body)) {
        (StatusCode::OK, _) => Ok(()),
        (StatusCode::UNAUTHORIZED, _) => {
            Err(ClientError::SignInRequired { server: server.clone(), with_token: target.token().is_some() })
        }
        (_, Ok(Answer { error })) => {
            Err(ClientError::Refused(Refused { code: error.code, message: error.message }))
        }
        (status, Err(_)) => {
            Err(ClientError::NotTickertape { server: server.clone(), status: Some(status.as_u16()) })
        }
    }
}

#[derive(Deserialize)]
struct Answer {
    error: AnswerError,
}

#[derive(Deserialize)]
struct AnswerError {
    code: ErrorCode,
    message: String,
}
