//! Panels that show several topics, or series that are computed: their data, which follows that of their topics.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use leptos::prelude::*;
use shared::board::{Board as Document, Panel};
use shared::{Millis, Topic, TopicMeta};
use tickertape_session::Event;

use super::earlier::{self, Earlier};
use crate::board::Board;
use crate::cell::Cell;
use crate::limits::handle as limits;
use board_model::chart::{Crossed, LocalClock, Means, SeriesSet};
use board_model::chip::Chip;
use board_model::document::{Merged, MergedPanel};
use board_model::kind::Kind;
use board_model::layout::short_name;
use board_model::standing::{crossed, crossed_by};
use board_model::stream::Stream;
use board_model::together::plan::Wanted;
use board_model::together::together::Inputs;
use board_model::together::{Input, Plan, Together, verdict, worst_crossed};
use board_model::trouble::Trouble;

/// A panel that shows several topics.
struct Joined {
    shared: Rc<Shared>,
    /// The kind, the unit and the axis that the document asks for.
    wanted: TopicMeta,
    /// Number that no other panel has had.
    number: u64,
    /// The models of the topics; `None` for a topic that the page does not have.
    sources: Vec<Option<Cell>>,
    /// Updates the panel whenever one of its topics has changed, until it is dropped.
    _updates: Option<RenderEffect<()>>,
}

/// The part of a panel that its updates change.
struct Shared {
    board: Board,
    cell: Cell,
    together: RefCell<Together>,
    earlier: RefCell<Vec<Earlier>>,
    /// Notified when data of the earlier time has arrived.
    arrived: ArcTrigger,
    /// True if the board was paused at the last update.
    was_paused: std::cell::Cell<bool>,
}

