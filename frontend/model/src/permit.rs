//! The permissions in the reader's token, so that the page offers only what the server will allow. The page cannot check a token,
//! and the server decides in any case. Depends on `shared` alone.

use serde_json::Value;
use shared::{Filter, Topic};

/// The permissions in a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Permit {
    /// The server needs no token, and allows everything to those who reach it.
    Everything,
    /// The claims of the token.
    Claims {
        /// Topics to which the reader may publish.
        publish: Vec<Filter>,
        /// Topics that the reader may delete.
        forget: Vec<Filter>,
    },
}

impl Permit {
    /// Reads the claims of a token. A text that is not a token allows nothing.
    pub fn of(token: Option<&str>) -> Self {
        let Some(token) = token else { return Self::Everything };
        let claims = token.split('.').nth(1).and_then(decode);
        let claims: Value =
            claims.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or(Value::Null);
        let filters = |name: &str| {
            let texts = claims.get(name).and_then(Value::as_array).into_iter().flatten();
            texts.filter_map(|text| Filter::new(text.as_str()?).ok()).collect()
        };
        Self::Claims { publish: filters("publish"), forget: filters("forget") }
    }

    /// Returns true if the reader may publish to a topic.
    pub fn may_publish(&self, topic: &Topic) -> bool {
        match self {
            Self::Everything => true,
            Self::Claims { publish, .. } => publish.iter().any(|filter| filter.matches(topic)),
        }
    }

    /// Returns true if the reader may delete a topic.
    pub fn may_forget(&self, topic: &Topic) -> bool {
        match self {
            Self::Everything => true,
            Self::Claims { forget, .. } => forget.iter().any(|filter| filter.matches(topic)),
        }
    }
}

/// Decodes Base64 in the alphabet of URLs (RFC 4648, section 5) without padding. Returns `None` if the text is none.
fn decode(text: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut bits, mut count) = (Vec::new(), 0_u32, 0);
    for letter in text.bytes() {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'-' => 62,
            b'_' => 63,
            _ => return None,
        };
        (bits, count) = (bits << 6 | u32::from(value), count + 6);
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn topic(name: &str) -> Topic {
        Topic::new(name).unwrap()
    }

    #[test]
    fn a_server_without_tokens_allows_everything() {
        let permit = Permit::of(None);
        assert!(permit.may_publish(&topic("events/marks")) && permit.may_forget(&topic("host/cpu")));
    }

    #[test]
    fn the_claims_of_a_token_decide() {
        // {"sub":"ann","publish":["events/*"],"forget":["host/cpu"]}
        let claims = "eyJzdWIiOiJhbm4iLCJwdWJsaXNoIjpbImV2ZW50cy8qIl0sImZvcmdldCI6WyJob3N0L2NwdSJdfQ";
        let permit = Permit::of(Some(&["x.", claims, ".y"].concat()));
        assert!(permit.may_publish(&topic("events/marks")) && !permit.may_publish(&topic("host/cpu")));
        assert!(permit.may_forget(&topic("host/cpu")) && !permit.may_forget(&topic("host/mem")));
    }

    #[test]
    fn a_text_that_is_not_a_token_allows_nothing() {
        for token in ["", "a.b.c", "secret", "x.e30.y", "x.W10.y", "x.\u{e9}.y"] {
            let permit = Permit::of(Some(token));
            assert!(!permit.may_publish(&topic("a")) && !permit.may_forget(&topic("a")), "{token}");
        }
    }
}
