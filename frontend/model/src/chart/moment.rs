//! The times of one publication and its place in the order of publications, the newest field of a series, and the usual time between
//! its values. Depends on [`crate::order`], [`crate::rhythm`] and [`crate::field`].

use shared::Millis;

use crate::field::Field;
use crate::order::Order;
use crate::rhythm::Rhythm;

/// The newest field of a series, with the times of its publication. The field may also be a text or null.
#[derive(Clone, Debug, PartialEq)]
pub struct Newest {
    /// Times and place of the publication that contains the field.
    pub moment: Moment,
    /// The content of the field.
    pub field: Field,
}

/// Times of one publication, and its place in the order of the topic's publications.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Time of the event by the publisher's clock, in milliseconds since the Unix epoch.
    pub ts_ms: Millis,
    /// Time at which the server received the publication, by the server's clock, in milliseconds since the Unix epoch.
    pub received_at: Millis,
    /// Place of the publication in the order of the topic's publications.
    pub order: Order,
}

/// Estimates the usual time between values, of which some may be sent late.
///
/// Values that a device has collected while it was offline are received in a burst, but their own times are apart as usual. The times of
/// values that are sent together every minute may be close to each other, but they are received apart. So the longer interval counts.
#[derive(Clone, Debug, Default)]
pub struct Usual {
    received: Rhythm,
    effective: Rhythm,
}

impl Usual {
    /// Creates an estimator that has received no values yet.
    pub const fn new() -> Self {
        Self { received: Rhythm::new(), effective: Rhythm::new() }
    }

    /// Adds the times of a value. Values may be added in any order, and also twice.
    pub fn observe(&mut self, moment: Moment) {
        self.received.observe(moment.received_at);
        // Equal times all count, because many values may have the same rounded time.
        self.effective.observe_each(moment.order.effective_ms(), moment.order.sequence());
    }

    /// Returns the usual time between two values in milliseconds; `None` if it is not known.
    pub fn interval_ms(&self) -> Option<u64> {
        let received_ms = self.received.interval_ms()?;
        Some(received_ms.max(self.effective.interval_ms().unwrap_or(0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    /// Returns the usual time between values, of which each is given with its own time and the time at which it was received.
    fn usual_ms(values: impl Iterator<Item = (Millis, Millis)>) -> Option<u64> {
        let mut usual = Usual::new();
        for (sequence, (ts_ms, received_at)) in (0..).zip(values) {
            let order = Order::at(ts_ms.min(received_at), sequence);
            usual.observe(Moment { ts_ms, received_at, order });
        }
        usual.interval_ms()
    }

    #[test]
    fn neither_a_burst_of_late_values_nor_values_that_are_sent_together_seem_more_frequent_than_they_are() {
        assert_eq!(usual_ms((0..20).map(|n| (n * 1_000, n * 1_000))), Some(1_000));
        let late = (0..20).map(|n| (n * 60_000, 2_000_000 + n * 100));
        assert_eq!(usual_ms(late), Some(60_000), "values of each minute that are sent later");
        let together = (0..600).map(|n| (n * 1_000, (n / 60 + 1) * 60_000));
        assert_eq!(usual_ms(together), Some(60_000), "values of each second that are sent every minute");
    }

    #[test]
    fn values_with_equal_times_or_times_in_the_future_are_judged_by_when_they_are_received() {
        assert_eq!(usual_ms((0..100).map(|n| (n / 20 * 2_000, n * 100))), Some(100), "times are rounded");
        assert_eq!(usual_ms((0..20).map(|n| (n * 3_600_000, n * 100))), Some(100), "times are in the future");
        assert_eq!(usual_ms((0..20).map(|n| (n * 1_000, 20_000))), None, "all are received at once");
    }
}
