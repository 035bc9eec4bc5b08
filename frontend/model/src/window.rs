//! The length of the time span that the board shows.

use shared::client::Rewind;

/// Length of the longest window whose publications are kept in the page, in milliseconds. The older part of a longer
/// window consists of buckets.
const LONGEST_RAW_MS: i64 = 60 * 60_000;
/// Length of the newest part of a longer window whose publications are kept in the page, in milliseconds.
const RAW_PART_MS: i64 = 15 * 60_000;

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
    /// Six hours.
    SixHours,
    /// One day.
    Day,
    /// Seven days.
    Week,
}

impl Window {
    /// Every length that the reader can choose, shortest first.
    pub const ALL: [Self; 7] =
        [Self::Minute, Self::FiveMinutes, Self::Quarter, Self::Hour, Self::SixHours, Self::Day, Self::Week];

    /// Returns the length in minutes, which identifies the window in the page's address.
    pub fn minutes(self) -> u32 {
        match self {
            Self::Minute => 1,
            Self::FiveMinutes => 5,
            Self::Quarter => 15,
            Self::Hour => 60,
            Self::SixHours => 360,
            Self::Day => 1_440,
            Self::Week => 10_080,
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
            Self::SixHours => "6 h",
            Self::Day => "1 day",
            Self::Week => "7 days",
        }
    }

    /// Returns the length of the newest part of the window whose publications are kept in the page, in milliseconds.
    /// It is the whole window up to one hour. The older part of a longer window consists of buckets, because its
    /// publications would be too many.
    pub fn raw_ms(self) -> i64 {
        if self.ms() > LONGEST_RAW_MS { RAW_PART_MS } else { self.ms() }
    }

    /// Returns true if the older part of the window consists of buckets.
    pub fn has_buckets(self) -> bool {
        self.raw_ms() < self.ms()
    }

    /// Returns the part of the past that a subscription must replay to fill the part of the window that consists of
    /// publications.
    pub fn rewind(self) -> Rewind {
        Rewind::Ms(self.raw_ms().unsigned_abs())
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

    #[test]
    fn publications_are_kept_for_an_hour_and_a_longer_window_is_filled_with_buckets() {
        let raw = Window::ALL.map(|window| (window.has_buckets(), window.raw_ms() / 60_000));
        let whole = [(false, 1), (false, 5), (false, 15), (false, 60)];
        assert_eq!(raw[..4], whole);
        assert_eq!(raw[4..], [(true, 15); 3]);
    }
}
