//! The state of the whole board: the model of every topic, stored in signals that are notified once per animation
//! frame.
//!
//! A message changes the model at once. The panels of the changed topics are notified in the next animation frame,
//! regardless of the number of messages. A hidden page has no animation frames, so its panels are notified when it is
//! shown again.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use leptos::prelude::*;
use shared::server::Condition;
use shared::{Filter, Millis, Topic};
use tickertape_session::Session;

use crate::cell::Cell;
use crate::chart::frame::{FrameTask, Step};
use crate::chart::local_clock;
use crate::prefs::{self, View, Zone};
use crate::socket::Connection;
use board_model::arrival::Conditions;
use board_model::budget::MOST_TOPICS;
use board_model::chart::clock::LocalClock;
use board_model::chart::series::SeriesSet;
use board_model::chip::Chip;
use board_model::delay::{Delay, Delays};
use board_model::layout::{Group, Layout};
use board_model::link::Link;
use board_model::query::Query;
use board_model::standing::chip;
use board_model::stream::Stream;
use board_model::window::Window;

/// Time between two measurements of the browser's load while no data is late.
const USUAL_BEAT: Duration = Duration::from_secs(1);
/// Maximum number of panels that one search adds for topics that have none because the board has its maximum number
/// of panels.
const MOST_ADDED: usize = 50;
/// Maximum number of panels that searches have added beyond the maximum of the board, and that are kept. If there are
/// more, the oldest of them are removed.
const MOST_FOUND: usize = 100;
/// Number of publications that are requested of a topic for which a search has added a panel.
const FOUND_ITEMS: u32 = 60;

/// A handle to the state of the whole board. It can be copied, and every component uses the same state.
#[derive(Clone, Copy)]
pub struct Board {
    /// Model of each topic. It is written to only by [`Board::change`] and [`Board::fill_in`].
    cells: StoredValue<HashMap<Topic, Cell>, LocalStorage>,
    changed: StoredValue<HashSet<Topic>, LocalStorage>,
    /// Topics that the server removed while the board was paused. Their panels are removed when it is resumed.
    leaving: StoredValue<HashSet<Topic>, LocalStorage>,
    notifier: StoredValue<Option<FrameTask>, LocalStorage>,
    connection: StoredValue<Option<Connection>, LocalStorage>,
    /// The longest window (length of time that charts show) that was chosen since the page was opened. Data of this
    /// length of time is kept.
    pub(crate) kept: StoredValue<Window>,
    /// The topics that have a panel, in groups and in the order of the panels.
    layout: RwSignal<Layout>,
    /// Number of changes of the sizes that suit panels.
    pub(crate) resizes: RwSignal<u64>,
    /// State of the connection to the server.
    pub link: RwSignal<Link>,
    /// Present time by the server's clock, updated every second.
    pub now: RwSignal<Millis>,
    /// Time at the right edge of every chart, by the server's clock. It does not change while the board is paused.
    pub edge: RwSignal<Millis>,
    /// Length of time that charts show.
    pub window: RwSignal<Window>,
    /// Text in the search field.
    pub filter: RwSignal<String>,
    /// True while the board is paused, so that panels continue to show the same data.
    pub paused: RwSignal<bool>,
    /// Time by the server's clock at which the board was paused; `None` if it is not paused.
    pub paused_at: RwSignal<Option<Millis>>,
    /// The delay of the newest live data and its cause, if it is long enough to be shown.
    pub delay: RwSignal<Delay>,
    /// Finds the cause of delays.
    delays: StoredValue<Delays>,
    /// True while beats follow each other quickly, to find the cause of a delay.
    is_watching: StoredValue<bool>,
    /// The current problems of the server, each with the server's message.
    pub conditions: RwSignal<Vec<Condition>>,
    /// Number of publications that have arrived since the board was paused.
    pub waiting: RwSignal<u64>,
    /// Topics that have no panel, because the board already had its maximum number of panels when they appeared.
    pub left_out: RwSignal<HashSet<Topic>>,
    /// Topics for which a search has added a panel beyond the maximum number of panels, the oldest first.
    found: StoredValue<Vec<Topic>>,
    /// Time zone that the reader has chosen.
    pub zone: RwSignal<Zone>,
    /// Converts times to times of day in the time zone that the reader has chosen.
    pub clock: RwSignal<LocalClock>,
}

