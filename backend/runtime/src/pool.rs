//! Which process takes an invocation: a warm one, a new one, or none. Pure: processes and times are arguments.

/// The processes of one function.
#[derive(Debug)]
pub(crate) struct Pool<P> {
    limit: usize,
    busy: usize,
    /// The longest idle first.
    idle: Vec<Idle<P>>,
}

#[derive(Debug)]
struct Idle<P> {
    process: P,
    since_ms: u64,
}

/// Where an invocation goes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Place<P> {
    /// Into a process that has no work.
    Warm(P),
    /// Into one that has to be started.
    Cold,
    /// Nowhere: as many are in flight as may be.
    Throttled,
}

impl<P> Pool<P> {
    /// No processes, and never more than `limit`.
    pub fn new(limit: usize) -> Self {
        Self { limit, busy: 0, idle: Vec::new() }
    }

    /// Takes a place, unless it is [`Place::Throttled`]. The process used last is the first to be used again, so that
    /// the others can grow cold.
    pub fn take(&mut self) -> Place<P> {
        if self.busy >= self.limit {
            return Place::Throttled;
        }
        self.busy += 1;
        self.idle.pop().map_or(Place::Cold, |idle| Place::Warm(idle.process))
    }

    /// Gives a place back with a process that can go on.
    pub fn put(&mut self, process: P, now_ms: u64) {
        self.busy = self.busy.saturating_sub(1);
        self.idle.push(Idle { process, since_ms: now_ms });
    }

    /// Gives a place back whose process is gone.
    pub fn lose(&mut self) {
        self.busy = self.busy.saturating_sub(1);
    }

    /// The processes that have had no work since `before_ms`; they are the caller's to end.
    pub fn cool(&mut self, before_ms: u64) -> Vec<P> {
        let cold = self.idle.iter().take_while(|idle| idle.since_ms <= before_ms).count();
        self.idle.drain(..cold).map(|idle| idle.process).collect()
    }

    /// All processes without work; there will be no new ones.
    pub fn close(&mut self) -> Vec<P> {
        self.limit = 0;
        self.idle.drain(..).map(|idle| idle.process).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invocation_in_flight_has_a_process_of_its_own() {
        let mut pool = Pool::new(2);
        assert_eq!(pool.take(), Place::<u32>::Cold);
        assert_eq!(pool.take(), Place::Cold);
        pool.put(1, 0);
        assert_eq!(pool.take(), Place::Warm(1));
    }

    #[test]
    fn beyond_the_limit_invocations_are_throttled_until_one_ends() {
        let mut pool = Pool::new(1);
        assert_eq!(pool.take(), Place::<u32>::Cold);
        assert_eq!(pool.take(), Place::Throttled);
        pool.lose();
        assert_eq!(pool.take(), Place::Cold);
    }

    #[test]
    fn the_process_used_last_is_used_first_and_the_others_grow_cold() {
        let mut pool = Pool::new(3);
        (0..3).for_each(|_| assert_eq!(pool.take(), Place::Cold));
        (1..=3).for_each(|process| pool.put(process, 10));
        assert!(pool.cool(9).is_empty());
        assert_eq!(pool.take(), Place::Warm(3));
        pool.put(3, 20);
        assert_eq!(pool.cool(10), [1, 2]);
        assert_eq!(pool.take(), Place::Warm(3));
    }

    #[test]
    fn a_closed_pool_takes_nothing_more() {
        let mut pool = Pool::new(2);
        pool.take();
        pool.put(1, 0);
        assert_eq!(pool.close(), [1]);
        assert_eq!(pool.take(), Place::Throttled);
    }
}
