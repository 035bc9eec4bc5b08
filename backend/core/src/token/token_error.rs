//! The reasons why a token is not accepted.

use shared::ErrorCode;

use crate::refusal::Refusal;

/// The reason why a request has no valid token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// The request has no token.
    #[error("a token is needed: `Authorization: Bearer …`, or the sub-protocol `bearer.…`")]
    Missing,
    /// The token is not signed with one of the keys, is not yet valid, or lacks a claim.
    #[error("the token is not valid here")]
    Invalid,
    /// The token is signed with an unknown key. If the issuer's keys can be fetched again, this key may be among the
    /// new ones.
    #[error("the token is not valid here")]
    UnknownKey,
    /// The token has expired.
    #[error("the token has expired")]
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
