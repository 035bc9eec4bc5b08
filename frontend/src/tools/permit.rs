//! The permissions of the reader.

use board_model::permit::Permit;

use crate::recorder::Recorder;

/// Returns what the reader's token allows. Before the server is known, it allows nothing.
pub(crate) fn permit(recorder: Recorder) -> Permit {
    match recorder.server() {
        Some((_, token)) => Permit::of(token.as_deref()),
        None => Permit::of(Some("")),
    }
}
