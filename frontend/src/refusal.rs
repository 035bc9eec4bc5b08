//! Why a handshake was refused: a browser keeps the status of a refused WebSocket to itself, so HTTP is asked.

use gloo_net::http::{Method, RequestBuilder};
use shared::session::Refusal;

/// Statuses that are about who asks, and so are the same for both doors. RFC 9110, sections 15.5.2 and 15.5.4.
const ABOUT_WHO_ASKS: [u16; 2] = [401, 403];

/// What the server says over HTTP to whoever holds `token`: nothing if it is content, or out of reach.
pub async fn ask(http: &str, token: Option<&str>) -> Refusal {
    let request = RequestBuilder::new(&format!("{http}/topics")).method(Method::HEAD);
    let request = match token {
        Some(token) => request.header("Authorization", &format!("Bearer {token}")),
        None => request,
    };
    let answer = request.send().await.ok();
    let status = answer.map(|answer| answer.status()).filter(|status| ABOUT_WHO_ASKS.contains(status));
    Refusal { status, retry_after_ms: None }
}
