//! From the series of several topics to those of a panel. Depends on [`super::source`] and [`super::stage`].

use shared::{Millis, TopicMeta};

use super::names::series_name;
use super::plan::{Derivation, Plan, Wanted};
use super::sample::{Row, Sample};
use super::source::Reader;
use super::stage::{Lane, Stages, renamed};
use crate::chart::apart::{Apart, Mark};
use crate::chart::band::Band;
use crate::chart::moment::{Moment, Newest};
use crate::chart::series::SeriesSet;
use crate::field::Field;
use crate::order::Order;
use crate::stream::Stream;

/// The data that the page has of a topic of the panel.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The state of the topic.
    pub stream: &'a Stream,
    /// The numbers of the topic.
    pub series: &'a SeriesSet,
    /// Number that changes with the contents of a set of buckets.
    pub version: u64,
}

/// The series of several topics, sent through the steps of a panel and written into its set.
#[derive(Clone, Debug, Default)]
pub struct Flow {
    /// The topics; `None` for one that the page does not have.
    sources: Vec<Option<Source>>,
    all: Stages,
    outputs: Vec<Output>,
    /// True if values of one time in different topics have to be taken together.
    joins_rows: bool,
    shift_ms: Millis,
}

/// A topic, with its place in the sets.
#[derive(Clone, Debug)]
struct Source {
    reader: Reader,
    stages: Stages,
    mark: Mark,
    version: u64,
    /// The metadata with the units of the series.
    meta: TopicMeta,
    /// Index of its first series among those of all sources.
    first: usize,
}

/// A series of the panel.
#[derive(Clone, Debug)]
struct Output {
    column: usize,
    /// Source from which the series comes, or the first of them.
    source: usize,
    /// Index of the series in the set of its topic, if it is shown as it is.
    plain: Option<usize>,
    /// True if the line is broken by gaps between values only where the steps have left one.
    is_combined: bool,
    newest: Option<(Millis, u64, Field)>,
}

