//! What the board knows of one topic.

use shared::freshness::Evidence;
use shared::publication::Publication;
use shared::{Millis, Topic, TopicMeta};

use super::arrival::{Arrival, Circumstances};
use super::kind::{Choice, Kind, Known};
use super::lines::Lines;
use super::past::{Past, Place, Wish};
use super::reading;
use super::states::States;
use super::table::Table;
use crate::chart::series::SeriesSet;

/// A hole is drawn where this many publications, by their cadence, are missing; fewer are jitter.
const HOLE_CADENCES: u64 = 4;
/// A hole is never shorter than this, in milliseconds.
const LEAST_HOLE_MS: u64 = 2_000;
/// Losses listed with a panel; older ones are forgotten.
const MOST_LOSSES: usize = 20;
/// A log that begins with fewer lines asks for more of its past, however long ago.
const ENOUGH_LINES: usize = 30;
/// Characters that fit into the legend of a chart in one place; one with more takes two, so that it is seen whole.
const LEGEND_CHARS: usize = 36;
/// What a series takes of that beside its name: swatch, value with unit, distance.
const VALUE_CHARS: usize = 10;
/// A table with so many columns takes two places.
const WIDE_FROM_COLUMNS: usize = 4;

/// What the board knows of one topic, but for its numbers: those are in a [`SeriesSet`] of their own, because charts
/// watch nothing else.
#[derive(Clone, Debug)]
pub struct Stream {
    topic: Topic,
    meta: TopicMeta,
    choice: Choice,
    arrival: Arrival,
    lines: Lines,
    states: States,
    table: Table,
    loss: Loss,
    past: Past,
    has_begun: bool,
    is_wide: bool,
}

/// Why publications come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coming {
    /// They were just published.
    Live,
    /// They were asked for, because they had been missed or because the page has just begun.
    Replayed,
    /// They were asked for, to show more of the past.
    Past,
}

/// What was lost for good.
#[derive(Clone, Debug, Default)]
struct Loss {
    spans: Vec<(Millis, Millis)>,
    /// A loss whose end is not known until the next publication.
    open_from: Option<Millis>,
}

impl Stream {
    /// A topic nothing is known of.
    pub fn new(topic: Topic) -> Self {
        Self {
            topic,
            meta: TopicMeta::default(),
            choice: Choice::default(),
            arrival: Arrival::default(),
            lines: Lines::default(),
            states: States::default(),
            table: Table::default(),
            loss: Loss::default(),
            past: Past::default(),
            has_begun: false,
            is_wide: false,
        }
    }

    /// Takes publications of one frame, in order; their numbers go into `series`.
    pub fn take(&mut self, items: &[Publication], coming: Coming, series: &mut SeriesSet, now: Millis) {
        if let Some(first) = items.first() {
            self.close_loss(first.ts, series);
        }
        if coming == Coming::Replayed && self.has_begun {
            self.mark_replayed(items, series, now);
        }
        for item in items {
            self.take_one(item, series);
        }
        match coming {
            Coming::Live => self.has_begun = true,
            Coming::Past => self.past.answered(items.len()),
            Coming::Replayed => {}
        }
    }

    /// What its publishers told about it, as a whole.
    pub fn tell(&mut self, meta: TopicMeta) {
        self.meta = meta;
    }

    /// A stretch was lost for good; an end that is not known is where data ended or begins again.
    pub fn lose(&mut self, from: Option<Millis>, to: Option<Millis>, series: &mut SeriesSet) {
        self.loss.open_from = from.or(self.arrival.last_ts());
        if let Some(to) = to {
            self.close_loss(to, series);
        }
    }

    /// The connection was lost: what is replayed from now on is what was missed.
    pub fn interrupt(&mut self) {
        self.has_begun = true;
    }

    /// The log started anew: offsets of the old one mean nothing, and what it held beyond the last data is lost.
    pub fn start_anew(&mut self, series: &mut SeriesSet) {
        self.past.forget();
        self.lose(None, None, series);
    }

    /// Takes back the mark of what was filled in, once it has had its time. Whether there was something to take back.
    pub fn settle(&mut self, series: &mut SeriesSet, now: Millis) -> bool {
        let is_over = !series.replayed().is_empty() && self.arrival.replay_is_over(now);
        if is_over {
            series.replayed_mut().clear();
        }
        is_over
    }

    /// Whether it has just turned late: true once in each silence.
    pub fn turns_late(&mut self, now: Millis) -> bool {
        let cadence_ms = self.cadence_ms();
        self.arrival.turns_late(cadence_ms, Circumstances { now, cut_off_since: None })
    }

    /// Its name.
    pub fn topic(&self) -> &Topic {
        &self.topic
    }

    /// What its publishers told about it.
    pub fn meta(&self) -> &TopicMeta {
        &self.meta
    }

    /// How it is shown; none before its first data.
    pub fn kind(&self) -> Option<Kind> {
        let wanted = self.meta.panel.as_deref().and_then(Kind::named);
        self.choice.kind().map(|chosen| wanted.unwrap_or(chosen))
    }