thread_local! {
    static PANELS: RefCell<HashMap<Topic, Joined>> = RefCell::default();
    static LAST: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// Applies a document: creates the panels of several topics that it has, keeps those that were there, and drops the others. Returns true
/// if there are others than before.
pub(super) fn apply(
    board: Board,
    document: &Document,
    merged: &Merged,
    meta_of: fn(&Panel) -> TopicMeta,
) -> bool {
    let numbers = || -> HashMap<Topic, u64> {
        PANELS.with_borrow(|panels| panels.iter().map(|(key, joined)| (key.clone(), joined.number)).collect())
    };
    let numbers_before = numbers();
    let mut before = PANELS.take();
    let mut panels = HashMap::new();
    for shown in merged.panels() {
        let Some(panel) = shown.index.and_then(|index| document.panels.get(index)) else { continue };
        if is_joined(shown, panel) {
            let joined = Joined::of(before.remove(&shown.key), board, shown, panel, meta_of(panel));
            panels.insert(shown.key.clone(), joined);
        }
    }
    PANELS.set(panels);
    numbers() != numbers_before
}

/// Returns true if the panel does not show exactly the data of the topic by which it is called.
pub(super) fn is_joined(shown: &MergedPanel, panel: &Panel) -> bool {
    !Plan::is_plain(panel) || panel.topics().next() != Some(&shown.key)
}

impl Joined {
    fn of(before: Option<Self>, board: Board, shown: &MergedPanel, panel: &Panel, wanted: TopicMeta) -> Self {
        let plan = Plan::of(panel);
        let sources: Vec<Option<Cell>> =
            plan.sources.iter().map(|source| board.cell(&source.topic)).collect();
        let before = before.filter(|before| *before.shared.together.borrow().plan() == plan);
        let is_same = |one: &Option<Cell>, other: &Option<Cell>| match (one, other) {
            (Some(one), Some(other)) => one.is(other),
            (one, other) => one.is_none() && other.is_none(),
        };
        let mut joined = match before {
            Some(before) if before.sources.iter().zip(&sources).all(|(one, other)| is_same(one, other)) => {
                before
            }
            Some(before) => before.with_sources(sources),
            None => Self::new(board, &shown.key, plan).with_sources(sources),
        };
        let kind = wanted.panel.as_deref().and_then(Plan::kind).map(str::to_owned);
        let wanted = TopicMeta { panel: kind, ..wanted };
        if joined.wanted != wanted {
            joined.wanted = wanted.clone();
            joined.shared.cell.change_shown(|stream, series| stream.arrange(wanted, series));
            joined.shared.update(&joined.sources);
        }
        joined
    }

    fn new(board: Board, key: &Topic, plan: Plan) -> Self {
        let cell = Cell::new(key.clone());
        cell.change_shown(|stream, _| *stream = Stream::of_several(key.clone()));
        let earlier = plan
            .compare_ms
            .map(|ms| plan.sources.iter().map(|source| Earlier::new(&source.topic, ms)).collect());
        let shared = Shared {
            board,
            cell,
            earlier: RefCell::new(earlier.unwrap_or_default()),
            together: RefCell::new(Together::new(plan)),
            arrived: ArcTrigger::new(),
            was_paused: std::cell::Cell::new(false),
        };
        let number = LAST.get() + 1;
        LAST.set(number);
        Self {
            shared: Rc::new(shared),
            wanted: TopicMeta::default(),
            number,
            sources: Vec::new(),
            _updates: None,
        }
    }

    fn with_sources(self, sources: Vec<Option<Cell>>) -> Self {
        let (shared, followed) = (Rc::clone(&self.shared), sources.clone());
        let updates = untrack(|| {
            RenderEffect::new(move |_| {
                for cell in followed.iter().flatten() {
                    cell.stream.track();
                    cell.series.track();
                }
                shared.board.time.view.track();
                shared.board.paused.track();
                shared.arrived.track();
                untrack(|| shared.update(&followed));
            })
        });
        Self { sources, _updates: Some(updates), ..self }
    }
}

impl Shared {
    /// Puts the data of the topics into the panel.
    fn update(&self, sources: &[Option<Cell>]) {
        sources.iter().flatten().for_each(|cell| keep_things(self.board, cell));
        let window_ms = self.board.time.length_ms();
        let mut together = self.together.borrow_mut();
        let is_paused = self.board.paused.get_untracked();
        if self.was_paused.replace(is_paused) != is_paused {
            // After a pause, topics show another copy of their data.
            together.forget();
        }
        let earlier = self.earlier.borrow();
        let before = self.cell.size();
        with_data(sources, &mut Vec::new(), &mut |now| {
            let earlier: Vec<Option<Input<'_>>> =
                earlier.iter().zip(now).map(|(earlier, now)| earlier.input(now.as_ref())).collect();
            let inputs = Inputs { now, earlier: &earlier, window_ms };
            self.cell.change_shown(|stream, series| together.update(stream, series, inputs));
        });
        drop((together, earlier));
        if self.cell.read_limits(limits::read()) {
            self.board.has_limits.set(true);
        }
        self.cell.notify();
        if self.cell.size() != before {
            self.board.resizes.update(|resizes| *resizes += 1);
        }
    }
}

/// Begins to keep the states of a topic that is a timeline, if it does not keep them.
fn keep_things(board: Board, cell: &Cell) {
    let is_missing = |stream: &Stream| stream.kind() == Some(Kind::Timeline) && stream.things().is_none();
    if cell.stream.with_untracked(is_missing) {
        let topic = cell.stream.with_untracked(|stream| stream.topic().clone());
        board.keep_things(&topic);
    }
}

/// Calls `act` with the shown data of all topics.
fn with_data(
    sources: &[Option<Cell>],
    data: &mut Vec<Option<Input<'_>>>,
    act: &mut dyn FnMut(&[Option<Input<'_>>]),
) {
    match sources.split_first() {
        None => act(data),
        Some((None, rest)) => {
            let mut data = data.clone();
            data.push(None);
            with_data(rest, &mut data, act);
        }
        Some((Some(cell), rest)) => {
            let version = cell.past_version();
            cell.stream.with_untracked(|stream| {
                cell.series.with_untracked(|series| {
                    let mut data = data.clone();
                    data.push(Some(Input { stream, series, version }));
                    with_data(rest, &mut data, act);
                });
            });
        }
    }
}

/// Calls `read` with a panel; returns `None` if it is no panel of several topics.
fn with_panel<T>(key: &Topic, read: impl FnOnce(&Joined) -> T) -> Option<T> {
    PANELS.with_borrow(|panels| panels.get(key).map(read))
}

/// Returns the model of a panel of several topics, and its number.
pub(super) fn cell(key: &Topic) -> Option<(Cell, u64)> {
    with_panel(key, |joined| (joined.shared.cell.clone(), joined.number))
}

/// Returns the topics of a panel.
pub(super) fn topics(key: &Topic) -> Option<Vec<Topic>> {
    with_panel(key, |joined| {
        joined.shared.together.borrow().plan().sources.iter().map(|source| source.topic.clone()).collect()
    })
}

/// Returns the text in the corner of a panel of several topics.
pub(super) fn chip(board: Board, key: &Topic) -> Option<Chip> {
    let (cell, sources, plan, mut left_out) = with_panel(key, |joined| {
        let together = joined.shared.together.borrow();
        let (plan, left_out) = (together.plan().clone(), together.left_out().to_vec());
        (joined.shared.cell.clone(), joined.sources.clone(), plan, left_out)
    })?;
    cell.stream.track();
    left_out.extend(
        with_panel(key, |joined| {
            let window = untrack(|| board.time.stretch());
            earlier::words(&joined.shared.earlier.borrow(), &window, board.server_now())
        })
        .flatten(),
    );
    let part = |name: &str, cell: &Cell| (name.to_owned(), board.chip_of(cell, true));
    let parts = plan.sources.iter().zip(&sources);
    let parts: Vec<(String, Chip)> =
        parts.filter_map(|(source, cell)| Some(part(&source.name, cell.as_ref()?))).collect();
    let (past, clock) = (board.time.past(), board.clock.get());
    let own = with_shown(&cell, |stream, series| {
        let has_thresholds = stream.meta().thresholds.is_some();
        has_thresholds.then(|| crossed(stream, series, past.as_ref(), clock))
    });
    let of_topics = || {
        let found = crossed_of_topics(&plan, &sources, &|cell, names| {
            with_shown(cell, |stream, series| crossed_by((stream, series), names, past.as_ref(), clock))
        });
        worst_crossed(found.into_iter().map(|(source, crossed)| (source.name.clone(), crossed)).collect())
    };
    Some(verdict(&parts, &left_out, own.unwrap_or_else(of_topics)))
}

/// Returns the trouble of the thresholds that the newest numbers of a panel of several topics cross, as [`chip`] judges them. Each is that
/// of a topic or, if the panel has thresholds for several topics, of the panel.
pub(super) fn crossed_now(key: &Topic) -> Vec<Trouble> {
    let parts = with_panel(key, |joined| {
        let plan = joined.shared.together.borrow().plan().clone();
        (joined.shared.cell.clone(), joined.sources.clone(), plan)
    });
    let Some((cell, sources, plan)) = parts else { return Vec::new() };
    let own = cell.stream.with_untracked(|stream| stream.meta().thresholds.clone());
    let is_of_topics = match &sources[..] {
        _ if own.is_none() => true,
        // The newest numbers of the topic are known also while the panel shows the past.
        [Some(only)] if !plan.has_steps() => only.with_known(|stream, _| stream.meta().thresholds == own),
        _ => false,
    };
    let found: Vec<(&Topic, Judged)> = if is_of_topics {
        let found = crossed_of_topics(&plan, &sources, &|cell, names| {
            cell.with_known(|stream, series| crossed_by((stream, series), names, None, LocalClock::UTC))
        });
        found.into_iter().map(|(source, crossed)| (&source.topic, crossed)).collect()
    } else {
        let is_one = plan.sources.windows(2).all(|pair| pair[0].topic == pair[1].topic);
        let topic = plan.sources.first().filter(|_| is_one).map_or(key, |source| &source.topic);
        let of_panel = with_shown(&cell, |stream, series| crossed(stream, series, None, LocalClock::UTC));
        of_panel.map(|crossed| (topic, crossed)).into_iter().collect()
    };
    let bad = found.into_iter().filter(|(_, (crossed, _))| crossed.means == Means::Bad);
    bad.map(|(topic, (crossed, _))| Trouble::of(topic, crossed.words)).collect()
}

/// A threshold that is crossed, with the sentence about it.
type Judged = (Crossed, String);

/// Returns the worst threshold of each topic that its series in a panel without thresholds cross, by the function `judge` of a topic and
/// the names of the series. Series that are computed have no thresholds.
fn crossed_of_topics<'a>(
    plan: &'a Plan,
    sources: &[Option<Cell>],
    judge: &dyn Fn(&Cell, &[String]) -> Option<Judged>,
) -> Vec<(&'a Wanted, Judged)> {
    let mut found = Vec::new();
    for (source, cell) in plan.sources.iter().zip(sources) {
        let cell = cell.as_ref().filter(|_| plan.derive.is_empty() && source.derive.is_empty());
        let crossed = cell.and_then(|cell| judge(cell, &source.series));
        found.extend(crossed.map(|crossed| (source, crossed)));
    }
    found
}

/// Calls `read` with the shown data of a topic or a panel.
fn with_shown<T>(cell: &Cell, read: impl FnOnce(&Stream, &SeriesSet) -> T) -> T {
    cell.stream.with_untracked(|stream| cell.series.with_untracked(|series| read(stream, series)))
}

/// Returns the usual title of a panel of several topics: their names.
pub(super) fn title(key: &Topic) -> Option<String> {
    let topics = topics(key)?;
    let is_one = topics.iter().all(|topic| topic == &topics[0]);
    let names: Vec<&str> = topics.iter().take(if is_one { 1 } else { MOST_NAMED }).map(short_name).collect();
    let more = if is_one { 0 } else { topics.len().saturating_sub(MOST_NAMED) };
    let names = names.join(", ");
    Some(if more > 0 { format!("{names} and {more} more") } else { names })
}

/// Maximum number of topics that the usual title of a panel names.
const MOST_NAMED: usize = 3;

/// Returns the panels of several topics that show a topic, each with the time before the window whose data its steps need.
pub(super) fn holders(topic: &Topic, window_ms: Millis) -> Vec<(Topic, Millis)> {
    PANELS.with_borrow(|panels| {
        let of = |(key, joined): (&Topic, &Joined)| {
            let together = joined.shared.together.borrow();
            let is_shown = together.plan().sources.iter().any(|source| source.topic == *topic);
            is_shown.then(|| (key.clone(), together.plan().reach_ms(window_ms)))
        };
        panels.iter().filter_map(of).collect()
    })
}

/// Requests what is missing of the earlier times with which panels are compared.
pub(super) fn ask_earlier(board: Board, width_px: impl Fn(&Topic) -> Option<i32>) {
    let shared: Vec<(Topic, Rc<Shared>)> = PANELS.with_borrow(|panels| {
        panels.iter().map(|(key, joined)| (key.clone(), Rc::clone(&joined.shared))).collect()
    });
    for (key, shared) in shared {
        let Some(width_px) = width_px(&key) else { continue };
        let reach_ms = shared.together.borrow().plan().reach_ms(board.time.length_ms());
        let count = shared.earlier.borrow().len();
        for index in 0..count {
            let next = |earlier: &mut Earlier| earlier.next(board, width_px, reach_ms);
            let asked = shared.earlier.borrow_mut().get_mut(index).and_then(next);
            // Answers may be handled while a request is sent, so that nothing may be borrowed.
            let Some((request, ask)) = asked else { continue };
            let (id, now) = (board.read_past(request), board.server_now());
            if let Some((id, earlier)) = id.zip(shared.earlier.borrow_mut().get_mut(index)) {
                earlier.asked(id, ask, now);
            }
        }
    }
}

/// Applies an answer of the server to a request of [`ask_earlier`]. Returns false if it is an answer to another request.
pub(super) fn answer(event: &Event, now: Millis) -> bool {
    let shared: Vec<Rc<Shared>> =
        PANELS.with_borrow(|panels| panels.values().map(|joined| Rc::clone(&joined.shared)).collect());
    for shared in shared {
        let is_answered = shared.earlier.borrow_mut().iter_mut().any(|earlier| earlier.answer(event, now));
        if is_answered {
            shared.arrived.notify();
            return true;
        }
    }
    false
}
