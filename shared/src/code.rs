//! Stable numbers for errors and disconnects, in ranges that say what to do about them.
//!
//! A number never changes its meaning and is never used again. A number that this build does not know has the advice of
//! its range, so that an old page does the right thing with the code of a newer server.
//!
//! ```
//! use shared::{Advice, ErrorCode};
//!
//! assert_eq!(ErrorCode::from(101), ErrorCode::RateLimited);
//! assert_eq!(ErrorCode::from(199).advice(), Advice::Retry);
//! ```

use std::fmt;

use serde::{Deserialize, Serialize};

/// The reaction that a code asks for. Match it without a wildcard arm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Advice {
    /// Send the same request again, later.
    Retry,
    /// Change the request; the same one will be refused again.
    Change,
    /// Connect again.
    Reconnect,
    /// Get a new token, then connect once.
    SignIn,
    /// Stop; a person has to look.
    GiveUp,
}

macro_rules! codes {
    (
        $(#[$about:meta])* $name:ident, unknown $advice_of:expr;
        $( $(#[$doc:meta])* $variant:ident = $number:literal, $word:literal; )*
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(from = "u16", into = "u16")]
        pub enum $name {
            $( $(#[$doc])* $variant, )*
            /// A number this build does not know, from a newer peer.
            Unknown(u16),
        }

        impl $name {
            /// Every code that this build knows, in order of number.
            pub const ALL: &'static [Self] = &[$( Self::$variant, )*];

            /// The number that is sent.
            pub fn number(self) -> u16 {
                match self {
                    $( Self::$variant => $number, )*
                    Self::Unknown(number) => number,
                }
            }

            /// Name used in documents and logs.
            pub fn word(self) -> &'static str {
                match self {
                    $( Self::$variant => $word, )*
                    Self::Unknown(_) => "unknown",
                }
            }

            /// The reaction that the code asks for. It depends on the range alone, so it holds for unknown numbers too.
            pub fn advice(self) -> Advice {
                let advice_of: fn(u16) -> Advice = $advice_of;
                advice_of(self.number())
            }
        }

        impl From<u16> for $name {
            fn from(number: u16) -> Self {
                match number {
                    $( $number => Self::$variant, )*
                    other => Self::Unknown(other),
                }
            }
        }

        impl From<$name> for u16 {
            fn from(code: $name) -> Self {
                code.number()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{} {}", self.number(), self.word())
            }
        }
    };
}

codes! {
    /// Reason for which a request was refused. 100 to 199: retry later; 200 to 299: change it; 300 to 399: sign in
    /// again; 400 and above: give up.
    ErrorCode, unknown |number| match number {
        0..200 => Advice::Retry,
        200..300 => Advice::Change,
        300..400 => Advice::SignIn,
        400.. => Advice::GiveUp,
    };
    /// The server failed.
    Internal = 100, "internal";
    /// More publications a second than the principal may send.
    RateLimited = 101, "rate_limited";
    /// The server is shutting down, or cannot store at the moment.
    Unavailable = 102, "unavailable";
    /// Not JSON, not an object, or a field of the wrong type.
    Malformed = 200, "malformed";
    /// No such `action`.
    UnknownAction = 201, "unknown_action";
    /// The topic's name breaks the rules.
    BadTopic = 202, "bad_topic";
    /// The filter breaks the rules.
    BadFilter = 203, "bad_filter";
    /// The data or its metadata cannot be published.
    BadData = 204, "bad_data";
    /// Larger than a limit.
    TooLarge = 205, "too_large";
    /// The time stamp is too far in the past or in the future.
    BadTimestamp = 206, "bad_timestamp";
    /// More subscriptions than a connection may have.
    TooManySubscriptions = 207, "too_many_subscriptions";
    /// There is no topic with this name: nothing was published to it.
    UnknownTopic = 208, "unknown_topic";
    /// An idempotent producer sent a `seq` older than the last one remembered.
    StaleSequence = 209, "stale_sequence";
    /// More topics than the server keeps.
    TooManyTopics = 210, "too_many_topics";
    /// There is no token, or it is not valid here.
    Unauthorized = 300, "unauthorized";
    /// The token has expired.
    TokenExpired = 301, "token_expired";
    /// The token does not allow this.
    Forbidden = 400, "forbidden";
}

codes! {
    /// Reason for which the server is about to close the socket. 3000 to 3499: reconnect; 3500 to 3999: sign in again;
    /// 4000 and above: give up.
    DisconnectCode, unknown |number| match number {
        0..3500 => Advice::Reconnect,
        3500..4000 => Advice::SignIn,
        4000.. => Advice::GiveUp,
    };
    /// The server is shutting down, and is expected back.
    Shutdown = 3000, "shutdown";
    /// The connection has reached the longest life that the gateway permits.
    LifetimeOver = 3001, "lifetime_over";
    /// The client reads too slowly. It can recover what it missed after reconnecting.
    TooSlow = 3002, "too_slow";
    /// The token has expired.
    TokenOver = 3500, "token_over";
    /// The access of the principal was revoked.
    Removed = 4000, "removed";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn every_code_travels_as_its_number_and_comes_back() {
        for code in ErrorCode::ALL {
            assert_eq!(ErrorCode::from(code.number()), *code);
        }
        for code in DisconnectCode::ALL {
            assert_eq!(DisconnectCode::from(code.number()), *code);
        }
        assert_eq!(serde_json::to_string(&ErrorCode::RateLimited).unwrap(), "101");
    }

    #[test]
    fn an_unknown_number_keeps_its_ranges_advice() {
        assert_eq!(ErrorCode::from(150).advice(), Advice::Retry);
        assert_eq!(ErrorCode::from(299).advice(), Advice::Change);
        assert_eq!(ErrorCode::from(350).advice(), Advice::SignIn);
        assert_eq!(ErrorCode::from(999).advice(), Advice::GiveUp);
        assert_eq!(DisconnectCode::from(3499).advice(), Advice::Reconnect);
        assert_eq!(DisconnectCode::from(3999).advice(), Advice::SignIn);
        assert_eq!(DisconnectCode::from(4999).advice(), Advice::GiveUp);
    }
}
