//! The state of the whole board: the model of every topic, stored in signals that are notified a few times a second.
//!
//! A message changes the model at once. The panels of the changed topics are notified together in an animation frame, at most about ten
//! times a second, regardless of the number of messages. A hidden page has no animation frames, so its panels are notified when it is
//! shown again.

use std::collections::HashSet;
use std::ops::Range;
use std::time::Duration;

use leptos::prelude::*;
use shared::client::RequestId;
use shared::server::Condition;
use shared::{Filter, Millis, Topic};
use tickertape_session::{Event, PastRequest, Session};

use crate::boards::handle::Boards;
use crate::cell::Cell;
use crate::chart::frame::{FrameTask, Step};
use crate::limits::handle as limits;
use crate::panel::trail_store;
use crate::prefs::{self, Address, Zone};
use crate::signal::{RwSignal, StoredValue};
use crate::socket::Connection;
use crate::time::Time;
use board_model::arrival::Conditions;
use board_model::chart::clock::LocalClock;
use board_model::chart::length;
use board_model::chart::pace::{self, Crowd};
use board_model::chart::series::SeriesSet;
use board_model::chip::{Chip, PanelState};
use board_model::delay::{Delay, Delays};
use board_model::figure::Figure;
use board_model::layout::{Group, Layout};
use board_model::link::Link;
use board_model::panels::Panels;
use board_model::query::Query;
use board_model::standing::chip;
use board_model::stream::Stream;
use board_model::things::Keeper;
use board_model::thinning::{Load, Thinning};
use board_model::travel::Travel;
use board_model::view::Tense;
use board_model::watched::Watched;

/// Time between two measurements of the browser's load while no data is late.
const USUAL_BEAT: Duration = Duration::from_secs(1);
/// Number of publications that are requested of a topic for which a search has added a panel.
const FOUND_ITEMS: u32 = 60;

/// A change of a topic's model. It is boxed so that the code around it is in the page once.
type Change<'a> = Box<dyn FnOnce(&mut Stream, &mut SeriesSet) + 'a>;

/// A function that returns the text in the corner of a panel.
pub(crate) type ChipOf = fn(Board, &Topic) -> Option<Chip>;

