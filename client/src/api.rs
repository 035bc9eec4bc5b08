//! Sends one request to the HTTP API of a server, and reads the errors that it answers.

use std::time::Duration;

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::request::Builder;
use http::{HeaderValue, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use serde::Deserialize;
use shared::ErrorCode;
use tickertape_session::Refused;
use tokio::time::timeout;

use crate::{Address, ClientError, ConnectError, Target, request};

/// Maximum time for a whole request. Deleting a topic with much history takes seconds.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Maximum size of a response, in bytes. It has room for the largest board document.
const MAX_BYTES: usize = 512 * 1024;

/// Returns the address of the HTTP API.
///
/// # Errors
///
/// [`ClientError::NoHttp`] if the address is not known.
pub(crate) fn server(target: &Target) -> Result<&Address, ClientError> {
    target.http().ok_or_else(|| ClientError::NoHttp { server: target.ws().clone() })
}

/// Sends a request with the token of the target. Succeeds if the status of the response is 200.
///
/// # Errors
///
/// [`ClientError::Refused`] with the server's reason, [`ClientError::SignInRequired`] if the token is missing or not
/// accepted, and the errors of a connection that fails.
pub(crate) async fn call(
    target: &Target,
    server: &Address,
    mut request: Builder,
    body: Bytes,
) -> Result<(), ClientError> {
    let invalid = |_| ClientError::connect(server, ConnectError::InvalidToken, true);
    if let Some(token) = target.token() {
        let value = HeaderValue::from_str(&format!("Bearer {token}"));
        request = request.header(AUTHORIZATION, value.map_err(|error| invalid(error.to_string()))?);
    }
    let request = request.body(Full::new(body)).map_err(|error| invalid(error.to_string()))?;
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
