//! How much the page may remember.

use super::window::Window;
use crate::chart::series::SeriesSet;

/// Topics shown; more are counted, not shown.
pub const MOST_TOPICS: usize = 500;
/// Rows one topic's numbers may have: the longest window at ten publications a second.
pub const MOST_ROWS: usize = 36_000;
/// Numbers all topics together may hold: 32 MB.
const MOST_NUMBERS: usize = 4_000_000;
/// Rows every topic may keep, however many topics there are.
const LEAST_ROWS: usize = 300;
/// Kept beyond the window, as a part of it, so that lines reach the left edge.
const MARGIN: i64 = 20;

/// Forgets what is out of the window, and the oldest of what is more than this topic's share of the memory.
pub fn trim(series: &mut SeriesSet, window: Window, now_ms: i64, topics: usize) {
    series.drop_before(now_ms - window.ms() - window.ms() / MARGIN);
    let excess = series.len().saturating_sub(rows_allowed(series.series().len(), topics));
    if let Some(oldest_kept) = series.time(excess).filter(|_| excess > 0) {
        series.drop_before(oldest_kept);
    }
}

fn rows_allowed(series: usize, topics: usize) -> usize {
    let columns = series + 1;
    (MOST_NUMBERS / (topics.max(1) * columns)).clamp(LEAST_ROWS, MOST_ROWS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(rows: i64, names: usize) -> SeriesSet {
        let names: Vec<_> = (0..names).map(|name| name.to_string()).collect();
        let mut set = SeriesSet::new(MOST_ROWS);
        for row in 0..rows {
            set.append(row * 100, names.iter().map(|name| (name.as_str(), 1.0)));
        }
        set
    }

    #[test]
    fn what_is_out_of_the_window_is_forgotten_but_for_a_margin() {
        let mut set = series(1_000, 1);
        trim(&mut set, Window::Minute, 99_900, 1);
        assert_eq!(set.time(0), Some(99_900 - 63_000));
    }

    #[test]
    fn many_wide_topics_share_the_memory() {
        let mut set = series(1_000, 31);
        trim(&mut set, Window::Hour, 100_000, MOST_TOPICS);
        assert_eq!(set.len(), LEAST_ROWS);
        assert_eq!(set.last_time(), Some(99_900));
    }

    #[test]
    fn one_topic_alone_keeps_an_hour_of_ten_a_second() {
        assert_eq!(rows_allowed(1, 1), MOST_ROWS);
    }
}
