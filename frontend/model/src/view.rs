//! The stretch of time that the board shows: one that ends now, or one in the past. Depends on [`super::window`].

use std::ops::Range;

use shared::Millis;

use super::window::Window;

/// The stretch of time that the board shows. All charts show the same one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// The newest data: a stretch that ends at the present time and moves with it.
    Live {
        /// Length of the stretch.
        window: Window,
    },
    /// A stretch that stays where it is.
    Past {
        /// Beginning of the stretch, in milliseconds since the Unix epoch.
        from: Millis,
        /// End of the stretch, in milliseconds since the Unix epoch.
        to: Millis,
    },
}

/// Position of a stretch of time that stays where it is, in relation to the present time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tense {
    /// The stretch has ended.
    Past,
    /// The stretch has begun, and has not ended. Charts show data up to the present time.
    UpToNow,
    /// The stretch has not begun.
    Future,
}

impl Tense {
    /// Returns the position of a stretch at the present time `now`.
    pub fn of(stretch: &Range<Millis>, now: Millis) -> Self {
        match (stretch.start > now, stretch.end > now) {
            (true, _) => Self::Future,
            (false, true) => Self::UpToNow,
            (false, false) => Self::Past,
        }
    }

    /// Returns the words for screen readers, which the stretch follows: `You see the past: `.
    pub fn said(self) -> &'static str {
        match self {
            Self::Past => "You see the past: ",
            Self::UpToNow => "You see data up to now: ",
            Self::Future => "You see the future: ",
        }
    }

    /// Returns the words for the header: `Past`.
    pub fn words(self) -> &'static str {
        match self {
            Self::Past => "Past",
            Self::UpToNow => "Up to now",
            Self::Future => "Future",
        }
    }
}

impl Default for View {
    fn default() -> Self {
        Self::Live { window: Window::default() }
    }
}

impl View {
    /// Returns the view of the stretch between two times.
    pub fn of(stretch: &Range<Millis>) -> Self {
        Self::Past { from: stretch.start, to: stretch.end }
    }

    /// Returns the stretch that is shown. `edge` is the time at the right edge of a live board.
    pub fn stretch(self, edge: Millis) -> Range<Millis> {
        match self {
            Self::Live { window } => edge - window.ms()..edge,
            Self::Past { from, to } => from..to,
        }
    }

    /// Returns the stretch if it is in the past; `None` for live data.
    pub fn past(self) -> Option<Range<Millis>> {
        match self {
            Self::Live { .. } => None,
            Self::Past { from, to } => Some(from..to),
        }
    }

    /// Returns true if charts show buckets: a stretch in the past, or a window that is too long for publications.
    pub fn has_buckets(self) -> bool {
        match self {
            Self::Live { window } => window.has_buckets(),
            Self::Past { .. } => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn only_a_stretch_that_has_ended_is_called_past() {
        let words = |stretch: Range<Millis>| Tense::of(&stretch, 100).words();
        assert_eq!([words(0..99), words(0..100)], ["Past", "Past"]);
        assert_eq!([words(0..101), words(100..200)], ["Up to now", "Up to now"]);
        assert_eq!(words(101..200), "Future");
    }
}