/// A handle to the state of the whole board. It can be copied, and every component uses the same state.
#[derive(Clone, Copy)]
pub struct Board {
    /// The topics that have a panel, each with its model, and those that are left out. Models are written to only by
    /// [`Board::change`] and [`Board::fill_in`].
    panels: StoredValue<Panels<Cell>>,
    /// Notified when other topics are left out.
    left_out_changed: Trigger,
    changed: StoredValue<HashSet<Topic>>,
    /// Topics whose data has changed since their panels were notified, and whose panels are out of sight. They are notified once a
    /// second, for screen readers.
    unseen: StoredValue<HashSet<Topic>>,
    /// True if they are to be notified together with the panels that can be seen.
    is_unseen_due: StoredValue<bool>,
    /// Topics whose panels can be seen, or nearly.
    seen: StoredValue<HashSet<Topic>>,
    /// Topics whose panels are in the page.
    pub(crate) present: RwSignal<HashSet<Topic>>,
    /// Topic of the panel that somebody looked for or that had the keyboard focus last. It is in the page wherever it is.
    pub(crate) sought: StoredValue<Option<Topic>>,
    /// Topics that the server removed while the board was paused or showed the past. Their panels are removed when it shows
    /// live data again.
    leaving: StoredValue<HashSet<Topic>>,
    notifier: StoredValue<Option<FrameTask>>,
    /// Time at which panels were notified last, in milliseconds of the monotonic clock.
    notified_ms: StoredValue<Option<u64>>,
    /// The panels that have changed lately, which decide the maximum number of notifications a second. After a silence, a change is shown
    /// at once.
    crowd: StoredValue<Crowd>,
    connection: StoredValue<Option<Connection>>,
    /// The stretch of time that is shown, and movement through time.
    pub time: Time,
    /// Length of the longest time whose publications were shown since the page was opened, in milliseconds.
    /// Publications of this length of time are kept.
    pub(crate) kept_ms: StoredValue<Millis>,
    /// Text about the stretch of time that is shown, for screen readers. It changes a moment after the stretch.
    pub(crate) said: RwSignal<String>,
    /// Notified when a part of the past has been loaded, or could not be.
    pub(crate) past_loaded: Trigger,
    /// The document of the board, which decides which panels stand where.
    pub(crate) boards: Boards,
    /// True once a topic has thresholds, so that their code is wanted.
    pub(crate) has_limits: RwSignal<bool>,
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
    /// Decides if the server leaves out publications.
    thinning: StoredValue<Thinning>,
    /// Filters to which the session is subscribed, with the server's answers. Changed only by [`Board::await_answers`]
    /// and [`Board::note_answer`].
    pub(crate) watched: StoredValue<Watched>,
    /// True while a board without panels does not mean that nothing has been published: [`Watched::awaits_topics`].
    pub(crate) awaits_topics: RwSignal<bool>,
    /// True while beats follow each other quickly, to find the cause of a delay.
    is_watching: StoredValue<bool>,
    /// The current problems of the server, each with the server's message.
    pub conditions: RwSignal<Vec<Condition>>,
    /// Number of publications that have arrived since the board was paused.
    pub waiting: RwSignal<u64>,
    /// Time zone that the reader has chosen.
    pub zone: RwSignal<Zone>,
    /// True if the board shows a recording.
    pub is_recording: RwSignal<bool>,
    /// Filters that the reader's token allows, and that the board shows instead of all topics; empty if it allows all.
    pub allowed: RwSignal<Vec<Filter>>,
    /// True if the stretch of time in the page's address is not valid, until the reader has seen it or the address changes.
    pub(crate) has_damaged_address: RwSignal<bool>,
    /// Returns the text in the corner of a panel of several topics; `None` until its code is loaded.
    pub(crate) chip_of_several: StoredValue<Option<ChipOf>>,
    /// The code for the past; `None` until it is loaded.
    pub(crate) past_code: RwSignal<Option<PastFunctions>>,
    /// True if the server could not be reached when the page of a wall was loaded.
    pub is_cut_off_at_start: RwSignal<bool>,
    /// Converts times to times of day in the time zone that the reader has chosen.
    pub clock: RwSignal<LocalClock>,
}

/// The functions of the part for the past, after its code was loaded.
#[derive(Clone, Copy)]
pub(crate) struct PastFunctions {
    /// Applies an answer of the server.
    pub handle_event: fn(Board, Event),
    /// Returns the figure of a topic at a time in the past.
    pub figure: fn(&Stream, &SeriesSet, (Millis, Millis), LocalClock) -> Figure,
    /// Returns the text in the corner of a panel that shows this stretch of the past.
    pub chip: fn(Board, &Cell, Range<Millis>, Conditions) -> Chip,
}

