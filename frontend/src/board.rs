//! The board's state in the page: the model behind signals, told once a frame.
//!
//! A message changes the model at once. Whoever shows a changed topic is told with the next animation frame, however
//! many messages came; a hidden page has no frames, so nothing is told until it is shown.

use std::collections::{HashMap, HashSet};

use leptos::prelude::*;
use shared::{Filter, Millis, Topic};
use tickertape_session::Session;

use crate::chart::frame::FrameTask;
use crate::chart::local_clock;
use crate::prefs::{self, View};
use crate::socket::Connection;
use board_model::arrival::Circumstances;
use board_model::budget::{MOST_ROWS, MOST_TOPICS};
use board_model::chart::clock::LocalClock;
use board_model::chart::series::SeriesSet;
use board_model::chip::Chip;
use board_model::kind::Kind;
use board_model::layout::{Group, Layout};
use board_model::link::Link;
use board_model::query::Query;
use board_model::standstill::Standstill;
use board_model::stream::Stream;
use board_model::window::Window;

/// The board's state; a handle that can be copied into every component.
#[derive(Clone, Copy)]
pub struct Board {
    /// What is known of each topic. Only [`Board::change`] writes.
    cells: StoredValue<HashMap<Topic, Cell>, LocalStorage>,
    changed: StoredValue<HashSet<Topic>, LocalStorage>,
    /// Topics that were taken away while panels stood still.
    leaving: StoredValue<HashSet<Topic>, LocalStorage>,
    teller: StoredValue<Option<FrameTask>, LocalStorage>,
    connection: StoredValue<Option<Connection>, LocalStorage>,
    /// The longest window chosen so far: what is kept.
    pub(crate) kept: StoredValue<Window>,
    /// Where panels stand.
    layout: RwSignal<Layout>,
    /// The connection in words.
    pub link: RwSignal<Link>,
    /// The server's clock, by the second.
    pub now: RwSignal<Millis>,
    /// The time at the right edge of every chart; it stands still while paused.
    pub edge: RwSignal<Millis>,
    /// How much of the past is shown.
    pub window: RwSignal<Window>,
    /// What the reader looks for.
    pub filter: RwSignal<String>,
    /// Whether panels stand still.
    pub paused: RwSignal<bool>,
    /// Publications that came while paused.
    pub waiting: RwSignal<u64>,
    /// Topics that found no place.
    pub left_out: RwSignal<HashSet<Topic>>,
    /// What clocks here show.
    pub clock: LocalClock,
}

/// One topic behind signals.
#[derive(Clone)]
pub struct Cell {
    /// All that is shown of it but its numbers.
    pub stream: ArcRwSignal<Stream>,
    /// The numbers that are shown of it.
    pub series: ArcRwSignal<SeriesSet>,
    /// What is known beyond that.
    standstill: ArcStoredValue<Standstill>,
}

impl Board {
    /// An empty board, showing what the address asks for.
    pub fn from_address() -> Self {
        let view = prefs::view();
        let window = view.window.unwrap_or_default();
        let now = crate::now::now().wall_ms;
        let board = Self {
            cells: StoredValue::new_local(HashMap::new()),
            changed: StoredValue::new_local(HashSet::new()),
            leaving: StoredValue::new_local(HashSet::new()),
            teller: StoredValue::new_local(None),
            connection: StoredValue::new_local(None),
            kept: StoredValue::new(window),
            layout: RwSignal::new(Layout::default()),
            link: RwSignal::new(Link::default()),
            now: RwSignal::new(now),
            edge: RwSignal::new(now),
            window: RwSignal::new(window),
            filter: RwSignal::new(view.filter),
            paused: RwSignal::new(false),
            waiting: RwSignal::new(0),
            left_out: RwSignal::new(HashSet::new()),
            clock: local_clock(),
        };
        board.teller.set_value(Some(FrameTask::new(move || board.tell())));
        board
    }

