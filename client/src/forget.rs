//! Deletes a topic and its history by an HTTP request.

use bytes::Bytes;
use http::Request;
use shared::Topic;

use crate::{ClientError, Target, api};

/// Deletes a topic with its history. The token must permit this: its list `forget` must contain a filter that matches
/// the topic.
///
/// # Errors
///
/// [`ClientError::Refused`] with the server's reason, [`ClientError::NoHttp`] if the address of the HTTP API is not
/// known, [`ClientError::SignInRequired`] if the token is missing or not accepted, and the errors of a connection that
/// fails.
pub async fn forget(target: &Target, topic: &Topic) -> Result<(), ClientError> {
    let server = api::server(target)?;
    let request = Request::delete(server.file(&format!("topics/{topic}")));
    api::call(target, server, request, Bytes::new()).await
}
