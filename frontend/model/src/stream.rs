//! State of one topic's panel, apart from its numbers. It combines [`super::arrival`], [`super::kind`],
//! [`super::lines`], [`super::states`], [`super::table`], [`super::past`], [`super::buckets`], [`super::placement`]
//! and [`super::clock_error`].
//!
//! ```
//! use board_model::chart::SeriesSet;
//! use board_model::stream::{Origin, Stream};
//! use shared::{Publication, Topic};
//!
//! let (mut stream, mut series) = (Stream::new(Topic::new("kitchen/temp").unwrap()), SeriesSet::new(100));
//! let publication = Publication { offset: 1, ts: 1_000, received_at: 1_000, data: 21.5.into() };
//! stream.take(&[publication], Origin::Live, &mut series, 1_000);
//! assert_eq!(series.newest(0).unwrap().field, board_model::field::Field::number(21.5));
//! ```

use std::ops::Range;
use std::sync::Arc;

use serde_json::Value;
use shared::freshness::Evidence;
use shared::publication::Publication;
use shared::{Millis, Topic, TopicMeta};

use super::arrival::{Arrival, Conditions};
use super::buckets::{PastStates, TopicPast};
use super::clock_error::ClockError;
use super::digits::Digits;
use super::kind::{Choice, Kind, Known, MOST_STATES};
use super::lines::Lines;
use super::order::Order;
use super::past::{Fetch, Past, Place};
use super::placement::Size;
use super::reading;
use super::states::{Severity, States};
use super::table::Table;
use super::things::{Keeper, Things};
use crate::chart::axes;
use crate::chart::draw::Limits;
use crate::chart::format::Unit;
use crate::chart::moment::Moment;
use crate::chart::series::SeriesSet;
use crate::chart::spans::Spans;

/// The line of a chart has a gap between two samples if their distance is more than this many times the expected one.
/// Smaller distances are treated as jitter.
const HOLE_CADENCES: u64 = 4;
/// Minimum time between two samples, in milliseconds, for the line of a chart to have a gap there.
const LEAST_HOLE_MS: u64 = 2_000;
/// Maximum number of losses of data that are listed with a panel. If there are more, the oldest is removed from the
/// list.
const MOST_LOSSES: usize = 20;
/// If a log has fewer lines than this, older publications are requested for it, however old they are.
const ENOUGH_LINES: usize = 30;
/// Maximum number of characters in the legend of a chart of the usual width. A chart with a longer legend gets a
/// larger share of the width.
const LEGEND_CHARS: usize = 36;
/// Number of characters that a series takes in the legend in addition to its name, for its colour, its value with the
/// unit, and a space.
const VALUE_CHARS: usize = 10;
/// Maximum number of value axes in a chart of the usual height. A chart with more axes gets a panel of twice the
/// height.
const MOST_AXES_IN_ONE: usize = 2;
/// Minimum number of columns with which a table gets a larger share of the width.
const WIDE_FROM_COLUMNS: usize = 4;

/// State of one topic's panel, apart from its numbers. The numbers are in a separate [`SeriesSet`], so that charts
/// are drawn again only when numbers change.
///
/// The state depends only on the publications, and not on the order in which they arrive: live frames, replays and
/// history may be mixed in any order.
#[derive(Clone, Debug)]
pub struct Stream {
    topic: Topic,
    /// The metadata that the panel shows: that of the publishers, as the document of the board changes it.
    meta: TopicMeta,
    /// Number of times that the metadata was set.
    meta_version: u64,
    /// Present if the document of the board changes the metadata.
    overruled: Option<Box<Overruled>>,
    /// The thresholds of the metadata; `None` if there are none, or if they are not read yet.
    limits: Option<Arc<Limits>>,
    /// True if the metadata has thresholds that are not read yet.
    has_unread_limits: bool,
    /// The name and the unit of each series for which the metadata gives a unit of its own.
    units: Vec<(String, Unit)>,
    choice: Choice,
    arrival: Arrival,
    lines: Lines,
    states: States,
    table: Table,
    /// The states of things, and the functions that keep them; `None` before a panel has shown them.
    things: Option<Box<(Things, Keeper)>>,
    /// Place of the publication that `table` was made from; `None` if there was no table yet.
    table_order: Option<Order>,
    clock_error: ClockError,
    /// Paths of the fields of the newest publication that a chart cannot draw.
    not_drawn: Vec<String>,
    loss: Loss,
    past: Past,
    /// Number of times that the topic's log started anew since the page was opened.
    epoch: u64,
    has_begun: bool,
    is_wide: bool,
    /// Size of the panel that was last computed; `None` before the first data.
    size: Option<Size>,
    /// Present if the panel shows a stretch of the past.
    look_back: Option<Box<LookBack>>,
}

