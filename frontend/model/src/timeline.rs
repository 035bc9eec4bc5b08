//! Movement through time: zoom, pan, the way back, and the bounds. Depends on [`super::view`] and [`super::window`].
//!
//! ```
//! use board_model::timeline::Timeline;
//! use board_model::window::Window;
//!
//! let now = 1_800_000_000_000;
//! let mut timeline = Timeline::new(Window::Quarter, None);
//! timeline.zoom(now - 60_000, 0.5, now, 0);
//! assert_eq!(timeline.stretch(now).end - timeline.stretch(now).start, Window::Quarter.ms() / 2);
//! timeline.undo();
//! assert!(timeline.view().past().is_none());
//! ```

use std::ops::Range;

use shared::Millis;

use super::view::View;
use super::window::Window;

/// Length of the shortest stretch that can be shown, in milliseconds.
pub const LEAST_SPAN_MS: Millis = 1_000;
/// Length of the longest stretch that can be shown while it is not known how much the server keeps.
const MOST_SPAN_MS: Millis = 366 * 86_400_000;
/// Number of earlier views to which the reader can return. If there are more, the oldest is forgotten.
const MOST_STEPS: usize = 50;
/// Zooms that follow each other within this time, in milliseconds, are undone together. A wheel sends many.
const SAME_ZOOM_MS: u64 = 700;

/// The stretch of time that the board shows, and the earlier ones to which the reader can return.
///
/// Functions that move the stretch get `edge`, the time at the right edge of a live board. No stretch ends after it,
/// and none begins before the oldest data that the server keeps or charts have shown, once that is known.
#[derive(Clone, Debug, Default)]
pub struct Timeline {
    view: View,
    /// Window of the live view to which [`Self::go_live`] returns.
    window: Window,
    earlier: Vec<View>,
    oldest: Option<Millis>,
    /// Time of the oldest data that charts have shown. A publication may have a time of its own that is older than
    /// anything that the server has received.
    oldest_shown: Option<Millis>,
    zoomed_at: Option<u64>,
}

impl Timeline {
    /// Creates the timeline of a page that shows the stretch `past` or, if it is `None`, live data in `window`.
    pub fn new(window: Window, past: Option<Range<Millis>>) -> Self {
        let span = past.map(|past| past.start..past.end.max(past.start.saturating_add(LEAST_SPAN_MS)));
        let view = span.map_or(View::Live { window }, |span| View::of(&span));
        Self { view, window, ..Self::default() }
    }

    /// Returns the stretch that is shown now, or the window of live data.
    pub fn view(&self) -> View {
        self.view
    }

    /// Returns the window of live data that was chosen last.
    pub fn window(&self) -> Window {
        self.window
    }

    /// Returns the times at the left and the right edge of the charts.
    pub fn stretch(&self, edge: Millis) -> Range<Millis> {
        self.view.stretch(edge)
    }

    /// Sets the time of receipt of the oldest data that the server keeps, and the time of the oldest data that charts
    /// show; `None` if one is not known. The reader can always return to data that charts have shown before.
    pub fn learn_oldest(&mut self, kept: Option<Millis>, shown: Option<Millis>) {
        self.oldest_shown = self.oldest_shown.into_iter().chain(shown).min();
        self.oldest = kept.map(|kept| self.oldest_shown.map_or(kept, |shown| shown.min(kept)));
    }

    /// Shows a stretch as long as `window`. Live data stays live, and a stretch of the past keeps its middle.
    pub fn choose(&mut self, window: Window, edge: Millis) {
        match self.view.past() {
            None => {
                self.window = window;
                self.change(View::Live { window });
            }
            Some(past) => {
                let from = past.start + (past.end - past.start) / 2 - window.ms() / 2;
                self.show(from..from + window.ms(), edge, false);
            }
        }
    }

    /// Shows the stretch nearest to `wanted` that the bounds allow. If `is_continued` is true, this continues the last
    /// movement (a drag), which is undone as a whole.
    pub fn show(&mut self, wanted: Range<Millis>, edge: Millis, is_continued: bool) {
        let view = View::of(&self.bounded(wanted, edge));
        if is_continued {
            self.view = view;
        } else {
            self.change(view);
        }
    }

    /// Makes the stretch `factor` times as long; the time `around` keeps its place on the screen. `at_mono_ms` is the
    /// present time by a monotonic clock: zooms that follow each other quickly are undone together.
    pub fn zoom(&mut self, around: Millis, factor: f64, edge: Millis, at_mono_ms: u64) {
        let now = self.stretch(edge);
        let span = ((now.end - now.start) as f64 * factor).round();
        let span = (span as Millis).clamp(LEAST_SPAN_MS, self.most_span(edge).max(now.end - now.start));
        let share =
            (around.clamp(now.start, now.end) - now.start) as f64 / (now.end - now.start).max(1) as f64;
        let from = around.clamp(now.start, now.end) - (share * span as f64).round() as Millis;
        let is_continued = self.zoomed_at.is_some_and(|at| at_mono_ms.saturating_sub(at) < SAME_ZOOM_MS);
        if span != now.end - now.start {
            self.show(from..from + span, edge, is_continued);
            self.zoomed_at = Some(at_mono_ms);
        }
    }

    /// Moves the stretch by `by_ms`, which is negative for a move back. A stretch that has the length of the live
    /// window becomes live when it arrives at the present time. It has arrived if half of such a move is left, because
    /// the present time has moved on since the stretch was live.
    pub fn pan(&mut self, by_ms: Millis, edge: Millis) {
        let now = self.stretch(edge);
        let span = now.end - now.start;
        let wanted = now.start.saturating_add(by_ms)..now.end.saturating_add(by_ms);
        if by_ms > 0 && wanted.end.saturating_add(by_ms / 2) >= edge && span == self.window.ms() {
            return self.change(View::Live { window: self.window });
        }
        self.show(wanted, edge, false);
    }

    /// Shows live data.
    pub fn go_live(&mut self) {
        self.change(View::Live { window: self.window });
    }

    /// Returns to the view before the last change, and returns true if there is one.
    pub fn undo(&mut self) -> bool {
        let Some(view) = self.earlier.pop() else { return false };
        if let View::Live { window } = view {
            self.window = window;
        }
        (self.view, self.zoomed_at) = (view, None);
        true
    }

    fn change(&mut self, view: View) {
        self.zoomed_at = None;
        if view == self.view {
            return;
        }
        self.earlier.push(self.view);
        if self.earlier.len() > MOST_STEPS {
            self.earlier.remove(0);
        }
        self.view = view;
    }

    fn most_span(&self, edge: Millis) -> Millis {
        let kept = self.oldest.map_or(MOST_SPAN_MS, |oldest| edge.saturating_sub(oldest));
        kept.clamp(Window::Minute.ms(), MOST_SPAN_MS)
    }

    /// Moves a stretch into the bounds without a change of its length. A stretch that is longer than everything that
    /// is kept ends at the present time.
    fn bounded(&self, wanted: Range<Millis>, edge: Millis) -> Range<Millis> {
        let span = wanted.end.saturating_sub(wanted.start).clamp(LEAST_SPAN_MS, MOST_SPAN_MS);
        let oldest = self.oldest.unwrap_or(edge - MOST_SPAN_MS);
        let from = wanted.start.max(oldest).min(edge - span);
        from..from + span
    }
}

#[cfg(test)]
mod tests;