    /// Watches everything over `connection`.
    pub fn watch(self, connection: Connection) {
        self.connection.set_value(Some(connection.clone()));
        let window = self.window.get_untracked();
        connection.act(|session, now| {
            session.subscribe(Filter::All, Some(window.rewind()), now);
            session.open(now);
        });
    }

    /// Does something to the session, if there is one.
    pub fn with_session(self, act: impl FnOnce(&mut Session, tickertape_session::Now)) {
        // Taken out first: what the session then tells uses the board again.
        if let Some(connection) = self.connection.get_value() {
            connection.act(act);
        }
    }

    /// Looks at the session, if there is one.
    pub(crate) fn view_session<T>(
        self,
        view: impl FnOnce(&Session, tickertape_session::Now) -> T,
    ) -> Option<T> {
        self.connection.get_value().map(|connection| connection.view(view))
    }

    /// Shows so much of the past from now on.
    pub fn choose_window(self, window: Window) {
        self.window.set(window);
        self.kept.update_value(|kept| *kept = window.max(*kept));
        self.keep_view();
    }

    /// Looks for topics from now on.
    pub fn look_for(self, filter: String) {
        self.filter.set(filter);
        self.keep_view();
    }

    /// Lets panels stand still, or go on with all that came meanwhile.
    pub fn pause(self, paused: bool) {
        self.paused.set(paused);
        self.waiting.set(0);
        for (_, cell) in self.every_cell() {
            cell.stand_still(paused);
        }
        if !paused {
            self.go_on();
        }
    }

    /// The groups of panels the reader looks for.
    pub fn groups(self) -> Vec<Group> {
        let query = Query::new(&self.filter.get());
        self.layout.with(|layout| layout.found_by(&query))
    }

    /// Whether there is any topic.
    pub fn is_empty(self) -> bool {
        self.layout.with(|layout| layout.groups().is_empty())
    }

    /// What is known of a topic, as long as there is a panel of it.
    pub fn cell(self, topic: &Topic) -> Option<Cell> {
        self.cells.with_value(|cells| cells.get(topic).cloned())
    }

    /// What the corner of a topic's panel says; follows the clock and the connection, not the data.
    pub fn chip(self, cell: &Cell) -> Chip {
        let around =
            Circumstances { now: self.now.get(), cut_off_since: self.link.with(|link| link.cut_off_since) };
        let window_ms = self.window.get().ms();
        cell.stream.track();
        cell.with_known(|stream| {
            let evidence = stream.evidence(window_ms, around);
            Chip::new(stream.topic().as_str(), &evidence, stream.last_ts().unwrap_or(around.now), self.clock)
        })
    }

    /// The server's clock, as far as it is known.
    pub(crate) fn server_now(self) -> Millis {
        self.view_session(Session::server_now).unwrap_or_else(|| self.now.get_untracked())
    }

    /// Changes what is known of a topic, making room for it if it is new.
    pub(crate) fn change(self, topic: &Topic, change: impl FnOnce(&mut Stream, &mut SeriesSet)) {
        let Some(cell) = self.cell(topic).or_else(|| self.add(topic)) else { return };
        cell.change(change);
        self.changed.update_value(|changed| {
            changed.insert(topic.clone());
        });
        self.leaving.update_value(|leaving| {
            leaving.remove(topic);
        });
        self.request_telling();
    }

    /// More of a topic's past came, which is shown even while panels stand still.
    pub(crate) fn fill_in(self, topic: &Topic, fill: impl FnOnce(&mut Stream, &mut SeriesSet)) {
        if let Some(cell) = self.cell(topic) {
            cell.change_shown(fill);
            cell.notify();
        }
    }

    /// Takes a topic off the board; while panels stand still, as soon as they go on.
    pub(crate) fn remove(self, topic: &Topic) {
        if self.paused.get_untracked() {
            self.leaving.update_value(|leaving| {
                leaving.insert(topic.clone());
            });
            return;
        }
        self.layout.update(|layout| layout.remove(topic));
        self.cells.update_value(|cells| {
            cells.remove(topic);
        });
    }

