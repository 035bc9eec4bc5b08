//! The maximum number of processes of all functions of a host together.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tokio::sync::Notify;
use tokio::sync::futures::Notified;

/// The places for processes that a host has. Each process takes one until it has ended. All clones are the same places.
#[derive(Clone)]
pub(crate) struct Places(Arc<Shared>);

struct Shared {
    places: usize,
    starts: usize,
    free: Mutex<Free>,
    changed: Notify,
    holders: Mutex<Vec<Weak<dyn Holder>>>,
}

/// The numbers of processes that may still be started, and of those that may be in their init phase.
struct Free {
    places: usize,
    starts: usize,
}

/// A function whose processes hold places.
pub(crate) trait Holder: Send + Sync {
    /// Ends the process that has been idle longest. Returns false if there is none.
    fn end_one_idle(&self) -> bool;
}

/// The place of one process, which is free again when this is dropped. It may hold another place, which is freed after it.
pub(crate) struct Place {
    shared: Arc<Shared>,
    _other: Option<Box<Place>>,
}

/// Counts a process as starting, until this is dropped. It may hold another one.
pub(crate) struct Start {
    shared: Arc<Shared>,
    _other: Option<Box<Start>>,
}

impl Start {
    /// Adds another count, which ends with this one.
    pub fn with(mut self, other: Self) -> Self {
        self._other = Some(Box::new(other));
        self
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        lock(&self.shared.free).places += 1;
        self.shared.changed.notify_waiters();
    }
}

impl Place {
    /// Adds a place that the process holds as well.
    pub fn with(mut self, other: Self) -> Self {
        self._other = Some(Box::new(other));
        self
    }
}

impl Drop for Start {
    fn drop(&mut self) {
        lock(&self.shared.free).starts += 1;
        self.shared.changed.notify_waiters();
    }
}

impl Places {
    /// Creates free places for a number of processes, of which some may be in their init phase at a time.
    pub fn new(places: usize, starts: usize) -> Self {
        let (free, holders) = (Mutex::new(Free { places, starts }), Mutex::default());
        Self(Arc::new(Shared { places, starts, free, changed: Notify::new(), holders }))
    }

    /// Adds a function whose idle processes may be ended to make room for processes of others.
    pub fn register(&self, holder: Weak<dyn Holder>) {
        let mut holders = lock(&self.0.holders);
        holders.retain(|holder| holder.strong_count() > 0);
        holders.push(holder);
    }

    /// Takes a place for a process that starts. If there is none, ends an idle process of a function and takes its place. Returns
    /// `None` if all processes are busy, or too many are starting.
    pub fn take(&self) -> Option<(Place, Start)> {
        if lock(&self.0.free).starts == 0 {
            return None;
        }
        self.take_free().or_else(|| {
            let holders: Vec<Arc<dyn Holder>> =
                lock(&self.0.holders).iter().filter_map(Weak::upgrade).collect();
            // The place of the process that is ended here may be taken by another invocation, so that this can fail.
            holders.iter().any(|holder| holder.end_one_idle()).then(|| self.take_free()).flatten()
        })
    }

    /// Returns the number of processes that hold a place.
    pub fn taken(&self) -> usize {
        self.0.places - lock(&self.0.free).places
    }

    /// Returns the number of processes that are in their init phase.
    pub fn starting(&self) -> usize {
        self.0.starts - lock(&self.0.free).starts
    }

    /// Wakes every invocation that waits, because a process has become idle or has ended.
    pub fn notify(&self) {
        self.0.changed.notify_waiters();
    }

    /// Returns a future that is ready at the next change after its creation.
    pub fn changed(&self) -> Notified<'_> {
        self.0.changed.notified()
    }

    /// Takes a place for a process that starts, unless all places are taken or too many processes are starting.
    pub fn take_free(&self) -> Option<(Place, Start)> {
        let mut free = lock(&self.0.free);
        let (places, starts) = (free.places.checked_sub(1)?, free.starts.checked_sub(1)?);
        *free = Free { places, starts };
        let place = Place { shared: self.0.clone(), _other: None };
        Some((place, Start { shared: self.0.clone(), _other: None }))
    }
}

/// Locks the mutex. Poisoning is ignored, since every change is one step that leaves the value consistent.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_free_again_when_its_process_has_ended() {
        let places = Places::new(1, 9);
        assert_eq!(places.taken(), 0);
        let place = places.take();
        assert!(place.is_some() && places.take().is_none() && places.taken() == 1);
        drop(place);
        assert!(places.take().is_some());
    }

    #[test]
    fn another_process_may_start_when_one_has_started() {
        let places = Places::new(9, 1);
        let (_place, start) = places.take().expect("a place");
        assert!(places.take().is_none());
        drop(start);
        assert!(places.take().is_some());
    }
}