impl Board {
    /// Creates an empty board. The window and the search text are read from the page's address, and the time zone
    /// from the browser's storage.
    pub fn from_address() -> Self {
        let view = prefs::view();
        let window = view.window.unwrap_or_default();
        let now = crate::now::now().wall_ms;
        let zone = prefs::zone();
        let board = Self {
            cells: StoredValue::new_local(HashMap::new()),
            changed: StoredValue::new_local(HashSet::new()),
            leaving: StoredValue::new_local(HashSet::new()),
            notifier: StoredValue::new_local(None),
            connection: StoredValue::new_local(None),
            kept: StoredValue::new(window),
            layout: RwSignal::new(Layout::default()),
            resizes: RwSignal::new(0),
            link: RwSignal::new(Link::default()),
            now: RwSignal::new(now),
            edge: RwSignal::new(now),
            window: RwSignal::new(window),
            filter: RwSignal::new(view.filter),
            paused: RwSignal::new(false),
            paused_at: RwSignal::new(None),
            delay: RwSignal::new(Delay::default()),
            delays: StoredValue::new(Delays::default()),
            is_watching: StoredValue::new(false),
            conditions: RwSignal::new(Vec::new()),
            waiting: RwSignal::new(0),
            left_out: RwSignal::new(HashSet::new()),
            found: StoredValue::new(Vec::new()),
            zone: RwSignal::new(zone),
            clock: RwSignal::new(clock_of(zone)),
        };
        board.notifier.set_value(Some(FrameTask::new(Step::Update, move || board.notify_changed())));
        board
    }

    /// Subscribes to all topics over `connection`, and connects to the server.
    pub fn watch(self, connection: Connection) {
        self.connection.set_value(Some(connection.clone()));
        let window = self.window.get_untracked();
        connection.act(|session, now| {
            session.subscribe(Filter::All, Some(window.rewind()), now);
            session.open(now);
        });
    }

    /// Calls `act` with the session and the present time. Then performs the session's effects and handles its events.
    /// Does nothing if there is no session yet.
    pub fn with_session(self, act: impl FnOnce(&mut Session, tickertape_session::Now)) {
        // The connection is cloned before the call, because the session's events are handled during the call and
        // access the board.
        if let Some(connection) = self.connection.get_value() {
            connection.act(act);
        }
    }

    /// Calls `view` with the session and the present time, and returns its result. Returns `None` if there is no
    /// session yet.
    pub(crate) fn view_session<T>(
        self,
        view: impl FnOnce(&Session, tickertape_session::Now) -> T,
    ) -> Option<T> {
        self.connection.get_value().map(|connection| connection.view(view))
    }

    /// Changes the length of time that charts show, and stores it in the page's address.
    pub fn choose_window(self, window: Window) {
        self.window.set(window);
        self.kept.update_value(|kept| *kept = window.max(*kept));
        self.keep_view();
    }

    /// Changes the search text, and stores it in the page's address. Adds panels for matching topics that have none.
    pub fn look_for(self, filter: String) {
        self.filter.set(filter);
        self.keep_view();
        self.add_found();
    }

    /// Pauses the board if `paused` is true, and otherwise resumes it. A resumed board shows everything that has
    /// arrived in the meantime.
    pub fn pause(self, paused: bool) {
        self.paused.set(paused);
        self.paused_at.set(paused.then(|| self.now.get_untracked()));
        self.waiting.set(0);
        for (_, cell) in self.every_cell() {
            cell.stand_still(paused);
        }
        if !paused {
            self.go_on();
        }
    }

    /// Returns a text such as `Paused at 14:32:07`, or `None` if the board is not paused.
    pub fn paused_words(self) -> Option<String> {
        self.paused_at.get().map(|at| format!("Paused at {}", self.clock.get().seconds(at)))
    }

    /// Changes the time zone in which times are shown, and stores it in this browser.
    pub fn choose_zone(self, zone: Zone) {
        self.zone.set(zone);
        prefs::keep_zone(zone);
        self.update_clock();
    }

    /// Reads the browser's time zone again. It may change while the page is open, because of daylight saving time or
    /// because the reader travels.
    pub(crate) fn update_clock(self) {
        let clock = clock_of(self.zone.get_untracked());
        if self.clock.get_untracked() != clock {
            self.clock.set(clock);
        }
    }

    /// Returns the groups of topics whose panels are shown. If there is a search text, only topics that match it are
    /// included.
    pub fn groups(self) -> Vec<Group> {
        let query = Query::new(&self.filter.get());
        self.layout.with(|layout| layout.found_by(&query))
    }

