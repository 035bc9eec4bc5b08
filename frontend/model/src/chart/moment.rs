//! Times and place of one publication, and the newest field of a series. Depends on [`crate::order`] and
//! [`crate::field`].

use shared::Millis;

use crate::field::Field;
use crate::order::Order;

/// Newest field of a series, which need not be a number.
#[derive(Clone, Debug, PartialEq)]
pub struct Newest {
    /// Publication that the field belongs to.
    pub moment: Moment,
    /// The field.
    pub field: Field,
}

/// Times of one publication, and its place among the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Time of the event by the publisher's clock, in milliseconds since the Unix epoch.
    pub ts_ms: Millis,
    /// Time at which the server received it, by the server's clock.
    pub received_at: Millis,
    /// Place among the publications of the topic.
    pub order: Order,
}
