//! The data of a panel as comma-separated values (RFC 4180), for other programs. Depends on [`super::chart`], [`super::lines`],
//! [`super::states`], [`super::table`] and [`super::buckets`].
//!
//! A file begins with a line of headings. Numbers have the digits that were sent. Times are given twice: in ISO 8601 in UTC, and in
//! milliseconds since the Unix epoch. What the page does not have, such as lost data, is named in the column `note`, and is never
//! only left out.
//!
//! | module | contents |
//! |---|---|
//! | [`writer`] | cells, quotation marks, and texts that a spreadsheet would take for a formula |
//! | [`mod@iso`] | times in ISO 8601 |
//! | [`series`] | the numbers of a chart: publications or buckets |
//! | [`others`] | states, lines of a log, and tables |

pub mod iso;
pub mod others;
pub mod series;
pub mod writer;

use std::ops::Range;

use shared::Millis;

pub use iso::iso;
pub use others::{lines_csv, states_csv, table_csv, things_csv};
pub use series::series_csv;

use crate::chart::SeriesSet;
use crate::kind::Kind;
use crate::stream::Stream;

/// Formats what a panel shows of a stretch of time. `now` is the present time. `state` are words about data that may be missing;
/// empty if the panel shows live data.
pub fn panel_csv(
    stream: &Stream,
    set: &SeriesSet,
    stretch: &Range<Millis>,
    now: Millis,
    state: &str,
) -> String {
    match stream.kind() {
        Some(Kind::State) => states_csv(stream, stretch, now, state),
        Some(Kind::Log) => {
            let is_cut = stream.look_back().is_some_and(|look_back| look_back.is_cut);
            let left_out = match stream.lines().left_out() {
                0 if is_cut => "older lines of this stretch are not loaded".to_owned(),
                0 => String::new(),
                count => format!("{count} older lines are not kept"),
            };
            let error_ms = stream.clock_error_ms().unwrap_or(0);
            lines_csv(stream.lines().newest(usize::MAX), error_ms, stretch, [&left_out, state])
        }
        Some(Kind::Table) => table_csv(stream.table(), stream.table_at()),
        Some(Kind::Timeline) => things_csv(stream, stretch, now, state),
        Some(
            Kind::Line
            | Kind::Area
            | Kind::Stacked
            | Kind::Bars
            | Kind::Step
            | Kind::Number
            | Kind::Gauge
            | Kind::List
            | Kind::Heatmap,
        )
        | None => series_csv(set, stretch, &stream.unit(), state),
    }
}

/// Returns the name of a file with the data of a panel, without its ending: the topic and the end of the stretch, such as
/// `host-cpu-2026-11-27T14-02-00Z`. A colon is not allowed in names of files on some systems.
pub fn file_name(topic: &str, end_ms: Millis) -> String {
    let time = iso(end_ms.div_euclid(1_000) * 1_000).replace(".000Z", "Z");
    format!("{topic}-{time}").replace(['/', ':'], "-")
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_file_is_named_by_its_topic_and_the_end_of_the_stretch() {
        assert_eq!(file_name("host/cpu", 1_795_000_000_123), "host-cpu-2026-11-18T11-06-40Z");
    }
}
