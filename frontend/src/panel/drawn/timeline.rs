//! The body of a timeline: a strip of states for each thing, with its name and its present state.

use leptos::prelude::*;

use super::super::shown::Shown;
use crate::follow::{current, follow, numbered, parts};
use crate::signal::{Memo, StoredValue};
use board_model::stream::Stream;
use board_model::things::Things;
use board_model::things_strip::{Row, Shown as Part, Time, marks, rows};

/// Number of looks by which states without a meaning are told apart.
const LOOKS: usize = 6;
/// Maximum number of states that the legend lists.
const MOST_KEYS: usize = 12;

pub(super) fn body(shown: Shown) -> impl IntoView {
    let topic = shown.stream.with_untracked(|stream| stream.topic().clone());
    untrack(|| shown.board.keep_things(&topic));
    let words = StoredValue::new(Vec::new());
    let rows =
        Memo::new(move |_| words.try_update_value(|words| remembering(shown, words)).unwrap_or_default());
    let count = Memo::new(move |_| rows.with(Vec::len));
    let left_out = Memo::new(move |_| {
        let count = shown.stream.with(|stream: &Stream| stream.things().map_or(0, Things::left_out));
        (count > 0).then(|| format!("{count} more are not shown"))
    });
    view! {
        <div class="rows things" tabindex="0" role="region" aria-label=current(shown.name())>
            <table>
                <caption class="visually-hidden">{follow(move || format!("{}, states from left to right", shown.name().get()))}</caption>
                <tbody>{numbered(count, move |place| line(rows, place).into_any())}</tbody>
                <tfoot><tr><th></th><td><div class="times">{follow(move || parts(times(shown).into_iter().map(|time| view! { <time>{time}</time> })))}</div></td><td></td></tr></tfoot>
            </table>
        </div>
        <p class="note things-keys" data-testid="timeline-keys">
            {follow(move || parts(rows.with(|rows| keys(rows)).into_iter().map(|(look, words)| view! {
                <span><i class=look></i>{words}</span>
            })))}
            <span>{follow(move || left_out.get())}</span>
        </p>
    }
}

/// Returns the rows that the panel shows.
pub(in crate::panel) fn all(shown: Shown) -> Vec<Row> {
    remembering(shown, &mut Vec::new())
}

/// Returns the rows that the panel shows. `words` are the states that it has shown so far.
fn remembering(shown: Shown, words: &mut Vec<String>) -> Vec<Row> {
    let window = shown.board.time.stretch();
    let until = shown.known_until(window.end);
    let at = shown.past().map_or(until, |(_, at)| at);
    let time = Time { window, until, at, clock: shown.board.clock.get() };
    shown.stream.with(|stream| rows(stream, &time, words))
}

/// Returns the times at the edges and in the middle of the window.
fn times(shown: Shown) -> Vec<String> {
    marks(&shown.board.time.stretch(), shown.board.clock.get()).into()
}

/// Shows the row of one thing.
fn line(rows: Memo<Vec<Row>>, place: usize) -> impl IntoView {
    let row = Memo::new(move |_| rows.with(|rows| rows.get(place).cloned()));
    let read = move |part: fn(&Row) -> String| row.with(|row| row.as_ref().map(part).unwrap_or_default());
    let strip = move || {
        let shown = row.with(|row| row.as_ref().map(|row| row.parts.clone()).unwrap_or_default());
        parts(shown.into_iter().map(|(part, share)| {
            view! { <i class=look(&part) style:flex-grow=weight(share) title=part.words().to_owned()></i> }
        }))
    };
    view! {
        <tr>
            <th scope="row">{follow(move || read(|row| row.name.clone()))}</th>
            <td>
                <div class="strip" aria-hidden="true">{follow(strip)}</div>
                <span class="visually-hidden">{follow(move || read(history))}</span>
            </td>
            <td class=follow(move || read(|row| format!("state-word is-{}", row.severity.word()))) title=follow(move || row.with(|row| row.as_ref()?.since.clone()))>
                {follow(move || read(|row| row.state.clone()))}
            </td>
        </tr>
    }
}

/// Returns the parts of a row in words, for screen readers.
fn history(row: &Row) -> String {
    let parts: Vec<&str> = row.parts.iter().map(|(part, _)| part.words()).collect();
    let since = row.since.as_deref().unwrap_or_default();
    format!("{}; {since}", parts.join(", then "))
}

/// Returns the CSS classes of a part.
fn look(part: &Part) -> String {
    match part {
        Part::State(_, severity, place) => format!("run is-{} look{}", severity.word(), place % LOOKS),
        Part::Mixed => "run is-mixed".to_owned(),
        Part::Nothing => String::new(),
        Part::Lost => "is-lost".to_owned(),
        Part::Unloaded => "is-unloaded".to_owned(),
    }
}

/// Returns the parts of all rows that look different, with their words.
fn keys(rows: &[Row]) -> Vec<(String, String)> {
    let mut keys: Vec<(String, String)> = Vec::new();
    for (part, _) in rows.iter().flat_map(|row| &row.parts) {
        let key = (look(part), part.words().to_owned());
        if keys.len() < MOST_KEYS && !keys.contains(&key) && *part != Part::Nothing {
            keys.push(key);
        }
    }
    keys
}

/// Returns a share of the strip's width as a value of the style `flex-grow`.
fn weight(share: f64) -> String {
    ((share * 10_000.0) as u32).to_string()
}