    /// Returns true if no topic has a panel yet.
    pub fn is_empty(self) -> bool {
        self.layout.with(|layout| layout.groups().is_empty())
    }

    /// Returns the model of a topic; `None` if the board does not contain the topic.
    pub fn cell(self, topic: &Topic) -> Option<Cell> {
        self.cells.with_value(|cells| cells.get(topic).cloned())
    }

    /// Returns the text in the corner of a topic's panel, which tells the state of the panel. It depends on the time
    /// and the connection as well as on the data.
    pub fn chip(self, cell: &Cell) -> Chip {
        let conditions = Conditions {
            now: self.now.get(),
            cut_off_since: self.link.with(|link| link.cut_off_since),
            paused_at: self.paused_at.get(),
            behind_ms: self.delay.get().behind_ms,
        };
        let window_ms = self.window.get().ms();
        cell.stream.track();
        cell.with_known(|stream, series| chip(stream, series, window_ms, conditions, self.clock.get()))
    }

    /// Measures how busy the browser is. Has to be called once a second.
    pub(crate) fn beat(self) {
        if !self.is_watching.get_value() {
            self.beat_again_after(USUAL_BEAT);
        }
        self.show_delay();
    }

    /// Measures the delay of live data that is handled at `now`, by the server's clock, and shows it if it is long.
    pub(crate) fn measure_delay(self, received_at: Millis, now: Millis) {
        let delay_ms = u64::try_from(now.saturating_sub(received_at)).unwrap_or(0);
        self.delays.update_value(|delays| delays.measure(delay_ms, crate::now::now().mono_ms));
        self.show_delay();
        if !self.is_watching.get_value() {
            self.watch_load();
        }
    }

    /// Measures how busy the browser is, again and again, until the cause of the delay is no longer of interest.
    fn watch_load(self) {
        let pause_ms = self.delays.with_value(|delays| delays.pause_ms(crate::now::now().mono_ms));
        self.is_watching.set_value(pause_ms.is_some());
        if let Some(pause_ms) = pause_ms {
            let pause = Duration::from_millis(pause_ms);
            self.beat_again_after(pause);
            self.show_delay();
            set_timeout(move || self.watch_load(), pause);
        }
    }

    fn beat_again_after(self, pause: Duration) {
        let pause_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
        // The browser calls timers of a hidden page late, even if it is not busy.
        let is_hidden =
            web_sys::window().and_then(|window| window.document()).is_some_and(|page| page.hidden());
        self.delays.update_value(|delays| match is_hidden {
            true => *delays = Delays::default(),
            false => delays.beat(crate::now::now().mono_ms, pause_ms),
        });
    }

    /// Shows the delay of live data, and notifies the page if it has changed.
    fn show_delay(self) {
        let delay = self.delays.with_value(|delays| delays.shown(crate::now::now().mono_ms));
        if self.delay.get_untracked() != delay {
            self.delay.set(delay);
        }
    }

    /// Returns the present time by the server's clock. If there is no session yet, returns the time of the last tick.
    pub(crate) fn server_now(self) -> Millis {
        self.view_session(Session::server_now).unwrap_or_else(|| self.now.get_untracked())
    }

    /// Changes the model of a topic by calling `change` with it. A topic that is new is added, unless the board has
    /// its maximum number of topics. The panel is notified in the next animation frame.
    pub(crate) fn change(self, topic: &Topic, change: impl FnOnce(&mut Stream, &mut SeriesSet)) {
        let Some(cell) = self.cell(topic).or_else(|| self.add(topic)) else { return };
        cell.change(change);
        self.mark_changed(topic);
        self.leaving.update_value(|leaving| {
            leaving.remove(topic);
        });
    }

    fn mark_changed(self, topic: &Topic) {
        self.changed.update_value(|changed| {
            changed.insert(topic.clone());
        });
        self.request_notification();
    }

    /// Adds older data to a topic by calling `fill` with its model. The data is shown immediately, even while the
    /// board is paused.
    pub(crate) fn fill_in(self, topic: &Topic, fill: impl FnOnce(&mut Stream, &mut SeriesSet)) {
        if let Some(cell) = self.cell(topic) {
            cell.change_shown(fill);
            cell.notify();
            if self.layout.with_untracked(|layout| !layout.has(topic)) {
                self.mark_changed(topic);
            }
        }
    }

