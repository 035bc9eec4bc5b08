//! The box in which a value is kept.

use std::any::Any;

/// A value of any type.
pub(super) type Content = Box<dyn Any + Send + Sync>;

/// Returns the value in a box. A box has always the type of the handle that refers to it.
pub(super) fn value<T: 'static>(content: &Content) -> &T {
    (**content).downcast_ref().expect(OTHER)
}

/// Returns the value in a box, so that it can be changed.
pub(super) fn value_mut<T: 'static>(content: &mut Content) -> &mut T {
    (**content).downcast_mut().expect(OTHER)
}

pub(super) const OTHER: &str = "the value has the type of its handle";