    /// Every topic.
    pub(crate) fn every_cell(self) -> Vec<(Topic, Cell)> {
        self.cells
            .with_value(|cells| cells.iter().map(|(topic, cell)| (topic.clone(), cell.clone())).collect())
    }

    fn add(self, topic: &Topic) -> Option<Cell> {
        let is_full = self.cells.with_value(|cells| cells.len() >= MOST_TOPICS);
        if is_full {
            self.left_out.update(|left_out| {
                left_out.insert(topic.clone());
            });
            return None;
        }
        let cell = Cell {
            stream: ArcRwSignal::new(Stream::new(topic.clone())),
            series: ArcRwSignal::new(SeriesSet::new(MOST_ROWS)),
            standstill: ArcStoredValue::default(),
        };
        self.cells.update_value(|cells| {
            cells.insert(topic.clone(), cell.clone());
        });
        Some(cell)
    }

    fn go_on(self) {
        for topic in self.leaving.try_update_value(std::mem::take).unwrap_or_default() {
            self.remove(&topic);
        }
        let every = self.every_cell().into_iter().map(|(topic, _)| topic);
        self.changed.update_value(|changed| changed.extend(every));
        self.edge.set(self.now.get_untracked());
        self.request_telling();
    }

    fn request_telling(self) {
        self.teller.with_value(|teller| teller.iter().for_each(FrameTask::request));
    }

    /// Tells who shows a changed topic, and gives new ones their place. A topic has one once it has data.
    fn tell(self) {
        if self.paused.get_untracked() {
            return;
        }
        let changed = self.changed.try_update_value(std::mem::take).unwrap_or_default();
        let mut shown = Vec::new();
        for topic in changed {
            let Some(cell) = self.cell(&topic) else { continue };
            if cell.kind().is_some() {
                shown.push(topic);
            }
            cell.notify();
        }
        let is_new = self.layout.with_untracked(|layout| shown.iter().any(|topic| !layout.has(topic)));
        if is_new {
            self.layout.update(|layout| layout.add(shown));
        }
    }

    fn keep_view(self) {
        let (window, filter) = (self.window.get_untracked(), self.filter.get_untracked());
        prefs::keep_view(&View { window: Some(window), filter });
    }
}

impl Cell {
    /// Changes what is known of it, without telling anybody.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut Stream, &mut SeriesSet) -> T) -> Option<T> {
        self.change_shown(|stream, series| {
            self.standstill.try_update_value(|standstill| {
                let (stream, series) = standstill.known_mut(stream, series);
                change(stream, series)
            })
        })?
    }

    /// Changes what is shown of it, without telling anybody.
    pub(crate) fn change_shown<T>(&self, change: impl FnOnce(&mut Stream, &mut SeriesSet) -> T) -> Option<T> {
        let stream = self.stream.clone();
        self.series
            .try_update_untracked(|series| stream.try_update_untracked(|stream| change(stream, series)))?
    }

    /// Tells everybody who shows it.
    pub(crate) fn notify(&self) {
        self.stream.notify();
        self.series.notify();
    }

    /// Lets what is shown of it stand still, or catch up with what is known.
    fn stand_still(&self, paused: bool) {
        self.change_shown(|stream, series| {
            self.standstill.update_value(|standstill| match paused {
                true => standstill.begin(stream, series),
                false => standstill.end(stream, series),
            });
        });
    }

    fn with_known<T>(&self, read: impl FnOnce(&Stream) -> T) -> T {
        self.stream
            .with_untracked(|shown| self.standstill.with_value(|standstill| read(standstill.known(shown))))
    }

    fn kind(&self) -> Option<Kind> {
        self.stream.with_untracked(Stream::kind)
    }
}
