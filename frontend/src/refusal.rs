//! Finds the reason for which a WebSocket handshake was refused. A browser does not report the status of the response to the
//! page, so the page asks the server again over HTTP.

use gloo_net::http::Method;
use shared::handshake::REFUSED_HEADER;
use tickertape_session::Refusal;

use crate::http;

/// Statuses that depend only on the token, so that an HTTP request gets the same status as the handshake. RFC 9110, sections
/// 15.5.2 and 15.5.4.
const TOKEN_STATUSES: [u16; 2] = [401, 403];

/// Requests `/topics` with `token`. The result has no status if the server accepts the token or cannot be reached.
pub async fn ask(http_api: &str, token: Option<&str>) -> Refusal {
    let response = http::request(Method::HEAD, &[http_api, "/topics"].concat(), token).await;
    let Some(response) = response.filter(|response| TOKEN_STATUSES.contains(&response.status())) else {
        return Refusal::default();
    };
    let is_from_server = response.headers().get(REFUSED_HEADER).is_some();
    Refusal { status: Some(response.status()), retry_after_ms: None, is_from_server }
}
