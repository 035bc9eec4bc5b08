//! Limits on the memory that the page uses for the numbers of all topics. Depends on the number of rows of a chart.

use shared::Millis;

use crate::chart::series::SeriesSet;

/// Maximum number of topics for which the board has a panel. Topics beyond this number are only counted.
pub const MOST_TOPICS: usize = 2_000;
/// Maximum number of rows of numbers that are kept for one topic. It is enough for the longest window at ten
/// publications per second.
pub const MOST_ROWS: usize = 36_000;
/// Maximum number of numbers that are kept for all topics together. They take 32 MB.
const MOST_NUMBERS: usize = 4_000_000;
/// Number of rows that every topic may keep, even if there are so many topics that [`MOST_NUMBERS`] is exceeded.
const LEAST_ROWS: usize = 300;
/// Numbers are also kept for a short time before the window, so that lines reach its left edge. This time is the
/// length of the window divided by this number.
const MARGIN: Millis = 20;

/// Returns the time before which the numbers of a topic may be dropped. It is shortly before the beginning of the
/// time `raw_ms` (see [`raw_ms`](crate::window::Window::raw_ms)) that ends now, or later if the topic uses more than its share of the
/// memory. `topics` is the number of topics on the board.
pub fn keep_from(series: &SeriesSet, raw_ms: Millis, now: Millis, topics: usize) -> Millis {
    let shown_from = now - raw_ms - raw_ms / MARGIN;
    let excess = series.len().saturating_sub(rows_allowed(series.series().len(), topics));
    let affordable_from = series.time(excess).filter(|_| excess > 0);
    affordable_from.map_or(shown_from, |ts| ts.max(shown_from))
}

fn rows_allowed(series: usize, topics: usize) -> usize {
    let columns = series + 1;
    (MOST_NUMBERS / (topics.max(1) * columns)).clamp(LEAST_ROWS, MOST_ROWS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::window::Window;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn series(rows: i64, names: usize) -> SeriesSet {
        let names: Vec<_> = (0..names).map(|name| name.to_string()).collect();
        let mut set = SeriesSet::new(MOST_ROWS);
        for row in 0..rows {
            set.append(row * 100, names.iter().map(|name| (name.as_str(), 1.0)));
        }
        set
    }

    #[test]
    fn the_points_of_the_window_are_kept_with_a_margin() {
        assert_eq!(keep_from(&series(1_000, 1), Window::Minute.raw_ms(), 99_900, 1), 99_900 - 63_000);
    }

    #[test]
    fn many_wide_topics_share_the_memory() {
        let set = series(1_000, 31);
        assert_eq!(
            keep_from(&set, Window::Hour.raw_ms(), 100_000, MOST_TOPICS),
            (1_000 - LEAST_ROWS as i64) * 100
        );
    }

    #[test]
    fn one_topic_alone_keeps_an_hour_of_ten_a_second() {
        assert_eq!(rows_allowed(1, 1), MOST_ROWS);
    }
}
