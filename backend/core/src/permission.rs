//! Checks whether the token of a request allows the request.

use shared::{ErrorCode, Filter, Millis, Topic};

use crate::principal::Principal;
use crate::refusal::Refusal;
use crate::token::TokenError;

/// Checks that the token of the request's sender has not expired.
///
/// # Errors
///
/// A refusal with code 301 if it has expired.
pub(crate) fn check_token(principal: &Principal, now: Millis) -> Result<(), Refusal> {
    if principal.is_expired(now) { Err(TokenError::Expired.into()) } else { Ok(()) }
}

/// Checks that the token allows reading `topic`.
///
/// # Errors
///
/// A refusal with the code [`ErrorCode::Forbidden`] if it does not.
pub(crate) fn check_read(principal: &Principal, topic: &Topic) -> Result<(), Refusal> {
    if principal.may_read(topic) {
        return Ok(());
    }
    Err(Refusal::new(
        ErrorCode::Forbidden,
        format!(
            "{} may not read {topic}: its token needs a filter in `subscribe` that matches the topic",
            principal.name
        ),
    ))
}

/// Checks that the token allows deleting `topic`.
///
/// # Errors
///
/// A refusal with the code [`ErrorCode::Forbidden`] if it does not.
pub(crate) fn check_forget(principal: &Principal, topic: &Topic) -> Result<(), Refusal> {
    if principal.may_forget(topic) {
        return Ok(());
    }
    let message = format!(
        "{} may not delete {topic}: its token needs a filter in `forget` that matches the topic",
        principal.name
    );
    Err(Refusal::new(ErrorCode::Forbidden, message))
}

/// Checks that the token allows subscribing to `filter`.
///
/// # Errors
///
/// A refusal with the code [`ErrorCode::Forbidden`] if it does not.
pub(crate) fn check_subscribe(principal: &Principal, filter: &Filter) -> Result<(), Refusal> {
    if principal.may_subscribe(filter) {
        return Ok(());
    }
    Err(Refusal::new(
        ErrorCode::Forbidden,
        format!(
            "{} may not subscribe to {filter}: its token needs a filter in `subscribe` that includes it",
            principal.name
        ),
    ))
}
