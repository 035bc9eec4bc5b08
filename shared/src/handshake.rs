//! Names that client and server use outside of messages: sub-protocols in the WebSocket handshake, and headers of the HTTP answer
//! that refuses a handshake.
//!
//! ```
//! use shared::handshake::{PROTOCOL, offer, token_in};
//!
//! let offered = offer(Some("abc"));
//! assert_eq!(offered, [PROTOCOL, "bearer.abc"]);
//! assert_eq!(offered.iter().find_map(|name| token_in(name)), Some("abc"));
//! ```

/// Name of the WebSocket sub-protocol. If the client offers it, the server accepts it by returning it.
pub const PROTOCOL: &str = "tickertape.v1";

/// Prefix of a second WebSocket sub-protocol, which contains the token. The token is sent this way because a browser
/// cannot set headers on a WebSocket.
pub const BEARER_PREFIX: &str = "bearer.";

/// Name of the header of every HTTP response in which a Tickertape server itself refuses a request. Its value is `1`.
/// Without this header, a 401 or 403 may come from a proxy between client and server. The name is in lower case, as in
/// HTTP/2.
pub const REFUSED_HEADER: &str = "tickertape-refused";

/// Name of the header of every HTTP response in which API Gateway, or our embedded gateway, refuses a request (API
/// Gateway Developer Guide, "Gateway responses": `x-amzn-ErrorType`). The name is in lower case, as in HTTP/2.
pub const GATEWAY_ERROR_HEADER: &str = "x-amzn-errortype";

/// Returns the sub-protocols that a client offers: [`PROTOCOL`] and one that contains its token. Without a token the
/// list is empty, because some proxies, such as Trunk's, do not pass sub-protocols on, and a browser then closes the
/// socket.
pub fn offer(token: Option<&str>) -> Vec<String> {
    token.map(|token| vec![PROTOCOL.to_owned(), [BEARER_PREFIX, token].concat()]).unwrap_or_default()
}

/// Returns the token that is contained in an offered sub-protocol, or `None` if the sub-protocol contains none.
pub fn token_in(protocol: &str) -> Option<&str> {
    protocol.strip_prefix(BEARER_PREFIX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn only_a_client_with_a_token_offers_sub_protocols() {
        assert_eq!(offer(None), Vec::<String>::new());
        assert_eq!(offer(Some("x")), ["tickertape.v1", "bearer.x"]);
        assert_eq!((token_in("bearer.x"), token_in(PROTOCOL)), (Some("x"), None));
    }
}
