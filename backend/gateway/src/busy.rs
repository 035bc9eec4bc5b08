//! Marks a TCP connection as busy while a request on it is being answered.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use hyper::body::{Body, Frame, SizeHint};

use crate::slots::Slot;

/// Marks a connection as busy, because a request on it is being answered. The connection stops being busy when this value is
/// dropped.
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

/// The body of a response. Its connection stays busy until the body is sent or dropped.
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