/// Contents of a panel that shows a stretch of the past.
#[derive(Clone, Debug, Default)]
pub struct LookBack {
    /// The states of the stretch.
    pub states: PastStates,
    /// The states of each thing in the stretch, with its name.
    pub things: Vec<(String, PastStates)>,
    /// True if the stretch has older publications than those that the panel shows.
    pub is_cut: bool,
}

/// The way in which publications reached the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The publications were sent because they were just published.
    Live,
    /// The publications were just published, and the server left out others, because the page asked for some only.
    Conflated,
    /// The publications were replayed, because the page had missed them or subscribed after they were published.
    Replayed,
    /// The publications were requested to show more of the past.
    Past,
}

impl Origin {
    /// Returns the way in which publications reached the page: `replay` is true if they were replayed, and `left_out` is the number of
    /// those that the server left out.
    pub fn of(replay: bool, left_out: u64) -> Self {
        match (replay, left_out) {
            (true, _) => Self::Replayed,
            (false, 0) => Self::Live,
            (false, _) => Self::Conflated,
        }
    }

    /// Returns true if the publications were just published.
    pub fn is_live(self) -> bool {
        matches!(self, Self::Live | Self::Conflated)
    }
}

/// The losses of a topic: ranges of time whose data is lost for good.
#[derive(Clone, Debug, Default)]
struct Loss {
    /// Start and end of each loss by the publisher's clock, the oldest first.
    spans: Vec<(Millis, Millis)>,
    /// Start of a loss by the publisher's clock, whose end is not known until the next publication arrives; `None` if there is no
    /// such loss.
    open_from: Option<Millis>,
}

/// The metadata of the publishers, and that of the document of the board, which takes precedence.
#[derive(Clone, Debug)]
struct Overruled {
    published: TopicMeta,
    wanted: TopicMeta,
    /// The function that merges the two. It is called by a pointer, so that the first picture does not contain it.
    merge: fn(&TopicMeta, &TopicMeta) -> TopicMeta,
}

impl Overruled {
    fn meta(&self) -> TopicMeta {
        (self.merge)(&self.published, &self.wanted)
    }
}

fn merge_meta(published: &TopicMeta, wanted: &TopicMeta) -> TopicMeta {
    let mut published = published.clone();
    if wanted.unit.is_some() {
        published.units.clear();
    }
    published.merged(wanted.clone())
}

impl Stream {
    /// Creates the state of a topic without publications.
    pub fn new(topic: Topic) -> Self {
        Self {
            topic,
            meta: TopicMeta::default(),
            meta_version: 0,
            overruled: None,
            limits: None,
            has_unread_limits: false,
            units: Vec::new(),
            choice: Choice::default(),
            arrival: Arrival::default(),
            lines: Lines::default(),
            states: States::default(),
            table: Table::default(),
            things: None,
            table_order: None,
            clock_error: ClockError::default(),
            not_drawn: Vec::new(),
            epoch: 0,
            loss: Loss::default(),
            past: Past::default(),
            has_begun: false,
            is_wide: false,
            size: None,
            look_back: None,
        }
    }

