//! The authenticated sender of a request and its permissions.

use shared::board::BoardName;
use shared::{Filter, Millis, Topic};

/// An authenticated client and its permissions. It comes from the authorizer or a verified token, never from the text
/// of another message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// Name of the client: the claim `sub` of its token, or `local` if the server needs no tokens.
    pub name: String,
    /// Filters (patterns of topic names) that the client may subscribe to. It may read the topics that match them.
    pub subscribe: Vec<Filter>,
    /// Filters (patterns of topic names) for the topics that the client may publish to.
    pub publish: Vec<Filter>,
    /// Filters (patterns of topic names) for the topics that the client may delete, together with their history.
    pub forget: Vec<Filter>,
    /// Filters (patterns of names) for the boards that the client may save and delete. A board counts as a topic of one segment.
    pub edit: Vec<Filter>,
    /// Time at which the client's token expires; `None` if the permissions never expire.
    pub expires_at: Option<Millis>,
}

impl Principal {
    /// Creates the principal of every request to a server that needs no tokens. It may do everything.
    pub fn local() -> Self {
        Self {
            name: "local".into(),
            subscribe: vec![Filter::All],
            publish: vec![Filter::All],
            forget: vec![Filter::All],
            edit: vec![Filter::All],
            expires_at: None,
        }
    }

    /// Returns true if the principal may subscribe to `filter`, because it may read every topic that `filter` matches.
    pub fn may_subscribe(&self, filter: &Filter) -> bool {
        self.subscribe.iter().any(|held| held.covers(filter))
    }

    /// Returns true if the principal may read `topic`.
    pub fn may_read(&self, topic: &Topic) -> bool {
        self.subscribe.iter().any(|held| held.matches(topic))
    }

    /// Returns true if the principal may publish to `topic`.
    pub fn may_publish(&self, topic: &Topic) -> bool {
        self.publish.iter().any(|held| held.matches(topic))
    }

    /// Returns true if the principal may delete `topic`.
    pub fn may_forget(&self, topic: &Topic) -> bool {
        self.forget.iter().any(|held| held.matches(topic))
    }

    /// Returns true if the principal may save and delete the board `name`.
    pub fn may_edit(&self, name: &BoardName) -> bool {
        self.edit.iter().any(|held| held.matches(name.as_topic()))
    }

    /// Returns true if the token of the principal has expired at `now`.
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
            edit: vec![Filter::new("mine").unwrap()],
            expires_at: Some(10),
        };
        assert!(only_host.may_subscribe(&Filter::new("host/cpu").unwrap()));
        assert!(!only_host.may_subscribe(&Filter::All));
        assert!(only_host.may_publish(&Topic::new("host/cpu").unwrap()));
        assert!(!only_host.may_publish(&Topic::new("host/memory").unwrap()));
        assert!(only_host.may_forget(&Topic::new("host/old").unwrap()));
        assert!(!only_host.may_forget(&Topic::new("host/cpu").unwrap()));
        assert!(only_host.may_edit(&BoardName::new("mine").unwrap()));
        assert!(!only_host.may_edit(&BoardName::new("other").unwrap()));
        assert!(!only_host.is_expired(9) && only_host.is_expired(10));
    }
}
