//! Signals and texts that several kinds need.

use super::super::shown::Shown;
use crate::signal::Memo;

/// Returns a signal that changes once a second, for texts that are not drawn at each frame.
pub(super) fn seconds(shown: Shown) -> Memo<i64> {
    let now_ms = shown.now_ms();
    Memo::new(move |_| now_ms.get() / 1_000)
}

/// Returns the value that the publisher or the document of the board wants to be reached.
pub(super) fn target(shown: Shown) -> Memo<Option<f64>> {
    Memo::new(move |_| shown.stream.with(|stream| stream.meta().target))
}