    /// Returns the state of a panel that shows a stretch of the past: the states and the publications of the stretch,
    /// with the topic's present metadata and kind. `items` is `None` if the panel shows no publications, or if none are
    /// loaded.
    pub fn looking_back(&self, look_back: LookBack, items: Option<&[Publication]>) -> Self {
        let mut shown = Self { look_back: Some(Box::new(look_back)), ..self.clone() };
        if matches!(self.kind(), Some(Kind::Log | Kind::Table)) {
            (shown.lines, shown.table) = (Lines::default(), Table::default());
            shown.table_order = None;
        }
        for item in items.unwrap_or_default() {
            let data = item.data.value();
            let digits = Digits::of(&data, item.data.text());
            shown.keep_text(item, &data, &digits, Order::of(item, self.epoch));
        }
        shown
    }

    /// Returns the state of a panel that shows a stretch of a recording, of which nothing can be loaded: the lines of the stretch that are
    /// kept, or the table if it is not newer than the stretch.
    pub fn looking_back_in_recording(&self, stretch: &Range<Millis>) -> Self {
        let mut shown = self.clone();
        let is_cut = match self.kind() {
            Some(Kind::Log) => shown.lines.keep_stretch(stretch),
            Some(Kind::Table) if self.table_at().is_some_and(|at| at >= stretch.end) => {
                (shown.table, shown.table_order) = (Table::default(), None);
                true
            }
            Some(_) | None => false,
        };
        shown.look_back = Some(Box::new(LookBack { is_cut, ..LookBack::default() }));
        shown
    }

    /// Returns what the panel shows of the past; `None` if it shows live data.
    pub fn look_back(&self) -> Option<&LookBack> {
        self.look_back.as_deref()
    }

    /// Adds publications that arrived together, and puts their numbers into `series`. `now` is the time by the
    /// server's clock.
    pub fn take(&mut self, items: &[Publication], origin: Origin, series: &mut SeriesSet, now: Millis) {
        // Older publications that were requested say nothing about the end of a loss that has only begun.
        if let Some(first) = items.first().filter(|_| origin != Origin::Past) {
            self.close_loss(first.ts, series);
        }
        if origin == Origin::Replayed && self.has_begun {
            self.mark_replayed(items, series, now);
        }
        for item in items {
            if origin == Origin::Conflated {
                self.past.leave_out();
            }
            self.take_one(item, series);
        }
        match origin {
            Origin::Live | Origin::Conflated => self.has_begun = true,
            Origin::Past => self.past.answered(items.is_empty()),
            Origin::Replayed => {}
        }
        self.tell_series(series);
    }

    /// Replaces the topic's metadata by that which its publishers have sent now, and sets the units of `series`
    /// accordingly.
    pub fn tell(&mut self, meta: TopicMeta, series: &mut SeriesSet) {
        let meta = match &mut self.overruled {
            Some(overruled) => {
                overruled.published = meta;
                overruled.meta()
            }
            None => meta,
        };
        let unit = |unit: &str| Unit::parse(unit).rounded(meta.decimals);
        self.units = meta.units.iter().map(|(name, own)| (name.clone(), unit(own))).collect();
        if meta.thresholds != self.meta.thresholds {
            (self.limits, self.has_unread_limits) = (None, meta.thresholds.is_some());
        }
        self.meta = meta;
        self.meta_version += 1;
        series.set_units(&self.units);
    }

    /// Sets the metadata with which the document of the board changes that of the publishers, and the units of `series`
    /// accordingly. A unit is that of all series. Fields that are absent change nothing.
    pub fn arrange(&mut self, wanted: TopicMeta, series: &mut SeriesSet) {
        let published = self.published_meta().clone();
        let is_needed = !wanted.is_empty();
        self.overruled = is_needed
            .then(|| Box::new(Overruled { published: published.clone(), wanted, merge: merge_meta }));
        self.tell(published, series);
    }

    /// Returns true if the metadata has thresholds, which [`Self::read_limits`] has not read yet.
    pub fn has_unread_limits(&self) -> bool {
        self.has_unread_limits
    }

    /// Reads the thresholds of the metadata by a function of the part of the page that is loaded for them.
    pub fn read_limits(&mut self, read: fn(&Value) -> Option<Arc<Limits>>) {
        self.limits = self.meta.thresholds.as_deref().and_then(read);
        self.has_unread_limits = false;
    }