impl Board {
    /// Creates an empty board. The window and the search text are read from the page's address, and the time zone
    /// from the browser's storage.
    pub fn from_address() -> Self {
        let address = prefs::address();
        let window = address.window.unwrap_or_default();
        let time = Time::new(window, address.past.clone());
        let board = Self {
            panels: StoredValue::new(Panels::default()),
            left_out_changed: Trigger::new(),
            changed: StoredValue::new(HashSet::new()),
            unseen: StoredValue::new(HashSet::new()),
            is_unseen_due: StoredValue::new(false),
            seen: StoredValue::new(HashSet::new()),
            present: RwSignal::new(HashSet::new()),
            sought: StoredValue::new(None),
            leaving: StoredValue::new(HashSet::new()),
            notifier: StoredValue::new(None),
            notified_ms: StoredValue::new(None),
            crowd: StoredValue::new(Crowd::default()),
            connection: StoredValue::new(None),
            time,
            kept_ms: StoredValue::new(window.raw_ms()),
            said: RwSignal::new(String::new()),
            past_loaded: Trigger::new(),
            boards: Boards::new(),
            has_limits: RwSignal::new(false),
            layout: RwSignal::new(Layout::default()),
            resizes: RwSignal::new(0),
            link: RwSignal::new(Link::default()),
            now: RwSignal::new(time.edge.get_untracked()),
            edge: time.edge,
            filter: RwSignal::new(prefs::sought(&address)),
            paused: RwSignal::new(false),
            paused_at: RwSignal::new(None),
            delay: RwSignal::new(Delay::default()),
            delays: StoredValue::new(Delays::default()),
            thinning: StoredValue::new(Thinning::default()),
            watched: StoredValue::new(Watched::default()),
            awaits_topics: RwSignal::new(true),
            is_watching: StoredValue::new(false),
            conditions: RwSignal::new(Vec::new()),
            waiting: RwSignal::new(0),
            zone: time.zone,
            clock: time.clock,
            is_recording: RwSignal::new(false),
            allowed: RwSignal::new(Vec::new()),
            has_damaged_address: RwSignal::new(address.is_damaged),
            chip_of_several: StoredValue::new(None),
            past_code: RwSignal::new(None),
            is_cut_off_at_start: RwSignal::new(false),
        };
        board.notifier.set_value(Some(FrameTask::new(Step::Update, move || board.notify_changed())));
        board
    }

    /// Subscribes to all topics over `connection`, and connects to the server.
    pub fn watch(self, connection: Connection) {
        self.connection.set_value(Some(connection));
        self.subscribe(vec![self.wanted()]);
    }

    /// Returns the filter of the topics that the page shows: all or, if a panel is shown alone, its topic. The panel of a board may
    /// show several topics, which are not known yet.
    fn wanted(self) -> Filter {
        let panel = prefs::panel().filter(|_| prefs::board().is_none());
        panel.and_then(|panel| Topic::new(&panel).ok()).map_or(Filter::All, Filter::Only)
    }

    /// Subscribes to the topics that match `filters`, and connects to the server if there is no connection.
    fn subscribe(self, filters: Vec<Filter>) {
        let rewind = self.time.window().rewind();
        self.await_answers(filters.clone());
        self.with_session(|session, now| {
            filters.into_iter().for_each(|filter| session.subscribe(filter, Some(rewind), now));
            session.open(now);
        });
    }

    /// Records the filters to which the session is being subscribed.
    fn await_answers(self, filters: Vec<Filter>) {
        self.watched.set_value(Watched::new(filters));
        self.awaits_topics.set(true);
    }

    /// Records what an event of the session says about the filters to which it is subscribed.
    pub(crate) fn note_answer(self, event: &Event) {
        if self.watched.try_update_value(|watched| watched.note(event)) == Some(true) {
            self.awaits_topics.set(self.watched.with_value(Watched::awaits_topics));
        }
    }

    /// Shows the topics that the reader's token allows, after the server has refused the subscription to all topics. The token before may
    /// have allowed others, whose panels are removed at once, also from a board that is paused or shows the past.
    pub(crate) fn show_allowed(self, allowed: Vec<Filter>) {
        if !allowed.is_empty() && self.allowed.with_untracked(Vec::is_empty) {
            for topic in self.panels.with_value(Panels::topics) {
                if !allowed.iter().any(|filter| filter.matches(&topic)) {
                    self.remove_at_once(&topic);
                }
            }
            self.subscribe(allowed.clone());
            self.allowed.set(allowed);
        }
    }