    /// Removes a topic that the server has removed. While the board is paused, its panel stays until the board is
    /// resumed.
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

    /// Returns every topic with its model.
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
        Some(self.add_cell(topic))
    }

    fn add_cell(self, topic: &Topic) -> Cell {
        let cell = Cell::new(topic.clone());
        self.cells.update_value(|cells| {
            cells.insert(topic.clone(), cell.clone());
        });
        cell
    }

    /// Adds panels for topics that match the search text and have no panel because the board has its maximum number
    /// of panels. Their newest data is requested again, because it was not kept. If there are then too many such
    /// panels, the oldest of them are removed.
    fn add_found(self) {
        let (found, _) = self.left_out_found();
        for topic in found {
            self.left_out.update(|left_out| {
                left_out.remove(&topic);
            });
            self.add_cell(&topic);
            self.with_session(|session, now| {
                let before = session.position(&topic).map_or(1, |position| position.offset + 1);
                // This fails without a connection. The panel is then added with the topic's next publication.
                let _asked = session.fetch_earlier(&topic, before, FOUND_ITEMS, now);
            });
            self.found.update_value(|found| found.push(topic.clone()));
        }
        while self.found.with_value(Vec::len) > MOST_FOUND {
            let oldest = self.found.try_update_value(|found| found.remove(0));
            oldest.into_iter().for_each(|topic| self.leave_out(topic));
        }
    }

    /// Returns the topics without a panel that match the search text, at most [`MOST_ADDED`] of them, and the number
    /// of further matching topics. Returns no topics if the search text is empty.
    fn left_out_found(self) -> (Vec<Topic>, usize) {
        let text = self.filter.get_untracked();
        if text.trim().is_empty() {
            return (Vec::new(), 0);
        }
        let query = Query::new(&text);
        let mut found = self.left_out.with_untracked(|topics| {
            topics.iter().filter(|topic| query.finds(topic)).cloned().collect::<Vec<_>>()
        });
        found.sort_unstable();
        let more = found.len().saturating_sub(MOST_ADDED);
        found.truncate(MOST_ADDED);
        (found, more)
    }

    /// Returns the topics without a panel that match the search text, sorted.
    pub fn left_out_topics(self) -> Vec<Topic> {
        let query = Query::new(&self.filter.get());
        let mut topics = self
            .left_out
            .with(|topics| topics.iter().filter(|topic| query.finds(topic)).cloned().collect::<Vec<_>>());
        topics.sort_unstable();
        topics
    }

    fn leave_out(self, topic: Topic) {
        self.layout.update(|layout| layout.remove(&topic));
        self.cells.update_value(|cells| {
            cells.remove(&topic);
        });
        self.left_out.update(|left_out| {
            left_out.insert(topic);
        });
    }

    fn go_on(self) {
        for topic in self.leaving.try_update_value(std::mem::take).unwrap_or_default() {
            self.remove(&topic);
        }
        let every = self.every_cell().into_iter().map(|(topic, _)| topic);
        self.changed.update_value(|changed| changed.extend(every));
        self.edge.set(self.now.get_untracked());
        self.request_notification();
    }

    fn request_notification(self) {
        self.notifier.with_value(|notifier| notifier.iter().for_each(FrameTask::request));
    }

    /// Notifies the panels of changed topics, and adds panels for new topics that have data.
    fn notify_changed(self) {
        if self.paused.get_untracked() {
            return;
        }
        let changed = self.changed.try_update_value(std::mem::take).unwrap_or_default();
        let (mut shown, mut has_resized) = (Vec::new(), false);
        for topic in changed {
            let Some(cell) = self.cell(&topic) else { continue };
            has_resized |= cell.settle_size();
            if cell.size().is_some() {
                shown.push(topic);
            }
            cell.notify();
        }
        let is_new = self.layout.with_untracked(|layout| shown.iter().any(|topic| !layout.has(topic)));
        if is_new {
            self.layout.update(|layout| layout.add(shown));
        }
        if has_resized {
            self.resizes.update(|resizes| *resizes += 1);
        }
    }

    fn keep_view(self) {
        let (window, filter) = (self.window.get_untracked(), self.filter.get_untracked());
        prefs::keep_view(&View { window: Some(window), filter });
    }
}

fn clock_of(zone: Zone) -> LocalClock {
    match zone {
        Zone::Local => local_clock(),
        Zone::Utc => LocalClock::default(),
    }
}
