//! Puts blocks and publications into the buckets of an answer.

use std::collections::{BTreeMap, HashMap};

use shared::bucket::{Bucket, LeftOut, Series, Tally};
use shared::{Millis, Publication, limits};

use super::block::{Block, Names, effective_ms, lost};
use super::fields::fields;
use super::runs::Run;

/// Maximum number of separate entries for lost publications in an answer. Further ones are added to the last entry.
const LOST: usize = 64;
/// Number of bytes that a series takes in the JSON of an answer in addition to its name and its buckets.
const SERIES_BYTES: usize = 28;

/// The buckets of an answer while it is computed. Blocks and publications are added in order of offset.
///
/// A value is in the bucket of the interval of `step_ms` in which it lies, counted from 1970, and a run in that of its first value. So
/// a bucket never contains a silence longer than a step and the longest run. Lost publications end all buckets.
#[derive(Debug)]
pub struct Grid {
    step_ms: Millis,
    series: Vec<(String, Cells<Bucket>)>,
    places: HashMap<String, usize>,
    lines: Cells<Tally>,
    lost: Vec<Tally>,
    left_out: Names,
    /// Offset and effective time of the publication that was added or passed over last.
    last: Option<(u64, Option<Millis>)>,
    /// Number of times that publications were lost so far. Values before and after are in different buckets.
    losses: u32,
    bytes: usize,
}

/// Buckets by the number of their interval and the number of losses before them.
type Cells<R> = BTreeMap<(i64, u32), R>;

/// The content of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Contents {
    /// Buckets of each series.
    pub series: Vec<Series>,
    /// Publications without a value.
    pub lines: Vec<Tally>,
    /// Publications that can no longer be read.
    pub lost: Vec<Tally>,
    /// Series beyond the maximum number.
    pub left_out: LeftOut,
}

impl Grid {
    /// Creates an empty grid. `after` is the offset after which publications are added, if some before it were read already; `None` at
    /// the beginning of the stretch.
    pub fn new(step_ms: u64, after: Option<u64>) -> Self {
        Self {
            step_ms: Millis::try_from(step_ms).unwrap_or(Millis::MAX).max(1),
            series: Vec::new(),
            places: HashMap::new(),
            lines: Cells::new(),
            lost: Vec::new(),
            left_out: Names::default(),
            last: after.map(|offset| (offset, None)),
            losses: 0,
            bytes: 0,
        }
    }

    /// Returns an upper bound for the size of the answer's content as JSON, in bytes.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Returns true if nothing was added yet.
    pub fn is_empty(&self) -> bool {
        self.bytes == 0
    }

    /// Adds all publications of a block.
    pub fn add_block(&mut self, block: &Block) {
        let (begin_ms, end_ms) = block.effective();
        self.arrive(block.offsets.0, begin_ms);
        let before = self.losses;
        block.lost.iter().for_each(|lost| self.lose(*lost));
        let all = self.losses;
        // A run is in another bucket than the runs before it if publications were lost between them.
        let losses_before = |at_ms: Millis| {
            let earlier = block.lost.iter().filter(|lost| lost.last_ms <= at_ms).count();
            all.min(before.saturating_add(u32::try_from(earlier).unwrap_or(u32::MAX)))
        };
        for series in &block.series {
            for run in &series.buckets {
                self.add_run(&series.name, run, losses_before(run.first_ms));
            }
        }
        for line in &block.lines {
            self.add_line(*line, losses_before(line.first_ms));
        }
        self.left_out.add(&block.left_out);
        self.last = Some((block.offsets.1, Some(end_ms)));
    }

    /// Adds one publication.
    pub fn add_item(&mut self, item: &Publication) {
        let at_ms = effective_ms(item);
        self.arrive(item.offset, at_ms);
        let fields = fields(&item.data);
        if fields.is_empty() {
            self.add_line(Tally { first_ms: at_ms, last_ms: at_ms, count: 1 }, self.losses);
        }
        for (name, value) in fields {
            self.add_run(&name, &Bucket::of(at_ms, &value), self.losses);
        }
        self.last = Some((item.offset, Some(at_ms)));
    }

    /// Passes over publications that are not in the stretch, up to the offset `last`. If publications after it are missing, the last
    /// one before them has the effective time `at_ms`.
    pub fn pass(&mut self, last: u64, at_ms: Option<Millis>) {
        self.last = Some((last, at_ms));
    }