    /// Returns the thresholds of the topic; `None` if it has none, or if they are not read yet.
    pub fn limits(&self) -> Option<&Arc<Limits>> {
        self.limits.as_ref()
    }

    /// Returns the metadata that the publishers have set.
    pub fn published_meta(&self) -> &TopicMeta {
        self.overruled.as_ref().map_or(&self.meta, |overruled| &overruled.published)
    }

    /// Returns the metadata with which the document of the board changes that of the publishers.
    pub fn wanted(&self) -> TopicMeta {
        self.overruled.as_ref().map(|overruled| overruled.wanted.clone()).unwrap_or_default()
    }

    /// Records that the data between two times by the publisher's clock is lost for good. If `from` is `None`, the loss begins after
    /// the newest publication. If `to` is `None`, it ends at the next publication.
    pub fn lose(&mut self, from: Option<Millis>, to: Option<Millis>, series: &mut SeriesSet) {
        self.past.lose();
        self.loss.open_from = from.or(self.arrival.last_ts());
        if let Some(to) = to {
            self.close_loss(to, series);
        }
    }

    /// Records that the connection was lost. Publications that are replayed after this call count as missed ones.
    pub fn interrupt(&mut self) {
        self.has_begun = true;
    }

    /// Records that the topic's log was started anew. Offsets of the old log are no longer valid, and the data after
    /// its newest publication that had arrived is lost.
    pub fn start_anew(&mut self, series: &mut SeriesSet) {
        self.lose(None, None, series);
        self.past.forget();
        self.epoch += 1;
        self.tell_series(series);
    }

    /// Removes the mark of data that was replayed after an interruption, if the chart has shown it for long enough.
    /// Returns true if a mark was removed.
    pub fn settle(&mut self, series: &mut SeriesSet, now: Millis) -> bool {
        let is_over = !series.replayed().is_empty() && self.arrival.replay_is_over(now);
        if is_over {
            series.replayed_mut().clear();
        }
        is_over
    }

    /// Returns true if the topic has become late: it has had no publication for longer than its usual interval. After
    /// it has returned true, it returns false until the next publication.
    pub fn turns_late(&mut self, now: Millis) -> bool {
        let cadence_ms = self.cadence_ms();
        self.arrival.turns_late(cadence_ms, Conditions { now, ..Conditions::default() })
    }

    /// Returns the name of the topic.
    pub fn topic(&self) -> &Topic {
        &self.topic
    }

    /// Returns the metadata that the panel shows: that of the publishers, as the document of the board changes it.
    pub fn meta(&self) -> &TopicMeta {
        &self.meta
    }

    /// Returns a number that changes whenever the metadata is set.
    pub fn meta_version(&self) -> u64 {
        self.meta_version
    }

    /// Returns the kind of the panel: the one that the publisher has asked for, or else the one that suits the data.
    /// Returns `None` before the first data.
    pub fn kind(&self) -> Option<Kind> {
        let wanted = self.meta.panel.as_deref().and_then(Kind::named);
        self.choice.kind().map(|chosen| wanted.unwrap_or(chosen))
    }

    /// Returns true if the value axis of the chart is logarithmic.
    pub fn is_log(&self) -> bool {
        self.meta.scale.as_deref() == Some("log")
    }

    /// Returns the size that suits the panel, as [`Self::settle_size`] has computed it; `None` before the first data.
    pub fn size(&self) -> Option<Size> {
        self.size
    }

    /// Computes the size that suits the panel, and returns true if it has changed. A panel that has become wide stays
    /// wide, so that panels do not change their places. A chart is twice as high as usual if it has more axes than a
    /// panel of the usual height has room for.
    pub fn settle_size(&mut self, series: &SeriesSet) -> bool {
        let size = self.kind().map(|kind| self.size_as(kind, series));
        std::mem::replace(&mut self.size, size) != size
    }

    fn size_as(&self, kind: Kind, series: &SeriesSet) -> Size {
        let usual = Size::of(kind);
        let size = if self.is_wide { usual.wide() } else { usual };
        let has_many_axes = kind.is_chart() && axes::count(series, &self.unit()) > MOST_AXES_IN_ONE;
        if has_many_axes { size.double() } else { size }
    }

