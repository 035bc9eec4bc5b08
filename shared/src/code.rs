//! Stable numbers (codes) for the errors and disconnects that the server reports. The range of a number says how the
//! client should react.
//!
//! A number never changes its meaning and is never reused. For a number that this build does not know, [`ErrorCode::advice`] and
//! [`DisconnectCode::advice`] follow from its range, so that an old page reacts correctly to the code of a newer server.
//!
//! ```
//! use shared::{Advice, ErrorCode};
//!
//! assert_eq!(ErrorCode::from(101), ErrorCode::RateLimited);
//! assert_eq!(ErrorCode::from(199).advice(), Advice::Retry);
//! ```

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::read::read_from;

/// Recommended reaction of a client to the code of an error or disconnect. Match it without a wildcard arm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Advice {
    /// Send the same request again later.
    Retry,
    /// Change the request before sending it again. The server would refuse the same request again.
    Change,
    /// Open a new connection.
    Reconnect,
    /// Get a new token, then try to connect once more.
    SignIn,
    /// Do not try again until a person has resolved the problem.
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
            /// A number that this build does not know. A newer version of the server has sent it.
            Unknown(u16),
        }

        impl $name {
            /// Every code that this build knows, in order of number.
            pub const ALL: &'static [Self] = &[$( Self::$variant, )*];

            /// Returns the number of this code, as it is sent in messages.
            pub fn number(self) -> u16 {
                match self {
                    $( Self::$variant => $number, )*
                    Self::Unknown(number) => number,
                }
            }

            /// Returns the name of this code in lower case, as it is used in documents and logs.
            pub fn word(self) -> &'static str {
                match self {
                    $( Self::$variant => $word, )*
                    Self::Unknown(_) => "unknown",
                }
            }

            /// Returns the recommended reaction to this code. It depends only on the range of the number, so unknown
            /// numbers have one too.
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

read_from!(u16: ErrorCode, DisconnectCode);

codes! {
    /// Reason for which the server refused a request. Codes from 100 to 199 mean: retry later. Codes from 200 to 299:
    /// change the request. Codes from 300 to 399: sign in again. Codes from 400 on: give up.
    ErrorCode, unknown |number| match number {
        0..200 => Advice::Retry,
        200..300 => Advice::Change,
        300..400 => Advice::SignIn,
        400.. => Advice::GiveUp,
    };
    /// An internal error of the server.
    Internal = 100, "internal";
    /// The client has exceeded a limit per second: of requests, of publications, or of the size of the data that it
    /// reads.
    RateLimited = 101, "rate_limited";
    /// The server is shutting down, or it temporarily cannot store publications.
    Unavailable = 102, "unavailable";
    /// The message is not JSON, not an object, or has a field of the wrong type.
    Malformed = 200, "malformed";
    /// The server does not know the `action` of the message.
    UnknownAction = 201, "unknown_action";
    /// The name of the topic is not valid.
    BadTopic = 202, "bad_topic";
    /// The filter is not valid.
    BadFilter = 203, "bad_filter";
    /// The data or its metadata cannot be published.
    BadData = 204, "bad_data";
    /// The message, its data or its number of items is over a limit.
    TooLarge = 205, "too_large";
    /// The publisher's time stamp is too far in the past or in the future.
    BadTimestamp = 206, "bad_timestamp";
    /// The connection already has the maximum number of subscriptions.
    TooManySubscriptions = 207, "too_many_subscriptions";
    /// Nothing has ever been published to a topic of this name, or the topic was deleted.
    UnknownTopic = 208, "unknown_topic";
    /// The `seq` of an idempotent publish request is lower than the last one that the server has stored for its
    /// producer.
    StaleSequence = 209, "stale_sequence";
    /// The server already has the maximum number of topics.
    TooManyTopics = 210, "too_many_topics";
    /// There is no board of this name.
    UnknownBoard = 211, "unknown_board";
    /// Somebody else has saved or deleted the board since the client has read it.
    BoardChanged = 212, "board_changed";
    /// The board document or its name is not valid.
    BadBoard = 213, "bad_board";
    /// The server already has the maximum number of boards.
    TooManyBoards = 214, "too_many_boards";
    /// The server does not conflate publications, or not at the rate of the subscription's `max_hz`.
    NotConflated = 215, "not_conflated";
    /// There is no token, or the server does not accept it.
    Unauthorized = 300, "unauthorized";
    /// The token has expired.
    TokenExpired = 301, "token_expired";
    /// The token is valid but does not permit the request.
    Forbidden = 400, "forbidden";
}

codes! {
    /// Reason for which the server is about to close the socket. Codes from 3000 to 3499 mean: reconnect. Codes from
    /// 3500 to 3999: sign in again. Codes from 4000 on: give up.
    DisconnectCode, unknown |number| match number {
        0..3500 => Advice::Reconnect,
        3500..4000 => Advice::SignIn,
        4000.. => Advice::GiveUp,
    };
    /// The server is shutting down and is expected to be available again soon.
    Shutdown = 3000, "shutdown";
    /// The connection has reached the maximum age that the gateway permits.
    LifetimeOver = 3001, "lifetime_over";
    /// The client reads too slowly. After reconnecting, it can recover the publications that it missed.
    TooSlow = 3002, "too_slow";
    /// The token has expired.
    TokenOver = 3500, "token_over";
    /// The access of the connection's principal (the authenticated client) was revoked.
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
