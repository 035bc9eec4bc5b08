//! The reasons why a token is not accepted.

use shared::ErrorCode;

use crate::refusal::Refusal;

/// The reason why a request has no valid token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// The request has no token.
    #[error(
        "this server requires a token: send the header `Authorization: Bearer TOKEN`, or on a WebSocket the sub-protocol `bearer.TOKEN`"
    )]
    Missing,
    /// The token is not valid: it is not signed with one of the verifier's keys, its start time is in the future, or a
    /// claim is missing or wrong.
    #[error(
        "this server does not accept the token: it was issued for another server, has been altered, or is not valid yet; send a new token"
    )]
    Invalid,
    /// The token names a key that the verifier does not have. If the issuer's keys can be fetched again, this key may
    /// be among the new ones.
    #[error(
        "this server does not accept the token: it was issued for another server, has been altered, or is not valid yet; send a new token"
    )]
    UnknownKey,
    /// The token has expired.
    #[error("the token has expired: send a new token")]
    Expired,
}

impl From<TokenError> for Refusal {
    fn from(error: TokenError) -> Self {
        let code = match error {
            TokenError::Missing | TokenError::Invalid | TokenError::UnknownKey => ErrorCode::Unauthorized,
            TokenError::Expired => ErrorCode::TokenExpired,
        };
        Self::new(code, error)
    }
}