impl Flow {
    /// Creates the series of a panel, and adds them to `set`. `suffix` is the end of their names, and `shift_ms` the time by which they
    /// are moved.
    pub fn new(
        plan: &Plan,
        inputs: &[Option<Input<'_>>],
        (shift_ms, suffix): (Millis, &str),
        window_ms: Millis,
        set: &mut SeriesSet,
    ) -> Self {
        let mut sources = Vec::new();
        let mut lanes = Vec::new();
        let mut of_lanes = Vec::new();
        for (index, wanted) in plan.sources.iter().enumerate() {
            let source = inputs.get(index).copied().flatten().map(|input| {
                let (reader, mut own) = read_by(wanted, &input);
                if combines(&wanted.derive) && own.len() < wanted.series.len() {
                    // A sum without one of its parts would be wrong.
                    own.clear();
                }
                let stages = Stages::new(&wanted.derive, own, &wanted.name, window_ms);
                let (mark, version, meta) = (Mark::default(), input.version, input.stream.meta().clone());
                Source { reader, stages, mark, version, meta, first: lanes.len() }
            });
            for lane in source.iter().flat_map(|source| &source.stages.lanes) {
                let source = source.as_ref();
                let at = of_lanes.iter().filter(|(of, _)| *of == index).count();
                let plain = source.filter(|source| source.stages.is_empty());
                of_lanes.push((index, plain.and_then(|source| source.reader.column(at))));
                lanes.push(lane.clone());
            }
            sources.push(source);
        }
        let is_whole =
            |source: &Option<Source>| source.as_ref().is_some_and(|source| !source.stages.lanes.is_empty());
        if combines(&plan.derive) && !sources.iter().all(is_whole) {
            lanes.clear();
        }
        let all = Stages::new(&plan.derive, renamed(lanes), "", window_ms);
        let is_combined = all.lanes.len() != of_lanes.len();
        let mut outputs = Vec::new();
        for (index, lane) in all.lanes.iter().enumerate() {
            let (source, plain) = of_lanes.get(index).copied().unwrap_or_default();
            let plain = plain.filter(|_| all.is_empty());
            let combined_before = sources
                .get(source)
                .and_then(Option::as_ref)
                .is_some_and(|source| source.stages.combined_to().is_some());
            if let Some(column) = set.add_series(&[&lane.name, suffix].concat()) {
                let is_combined = is_combined || combined_before || all.combined_to().is_some();
                outputs.push(Output { column, source, plain, is_combined, newest: None });
            }
        }
        let joins_rows = all.combined_to().is_some();
        Self { sources, all, outputs, joins_rows, shift_ms }
    }

    /// Returns true if the flow has to be created anew for these inputs, because something has changed that is not at the end.
    pub fn is_outdated(&self, inputs: &[Option<Input<'_>>]) -> bool {
        let is_outdated = |(source, input): (&Option<Source>, &Option<Input<'_>>)| match (source, input) {
            (None, None) => false,
            (Some(source), Some(input)) => !source.is_current(input),
            (None, Some(_)) | (Some(_), None) => true,
        };
        self.sources.len() != inputs.len() || self.sources.iter().zip(inputs).any(is_outdated)
    }

    /// Writes into `set` what has been added to the inputs. Returns false if a value came too late for a sum, so that the flow has to be
    /// created anew.
    pub fn advance(&mut self, inputs: &[Option<Input<'_>>], set: &mut SeriesSet) -> bool {
        let mut rows: Vec<(usize, Row)> = Vec::new();
        for (index, (source, input)) in self.sources.iter_mut().zip(inputs).enumerate() {
            if let (Some(source), Some(input)) = (source, input) {
                rows.extend(source.next(input).into_iter().map(|row| (index, row)));
            }
        }
        if self.sources.len() > 1 {
            rows.sort_by_key(|(_, row)| (row.ts_ms, row.sequence));
        }
        let combined_to = self.all.combined_to().unwrap_or(Millis::MIN);
        if rows.first().is_some_and(|(_, row)| row.ts_ms < combined_to) {
            return false;
        }
        for row in self.joined(rows) {
            let row = self.all.push(row);
            self.write(row, set);
        }
        self.tell(inputs, set);
        true
    }

    /// Returns the reasons for which something is not drawn.
    pub fn refusals(&self) -> impl Iterator<Item = String> + '_ {
        let stages = || self.sources.iter().flatten().map(|source| &source.stages).chain([&self.all]);
        let buckets = stages().find_map(Stages::bucket_words);
        stages().flat_map(|stages| stages.refusals.iter().cloned()).chain(buckets)
    }

    /// Returns the series of the panel: the index of each in its set, and its unit.
    pub fn units(&self) -> impl Iterator<Item = (usize, &str)> {
        self.outputs.iter().zip(&self.all.lanes).map(|(output, lane)| (output.column, lane.unit.as_str()))
    }

    /// Marks the series of this flow as those of another one at an earlier time.
    pub fn pair(&self, with: &Self, set: &mut SeriesSet) {
        for (own, lane) in self.outputs.iter().zip(&self.all.lanes) {
            let like = with.all.lanes.iter().position(|other| other.name == lane.name);
            let like = like.and_then(|index| with.outputs.get(index)).unwrap_or(own).column;
            let apart = set.apart(own.column).cloned().unwrap_or_default();
            set.set_apart(own.column, Apart { like: Some(like), ..apart });
        }
    }

    /// Returns the rows with the indices of series among those of all sources. Values of one time are one row if they are combined.
    fn joined(&self, rows: Vec<(usize, Row)>) -> Vec<Row> {
        let mut joined: Vec<Row> = Vec::with_capacity(rows.len());
        for (index, mut row) in rows {
            let first = self.sources.get(index).and_then(Option::as_ref).map_or(0, |source| source.first);
            row.items.iter_mut().for_each(|(lane, _)| *lane += first);
            match joined.last_mut().filter(|last| self.joins_rows && last.ts_ms == row.ts_ms) {
                Some(last) => last.items.extend(row.items),
                None => joined.push(row),
            }
        }
        joined
    }

    fn write(&mut self, row: Row, set: &mut SeriesSet) {
        let at = (row.ts_ms + self.shift_ms, row.sequence);
        for (lane, item) in row.items {
            let Some(output) = self.outputs.get_mut(lane) else { continue };
            let is_apart = |sample: &Sample| output.plain.is_none() && !sample.is_joined;
            let goes_on = matches!(&output.newest, Some((.., Field::Number { .. })));
            if goes_on && item.as_ref().is_some_and(is_apart) {
                // The line must not join this value and the one before.
                set.write_at(output.column, (at.0 - 1, u64::MAX), &Field::Nothing);
            }
            let field = item.map_or(Field::Nothing, |sample| sample.field());
            set.write_at(output.column, at, &field);
            output.newest = Some((row.ts_ms, row.sequence, field));
        }
    }

    /// Sets what a chart has to know about each series beside its numbers.
    fn tell(&self, inputs: &[Option<Input<'_>>], set: &mut SeriesSet) {
        for output in &self.outputs {
            let Some(input) = inputs.get(output.source).and_then(Option::as_ref) else { continue };
            let like = set.apart(output.column).and_then(|apart| apart.like);
            set.set_apart(output.column, Apart { like, ..self.apart(output, input) });
            let own = output.plain.unwrap_or(0);
            let Some(mut recent) = input.series.recent(own) else { continue };
            if output.plain.is_none() {
                recent.newest = output.newest(recent.newest.as_ref(), input);
            } else if self.shift_ms == 0 && input.series.reduced().is_some() {
                set.set_bands(output.column, input.series.every_band(own).to_vec());
            } else if input.series.reduced().is_some() {
                set.set_bands(output.column, moved(input.series.every_band(own), self.shift_ms));
            }
            if self.shift_ms == 0 {
                set.set_recent(output.column, recent);
            }
        }
    }

    fn apart(&self, output: &Output, input: &Input<'_>) -> Apart {
        if output.is_combined {
            return Apart { raw_from: Millis::MIN, ..Apart::default() };
        }
        let breaks = input.series.breaks(output.plain.unwrap_or(0), input.stream.hole_ms());
        let mut lost = crate::chart::Spans::new();
        breaks.lost.iter().for_each(|span| lost.add(span.start + self.shift_ms..span.end + self.shift_ms));
        let raw_from = breaks.raw_from.saturating_add(self.shift_ms);
        Apart { hole_ms: breaks.hole_ms, raw_from, lost, like: None }
    }
}

impl Source {
    fn is_current(&self, input: &Input<'_>) -> bool {
        let meta = input.stream.meta();
        if (&self.meta.unit, &self.meta.units) != (&meta.unit, &meta.units) {
            return false;
        }
        match input.series.reduced() {
            Some(_) => self.version == input.version && self.mark == input.series.mark(),
            None => input.series.rows_since(&self.mark).is_some(),
        }
    }

    /// Returns the rows that were added since the last call, after the steps of the source.
    fn next(&mut self, input: &Input<'_>) -> Vec<Row> {
        let rows = match self.mark == Mark::default() {
            true => 0..input.series.len(),
            false => input.series.rows_since(&self.mark).unwrap_or_default(),
        };
        self.mark = input.series.mark();
        let hole_ms = input.stream.hole_ms();
        let mut read = Vec::with_capacity(rows.len());
        for row in rows {
            let row = self.reader.read(input.series, row, hole_ms).map(|row| self.stages.push(row));
            read.extend(row.filter(|row| !row.items.is_empty()));
        }
        read
    }
}

impl Output {
    /// Returns the newest field of a series that was computed. It counts as received when the value was from which it was computed.
    fn newest(&self, of_source: Option<&Newest>, input: &Input<'_>) -> Option<Newest> {
        let (ts_ms, sequence, field) = self.newest.clone()?;
        let error_ms = input.series.clock_error_ms();
        let delay_ms =
            of_source.map_or(0, |newest| newest.moment.received_at - newest.moment.ts_ms + error_ms);
        let received_at = ts_ms.saturating_add(delay_ms);
        Some(Newest { moment: Moment { ts_ms, received_at, order: Order::at(ts_ms, sequence) }, field })
    }
}

/// Returns a reader of the series that are wanted of a topic, and their names and units.
fn read_by(wanted: &Wanted, input: &Input<'_>) -> (Reader, Vec<Lane>) {
    let (all, meta) = (input.series.series(), input.stream.meta());
    let shown = |name: &str| wanted.series.is_empty() || wanted.series.iter().any(|known| known == name);
    let mut columns: Vec<usize> = (0..all.len()).filter(|column| shown(all[*column].name())).collect();
    // Series that are named stand in the order of the document, which decides what is subtracted from what.
    columns.sort_by_key(|column| wanted.series.iter().position(|name| name == all[*column].name()));
    let lane = |column: &usize| {
        let name = all[*column].name();
        let is_single = all.len() == 1 && name == input.stream.topic().leaf();
        let unit = unit_of(meta, name);
        Lane { name: series_name(&wanted.name, name, is_single), unit }
    };
    let lanes = columns.iter().map(lane).collect();
    (Reader::new(columns), lanes)
}

fn combines(steps: &[Derivation]) -> bool {
    steps.iter().any(|step| matches!(step, Derivation::Sum | Derivation::Difference))
}

fn unit_of(meta: &TopicMeta, series: &str) -> String {
    meta.units.get(series).or(meta.unit.as_ref()).cloned().unwrap_or_default()
}

fn moved(bands: &[Band], shift_ms: Millis) -> Vec<Band> {
    let moved =
        |band: &Band| Band { from_ms: band.from_ms + shift_ms, to_ms: band.to_ms + shift_ms, ..band.clone() };
    bands.iter().map(moved).collect()
}