    /// Returns the lines that a log panel shows.
    pub fn lines(&self) -> &Lines {
        &self.lines
    }

    /// Returns the place of a publication in the order of the topic's publications. It is of the log that the server has now.
    pub fn order_of(&self, publication: &Publication) -> Order {
        Order::of(publication, self.epoch)
    }

    /// Returns the states in which the topic was, which a state panel shows.
    pub fn states(&self) -> &States {
        &self.states
    }

    /// Begins to keep the states of things, which a timeline shows. Publications that were taken before are requested again.
    pub fn keep_things(&mut self, keeper: Keeper) {
        if self.things.is_none() {
            self.things = Some(Box::new((Things::default(), keeper)));
            self.past.load_again();
        }
    }

    /// Returns the states of things; `None` before [`Self::keep_things`] was called.
    pub fn things(&self) -> Option<&Things> {
        self.things.as_ref().map(|things| &things.0)
    }

    /// Returns the states of things in the past, from buckets of this length and the publications after `raw_from`.
    pub fn past_things(&self, past: &TopicPast, step_ms: u64, raw_from: Millis) -> Vec<(String, PastStates)> {
        let things = self.things.iter();
        things
            .flat_map(|things| (things.1.past)(&things.0, past, step_ms, raw_from, self.topic.leaf()))
            .collect()
    }

    /// Returns the newest table, which a table panel shows.
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// Returns the effective time of the publication that the table was made from; `None` if there is no table.
    pub fn table_at(&self) -> Option<Millis> {
        self.table_order.map(Order::effective_ms)
    }

    /// Returns true if any publication contained a table, even an empty one.
    pub fn has_table(&self) -> bool {
        self.table_order.is_some()
    }

    /// Returns the time stamp of the newest publication, corrected by the error of the publisher's clock; `None` if
    /// there is no publication.
    pub fn last_ts(&self) -> Option<Millis> {
        Some(self.arrival.last_ts()? - self.clock_error.ms().unwrap_or(0))
    }

    /// Returns the time at which the server received the most recent publication, by the server's clock; `None` if
    /// there is no publication.
    pub fn last_received(&self) -> Option<Millis> {
        self.arrival.last_received()
    }

    /// Returns the error of the publisher's clock in milliseconds, positive if the clock is ahead; `None` if no error
    /// is recognised.
    pub fn clock_error_ms(&self) -> Option<i64> {
        self.clock_error.ms()
    }

    /// Returns the paths of the fields of the newest publication that a chart cannot draw, because they are lists
    /// that contain other values than numbers.
    pub fn not_drawn(&self) -> &[String] {
        &self.not_drawn
    }

    /// Returns the unit of the topic's numbers, which its publisher has declared.
    pub fn unit(&self) -> Unit {
        Unit::parse(self.meta.unit.as_deref().unwrap_or_default()).rounded(self.meta.decimals)
    }

    /// Returns the meaning of a state: good, warning, bad or neutral.
    pub fn severity(&self, state: &str) -> Severity {
        Severity::of(state, &self.meta.states)
    }

    /// Returns the request that loads the next missing part of a chart's window, which begins at `from`. For a log or
    /// a state, older history is requested while there are few lines, without regard to the window. Returns `None` if
    /// no request is necessary.
    pub fn next_fetch(&self, from: Millis, now: Millis) -> Option<Fetch> {
        match self.kind()? {
            // The state at the beginning of the window may have begun long before.
            Kind::Timeline if self.things().is_none_or(Things::is_empty) => {
                self.past.next_fetch(Millis::MIN, None, now)
            }
            Kind::Timeline => self.past.next_fetch(from, None, now),
            kind if kind.has_numbers() => self.past.next_fetch(from, self.cadence_ms(), now),
            Kind::Log | Kind::State if self.lines.len() < ENOUGH_LINES => {
                self.past.next_fetch(Millis::MIN, None, now)
            }
            _ => None,
        }
    }

