//! Chooses the process for an invocation: an idle one or a new one. If there are too many invocations, it chooses none.
//! The functions here are pure: processes and times are arguments.

/// The idle processes of one function, and the number of its invocations in flight.
#[derive(Debug)]
pub(crate) struct Pool<P> {
    limit: usize,
    busy: usize,
    /// Idle processes, in the order in which they became idle. The one that has been idle longest is the first.
    idle: Vec<Idle<P>>,
}

#[derive(Debug)]
struct Idle<P> {
    process: P,
    since_ms: u64,
}

/// The process that is chosen for an invocation: an idle one, a new one, or none.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Placement<P> {
    /// The invocation uses this idle process.
    Warm(P),
    /// The invocation needs a new process.
    Cold,
    /// The invocation is refused, because the maximum number of invocations is in flight.
    Throttled,
}

impl<P> Pool<P> {
    /// Creates a pool without processes, for at most `limit` invocations in flight.
    pub fn new(limit: usize) -> Self {
        Self { limit, busy: 0, idle: Vec::new() }
    }

    /// Chooses the process for an invocation and counts the invocation as in flight, unless the result is
    /// [`Placement::Throttled`]. Of the idle processes it takes the one that was used last, so that the others stay
    /// idle and can be ended.
    pub fn acquire(&mut self) -> Placement<P> {
        if self.busy >= self.limit {
            return Placement::Throttled;
        }
        self.busy += 1;
        self.idle.pop().map_or(Placement::Cold, |idle| Placement::Warm(idle.process))
    }

    /// Counts an invocation as ended. Its process becomes idle and can handle another one.
    pub fn release(&mut self, process: P, now_ms: u64) {
        self.busy = self.busy.saturating_sub(1);
        self.idle.push(Idle { process, since_ms: now_ms });
    }

    /// Counts an invocation as ended whose process cannot be used again.
    pub fn discard(&mut self) {
        self.busy = self.busy.saturating_sub(1);
    }

    /// Removes and returns the processes that became idle at `before_ms` or earlier. The caller ends them.
    pub fn take_idle_since(&mut self, before_ms: u64) -> Vec<P> {
        let count = self.idle.iter().take_while(|idle| idle.since_ms <= before_ms).count();
        self.idle.drain(..count).map(|idle| idle.process).collect()
    }

    /// Removes and returns all idle processes. Every further call of `acquire` returns
    /// [`Placement::Throttled`].
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
        assert_eq!(pool.acquire(), Placement::<u32>::Cold);
        assert_eq!(pool.acquire(), Placement::Cold);
        pool.release(1, 0);
        assert_eq!(pool.acquire(), Placement::Warm(1));
    }

    #[test]
    fn beyond_the_limit_invocations_are_throttled_until_one_ends() {
        let mut pool = Pool::new(1);
        assert_eq!(pool.acquire(), Placement::<u32>::Cold);
        assert_eq!(pool.acquire(), Placement::Throttled);
        pool.discard();
        assert_eq!(pool.acquire(), Placement::Cold);
    }

    #[test]
    fn the_process_used_last_is_used_first_and_the_others_become_idle() {
        let mut pool = Pool::new(3);
        (0..3).for_each(|_| assert_eq!(pool.acquire(), Placement::Cold));
        (1..=3).for_each(|process| pool.release(process, 10));
        assert!(pool.take_idle_since(9).is_empty());
        assert_eq!(pool.acquire(), Placement::Warm(3));
        pool.release(3, 20);
        assert_eq!(pool.take_idle_since(10), [1, 2]);
        assert_eq!(pool.acquire(), Placement::Warm(3));
    }

    #[test]
    fn a_closed_pool_throttles_every_invocation() {
        let mut pool = Pool::new(2);
        pool.acquire();
        pool.release(1, 0);
        assert_eq!(pool.close(), [1]);
        assert_eq!(pool.acquire(), Placement::Throttled);
    }
}
