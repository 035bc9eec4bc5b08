//! Checks whether the token of a request allows the request.

use shared::board::BoardName;
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

/// Checks that the token allows saving and deleting the board `name`.
///
/// # Errors
///
/// A refusal with the code [`ErrorCode::Forbidden`] if it does not.
pub(crate) fn check_edit(principal: &Principal, name: &BoardName) -> Result<(), Refusal> {
    if principal.may_edit(name) {
        return Ok(());
    }
    let message = format!(
        "{} may not save or delete the board {name}: its token needs a filter in `edit` that matches the board",
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
    let name = &principal.name;
    let allowed: Vec<String> = principal.subscribe.iter().map(Filter::to_string).collect();
    let message = match allowed.is_empty() {
        true => format!("{name} may not subscribe to {filter}: its token has no filter in `subscribe`"),
        false => {
            format!("{name} may not subscribe to {filter}: its token allows only {}", allowed.join(", "))
        }
    };
    Err(Refusal::new(ErrorCode::Forbidden, message).allowing(&principal.subscribe))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_subscription_names_the_filters_that_the_token_allows() {
        let filters =
            |filters: &[&str]| filters.iter().map(|filter| filter.parse().unwrap()).collect::<Vec<Filter>>();
        let refused = |subscribe: Vec<Filter>| {
            let anna = Principal { name: "anna".into(), subscribe, ..Principal::local() };
            check_subscribe(&anna, &Filter::All).unwrap_err()
        };
        let narrow = refused(filters(&["shop/*", "kitchen/temp"]));
        assert_eq!(narrow.message, "anna may not subscribe to *: its token allows only shop/*, kitchen/temp");
        assert_eq!(narrow.filters, filters(&["shop/*", "kitchen/temp"]));
        let nothing = refused(Vec::new());
        assert_eq!(nothing.message, "anna may not subscribe to *: its token has no filter in `subscribe`");
        assert_eq!(nothing.filters, []);
    }
}