    /// Returns the time from which on the page has all publications of the topic, corrected by the error of the
    /// publisher's clock; `Millis::MAX` if it has none.
    pub fn complete_from(&self) -> Millis {
        self.past.complete_from().saturating_sub(self.clock_error.ms().unwrap_or(0))
    }

    /// Records that `fetch` was sent to the server at the time `now`.
    pub fn asked(&mut self, fetch: Fetch, now: Millis) {
        self.past.asked(fetch, now);
    }

    /// Records that nothing else can be loaded. What was dropped stays not loaded.
    pub fn end_loading(&mut self, series: &mut SeriesSet) {
        self.past.end_loading();
        self.tell_series(series);
    }

    /// Drops the numbers before `ts`, or before a slightly earlier time.
    pub fn forget_before(&mut self, ts: Millis, series: &mut SeriesSet) {
        let error_ms = self.clock_error.ms().unwrap_or(0);
        let kept_from = self.past.forget_before(ts.saturating_add(error_ms)).saturating_sub(error_ms);
        series.drop_before(kept_from.min(ts));
        self.tell_series(series);
    }

    /// Returns the expected time between publications in milliseconds, declared by the publisher or learned from the
    /// data; `None` if it is not known.
    pub fn cadence_ms(&self) -> Option<u64> {
        self.arrival.cadence_ms(self.meta.expect_every_ms, self.kind().unwrap_or(Kind::Log))
    }

    /// Returns the maximum time in milliseconds between two samples that are joined by a line; `None` if it is not
    /// known.
    pub fn hole_ms(&self) -> Option<i64> {
        let hole_ms = self.cadence_ms()?.saturating_mul(HOLE_CADENCES).max(LEAST_HOLE_MS);
        i64::try_from(hole_ms).ok()
    }

    /// Returns true if [`Self::forget_before`] would drop something.
    pub fn keeps_before(&self, ts: Millis, series: &SeriesSet) -> bool {
        let error_ms = self.clock_error.ms().unwrap_or(0);
        self.past.keeps_before(ts.saturating_add(error_ms)) || series.keeps_before(ts)
    }

