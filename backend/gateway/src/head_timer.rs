//! The timer with which hyper limits the time until the head of a request has arrived.
//!
//! hyper starts such a timer for every request and drops it when the head has arrived, which is at once for most requests. Starting
//! and stopping a timer of tokio takes a lock that all connections share. Therefore each connection keeps one timer of tokio. It is
//! not stopped when a head has arrived, and not set again for the next request. When it elapses, it is set to the time that is due
//! by then, which happens at most once in the time limit.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use hyper::rt::{Sleep, Timer};

use crate::lock::Mutex;

type TokioSleep = Pin<Box<tokio::time::Sleep>>;

/// The timer of one TCP connection.
#[derive(Clone, Debug, Default)]
pub(crate) struct HeadTimer(Arc<Mutex<Option<TokioSleep>>>);

/// Waits for the head of one request. Gives the timer of tokio back when it is dropped.
struct HeadSleep {
    deadline: Instant,
    /// `None` only while the value is dropped.
    sleep: Option<TokioSleep>,
    home: HeadTimer,
}

impl Timer for HeadTimer {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Sleep>> {
        self.sleep_until(self.now() + duration)
    }

    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn Sleep>> {
        let kept = self.0.lock().take().filter(|kept| kept.deadline() <= deadline.into());
        let sleep = kept.unwrap_or_else(|| Box::pin(tokio::time::sleep_until(deadline.into())));
        Box::pin(HeadSleep { deadline, sleep: Some(sleep), home: self.clone() })
    }
}

impl Sleep for HeadSleep {}

impl Future for HeadSleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let deadline = self.deadline.into();
        let Some(sleep) = &mut self.sleep else { return Poll::Ready(()) };
        loop {
            ready!(sleep.as_mut().poll(context));
            if sleep.deadline() >= deadline {
                return Poll::Ready(());
            }
            sleep.as_mut().reset(deadline);
        }
    }
}

impl Drop for HeadSleep {
    fn drop(&mut self) {
        *self.home.0.lock() = self.sleep.take();
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    /// Begins to wait until `deadline` and stops at once. Returns whether it has passed.
    fn has_passed(timer: &HeadTimer, deadline: Instant) -> bool {
        timer.sleep_until(deadline).as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready()
    }

    fn kept(timer: &HeadTimer) -> Instant {
        timer.0.lock().as_ref().expect("a timer is kept").deadline().into_std()
    }

    #[tokio::test]
    async fn the_timer_of_the_last_request_is_kept_as_it_is() {
        let (timer, now) = (HeadTimer::default(), Instant::now());
        assert!(!has_passed(&timer, now + HOUR));
        assert!(!has_passed(&timer, now + 2 * HOUR));
        assert_eq!(kept(&timer), now + HOUR);
    }

    #[tokio::test]
    async fn a_timer_that_elapsed_is_set_to_the_time_that_is_due() {
        let (timer, now) = (HeadTimer::default(), Instant::now());
        timer.sleep_until(now).await;
        assert!(!has_passed(&timer, now + HOUR), "the next request has the whole time");
        assert_eq!(kept(&timer), now + HOUR);
    }

    #[tokio::test]
    async fn a_time_before_that_of_the_kept_timer_is_not_missed() {
        let (timer, now) = (HeadTimer::default(), Instant::now());
        assert!(!has_passed(&timer, now + HOUR));
        timer.sleep_until(now).await;
    }
}
