//! Refusals of requests that a principal's token does not allow.

use shared::{ErrorCode, Filter, Millis, Topic};

use crate::principal::Principal;
use crate::refusal::Refusal;
use crate::token::TokenError;

/// Refuses every request once the principal's token has expired.
///
/// # Errors
///
/// 301.
pub(crate) fn check_token(principal: &Principal, now: Millis) -> Result<(), Refusal> {
    if principal.is_expired(now) { Err(TokenError::Expired.into()) } else { Ok(()) }
}

/// Refuses to read a topic that the principal's token does not allow.
///
/// # Errors
///
/// 400.
pub(crate) fn check_read(principal: &Principal, topic: &Topic) -> Result<(), Refusal> {
    if principal.may_read(topic) {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::Forbidden, format!("{} may not read {topic}", principal.name)))
}

/// Refuses to delete a topic if the principal's token does not allow it.
///
/// # Errors
///
/// 400.
pub(crate) fn check_forget(principal: &Principal, topic: &Topic) -> Result<(), Refusal> {
    if principal.may_forget(topic) {
        return Ok(());
    }
    let message = format!("{} may not delete {topic}: its token needs a filter in `forget`", principal.name);
    Err(Refusal::new(ErrorCode::Forbidden, message))
}

/// Refuses to subscribe to a filter that the principal's token does not allow.
///
/// # Errors
///
/// 400.
pub(crate) fn check_subscribe(principal: &Principal, filter: &Filter) -> Result<(), Refusal> {
    if principal.may_subscribe(filter) {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::Forbidden, format!("{} may not subscribe to {filter}", principal.name)))
}