    /// Returns the ranges of time after `from` whose data is lost, the newest first, each with its start and its end. They are
    /// corrected by the error of the publisher's clock.
    pub fn losses(&self, from: Millis) -> impl Iterator<Item = (Millis, Millis)> + '_ {
        self.losses_less(self.clock_error.ms().unwrap_or(0)).filter(move |(_, to)| *to > from)
    }

    /// Returns all losses with times that are earlier by `error_ms` than by the publisher's clock, the newest first.
    fn losses_less(&self, error_ms: i64) -> impl Iterator<Item = (Millis, Millis)> + '_ {
        self.loss.spans.iter().rev().map(move |(from, to)| (from - error_ms, to - error_ms))
    }

    /// Returns the states that the panel shows: those of the past, or those of live data.
    pub fn shown_states(&self) -> PastStates {
        match self.look_back() {
            Some(look_back) => look_back.states.clone(),
            None => self.live_states(&self.states),
        }
    }

    /// Returns the states of live data, and when they are not known: where data is lost, and where it may not be loaded. `known` are
    /// the states of the topic, or of one of its things.
    pub fn live_states(&self, known: &States) -> PastStates {
        // The effective times of states contain the error of a clock that is behind, but not of one that is ahead.
        let error_ms = self.clock_error.ms().unwrap_or(0).max(0);
        let lost: Vec<(Millis, Millis)> = self.losses_less(error_ms).collect();
        PastStates::live(known, &lost, self.past.complete_from().saturating_sub(error_ms))
    }

    /// Returns the facts from which the freshness of the topic is determined. `window_ms` is the length of the range
    /// of time that is shown, in milliseconds.
    pub fn evidence(&self, window_ms: Millis, conditions: Conditions) -> Evidence {
        let from = conditions.now - window_ms;
        let lost_ms: i64 = self.losses(from).map(|(start, end)| end - start.max(from)).sum();
        self.arrival.evidence(self.cadence_ms(), lost_ms.unsigned_abs(), conditions)
    }

    fn take_one(&mut self, item: &Publication, series: &mut SeriesSet) {
        let order = Order::of(item, self.epoch);
        let is_newest = self.arrival.newest().is_none_or(|newest| newest <= order);
        self.arrival.observe(order, item);
        self.clock_error.observe(order, item);
        self.past.observe(Place { offset: item.offset, ts: item.ts });
        let moment = Moment { ts_ms: item.ts, received_at: item.received_at, order };
        let data = item.data.value();
        let digits = Digits::of(&data, item.data.text());
        let fields = reading::fields(&data, self.topic.leaf(), &digits);
        if fields.is_empty() {
            series.insert_other(moment, &reading::other_field(&data, &digits));
        } else {
            series.insert(moment, &fields);
        }
        if is_newest {
            self.not_drawn = reading::not_drawn(&data);
        }
        self.states.add(order, &data, &digits);
        if let Some(things) = &mut self.things {
            (things.1.add)(&mut things.0, order, &data, &digits, self.topic.leaf());
        }
        let known = Known { series: series.series().len(), states: self.states.distinct(MOST_STATES + 1) };
        self.choice.observe(order, &data, known);
        self.keep_text(item, &data, &digits, order);
        self.is_wide |= self.needs_width(series);
    }

    fn keep_text(&mut self, item: &Publication, data: &Value, digits: &Digits<'_>, order: Order) {
        let kind = Kind::of(data);
        if kind == Kind::Table && self.table_order.is_none_or(|kept| kept <= order) {
            (self.table, self.table_order) = (Table::of(data, digits), Some(order));
            self.table.keep_all(item.data.text());
        }
        // A state or a number is also kept as a line, because later publications may turn the topic into a log, which
        // then shows the line.
        let is_short = matches!(data, Value::Number(_) | Value::Bool(_));
        let is_text = matches!(kind, Kind::Log | Kind::State);
        if is_short || is_text || matches!(self.kind(), Some(Kind::Log | Kind::State)) {
            self.lines.add(order, item.ts, data, digits, item.data.text());
        }
    }

    /// Sets in `series` what the chart has to know from this state: the ranges of time that are not loaded, the
    /// units, and the error of the publisher's clock.
    fn tell_series(&self, series: &mut SeriesSet) {
        let error_ms = self.clock_error.ms().unwrap_or(0);
        series.correct_clock(error_ms);
        series.set_units(&self.units);
        let mut unloaded = Spans::new();
        for span in self.past.missing() {
            unloaded.add(span.start.saturating_sub(error_ms)..span.end.saturating_sub(error_ms));
        }
        series.set_unloaded(unloaded);
    }

    fn needs_width(&self, series: &SeriesSet) -> bool {
        match self.kind() {
            Some(kind) if kind.is_chart() => legend_chars(series) > LEGEND_CHARS,
            Some(Kind::Table) => self.table.columns.len() >= WIDE_FROM_COLUMNS,
            Some(_) | None => false,
        }
    }

    fn close_loss(&mut self, to: Millis, series: &mut SeriesSet) {
        let Some(from) = self.loss.open_from.take().filter(|from| *from < to) else { return };
        let error_ms = series.clock_error_ms();
        series.lost_mut().add(from + 1 - error_ms..to - error_ms);
        self.loss.spans.push((from, to));
        if self.loss.spans.len() > MOST_LOSSES {
            self.loss.spans.remove(0);
        }
    }

    fn mark_replayed(&mut self, items: &[Publication], series: &mut SeriesSet, now: Millis) {
        let error_ms = self.clock_error.ms().unwrap_or(0);
        let times = || items.iter().map(|item| item.ts - error_ms);
        if let Some((from, to)) = times().min().zip(times().max()) {
            series.replayed_mut().add(from..to + 1);
            self.arrival.mark_replayed(now);
        }
    }
}

fn legend_chars(series: &SeriesSet) -> usize {
    series.series().iter().map(|series| series.name().chars().count() + VALUE_CHARS).sum()
}

mod together;

#[cfg(test)]
mod tests;
