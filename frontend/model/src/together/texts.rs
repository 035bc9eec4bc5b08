//! Logs and states of several topics in one panel. Depends on [`super::flow`], [`super::names`], [`crate::lines`] and
//! [`crate::things_strip`].

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::flow::Input;
use super::names::series_name;
use super::plan::{Plan, Wanted};
use crate::buckets::PastStates;
use crate::kind::Kind;
use crate::lines::{Line, Lines, MOST_LINES};
use crate::sorted;
use crate::stream::{LookBack, Stream};
use crate::things::Things;
use crate::things_strip;
use shared::Millis;

/// Number of the lower bits of a line's number that contain its number in its own topic. The bits above them contain the place of the
/// topic.
const NUMBER_BITS: u32 = 58;
/// Meaning of a state to which publishers give different meanings.
const UNCLEAR: &str = "neutral";

/// A topic of the panel with its data.
type Source<'a> = (&'a Wanted, Input<'a>);

/// Returns the kind of panel that suits topics without numbers: a log if any of them is one, or else a timeline of their states. Returns
/// `None` if any has numbers, or none has texts.
pub(super) fn kind_of(inputs: &[Option<Input<'_>>]) -> Option<Kind> {
    let kinds: Vec<Kind> = inputs.iter().flatten().filter_map(|input| input.stream.kind()).collect();
    if kinds.iter().any(|kind| kind.has_numbers()) {
        return None;
    }
    let has = |wanted: &[Kind]| kinds.iter().any(|kind| wanted.contains(kind));
    if has(&[Kind::Log]) {
        return Some(Kind::Log);
    }
    has(&[Kind::State, Kind::Timeline]).then_some(Kind::Timeline)
}

/// Returns the reason for which a topic has nothing to show in a panel of this kind; `None` if it has.
pub(super) fn reason(kind: Option<Kind>, input: &Input<'_>) -> Option<&'static str> {
    let own = input.stream.kind()?;
    match kind? {
        Kind::Log if !input.stream.lines().is_empty() || input.stream.look_back().is_some() => None,
        Kind::Timeline if matches!(own, Kind::State | Kind::Timeline) => None,
        _ if own == Kind::Table => Some("is a table, and tables cannot be merged"),
        Kind::Log => Some("has no lines"),
        Kind::Timeline => Some("has no states"),
        _ => input.series.series().is_empty().then_some("has no numbers"),
    }
}

/// Puts the lines or the states of the topics into the panel, if it is of a kind that shows them.
pub(super) fn fill(stream: &mut Stream, plan: &Plan, inputs: &[Option<Input<'_>>]) {
    let sources: Vec<Source<'_>> =
        plan.sources.iter().zip(inputs).filter_map(|(wanted, input)| Some((wanted, (*input)?))).collect();
    let kind = stream.kind();
    let lines = if kind == Some(Kind::Log) { lines(&sources) } else { Lines::default() };
    let things = if kind == Some(Kind::Timeline) { things(&sources) } else { Things::default() };
    let is_text = matches!(kind, Some(Kind::Log | Kind::Timeline));
    stream.gather_texts(lines, things, look_back(&sources).filter(|_| is_text));
}

/// Returns the meaning of each state of the topics. A state to which they give different meanings has none.
pub(super) fn meanings(inputs: &[Input<'_>]) -> BTreeMap<String, String> {
    let mut meanings = BTreeMap::new();
    for (state, meaning) in inputs.iter().flat_map(|input| &input.stream.meta().states) {
        let known = meanings.entry(state.to_lowercase()).or_insert_with(|| meaning.clone());
        if known != meaning {
            UNCLEAR.clone_into(known);
        }
    }
    meanings
}

fn look_back(sources: &[Source<'_>]) -> Option<LookBack> {
    let past: Vec<&LookBack> = sources.iter().filter_map(|(_, input)| input.stream.look_back()).collect();
    let is_cut = past.iter().any(|look_back| look_back.is_cut);
    (!past.is_empty()).then(|| LookBack { is_cut, ..LookBack::default() })
}

/// Returns the lines of all topics in order of time.
fn lines(sources: &[Source<'_>]) -> Lines {
    let known_from = sources.iter().map(|(_, input)| known_from(input.stream)).max().unwrap_or(Millis::MIN);
    let mut all: Vec<(usize, &Line)> = Vec::new();
    let mut left_out = 0;
    for (place, (_, input)) in sources.iter().enumerate() {
        let lines = input.stream.lines();
        let newest = lines.newest(MOST_LINES).take_while(|line| line.order().effective_ms() >= known_from);
        let before = all.len();
        all.extend(newest.map(|line| (place, line)));
        left_out += lines.left_out() + (lines.len() - (all.len() - before)) as u64;
    }
    sorted::sort_by_key(&mut all, |(place, line)| {
        (line.order().effective_ms(), *place, line.order().sequence())
    });
    let excess = all.len().saturating_sub(MOST_LINES);
    let names: Vec<Option<Arc<str>>> = sources
        .iter()
        .map(|(wanted, _)| Some(wanted.name.as_str()).filter(|name| !name.is_empty()).map(Arc::from))
        .collect();
    let line = |(place, line): &(usize, &Line)| {
        let number = ((*place as u64) << NUMBER_BITS) | (line.number & ((1 << NUMBER_BITS) - 1));
        let error_ms = sources.get(*place).and_then(|(_, input)| input.stream.clock_error_ms()).unwrap_or(0);
        line.of_topic(names.get(*place).cloned().flatten(), number, error_ms)
    };
    let kept: VecDeque<Line> = all[excess..].iter().map(line).collect();
    Lines::of_several(kept, left_out + excess as u64)
}

/// Returns the time from which on the page has all lines of a topic that the panel could show. Older lines of other topics are not
/// shown, because this topic would seem to have been silent then.
fn known_from(stream: &Stream) -> Millis {
    let lines = stream.lines();
    let Some(oldest) = lines.newest(MOST_LINES).last() else { return Millis::MIN };
    let is_whole = match stream.look_back() {
        Some(look_back) => !look_back.is_cut,
        None => lines.left_out() == 0 && stream.complete_from() == Millis::MIN,
    };
    if is_whole { Millis::MIN } else { oldest.order().effective_ms() }
}

/// Returns the states of all topics. A topic that is a state itself is one thing, which has its name.
fn things(sources: &[Source<'_>]) -> Things {
    let mut things: Vec<(String, PastStates)> = Vec::new();
    let mut left_out = 0;
    for (wanted, input) in sources {
        match input.stream.kind() {
            Some(Kind::State) => {
                let own = input.stream.topic().leaf();
                things.push((series_name(&wanted.name, own, true), input.stream.shown_states()));
            }
            Some(Kind::Timeline) => {
                let named = things_strip::states(input.stream).into_iter();
                things.extend(named.map(|(name, states)| (series_name(&wanted.name, &name, false), states)));
                left_out += input.stream.things().map_or(0, Things::left_out);
            }
            Some(_) | None => {}
        }
    }
    Things::of_several(things, left_out)
}
