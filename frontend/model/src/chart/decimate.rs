//! Reduces the samples of a line to as many points as a screen can show. Of each column of pixels, the first, the
//! smallest, the largest and the last sample are kept. Depends on [`super::spans`] and [`super::around`].

use super::around::Around;
use super::spans::Spans;

/// Time of a sample, in milliseconds since the Unix epoch, and its value.
pub type Sample = (i64, f64);

/// Conditions under which two samples of a series are not joined by a line.
#[derive(Clone, Copy, Debug)]
pub struct Breaks<'a> {
    /// Maximum time in milliseconds between two samples that are joined by a line. If it is `None`, only lost data
    /// interrupts the line. It is that of the present; a longer time is allowed where it was usual.
    pub hole_ms: Option<i64>,
    /// The samples of the series, from which is found out what was usual; `None` if it does not matter.
    pub around: Option<Around<'a>>,
    /// Time from which on `hole_ms` applies. Before it, samples are the ends of buckets, and a sample that is not finite
    /// stands where two of them must not be joined.
    pub raw_from: i64,
    /// Time spans whose data was lost. Samples before and after such a span are not joined.
    pub lost: &'a Spans,
}

/// Reduces samples to at most four points for every `bucket_ms` milliseconds. Each of the returned lists is drawn as
/// one line, with a gap after it. The samples must be in ascending order of time.
///
/// A sample whose value is not finite is not drawn, and it interrupts the line.
///
/// Buckets begin at multiples of `bucket_ms` since the Unix epoch and not at the edge of the window, so that a curve
/// keeps its shape while the window moves. The smallest and the largest value of each bucket are always kept.
pub fn decimate(
    samples: impl IntoIterator<Item = Sample>,
    bucket_ms: i64,
    breaks: Breaks<'_>,
) -> Vec<Vec<Sample>> {
    let bucket_ms = bucket_ms.max(1);
    let mut runs = Runs::default();
    let mut open: Option<Bucket> = None;
    for sample in samples {
        if !sample.1.is_finite() {
            if let Some(bucket) = open.take() {
                runs.close(bucket);
                runs.part();
            }
            continue;
        }
        let index = sample.0.div_euclid(bucket_ms);
        open = Some(match open.take() {
            None => Bucket::start(index, sample),
            Some(bucket) if breaks.between(bucket.last.0, sample.0) => {
                runs.close(bucket);
                runs.part();
                Bucket::start(index, sample)
            }
            Some(bucket) if bucket.index != index => {
                runs.close(bucket);
                Bucket::start(index, sample)
            }
            Some(bucket) => bucket.with(sample),
        });
    }
    runs.finish(open)
}

impl Breaks<'_> {
    /// Returns true if two samples at these times are not joined.
    pub(crate) fn between(&self, before_ms: i64, after_ms: i64) -> bool {
        self.is_hole(before_ms, after_ms) || self.lost.meets(before_ms, after_ms)
    }

    /// Returns the conditions of the present, whatever was usual before.
    pub(crate) fn of_now(self) -> Self {
        Self { around: None, ..self }
    }

    fn is_hole(&self, before_ms: i64, after_ms: i64) -> bool {
        let is_long = |hole_ms| after_ms >= self.raw_from && after_ms - before_ms > hole_ms;
        let is_usual = |around: Around<'_>| around.is_usual(before_ms, after_ms, self.raw_from);
        self.hole_ms.is_some_and(is_long) && !self.around.is_some_and(is_usual)
    }
}

#[derive(Default)]
struct Runs {
    done: Vec<Vec<Sample>>,
    current: Vec<Sample>,
}

impl Runs {
    fn close(&mut self, bucket: Bucket) {
        self.current.extend(bucket.points());
    }

    fn part(&mut self) {
        self.done.push(std::mem::take(&mut self.current));
    }

    fn finish(mut self, open: Option<Bucket>) -> Vec<Vec<Sample>> {
        if let Some(bucket) = open {
            self.close(bucket);
            self.part();
        }
        self.done
    }
}

struct Bucket {
    index: i64,
    first: Sample,
    least: Sample,
    greatest: Sample,
    last: Sample,
}

impl Bucket {
    const fn start(index: i64, sample: Sample) -> Self {
        Self { index, first: sample, least: sample, greatest: sample, last: sample }
    }

    fn with(mut self, sample: Sample) -> Self {
        if sample.1 < self.least.1 {
            self.least = sample;
        }
        if sample.1 > self.greatest.1 {
            self.greatest = sample;
        }
        self.last = sample;
        self
    }