    /// Whether its panel takes two places. Once it did, it goes on doing so: panels do not jump.
    pub fn is_wide(&self) -> bool {
        self.is_wide
    }

    /// Its lines, if it is a log.
    pub fn lines(&self) -> &Lines {
        &self.lines
    }

    /// The states it was in.
    pub fn states(&self) -> &States {
        &self.states
    }

    /// Its newest table.
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// When its newest data happened.
    pub fn last_ts(&self) -> Option<Millis> {
        self.arrival.last_ts()
    }

    /// What to ask for so that the window, which begins at `from`, is filled; logs and states are asked for once.
    pub fn wish(&self, from: Millis, now: Millis) -> Option<Wish> {
        match self.kind()? {
            Kind::Line | Kind::Number => self.past.wish(from, self.cadence_ms(), now),
            Kind::Log | Kind::State if self.lines.len() < ENOUGH_LINES => {
                self.past.wish(Millis::MIN, None, now)
            }
            Kind::Log | Kind::State | Kind::Table => None,
        }
    }

    /// A wish is on its way.
    pub fn asked(&mut self, now: Millis) {
        self.past.asked(now);
    }

    /// Forgets the numbers before `ts`, or a little less.
    pub fn forget_before(&mut self, ts: Millis, series: &mut SeriesSet) {
        series.drop_before(self.past.forget_before(ts).min(ts));
    }

    /// The expected time between publications, declared or learned.
    pub fn cadence_ms(&self) -> Option<u64> {
        self.arrival.cadence_ms(self.meta.expect_every_ms, self.kind().unwrap_or(Kind::Log))
    }

    /// Samples further apart than this are not joined.
    pub fn hole_ms(&self) -> Option<i64> {
        let hole_ms = self.cadence_ms()?.saturating_mul(HOLE_CADENCES).max(LEAST_HOLE_MS);
        i64::try_from(hole_ms).ok()
    }

    /// What was lost since `from`, newest first: from when to when.
    pub fn losses(&self, from: Millis) -> impl Iterator<Item = (Millis, Millis)> + '_ {
        self.loss.spans.iter().rev().copied().filter(move |(_, to)| *to > from)
    }

    /// What its freshness is judged from, `window_ms` being shown.
    pub fn evidence(&self, window_ms: Millis, around: Circumstances) -> Evidence {
        let from = around.now - window_ms;
        let lost_ms: i64 = self.losses(from).map(|(start, end)| end - start.max(from)).sum();
        self.arrival.evidence(self.cadence_ms(), lost_ms.unsigned_abs(), around)
    }

    fn take_one(&mut self, item: &Publication, series: &mut SeriesSet) {
        let is_newest = self.last_ts().is_none_or(|last| last <= item.ts);
        self.arrival.observe(item);
        self.past.observe(Place { offset: item.offset, ts: item.ts });
        let numbers = reading::numbers(&item.data, self.topic.leaf());
        if !numbers.is_empty() {
            series.append(item.ts, numbers.iter().map(|(name, value)| (name.as_str(), *value)));
        }
        self.states.add(item.ts, &item.data);
        if is_newest {
            let known = Known { series: series.series().len(), states: self.states.distinct() };
            self.choice.observe(&item.data, known);
        }
        self.keep_text(item, is_newest);
        self.is_wide |= self.needs_width(series);
    }

    fn keep_text(&mut self, item: &Publication, is_newest: bool) {
        match self.kind() {
            Some(Kind::Table) if is_newest => self.table = Table::of(&item.data),
            // A state may turn out to be a log; then its past lines are there.
            Some(Kind::Log | Kind::State) => self.lines.add(item.ts, &item.data),
            Some(Kind::Line | Kind::Number | Kind::Table) | None => {}
        }
    }

    fn needs_width(&self, series: &SeriesSet) -> bool {
        match self.kind() {
            Some(Kind::Line) => legend_chars(series) > LEGEND_CHARS,
            Some(Kind::Table) => self.table.columns.len() >= WIDE_FROM_COLUMNS,
            Some(Kind::Log) => true,
            Some(Kind::Number | Kind::State) | None => false,
        }
    }

    fn close_loss(&mut self, to: Millis, series: &mut SeriesSet) {
        let Some(from) = self.loss.open_from.take().filter(|from| *from < to) else { return };
        series.lost_mut().add(from + 1..to);
        self.loss.spans.push((from, to));
        if self.loss.spans.len() > MOST_LOSSES {
            self.loss.spans.remove(0);
        }
    }

    fn mark_replayed(&mut self, items: &[Publication], series: &mut SeriesSet, now: Millis) {
        let times = || items.iter().map(|item| item.ts);
        if let Some((from, to)) = times().min().zip(times().max()) {
            series.replayed_mut().add(from..to + 1);
            self.arrival.mark_replayed(now);
        }
    }
}

fn legend_chars(series: &SeriesSet) -> usize {
    series.series().iter().map(|series| series.name().chars().count() + VALUE_CHARS).sum()
}

#[cfg(test)]
mod tests;
