//! Makes publications of the rows of an input.

use std::collections::BTreeMap;

use shared::Millis;

use crate::cell::Units;
use crate::data::Data;
use crate::error::LineError;
use crate::names::Names;
use crate::outcome::{Destination, Moment, Outcome, Publication};
use crate::row::{Assembled, Row, Ticks};
use crate::time::{Stamp, Zone};

use super::times::{IgnoredTime, Times};

/// Maximum time for which the first lines are held back until their format is certain, in milliseconds. After this
/// time, the most likely format is chosen.
pub const TIMEOUT_MS: u64 = 1_000;
/// The rows of several devices form one publication. It is complete if no further row has come for this time, in
/// milliseconds. For the first publication, the time is [`TIMEOUT_MS`].
pub const TICK_MS: u64 = 100;

/// Makes publications of the rows of an input: joins the rows of several devices, converts units, and decides which times are used.
#[derive(Debug)]
pub struct Publisher {
    zone: Box<dyn Zone>,
    ticks: Ticks,
    /// Time at which the last row was read, in milliseconds of the monotonic clock.
    tick_ms: u64,
    units: Units,
    times: Times,
}

impl Publisher {
    /// Creates a publisher for one input. `zone` is the time zone of times that do not name one.
    pub fn new(zone: Box<dyn Zone>) -> Self {
        Self { zone, ticks: Ticks::default(), tick_ms: 0, units: Units::default(), times: Times::default() }
    }

    /// Returns the units of the series so far, by the paths of the series.
    pub fn units(&self) -> BTreeMap<String, String> {
        self.units.written().map(|(name, unit)| (name.to_owned(), unit.to_owned())).collect()
    }

    /// Returns the number of series that have a unit.
    pub fn unit_count(&self) -> usize {
        self.units.count()
    }

    /// Returns the times that have to be reported to the user, and forgets them.
    pub fn take_ignored_times(&mut self) -> Vec<IgnoredTime> {
        self.times.take_ignored()
    }

    /// Returns the time at which the rows that wait are published, in milliseconds of the monotonic clock; `None` if no row waits.
    /// The first rows of an input wait longer, because they show whether there are several devices: the rows of a slow input must
    /// not have another form than later ones.
    pub fn due_ms(&self) -> Option<u64> {
        let wait_ms = if self.ticks.is_undecided() { TIMEOUT_MS } else { TICK_MS };
        (!self.ticks.is_empty()).then_some(self.tick_ms + wait_ms)
    }

    /// Adds the row of some lines. Publishes the rows before it, if it does not belong to them.
    pub fn push(&mut self, lines: Vec<u64>, row: Row, now: Moment, out: &mut Vec<Outcome>) {
        let done = self.ticks.push(lines, row, &mut self.units);
        self.tick_ms = now.mono_ms;
        self.publish(done, now, out);
    }

    /// Publishes the rows that wait.
    pub fn flush(&mut self, now: Moment, out: &mut Vec<Outcome>) {
        let done = self.ticks.flush(&mut self.units);
        self.publish(done, now, out);
    }

    fn publish(&mut self, done: Vec<Assembled>, now: Moment, out: &mut Vec<Outcome>) {
        for Assembled { data, stamp, time_fields, lines } in done {
            let Some(data) = data.filter(|data| !data.is_empty()) else {
                out.extend(
                    lines.into_iter().map(|line| Outcome::Unreadable { line, reason: LineError::NoValue }),
                );
                continue;
            };
            let (data, ts) = self.timed(data, stamp, time_fields, now);
            let json = data.to_json();
            out.push(Outcome::Publish(Publication { lines, to: Destination::Topic, json, ts }));
        }
    }

    /// Returns the data of a publication and its time. A time that the server would refuse is not used, but published
    /// as a field: in the fields from which it was read, or in `time`.
    fn timed(
        &mut self,
        data: Data,
        stamp: Option<Stamp>,
        time_fields: Vec<(String, Data)>,
        now: Moment,
    ) -> (Data, Option<Millis>) {
        let Some(stamp) = stamp else { return (data, None) };
        // The time of `{"data", "ts"}` is explicit, so it is passed on. If the server would refuse it, the line is
        // reported.
        if matches!(data, Data::Json(_)) && time_fields.is_empty() {
            return (data, stamp.resolve(self.zone.as_ref(), now.wall_ms));
        }
        let written = time_fields.iter().find_map(|(_, data)| data.text());
        let ts = self.times.resolve(stamp, written.as_deref(), self.zone.as_ref(), now.wall_ms);
        match (data, ts) {
            (Data::Object(fields), None) => {
                let kept = if time_fields.is_empty() {
                    vec![("time".to_owned(), Data::Text(stamp.written()))]
                } else {
                    time_fields
                };
                let mut names = Names::default();
                let fields = kept.into_iter().chain(fields);
                (Data::Object(fields.map(|(name, data)| (names.take(name), data)).collect()), None)
            }
            (data, ts) => (data, ts),
        }
    }
}
