//! Who is speaking, and what they may do.

use shared::{ErrorCode, Filter, Millis, Topic};

use crate::refusal::Refusal;
use crate::token::TokenError;

/// Who the authorizer says is connected. Never taken from a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The token's `sub`; `local` where no token is asked for.
    pub name: String,
    /// What it may watch.
    pub subscribe: Vec<Filter>,
    /// Where it may publish.
    pub publish: Vec<Filter>,
    /// When its token runs out; `None` if it does not.
    pub expires_at: Option<Millis>,
}

impl Principal {
    /// Whoever speaks from this machine when no token is asked for: may do everything.
    pub fn local() -> Self {
        Self {
            name: "local".into(),
            subscribe: vec![Filter::All],
            publish: vec![Filter::All],
            expires_at: None,
        }
    }

    /// Whether it may watch all that `filter` matches.
    pub fn may_subscribe(&self, filter: &Filter) -> bool {
        self.subscribe.iter().any(|held| held.covers(filter))
    }

    /// Whether it may read `topic`.
    pub fn may_read(&self, topic: &Topic) -> bool {
        self.subscribe.iter().any(|held| held.matches(topic))
    }

    /// Whether it may publish to `topic`.
    pub fn may_publish(&self, topic: &Topic) -> bool {
        self.publish.iter().any(|held| held.matches(topic))
    }

    /// Whether its token's time is over.
    pub fn is_expired(&self, now: Millis) -> bool {
        self.expires_at.is_some_and(|at| at <= now)
    }

    /// Refuses with 301 once its token's time is over.
    pub(crate) fn check_token(&self, now: Millis) -> Result<(), Refusal> {
        if self.is_expired(now) { Err(TokenError::Expired.into()) } else { Ok(()) }
    }

    /// Refuses with 400 what it may not read.
    pub(crate) fn check_read(&self, topic: &Topic) -> Result<(), Refusal> {
        if self.may_read(topic) {
            return Ok(());
        }
        Err(Refusal::new(ErrorCode::Forbidden, format!("{} may not read {topic}", self.name)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_principal_may_do_what_its_filters_cover_and_nothing_else() {
        let only_host = Principal {
            name: "agent".into(),
            subscribe: vec![Filter::new("host/*").unwrap()],
            publish: vec![Filter::new("host/cpu").unwrap()],
            expires_at: Some(10),
        };
        assert!(only_host.may_subscribe(&Filter::new("host/cpu").unwrap()));
        assert!(!only_host.may_subscribe(&Filter::All));
        assert!(only_host.may_publish(&Topic::new("host/cpu").unwrap()));
        assert!(!only_host.may_publish(&Topic::new("host/memory").unwrap()));
        assert!(!only_host.is_expired(9) && only_host.is_expired(10));
    }
}
