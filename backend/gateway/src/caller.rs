//! The data about a connection's client that every event of the connection contains.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use serde_json::Value;

use crate::id::ConnectionId;

/// The part of `requestContext` that is the same in every event of a WebSocket connection.
#[derive(Debug)]
pub(crate) struct Caller {
    pub id: ConnectionId,
    /// Time of the handshake, in milliseconds since the Unix epoch.
    pub connected_at_ms: u64,
    pub source_ip: IpAddr,
    /// Host to which the client connected: the configured domain, or the `Host` header of the handshake with its port.
    pub host: Arc<str>,
    pub user_agent: Option<Arc<str>>,
    /// The context that the authorizer returned, with the principal. It is empty if the API has no authorizer.
    pub authorizer: Arc<HashMap<String, Value>>,
}

/// Values of the last caller. Most clients of an API have the same ones, such as its host, and keep them in memory together.
#[derive(Debug, Default)]
pub(crate) struct LastCaller {
    host: Arc<str>,
    user_agent: Option<Arc<str>>,
    authorizer: Arc<HashMap<String, Value>>,
}

impl LastCaller {
    /// Replaces each value of `caller` that is equal to that of the last caller by the latter, and keeps the others for the next
    /// caller.
    pub(crate) fn share_with(&mut self, caller: &mut Caller) {
        share(&mut self.host, &mut caller.host);
        share(&mut self.user_agent, &mut caller.user_agent);
        share(&mut self.authorizer, &mut caller.authorizer);
    }
}

fn share<T: Clone + PartialEq>(last: &mut T, own: &mut T) {
    if last == own {
        own.clone_from(last);
    } else {
        last.clone_from(own);
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[test]
    fn callers_share_what_they_have_in_common_and_keep_what_they_have_not() {
        let mut last = LastCaller::default();
        let (mut first, mut second) = (caller(1, "curl"), caller(2, "curl"));
        last.share_with(&mut first);
        last.share_with(&mut second);
        assert!(Arc::ptr_eq(&first.host, &second.host) && Arc::ptr_eq(&first.authorizer, &second.authorizer));
        let mut other = caller(3, "board");
        last.share_with(&mut other);
        assert_eq!(other.user_agent.as_deref(), Some("board"));
        assert!(Arc::ptr_eq(&first.host, &other.host));
    }

    fn caller(number: u64, user_agent: &str) -> Caller {
        Caller {
            id: ConnectionId::new(0, number),
            connected_at_ms: 0,
            source_ip: Ipv4Addr::LOCALHOST.into(),
            host: "localhost".into(),
            user_agent: Some(user_agent.into()),
            authorizer: HashMap::from([("principalId".to_owned(), Value::from("me"))]).into(),
        }
    }
}
