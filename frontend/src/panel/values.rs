//! The values that a panel shows, each with a name and with the digits that were sent, to be copied.

use shared::Millis;

use super::drawn::timeline;
use super::shown::Shown;
use board_model::chart::SeriesSet;
use board_model::chart::readout::last_row;
use board_model::field::Field;
use board_model::kind::Kind;
use board_model::stream::Stream;
use board_model::table::Table;

/// Maximum number of values in the list. A table may have thousands.
const MOST: usize = 1_000;
/// Maximum number of lines of a log in the list.
const MOST_LINES: usize = 50;

/// A value that can be copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Value {
    /// Name of the value, which no other value of the panel has as a rule.
    pub name: String,
    /// The value as it was sent.
    pub text: String,
}

/// Returns the values that a panel shows.
pub(super) fn of(shown: Shown) -> Vec<Value> {
    let past = shown.past();
    shown.stream.with(|stream| match stream.kind() {
        Some(Kind::State) => state(stream, past.map(|(_, at)| at)),
        Some(Kind::Log) => lines(stream, shown),
        Some(Kind::Table) => cells(stream.table()),
        Some(Kind::Timeline) => {
            timeline::all(shown).into_iter().map(|row| named(&row.name, row.state)).collect()
        }
        _ => shown.series.with(|set| numbers(set, past)),
    })
}

fn named(name: &str, text: impl Into<String>) -> Value {
    Value { name: name.to_owned(), text: text.into() }
}

fn numbers(set: &SeriesSet, past: Option<(Millis, Millis)>) -> Vec<Value> {
    let value = |(column, name): (usize, &str)| {
        let text = match past {
            Some((from, at)) => set.sent(column, last_row(set, column, &(from..at))?)?,
            None => match &set.newest(column)?.field {
                Field::Number { sent, .. } => sent.clone(),
                Field::Text(text) => text.clone(),
                Field::Nothing => return None,
            },
        };
        Some(named(name, text))
    };
    set.series().iter().map(|series| series.name()).enumerate().filter_map(value).take(MOST).collect()
}

fn state(stream: &Stream, at: Option<Millis>) -> Vec<Value> {
    let state = match (at, stream.look_back()) {
        (Some(at), Some(look_back)) => look_back.states.at(at),
        (Some(_), None) => None,
        (None, _) => stream.states().current(),
    };
    state.into_iter().map(|state| named("state", state)).collect()
}

fn lines(stream: &Stream, shown: Shown) -> Vec<Value> {
    let (clock, error_ms) = (shown.board.clock.get(), stream.clock_error_ms().unwrap_or(0));
    let line = |line: &board_model::lines::Line| {
        let start: String = line.text.chars().take(40).collect();
        named(&[clock.milliseconds(line.ts_ms - error_ms), start].join(" "), line.text.as_str())
    };
    stream.lines().newest(MOST_LINES).map(line).collect()
}

/// Returns the cells of a table, named by the first cell of their row and by their column.
fn cells(table: &Table) -> Vec<Value> {
    let rows = table.rows.iter().enumerate();
    let cells = rows.flat_map(|(index, row)| {
        let first = row.first().cloned().unwrap_or_default();
        let columns = table.columns.iter().zip(row);
        columns.map(move |(column, text)| {
            named(&format!("{} {first}: {}", index + 1, column.name), board_model::csv::others::as_sent(text))
        })
    });
    cells.take(MOST).collect()
}
