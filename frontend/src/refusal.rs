//! Why a handshake was refused: a browser keeps the status of a refused WebSocket to itself, so HTTP is asked.

use tickertape_session::Refusal;

use crate::http;

/// Statuses that are about who asks, and so are the same for both doors. RFC 9110, sections 15.5.2 and 15.5.4.
const ABOUT_WHO_ASKS: [u16; 2] = [401, 403];

/// What the server says over HTTP to whoever holds `token`: nothing if it is content, or out of reach.
pub async fn ask(http_api: &str, token: Option<&str>) -> Refusal {
    let answer = http::ask("HEAD", &[http_api, "/topics"].concat(), token).await;
    let status = answer.map(|answer| answer.status()).filter(|status| ABOUT_WHO_ASKS.contains(status));
    Refusal { status, retry_after_ms: None }
}
