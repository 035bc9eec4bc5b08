//! Marks a TCP connection as busy while a request on it is being answered. The server does not close busy connections
//! to make room for new ones.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use hyper::body::{Body, Frame, SizeHint};

use crate::slot::Slot;

/// Marks a TCP connection as busy while a request on it is being answered, so that the connection is not closed to make
/// room for another. The connection stops being busy when this value is dropped.
pub(crate) struct Busy(Arc<Slot>);

impl Busy {
    pub(crate) fn new(slot: Arc<Slot>) -> Self {
        slot.set_busy(true);
        Self(slot)
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.set_busy(false);
    }
}

/// An HTTP response body that keeps its TCP connection marked as busy. The mark is removed when the body was sent or is
/// dropped.
pub(crate) struct BusyBody<B> {
    pub body: Pin<Box<B>>,
    pub _busy: Busy,
}

impl<B: Body> Body for BusyBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        self.body.as_mut().poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
