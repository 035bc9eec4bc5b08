//! The times of one publication and its place in the order of publications, and the newest field of a series. Depends
//! on [`crate::order`] and [`crate::field`].

use shared::Millis;

use crate::field::Field;
use crate::order::Order;

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
