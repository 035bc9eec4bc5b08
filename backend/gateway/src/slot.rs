//! The entry of one TCP connection in the table of connections.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::task::{Context, Poll, Waker};

use crate::lock::Mutex;

/// The entry of one TCP connection in the table of connections.
#[derive(Debug, Default)]
pub(crate) struct Slot {
    is_busy: AtomicBool,
    orders: Mutex<Orders>,
}

/// The server's order to the task of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// Close the connection at once, because another one needs its place.
    Close,
    /// Close the connection after the request in progress, because the server shuts down.
    Finish,
}

/// The order that the connection's task has not received yet, and the waker of the task.
#[derive(Debug, Default)]
struct Orders {
    given: Option<Order>,
    waker: Option<Waker>,
}

impl Slot {
    /// Returns true if no request is being answered on this connection.
    pub(crate) fn is_silent(&self) -> bool {
        !self.is_busy.load(Relaxed)
    }

    pub(crate) fn set_busy(&self, is_busy: bool) {
        self.is_busy.store(is_busy, Relaxed);
    }

    /// Gives an order to the task of this connection.
    pub(crate) fn order(&self, order: Order) {
        let mut orders = self.orders.lock();
        orders.given = Some(order);
        let waker = orders.waker.take();
        drop(orders);
        waker.into_iter().for_each(Waker::wake);
    }

    /// Takes the order for this connection. Without one, the task of `context` is woken by the next order. Each request polls
    /// this several times. It takes a lock of this connection only, while a `Notify` would take one of all connections.
    pub(crate) fn poll_order(&self, context: &Context<'_>) -> Poll<Order> {
        let mut orders = self.orders.lock();
        match (orders.given.take(), &mut orders.waker) {
            (Some(order), _) => return Poll::Ready(order),
            (None, Some(waker)) => waker.clone_from(context.waker()),
            (None, empty @ None) => *empty = Some(context.waker().clone()),
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::AtomicUsize;
    use std::task::Wake;

    use super::*;

    /// Counts how often a task is woken.
    #[derive(Default)]
    struct Woken(AtomicUsize);

    impl Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Relaxed);
        }
    }

    #[test]
    fn an_order_wakes_the_task_and_is_received_once() {
        let (slot, woken) = (Slot::default(), Arc::new(Woken::default()));
        let waker = Waker::from(woken.clone());
        let context = Context::from_waker(&waker);
        assert_eq!(slot.poll_order(&context), Poll::Pending);
        slot.order(Order::Finish);
        assert_eq!(woken.0.load(Relaxed), 1);
        assert_eq!(slot.poll_order(&context), Poll::Ready(Order::Finish));
        assert_eq!(slot.poll_order(&context), Poll::Pending);
    }

    #[test]
    fn an_order_that_is_given_before_the_task_begins_is_kept() {
        let slot = Slot::default();
        slot.order(Order::Close);
        assert_eq!(slot.poll_order(&Context::from_waker(Waker::noop())), Poll::Ready(Order::Close));
    }
}
