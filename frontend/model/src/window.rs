//! The length of the time span that the board shows.

use shared::client::Rewind;

/// Length of the time span that the charts of the board show. The span ends at the present time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Window {
    /// One minute.
    Minute,
    /// Five minutes.
    #[default]
    FiveMinutes,
    /// A quarter of an hour.
    Quarter,
    /// One hour.
    Hour,
}

impl Window {
    /// Every length that the reader can choose, shortest first.
    pub const ALL: [Self; 4] = [Self::Minute, Self::FiveMinutes, Self::Quarter, Self::Hour];

    /// Returns the length in minutes, which identifies the window in the page's address.
    pub fn minutes(self) -> u32 {
        match self {
            Self::Minute => 1,
            Self::FiveMinutes => 5,
            Self::Quarter => 15,
            Self::Hour => 60,
        }
    }

    /// Returns the length in milliseconds.
    pub fn ms(self) -> i64 {
        i64::from(self.minutes()) * 60_000
    }

    /// Parses a number of minutes, as it is in the page's address. Returns `None` if there is no window of this
    /// length.
    pub fn of_minutes(text: &str) -> Option<Self> {
        let minutes: u32 = text.parse().ok()?;
        Self::ALL.into_iter().find(|window| window.minutes() == minutes)
    }

    /// Returns the text of the button with which the reader chooses this window.
    pub fn label(self) -> &'static str {
        match self {
            Self::Minute => "1 min",
            Self::FiveMinutes => "5 min",
            Self::Quarter => "15 min",
            Self::Hour => "1 h",
        }
    }

    /// Returns the part of the past that a subscription must replay to fill the window.
    pub fn rewind(self) -> Rewind {
        Rewind::Ms(self.ms().unsigned_abs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_window_reads_as_it_is_written_in_addresses() {
        for window in Window::ALL {
            assert_eq!(Window::of_minutes(&window.minutes().to_string()), Some(window));
        }
        assert_eq!(Window::of_minutes("7"), None);
        assert_eq!(Window::of_minutes(""), None);
    }
}
