//! Keeps the idle processes of a function, and counts its invocations and the order in which they wait. The functions here are
//! pure: processes and times are arguments.

use std::collections::VecDeque;

use tokio::sync::oneshot;

/// The idle processes of one function, and its invocations in flight.
#[derive(Debug)]
pub(crate) struct Pool<P> {
    limit: usize,
    busy: usize,
    /// Idle processes, in the order in which they became idle. The one that has been idle longest is the first.
    idle: Vec<Idle<P>>,
    /// Invocations that wait for a process, in the order in which they came. One that no longer waits has dropped its receiver.
    waiting: VecDeque<Waiting<P>>,
    /// Number of invocations that have waited so far.
    tickets: u64,
    is_retired: bool,
}

/// The place of an invocation in the order of those that wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Ticket(u64);

#[derive(Debug)]
struct Waiting<P> {
    ticket: Ticket,
    sender: oneshot::Sender<P>,
}

#[derive(Debug)]
struct Idle<P> {
    process: P,
    since_ms: u64,
}

impl<P> Pool<P> {
    /// Creates a pool without processes, for at most `limit` invocations in flight.
    pub fn new(limit: usize) -> Self {
        Self { limit, busy: 0, idle: Vec::new(), waiting: VecDeque::new(), tickets: 0, is_retired: false }
    }

    /// Counts an invocation as in flight. Returns false if the maximum number of invocations is in flight already.
    pub fn begin(&mut self) -> bool {
        let is_free = self.busy < self.limit;
        self.busy += usize::from(is_free);
        is_free
    }

    /// Takes an idle process for an invocation. It is the one that was used last, so that the others stay idle and can be
    /// ended.
    pub fn take_idle(&mut self) -> Option<P> {
        self.idle.pop().map(|idle| idle.process)
    }

    /// Takes the process that has been idle longest. The caller ends it.
    pub fn take_oldest(&mut self) -> Option<P> {
        (!self.idle.is_empty()).then(|| self.idle.remove(0).process)
    }

    /// Lets an invocation wait for a process, behind those that wait already. The receiver gets the process. It gets nothing after the
    /// pool was closed.
    pub fn wait(&mut self) -> (Ticket, oneshot::Receiver<P>) {
        let (sender, receiver) = oneshot::channel();
        let ticket = Ticket(self.tickets);
        self.tickets += 1;
        // Those that have found a process in another way no longer wait.
        self.waiting.retain(|waiting| !waiting.sender.is_closed());
        self.waiting.push_back(Waiting { ticket, sender });
        (ticket, receiver)
    }

    /// Returns the number of invocations that have waited longer than this one, and still wait.
    pub fn ahead(&self, ticket: Ticket) -> usize {
        self.waiting.partition_point(|waiting| waiting.ticket < ticket)
    }

    /// Counts an invocation as ended, and adds its process as [`add`](Self::add) does.
    pub fn release(&mut self, process: P, now_ms: u64) -> Option<P> {
        self.discard();
        self.add(process, now_ms)
    }

    /// Adds a process that can handle an invocation: it is passed to the one that has waited longest, or becomes idle. If none waits and
    /// the pool was retired or closed, the process is returned, and the caller ends it.
    pub fn add(&mut self, mut process: P, now_ms: u64) -> Option<P> {
        while let Some(waiting) = self.waiting.pop_front() {
            match waiting.sender.send(process) {
                Ok(()) => return None,
                Err(refused) => process = refused,
            }
        }
        if self.is_retired || self.is_closed() {
            return Some(process);
        }
        self.idle.push(Idle { process, since_ms: now_ms });
        None
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

    /// Removes and returns all idle processes. The processes of invocations in flight are not used again.
    pub fn retire(&mut self) -> Vec<P> {
        self.is_retired = true;
        self.idle.drain(..).map(|idle| idle.process).collect()
    }

    /// Removes and returns all idle processes. No further invocation can begin.
    pub fn close(&mut self) -> Vec<P> {
        self.limit = 0;
        self.waiting.clear();
        self.idle.drain(..).map(|idle| idle.process).collect()
    }

    /// Returns true after the pool was closed.
    pub fn is_closed(&self) -> bool {
        self.limit == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invocation_in_flight_has_a_process_of_its_own() {
        let mut pool = Pool::<u32>::new(2);
        assert!(pool.begin() && pool.take_idle().is_none());
        assert!(pool.begin() && pool.take_idle().is_none());
        pool.release(1, 0);
        assert!(pool.begin());
        assert_eq!((pool.take_idle(), pool.take_idle()), (Some(1), None));
    }

    #[test]
    fn beyond_the_limit_no_invocation_begins_until_one_ends() {
        let mut pool = Pool::<u32>::new(1);
        assert!(pool.begin());
        assert!(!pool.begin());
        pool.discard();
        assert!(pool.begin());
    }

    #[test]
    fn the_process_used_last_is_used_first_and_the_others_become_idle() {
        let mut pool = Pool::new(3);
        (0..3).for_each(|_| assert!(pool.begin()));
        (1..=3).for_each(|process| assert_eq!(pool.release(process, 10), None));
        assert!(pool.take_idle_since(9).is_empty());
        assert!(pool.begin());
        assert_eq!(pool.take_idle(), Some(3));
        pool.release(3, 20);
        assert_eq!(pool.take_idle_since(10), [1, 2]);
        assert_eq!(pool.take_idle(), Some(3));
    }

    #[test]
    fn the_process_that_was_idle_longest_makes_room() {
        let mut pool = Pool::new(2);
        assert!(pool.begin() && pool.begin());
        (1..=2).for_each(|process| assert_eq!(pool.release(process, 10), None));
        assert_eq!((pool.take_oldest(), pool.take_oldest(), pool.take_oldest()), (Some(1), Some(2), None));
    }

    #[test]
    fn a_process_is_passed_to_the_invocation_that_has_waited_longest() {
        let mut pool = Pool::new(4);
        (0..4).for_each(|_| assert!(pool.begin()));
        drop(pool.wait());
        let ((first, mut of_first), (second, mut of_second)) = (pool.wait(), pool.wait());
        assert_eq!((pool.ahead(first), pool.ahead(second)), (0, 1));
        assert_eq!(pool.release(7, 0), None);
        assert_eq!(pool.ahead(second), 0);
        assert_eq!(
            (of_first.try_recv().ok(), of_second.try_recv().ok(), pool.take_idle()),
            (Some(7), None, None)
        );
        assert_eq!(pool.add(8, 0), None);
        assert_eq!((of_second.try_recv().ok(), pool.take_idle()), (Some(8), None));
    }

    #[test]
    fn a_retired_pool_keeps_no_process_but_serves_those_that_wait() {
        let mut pool = Pool::new(3);
        (0..3).for_each(|_| assert!(pool.begin()));
        pool.release(1, 0);
        let (_, mut waiting) = pool.wait();
        assert_eq!(pool.retire(), [1]);
        assert_eq!((pool.release(2, 0), waiting.try_recv().ok()), (None, Some(2)));
        assert_eq!((pool.release(3, 0), pool.add(4, 0)), (Some(3), Some(4)));
    }

    #[test]
    fn no_invocation_begins_in_a_closed_pool() {
        let mut pool = Pool::new(2);
        assert!(pool.begin());
        pool.release(1, 0);
        let (_, mut waiting) = pool.wait();
        assert_eq!(pool.close(), [1]);
        assert!(pool.is_closed() && !pool.begin() && waiting.try_recv().is_err());
        assert_eq!(pool.add(2, 0), Some(2));
    }
}