    /// Returns the buckets, in order of time.
    pub fn finish(self) -> Contents {
        let sorted = |cells: Cells<Bucket>| {
            let mut buckets: Vec<Bucket> = cells.into_values().collect();
            buckets.sort_by_key(|bucket| bucket.first_ms);
            buckets
        };
        let series = self.series.into_iter().map(|(name, cells)| Series { name, buckets: sorted(cells) });
        let mut lines: Vec<Tally> = self.lines.into_values().collect();
        lines.sort_by_key(|line| line.first_ms);
        Contents { series: series.collect(), lines, lost: self.lost, left_out: self.left_out.left_out() }
    }

    /// Notes that the publication at `offset` is added next, and counts those before it that are missing.
    fn arrive(&mut self, offset: u64, at_ms: Millis) {
        let Some((last, last_ms)) = self.last else { return };
        let missing = offset.saturating_sub(last).saturating_sub(1);
        if let Some(lost) = lost(missing, last_ms.unwrap_or(at_ms), at_ms) {
            self.lose(lost);
        }
    }

    fn lose(&mut self, lost: Tally) {
        if let Some(last) = self.lost.last_mut().filter(|_| self.losses as usize >= LOST) {
            return last.merge(&lost);
        }
        self.losses += 1;
        self.bytes += tally_bytes(&lost);
        self.lost.push(lost);
    }

    fn add_run(&mut self, name: &str, run: &Bucket, losses: u32) {
        let place = match self.places.get(name) {
            Some(place) => *place,
            None if self.series.len() < limits::BUCKET_SERIES && name.len() <= limits::BUCKET_NAME_BYTES => {
                self.bytes += name_bytes(name);
                self.places.insert(name.to_owned(), self.series.len());
                self.series.push((name.to_owned(), Cells::new()));
                self.series.len() - 1
            }
            None => return self.left_out.name(name),
        };
        let key = (run.first_ms.div_euclid(self.step_ms), losses);
        if let Some((_, cells)) = self.series.get_mut(place) {
            self.bytes += put(cells, key, run, bucket_bytes);
        }
    }

    fn add_line(&mut self, line: Tally, losses: u32) {
        let key = (line.first_ms.div_euclid(self.step_ms), losses);
        self.bytes += put(&mut self.lines, key, &line, tally_bytes);
    }
}

/// Adds `run` to the bucket with this key. Returns the number of bytes by which the answer grows.
fn put<R: Run>(cells: &mut Cells<R>, key: (i64, u32), run: &R, size: fn(&R) -> usize) -> usize {
    let Some(bucket) = cells.get_mut(&key) else {
        cells.insert(key, run.clone());
        return size(run);
    };
    let before = size(bucket);
    bucket.merge(run);
    // A bucket can become smaller, if a shorter value takes the place of a longer one.
    size(bucket).saturating_sub(before)
}

/// Returns an upper bound for the number of bytes by which an answer can grow if this block is added.
pub fn block_bytes(block: &Block) -> usize {
    let series = block.series.iter().map(|series| {
        name_bytes(&series.name)
            + series.buckets.iter().map(|bucket| bucket_bytes(bucket) + MERGED_BYTES).sum::<usize>()
    });
    let tallies = block.lines.iter().chain(&block.lost).map(tally_bytes);
    series.chain(tallies).sum()
}

/// Number of bytes by which a bucket can grow in addition to its size if it is merged with another.
const MERGED_BYTES: usize = 16;

/// Returns the size of the series' name in the answer, where a character can become an escape sequence of six bytes.
fn name_bytes(name: &str) -> usize {
    let escaped = name.chars().filter(|character| matches!(character, '"' | '\\') || character.is_control());
    SERIES_BYTES + name.len() + escaped.count() * 5
}

fn bucket_bytes(bucket: &Bucket) -> usize {
    let times = digits(bucket.first_ms.unsigned_abs()) + digits(bucket.last_ms.abs_diff(bucket.first_ms));
    let counts = digits(bucket.count) + digits(bucket.changes) + digits(bucket.others);
    let range = bucket.range.as_ref().map_or(0, |range| range.min.text().len() + range.max.text().len());
    // Brackets, eight commas, a comma to the next bucket, and a sign.
    let values = if bucket.changes == 0 { 0 } else { bucket.last.text().len() + range };
    times + counts + bucket.first.text().len() + values + 12
}

fn tally_bytes(tally: &Tally) -> usize {
    let times = digits(tally.first_ms.unsigned_abs()) + digits(tally.last_ms.abs_diff(tally.first_ms));
    times + digits(tally.count) + 6
}

fn digits(number: u64) -> usize {
    number.checked_ilog10().map_or(1, |log| log as usize + 1)
}
