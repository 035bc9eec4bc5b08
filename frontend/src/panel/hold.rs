//! Keeps the lines of a log where they are while the reader reads them.

use crate::signal::{RwSignal, StoredValue};

use board_model::lines::Line;
use board_model::stream::Stream;

/// The reason for which the lines stand still.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// The list is scrolled.
    Scroll = 1,
    /// The mouse points at the list.
    Pointer = 2,
    /// A line has the focus.
    Focus = 4,
}

/// The lines that a log shows while they stand still. It can be copied.
#[derive(Clone, Copy)]
pub(super) struct Hold {
    stream: RwSignal<Stream>,
    /// The causes that hold, as a sum.
    causes: StoredValue<u8>,
    /// The lines at the time at which they began to stand still, the newest first; `None` if new lines are shown.
    lines: RwSignal<Option<Vec<Line>>>,
}

impl Hold {
    pub fn new(stream: RwSignal<Stream>) -> Self {
        Self { stream, causes: StoredValue::new(0), lines: RwSignal::new(None) }
    }

    /// Notes that a cause holds, or no longer holds.
    pub fn set(self, cause: Cause, holds: bool) {
        let causes = self.causes.get_value();
        let now = if holds { causes | cause as u8 } else { causes & !(cause as u8) };
        self.causes.set_value(now);
        match (causes, now) {
            (0, 1..) => {
                // Lines of the past stand still in any case, and must not be shown later as live ones.
                let lines = |stream: &Stream| {
                    let is_live = stream.look_back().is_none();
                    is_live.then(|| stream.lines().newest(usize::MAX).cloned().collect())
                };
                self.lines.set(self.stream.with_untracked(lines));
            }
            (1.., 0) => self.lines.set(None),
            _ => {}
        }
    }

    /// Shows new lines again, whatever held them.
    pub fn release(self) {
        self.causes.set_value(0);
        self.lines.set(None);
    }

    /// Calls `read` with the lines that stand still; `None` if new lines are shown.
    pub fn with<T>(self, read: impl FnOnce(Option<&Vec<Line>>) -> T) -> T {
        self.lines.with(|lines| read(lines.as_ref()))
    }

    /// Returns a text with the number of lines that are newer than those that stand still; `None` if there are none.
    pub fn newer(self) -> Option<String> {
        self.stream.with(|stream| {
            let (lines, is_past) = (stream.lines(), stream.look_back().is_some());
            let newest = self.with(|held| held.map(|held| held.first().cloned()));
            let newer = match newest.filter(|_| !is_past)? {
                Some(newest) => lines.newer_than(&newest),
                None => lines.len(),
            };
            match newer {
                0 => None,
                1 => Some("1 newer line".to_owned()),
                // Lines between those that stand still and those that are kept may have been dropped.
                newer if newer == lines.len() && lines.left_out() > 0 => {
                    Some(format!("{newer} or more newer lines"))
                }
                newer => Some(format!("{newer} newer lines")),
            }
        })
    }
}
