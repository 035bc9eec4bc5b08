//! The authenticated sender of a request and its permissions.

use shared::{Filter, Millis, Topic};

/// An authenticated identity with its permissions. It comes from the authorizer or a verified token, never from a
/// message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The token's `sub`; `local` if the server needs no tokens.
    pub name: String,
    /// Filters that the principal may subscribe to.
    pub subscribe: Vec<Filter>,
    /// Topics that the principal may publish to.
    pub publish: Vec<Filter>,
    /// Topics that the principal may delete, with their history.
    pub forget: Vec<Filter>,
    /// Time at which the token expires; `None` if it does not.
    pub expires_at: Option<Millis>,
}

impl Principal {
    /// The principal of every request to a server that needs no tokens. It may do everything.
    pub fn local() -> Self {
        Self {
            name: "local".into(),
            subscribe: vec![Filter::All],
            publish: vec![Filter::All],
            forget: vec![Filter::All],
            expires_at: None,
        }
    }

    /// True if the principal may subscribe to every topic that `filter` matches.
    pub fn may_subscribe(&self, filter: &Filter) -> bool {
        self.subscribe.iter().any(|held| held.covers(filter))
    }

    /// True if the principal may read `topic`.
    pub fn may_read(&self, topic: &Topic) -> bool {
        self.subscribe.iter().any(|held| held.matches(topic))
    }

    /// True if the principal may publish to `topic`.
    pub fn may_publish(&self, topic: &Topic) -> bool {
        self.publish.iter().any(|held| held.matches(topic))
    }

    /// True if the principal may delete `topic`.
    pub fn may_forget(&self, topic: &Topic) -> bool {
        self.forget.iter().any(|held| held.matches(topic))
    }

    /// True once the token has expired.
    pub fn is_expired(&self, now: Millis) -> bool {
        self.expires_at.is_some_and(|at| at <= now)
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
            forget: vec![Filter::new("host/old").unwrap()],
            expires_at: Some(10),
        };
        assert!(only_host.may_subscribe(&Filter::new("host/cpu").unwrap()));
        assert!(!only_host.may_subscribe(&Filter::All));
        assert!(only_host.may_publish(&Topic::new("host/cpu").unwrap()));
        assert!(!only_host.may_publish(&Topic::new("host/memory").unwrap()));
        assert!(only_host.may_forget(&Topic::new("host/old").unwrap()));
        assert!(!only_host.may_forget(&Topic::new("host/cpu").unwrap()));
        assert!(!only_host.is_expired(9) && only_host.is_expired(10));
    }
}