    /// Connects with another token, which may allow other topics than the one before, and may be another person's.
    pub(crate) fn sign_in(self, token: String) {
        let before = self.allowed.try_update(std::mem::take).unwrap_or_default();
        let (wanted, rewind) = (self.wanted(), self.time.window().rewind());
        self.await_answers(vec![wanted.clone()]);
        self.with_session(|session, now| {
            // On a connection of the token before, the server would refuse what that token does not allow.
            session.close(now);
            // In this order, the session goes on where it was with topics that both tokens allow.
            session.subscribe(wanted.clone(), Some(rewind), now);
            let others = before.iter().filter(|filter| **filter != wanted);
            others.for_each(|filter| session.unsubscribe(filter, now));
            session.set_token(token, now);
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

    /// Tries to reach the server at once. If there is no session, because the server did not answer when the page was
    /// opened, the page is loaded again.
    pub fn retry(self) {
        if self.connection.with_value(Option::is_some) {
            self.with_session(Session::retry_now);
        } else {
            // This fails only for a page that is being closed.
            let _reloading = window().location().reload();
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

    /// Requests a stretch of a topic's past. Returns the number of the request; `None` if it could not be sent.
    pub(crate) fn read_past(self, request: PastRequest) -> Option<RequestId> {
        self.connection.get_value()?.act(|session, now| session.read_past(request, now))
    }

    /// Keeps the publications of the chosen window from now on, if it is longer than those before.
    pub(crate) fn keep_publications(self) {
        let raw_ms = self.time.window().raw_ms();
        self.kept_ms.update_value(|kept_ms| *kept_ms = raw_ms.max(*kept_ms));
    }

    /// Shows live data in all panels that show the past.
    pub(crate) fn show_live(self) {
        let paused = self.paused.get_untracked();
        for (topic, cell) in self.every_cell() {
            if cell.show_live(paused) {
                cell.notify();
                self.mark_changed(&topic);
            }
        }
    }

    /// Shows the present: live data, even if the board was paused.
    pub fn go_to_now(self) {
        if self.paused.get_untracked() {
            self.pause(false);
        }
        self.time.press(Travel::Now);
    }

    /// Changes the search text. Adds panels for matching topics that have none.
    pub fn look_for(self, filter: String) {
        self.filter.set(filter);
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

    /// Returns the stretch that is shown in words, such as `yesterday 14:20 to 14:35, 15 min`; `None` for live data.
    pub fn past_words(self) -> Option<String> {
        let past = self.time.past()?;
        // The present time is needed only for words such as yesterday.
        let now = self.now.get_untracked();
        let length = length(past.end - past.start);
        Some([self.clock.get().stretch(&past, now), length].join(", "))
    }

    /// Returns the position of the stretch that is shown in relation to the present time; `None` for live data.
    pub fn tense(self) -> Option<Tense> {
        // The present time is read only if it matters, because it changes every second.
        self.time.past().map(|past| Tense::of(&past, self.now.get()))
    }

    /// Returns the groups of topics whose panels are shown, as the document of the board arranges them. If there is a search text,
    /// only topics that match it are included.
    pub fn groups(self) -> Vec<Group> {
        let query = Query::new(&self.filter.get());
        self.layout.with(|layout| self.boards.groups(layout, &query))
    }

    /// Calls `read` with the topics that have a panel without a document, and returns its result.
    pub(crate) fn with_layout<T>(self, read: impl FnOnce(&Layout) -> T) -> T {
        self.layout.with(read)
    }

    /// Returns true if no topic has a panel yet.
    pub fn is_empty(self) -> bool {
        self.layout.with(|layout| layout.groups().is_empty())
    }

    /// Returns the model of a topic; `None` if the board does not contain the topic.
    pub fn cell(self, topic: &Topic) -> Option<Cell> {
        self.panels.with_value(|panels| panels.get(topic).cloned())
    }

    /// Returns the model of a panel, which is that of its topic unless the panel shows several.
    pub fn shown_cell(self, key: &Topic) -> Option<Cell> {
        self.boards.model(key).map(|(cell, _)| cell).or_else(|| self.cell(key))
    }

    /// Returns the text in the corner of a panel.
    pub fn panel_chip(self, key: &Topic, cell: &Cell) -> Chip {
        let of_several = self.chip_of_several.get_value().and_then(|chip| chip(self, key));
        of_several.unwrap_or_else(|| self.chip(cell))
    }

    /// Returns the time in milliseconds before the window whose data panels need of a topic.
    pub(crate) fn reach_ms(self, topic: &Topic) -> Millis {
        let holders = self.boards.holders(topic, self.time.window().ms());
        holders.into_iter().map(|(_, reach_ms)| reach_ms).max().unwrap_or(0)
    }

    /// Returns the text in the corner of a topic's panel, which tells the state of the panel. It depends on the time
    /// and the connection as well as on the data.
    pub fn chip(self, cell: &Cell) -> Chip {
        self.chip_of(cell, false)
    }

    /// Returns the text that a panel of the topic would have without thresholds if `is_unjudged` is true. A panel of several topics judges
    /// them for the series that it shows.
    pub(crate) fn chip_of(self, cell: &Cell, is_unjudged: bool) -> Chip {
        let chip = self.chip_of_data(cell, is_unjudged);
        if cell.is_deleted.get() { chip.deleted() } else { chip }
    }

    fn chip_of_data(self, cell: &Cell, is_unjudged: bool) -> Chip {
        let conditions = Conditions {
            now: self.now.get(),
            cut_off_since: self.link.with(|link| link.cut_off_since),
            paused_at: self.paused_at.get(),
            behind_ms: self.delay.get().behind_ms,
            is_recording: self.is_recording.get(),
            frame_every_ms: self.link.with(|link| link.frame_every_ms),
            is_unjudged,
        };
        cell.stream.track();
        if let Some(stretch) = self.time.past() {
            return match self.past_code.get() {
                Some(code) => (code.chip)(self, cell, stretch, conditions),
                None => loading_chip(),
            };
        }
        let window_ms = self.time.length_ms();
        let clock = self.clock.get();
        if cell.is_past() {
            // The older part of a long window is in the shown series alone.
            return cell.with_known(|stream, _| {
                cell.series.with_untracked(|series| chip(stream, series, window_ms, conditions, clock))
            });
        }
        cell.with_known(|stream, series| chip(stream, series, window_ms, conditions, clock))
    }

    /// Measures how busy the browser is. Has to be called once a second.
    pub(crate) fn beat(self) {
        if !self.is_watching.get_value() {
            self.beat_again_after(USUAL_BEAT);
        }
        self.show_delay();
    }

    /// Measures the delay of live data that is handled at `now`, by the server's clock, and shows it if it is long. The time for which
    /// the server may collect data is no delay.
    pub(crate) fn measure_delay(self, received_at: Millis, now: Millis) {
        let frame_every_ms = self.link.with_untracked(|link| link.frame_every_ms);
        let delay_ms =
            u64::try_from(now.saturating_sub(received_at)).unwrap_or(0).saturating_sub(frame_every_ms);
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

    /// Asks the server to leave out publications while there are more than the page can show. Has to be called once a second.
    pub(crate) fn thin_out(self) {
        let Some((stats, highest_hz)) =
            self.view_session(|session, _| (session.stats(), session.highest_hz()))
        else {
            return;
        };
        let load = Load {
            received: stats.publications.saturating_sub(stats.recovered),
            left_out: stats.left_out,
            is_behind: self.delay.get_untracked().behind_ms.is_some(),
            highest_hz,
        };
        let before = self.thinning.with_value(Thinning::max_hz);
        self.thinning.update_value(|thinning| thinning.tick(load, crate::now::now().mono_ms));
        let max_hz = self.thinning.with_value(Thinning::max_hz);
        // It is asked for again each second, because a subscription may be a new one. The session sends only changes.
        if max_hz.is_some() || before.is_some() {
            let filters = self.watched.with_value(Watched::filters);
            self.with_session(|session, now| {
                filters.iter().for_each(|filter| session.conflate(filter, max_hz, now));
            });
        }
    }

    /// Returns the share of the publications that the server leaves out, in percent.
    pub(crate) fn left_out_percent(self) -> u64 {
        self.thinning.with_value(Thinning::left_out_percent)
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
    /// its maximum number of topics. The panel is notified in the next animation frame, or soon after if data arrives all the time.
    pub(crate) fn change(self, topic: &Topic, change: impl FnOnce(&mut Stream, &mut SeriesSet)) {
        self.change_by(topic, Box::new(change));
    }

    fn change_by(self, topic: &Topic, change: Change<'_>) {
        let Some(cell) = self.cell(topic).or_else(|| self.add(topic)) else { return };
        cell.change(change);
        self.note_change(topic, &cell);
        // A topic that was deleted and has data again exists.
        if self.leaving.try_update_value(|leaving| leaving.remove(topic)) == Some(true) {
            cell.is_deleted.set(false);
        }
    }

    /// Reads the thresholds of a topic whose model was changed, and notifies its panel like [`Board::change`]. A topic that was deleted
    /// stays so, because the change is not one of its data.
    pub(crate) fn note_change(self, topic: &Topic, cell: &Cell) {
        if cell.read_limits(limits::read()) {
            self.has_limits.set(true);
        }
        self.mark_changed(topic);
    }

    /// Begins to keep the states of a topic that is a timeline, which it does not do before a panel shows it.
    pub(crate) fn keep_things(self, topic: &Topic) {
        if let Some(cell) = self.cell(topic) {
            cell.change(|stream, _| stream.keep_things(Keeper::DEFAULT));
            self.note_change(topic, &cell);
        }
    }

    fn mark_changed(self, topic: &Topic) {
        self.changed.update_value(|changed| {
            changed.insert(topic.clone());
        });
        self.request_in_turn();
    }

    /// Adds older data to a topic by calling `fill` with its model. The data is shown immediately, even while the
    /// board is paused.
    pub(crate) fn fill_in(self, topic: &Topic, fill: impl FnOnce(&mut Stream, &mut SeriesSet)) {
        self.fill_in_by(topic, Box::new(fill));
    }

    fn fill_in_by(self, topic: &Topic, fill: Change<'_>) {
        if let Some(cell) = self.cell(topic).filter(Cell::is_past) {
            cell.change(fill);
        } else if let Some(cell) = self.cell(topic) {
            cell.change_shown(fill);
            cell.notify();
            if self.layout.with_untracked(|layout| !layout.has(topic)) {
                self.mark_changed(topic);
            }
        }
    }

    /// Removes a topic that the server has removed. While the board is paused or shows the past, its panel stays and says that
    /// the topic is deleted.
    pub(crate) fn remove(self, topic: &Topic) {
        if let Some(cell) = self.cell(topic).filter(|_| self.keeps_deleted()) {
            self.leaving.update_value(|leaving| {
                leaving.insert(topic.clone());
            });
            cell.is_deleted.set(true);
            return;
        }
        self.remove_at_once(topic);
    }

    /// Removes a topic, whether it has a panel or is left out.
    fn remove_at_once(self, topic: &Topic) {
        self.leaving.update_value(|leaving| {
            leaving.remove(topic);
        });
        self.layout.update(|layout| layout.remove(topic));
        self.drop_model(topic);
    }

    fn drop_model(self, topic: &Topic) {
        self.change_panels(|panels| panels.remove(topic));
        trail_store::forget(topic);
    }

    fn keeps_deleted(self) -> bool {
        self.paused.get_untracked() || self.time.view.get_untracked().past().is_some()
    }

    /// Removes the topics that the server has removed while the board was paused or showed the past, if it shows live data
    /// now.
    pub(crate) fn remove_deleted(self) {
        if !self.keeps_deleted() {
            let leaving = self.leaving.try_update_value(std::mem::take).unwrap_or_default();
            leaving.iter().for_each(|topic| self.remove(topic));
        }
    }

    /// Returns every topic with its model.
    pub(crate) fn every_cell(self) -> Vec<(Topic, Cell)> {
        self.panels
            .with_value(|panels| panels.iter().map(|(topic, cell)| (topic.clone(), cell.clone())).collect())
    }

    fn add(self, topic: &Topic) -> Option<Cell> {
        self.change_panels(|panels| panels.add(topic, || Cell::new(topic.clone())).cloned())?
    }

    /// Changes the topics that have a panel by calling `change` with them, and returns its result. If other topics are left out
    /// then, the page is notified.
    fn change_panels<T>(self, change: impl FnOnce(&mut Panels<Cell>) -> T) -> Option<T> {
        let before = self.panels.with_value(Panels::version);
        let result = self.panels.try_update_value(change);
        if self.panels.with_value(Panels::version) != before {
            self.left_out_changed.notify();
        }
        result
    }

    /// Adds panels for topics that match the search text and have no panel because the board has its maximum number
    /// of panels. If there are then too many such panels, the oldest of them are removed.
    fn add_found(self) {
        let query = Query::new(&self.filter.get_untracked());
        let search = self.change_panels(|panels| panels.find(&query, |topic| Cell::new(topic.clone())));
        let search = search.unwrap_or_default();
        search.added.iter().for_each(|topic| self.fetch_newest(topic));
        for topic in search.removed {
            self.layout.update(|layout| layout.remove(&topic));
            // A topic that the server has removed is not left out.
            if self.leaving.try_update_value(|leaving| leaving.remove(&topic)) == Some(true) {
                self.drop_model(&topic);
            }
        }
    }

    /// Requests the newest data of a topic that was left out, because it was not kept.
    fn fetch_newest(self, topic: &Topic) {
        self.with_session(|session, now| {
            let before = session.position(topic).map_or(1, |position| position.offset.saturating_add(1));
            // This fails without a connection. The panel is then added with the topic's next publication.
            let _asked = session.fetch_earlier(topic, before, FOUND_ITEMS, now);
        });
    }

    /// Returns true if a topic has no panel because the board has its maximum number of panels.
    pub(crate) fn is_left_out(self, topic: &Topic) -> bool {
        self.panels.with_value(|panels| panels.is_left_out(topic))
    }

    /// Returns the topics without a panel that match `query`, sorted.
    pub(crate) fn left_out_by(self, query: &Query) -> Vec<Topic> {
        self.left_out_changed.track();
        self.panels.with_value(|panels| panels.left_out_by(query))
    }

    fn go_on(self) {
        self.remove_deleted();
        let every = self.every_cell().into_iter().map(|(topic, _)| topic);
        self.changed.update_value(|changed| changed.extend(every));
        self.edge.set(self.now.get_untracked());
        self.request_notification();
    }

    fn request_notification(self) {
        self.notifier.with_value(|notifier| notifier.iter().for_each(FrameTask::request));
    }

    /// Requests a notification at the next time at which panels change while data arrives all the time.
    fn request_in_turn(self) {
        if self.notifier.with_value(|notifier| notifier.as_ref().is_some_and(FrameTask::is_waiting)) {
            return;
        }
        let (notified_ms, rate_hz) = (self.notified_ms.get_value(), self.crowd.with_value(Crowd::rate_hz));
        let left_ms = pace::left_ms(notified_ms, crate::now::now().mono_ms, rate_hz);
        self.notifier.with_value(|notifier| notifier.iter().for_each(|task| task.request_after(left_ms)));
    }

    /// Notifies the panels of changed topics that can be seen, and adds panels for new topics that have data.
    fn notify_changed(self) {
        if self.paused.get_untracked() {
            return;
        }
        let changed = self.changed.try_update_value(std::mem::take).unwrap_or_default();
        let is_seen = |key: &Topic| self.seen.with_value(|seen| seen.contains(key));
        let window_ms = self.time.window().ms();
        // The data of a topic may also be shown in panels of several topics.
        let is_out_of_sight = |topic: &Topic| {
            self.present.with_untracked(|present| present.contains(topic))
                && !is_seen(topic)
                && self.boards.holders(topic, window_ms).iter().all(|(key, _)| !is_seen(key))
        };
        let (unseen, shown): (_, Vec<Topic>) = changed.into_iter().partition(is_out_of_sight);
        self.unseen.update_value(|waiting| waiting.extend::<Vec<Topic>>(unseen));
        let panels = self.notify(shown);
        // Without this condition, the first data would wait for the turn after that in which only the topics became known.
        if !panels.is_empty() || !self.layout.with_untracked(|layout| layout.groups().is_empty()) {
            let now_ms = crate::now::now().mono_ms;
            self.notified_ms.set_value(Some(now_ms));
            self.crowd.update_value(|crowd| crowd.add(&panels, now_ms));
        }
        if self.is_unseen_due.try_update_value(std::mem::take) == Some(true) {
            let unseen = self.unseen.try_update_value(std::mem::take).unwrap_or_default();
            self.notify(unseen.into_iter().collect());
        }
    }

    /// Has the panels of changed topics that are out of sight notified in the same frame as those that can be seen. Has to be called once
    /// a second.
    pub(crate) fn notify_unseen(self) {
        if self.unseen.with_value(|unseen| !unseen.is_empty()) {
            self.is_unseen_due.set_value(true);
            self.request_in_turn();
        }
    }

    /// Notifies the panels of changed topics, and adds panels for topics that have data for the first time. Returns the topics that have
    /// a panel.
    fn notify(self, changed: Vec<Topic>) -> Vec<Topic> {
        let (mut panels, mut has_resized) = (Vec::new(), false);
        for topic in changed {
            let Some(cell) = self.cell(&topic).filter(|cell| !cell.is_past()) else { continue };
            has_resized |= cell.settle_size();
            cell.notify();
            if cell.size().is_some() {
                panels.push(topic);
            }
        }
        let is_new = |topic: &&Topic| self.layout.with_untracked(|layout| !layout.has(topic));
        let new: Vec<Topic> = panels.iter().filter(is_new).cloned().collect();
        if !new.is_empty() {
            self.layout.update(|layout| layout.add(new));
        }
        if has_resized {
            self.resizes.update(|resizes| *resizes += 1);
        }
        panels
    }

    /// Puts the panel of a topic into the page, wherever it is.
    pub(crate) fn seek(self, topic: Topic) {
        self.sought.set_value(Some(topic.clone()));
        self.present.update(|present| {
            present.insert(topic);
        });
    }

    /// Records the topics whose panels can be seen. Those that have just come into sight are notified.
    pub(crate) fn see(self, seen: HashSet<Topic>) {
        let mut waiting = self.unseen.try_update_value(std::mem::take).unwrap_or_default();
        let shown: Vec<Topic> = waiting.extract_if(|topic| seen.contains(topic)).collect();
        self.unseen.set_value(waiting);
        self.seen.set_value(seen);
        self.notify(shown);
    }

    /// Writes the stretch of time, the window and the search text into the page's address.
    pub(crate) fn keep_address(self) {
        let past = self.time.view.get_untracked().past();
        let (window, filter) = (Some(self.time.window()), self.filter.get_untracked());
        prefs::keep_address(&Address { past, window, filter, ..Address::default() });
        self.has_damaged_address.set(false);
    }

    /// Tells screen readers the stretch of time that is shown.
    pub(crate) fn say_stretch(self) {
        let words = untrack(|| self.past_words().zip(self.tense()));
        let words = words.map(|(words, tense)| [tense.said(), &words].concat());
        self.said.set(words.unwrap_or_else(|| "You see live data".to_owned()));
    }
}

/// Returns the text in the corner of every panel until the code for the past is loaded.
fn loading_chip() -> Chip {
    let text = "loading".to_owned();
    Chip {
        state: PanelState::Loading,
        freshness: None,
        cut_off: false,
        crossed: None,
        lacks: None,
        title: text.clone(),
        text,
    }
}
