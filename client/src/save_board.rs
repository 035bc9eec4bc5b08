//! Saves a board document on a server by an HTTP request.

use http::Request;
use http::header::{CONTENT_TYPE, IF_MATCH, IF_NONE_MATCH};
use shared::board::BoardName;

use crate::{ClientError, Target, api};

/// Saves the JSON text of a board document under a name. With `replaces`, a board that has this name is replaced, whatever its
/// version is; otherwise the server refuses to replace it. The token must permit this: its list `edit` must contain a filter
/// that matches the name.
///
/// # Errors
///
/// [`ClientError::Refused`] with the server's reason, [`ClientError::NoHttp`] if the address of the HTTP API is not
/// known, [`ClientError::SignInRequired`] if the token is missing or not accepted, and the errors of a connection that
/// fails.
pub async fn save_board(
    target: &Target,
    name: &BoardName,
    text: String,
    replaces: bool,
) -> Result<(), ClientError> {
    let server = api::server(target)?;
    let condition = if replaces { IF_MATCH } else { IF_NONE_MATCH };
    let request = Request::put(server.file(&format!("boards/{name}")));
    let request = request.header(condition, "*").header(CONTENT_TYPE, "application/json");
    api::call(target, server, request, text.into()).await
}
