//! The connections that the last broadcast was posted to. The next one is posted to the same connections in most cases,
//! and then need not look them up.

use std::slice::Chunks;
use std::sync::Arc;

use crate::connection::Connection;
use crate::id::ConnectionId;
use crate::lock::Mutex;

/// Number of connections from which an audience is remembered.
const REMEMBERED_FROM: usize = 16;

/// A connection that a frame is posted to; `None` if there is no connection with this id.
pub(crate) type Member = (ConnectionId, Option<Arc<Connection>>);

/// A list of ids with the connections that belong to them.
#[derive(Debug, Default)]
pub(crate) struct Audience(Vec<Member>);

impl Audience {
    /// Returns the members in groups of `size`.
    pub(crate) fn groups(&self, size: usize) -> Chunks<'_, Member> {
        self.0.chunks(size)
    }

    fn has(&self, ids: &[ConnectionId]) -> bool {
        self.0.len() == ids.len() && self.0.iter().map(|(id, _)| id).eq(ids)
    }
}

/// The audience of the last broadcast. It is forgotten as soon as any connection is added or removed, so that it neither
/// misses a connection nor keeps one alive.
#[derive(Debug, Default)]
pub(crate) struct LastAudience(Mutex<Remembered>);

#[derive(Debug, Default)]
struct Remembered {
    audience: Option<Arc<Audience>>,
    /// Number of times that the audience was forgotten.
    forgotten: u64,
}

impl LastAudience {
    /// Returns the audience with these ids. If it is not the remembered one, looks each of them up and remembers the
    /// result.
    pub(crate) fn get(
        &self,
        ids: &[ConnectionId],
        look_up: impl Fn(&ConnectionId) -> Option<Arc<Connection>>,
    ) -> Arc<Audience> {
        let Remembered { audience, forgotten } = {
            let remembered = self.0.lock();
            Remembered { audience: remembered.audience.clone(), forgotten: remembered.forgotten }
        };
        if let Some(audience) = audience.filter(|audience| audience.has(ids)) {
            return audience;
        }
        let audience = Arc::new(Audience(ids.iter().map(|id| (*id, look_up(id))).collect()));
        if ids.len() >= REMEMBERED_FROM {
            self.remember(&audience, forgotten);
        }
        audience
    }

    /// Remembers an audience, unless a connection was added or removed since it was looked up.
    fn remember(&self, audience: &Arc<Audience>, forgotten: u64) {
        let mut remembered = self.0.lock();
        if remembered.forgotten == forgotten {
            let before = remembered.audience.replace(audience.clone());
            // The connections are dropped without the lock.
            drop(remembered);
            drop(before);
        }
    }

    /// Forgets the audience. Must be called after a connection was added or removed.
    pub(crate) fn forget(&self) {
        let mut remembered = self.0.lock();
        remembered.forgotten += 1;
        let before = remembered.audience.take();
        drop(remembered);
        drop(before);
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn ids_are_looked_up_again_only_if_they_are_others_or_a_connection_came_or_went() {
        let (last, looked_up) = (LastAudience::default(), Cell::new(0));
        let look_up = |_: &ConnectionId| {
            looked_up.set(looked_up.get() + 1);
            None
        };
        let first = ids(0..20);
        for _ in 0..3 {
            assert_eq!(last.get(&first, look_up).groups(8).count(), 3);
        }
        assert_eq!(looked_up.replace(0), 20);
        last.get(&first[..19], look_up);
        assert_eq!(looked_up.replace(0), 19, "one less");
        last.get(&ids(1..20), look_up);
        assert_eq!(looked_up.replace(0), 19, "as many, but others");
        last.forget();
        last.get(&ids(1..20), look_up);
        assert_eq!(looked_up.replace(0), 19, "forgotten");
    }

    #[test]
    fn an_audience_that_has_changed_while_it_was_looked_up_is_not_remembered() {
        let (last, ids, looked_up) = (LastAudience::default(), ids(0..20), Cell::new(0));
        last.get(&ids, |_| {
            last.forget();
            None
        });
        last.get(&ids, |_| {
            looked_up.set(looked_up.get() + 1);
            None
        });
        assert_eq!(looked_up.get(), 20);
    }

    #[test]
    fn an_audience_that_is_forgotten_keeps_nothing_alive() {
        let (last, ids) = (LastAudience::default(), ids(0..20));
        let audience = Arc::downgrade(&last.get(&ids, |_| None));
        assert!(audience.upgrade().is_some());
        last.forget();
        assert!(audience.upgrade().is_none());
    }

    fn ids(numbers: std::ops::Range<u64>) -> Vec<ConnectionId> {
        numbers.map(|number| ConnectionId::new(0, number)).collect()
    }
}
