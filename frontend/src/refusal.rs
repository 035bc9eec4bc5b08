//! Finds out why a server refused a WebSocket handshake. A browser does not report the HTTP status of the response to
//! the page, so the page sends an HTTP request with the same token.

use shared::handshake::REFUSED_HEADER;
use tickertape_session::Refusal;

use crate::http;

/// HTTP statuses that depend only on the token, so that an HTTP request gets the same status as the handshake (RFC
/// 9110, sections 15.5.2 and 15.5.4).
const TOKEN_STATUSES: [u16; 2] = [401, 403];

/// Requests `/topics` with `token`, and returns the HTTP status if the server refuses the token. If the server
/// accepts the token or cannot be reached, the result has no status.
pub async fn ask(http_api: &str, token: Option<&str>) -> Refusal {
    let response = http::fetch("HEAD", &[http_api, "/topics"].concat(), token).await;
    let Some(response) = response.filter(|response| TOKEN_STATUSES.contains(&response.status())) else {
        return Refusal::default();
    };
    let is_from_server = response.headers().has(REFUSED_HEADER).unwrap_or(false);
    Refusal { status: Some(response.status()), retry_after_ms: None, is_from_server }
}