    /// Returns the first, smallest, largest and last sample of the bucket in order of time, without repeats.
    fn points(&self) -> impl Iterator<Item = Sample> + use<> {
        let (inner_a, inner_b) = if self.least.0 <= self.greatest.0 {
            (self.least, self.greatest)
        } else {
            (self.greatest, self.least)
        };
        let points = [self.first, inner_a, inner_b, self.last];
        let mut previous = None;
        points.into_iter().filter(move |point| previous.replace(*point) != Some(*point))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const NOTHING_LOST: &Spans = &Spans::new();

    fn joined_up_to(hole_ms: i64) -> Breaks<'static> {
        Breaks { hole_ms: Some(hole_ms), around: None, raw_from: i64::MIN, lost: NOTHING_LOST }
    }

    #[test]
    fn samples_further_apart_than_a_bucket_are_all_kept() {
        let samples = vec![(0, 1.0), (10, 2.0), (20, 0.0)];
        assert_eq!(decimate(samples.clone(), 10, joined_up_to(10)), [samples]);
    }

    #[test]
    fn a_bucket_keeps_its_first_least_greatest_and_last_in_order_of_time() {
        let samples = [(0, 5.0), (1, 9.0), (2, 6.0), (3, 1.0), (4, 4.0), (5, 5.0)];
        assert_eq!(decimate(samples, 100, joined_up_to(10)), [vec![(0, 5.0), (1, 9.0), (3, 1.0), (5, 5.0)]]);
    }

    #[test]
    fn a_spike_among_a_million_samples_survives() {
        let samples = (0..1_000_000).map(|ts| (ts, if ts == 123_456 { 7.0 } else { 0.0 }));
        let runs = decimate(samples, 1_000, joined_up_to(10));
        assert!(runs[0].contains(&(123_456, 7.0)));
        assert!(runs[0].len() <= 4 * 1_000);
    }

    #[test]
    fn a_hole_longer_than_allowed_parts_the_line() {
        let samples = [(0, 1.0), (10, 1.0), (21, 1.0), (31, 1.0)];
        assert_eq!(
            decimate(samples, 5, joined_up_to(10)),
            [vec![(0, 1.0), (10, 1.0)], vec![(21, 1.0), (31, 1.0)]]
        );
    }

    #[test]
    fn a_lost_stretch_parts_the_line_even_inside_one_bucket() {
        let mut lost = Spans::new();
        lost.add(12..18);
        let runs = decimate(
            [(10, 1.0), (20, 2.0)],
            1_000,
            Breaks { hole_ms: None, around: None, raw_from: i64::MIN, lost: &lost },
        );
        assert_eq!(runs, [vec![(10, 1.0)], vec![(20, 2.0)]]);
    }

    #[test]
    fn a_stretch_lost_up_to_a_sample_does_not_part_it_from_the_next() {
        let mut lost = Spans::new();
        lost.add(10..20);
        let runs = decimate(
            [(10, 1.0), (20, 2.0), (30, 3.0)],
            1,
            Breaks { hole_ms: None, around: None, raw_from: i64::MIN, lost: &lost },
        );
        assert_eq!(runs, [vec![(10, 1.0)], vec![(20, 2.0), (30, 3.0)]]);
    }

    #[test]
    fn a_curve_keeps_its_shape_while_the_window_moves() {
        let wave = |from: i64| (from..from + 1_000).map(|ts| (ts, (ts % 37) as f64));
        let before = decimate(wave(0), 50, joined_up_to(10));
        let after = decimate(wave(25), 50, joined_up_to(10));
        let inside = |run: &[Sample]| -> Vec<Sample> {
            run.iter().filter(|(ts, _)| (50..950).contains(ts)).copied().collect()
        };
        assert_eq!(inside(&before[0]), inside(&after[0]));
    }

    #[test]
    fn a_sample_without_a_value_parts_the_line() {
        let samples = [(0, 1.0), (10, f64::NEG_INFINITY), (20, 2.0), (30, 3.0), (40, f64::NEG_INFINITY)];
        assert_eq!(decimate(samples, 5, joined_up_to(99)), [vec![(0, 1.0)], vec![(20, 2.0), (30, 3.0)]]);
    }

    #[test]
    fn no_samples_make_no_line() {
        assert!(decimate([], 10, joined_up_to(10)).is_empty());
    }

    #[test]
    fn times_before_the_epoch_and_a_bucket_of_nothing_are_no_trouble() {
        assert_eq!(decimate([(-5, 1.0), (-4, 2.0)], 0, joined_up_to(10)), [vec![(-5, 1.0), (-4, 2.0)]]);
    }
}
