//! Groups the values of a series by time, for bars and for the cells of a heat map. Depends on [`super::super::series`] and
//! [`super::super::draw`].

use std::ops::Range;

use super::super::draw::Scene;
use super::super::geometry::Plot;
use super::super::series::SeriesSet;

/// Maximum number of groups in a window. It depends on nothing else, so that the panel can say the length of a group in words.
const MOST: i64 = 60;
/// Minimum number of groups in a window, if each has a bar for several series.
const LEAST: i64 = 12;
/// Lengths of groups in milliseconds. Beyond them, a group has a whole number of days.
const LENGTHS: [i64; 25] = [
    1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000,
    300_000, 600_000, 900_000, 1_800_000, 3_600_000, 10_800_000, 21_600_000, 43_200_000,
];
const DAY_MS: i64 = 86_400_000;

/// The lengths of groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slots {
    /// Each value is alone. Contains the usual time between two values in milliseconds.
    Alone(i64),
    /// A group has the values between two multiples of this length in milliseconds.
    Merged(i64),
}

/// Values of a series in a short time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Group {
    /// Time of the first value.
    pub first_ms: i64,
    /// Time of the last value.
    pub last_ms: i64,
    /// The lowest value.
    pub min: f64,
    /// The highest value.
    pub max: f64,
}

impl Slots {
    /// Returns the lengths of groups in a window, for all series together. The one with the most values decides. `bars` is the number of
    /// bars for each group.
    pub fn of(set: &SeriesSet, window: &Range<i64>, bars: usize) -> Self {
        Self::by(of_most_values(&each_usual_ms(set, window)), window, bars)
    }

    /// Returns the lengths of groups in a window, for each series on its own. The series with the most values decides for those with
    /// fewer than two.
    pub fn of_each(set: &SeriesSet, window: &Range<i64>) -> Vec<Self> {
        let each = each_usual_ms(set, window);
        let common_ms = of_most_values(&each);
        each.iter().map(|(_, own_ms)| Self::by(own_ms.or(common_ms), window, 1)).collect()
    }

    fn by(usual_ms: Option<i64>, window: &Range<i64>, bars: usize) -> Self {
        let length_ms = (window.end - window.start).max(1);
        let most = (MOST / (bars.max(1) as i64)).max(LEAST);
        let usual_ms = usual_ms.unwrap_or(length_ms / most);
        if usual_ms.saturating_mul(most) >= length_ms {
            return Self::Alone(usual_ms.max(1));
        }
        let wanted_ms = length_ms / most;
        let found = LENGTHS.into_iter().find(|slot_ms| *slot_ms >= wanted_ms);
        Self::Merged(found.unwrap_or_else(|| (wanted_ms + DAY_MS - 1) / DAY_MS * DAY_MS))
    }

    /// Returns the length of a group in milliseconds.
    pub fn ms(self) -> i64 {
        match self {
            Self::Alone(ms) | Self::Merged(ms) => ms,
        }
    }

    /// Returns the length of the groups, if a group may have several values.
    pub fn merged_ms(self) -> Option<i64> {
        match self {
            Self::Alone(_) => None,
            Self::Merged(ms) => Some(ms),
        }
    }

    /// Returns the times at the ends of a group.
    fn span(self, group: &Group) -> Range<i64> {
        match self {
            Self::Alone(ms) => group.first_ms - ms / 2..group.first_ms + (ms - ms / 2),
            Self::Merged(ms) => {
                let start = group.first_ms.div_euclid(ms) * ms;
                start..start + ms
            }
        }
    }

    /// Returns the groups of a series, oldest first. No group has values from both sides of a range whose data is lost. Values are
    /// multiplied by `factor`.
    pub(super) fn groups(self, scene: &Scene<'_>, plot: &Plot, (column, factor): (usize, f64)) -> Vec<Group> {
        let set = scene.set;
        let window = scene.window.start.saturating_sub(self.ms())..scene.window.end.saturating_add(self.ms());
        let samples = set.samples(column, set.rows_within(&window)).map(|(ts_ms, value)| Group {
            first_ms: ts_ms,
            last_ms: ts_ms,
            min: value * factor,
            max: value * factor,
        });
        let bands = set.bands(column, &window).iter().map(|band| Group {
            first_ms: band.from_ms,
            last_ms: band.to_ms,
            min: band.min.0 * factor,
            max: band.max.0 * factor,
        });
        let mut parts: Vec<Group> =
            samples.chain(bands).filter(|part| !plot.is_log || part.max > 0.0).collect();
        parts.sort_by_key(|part| part.first_ms);
        let mut groups: Vec<Group> = Vec::new();
        for part in parts {
            match groups.last_mut().filter(|last| self.are_one(last, &part, set)) {
                Some(last) => last.add(&part),
                None => groups.push(part),
            }
        }
        groups
    }

    fn are_one(self, before: &Group, after: &Group, set: &SeriesSet) -> bool {
        let is_near = match self {
            // The ends of a bucket are values of their own, between which its lowest and its highest lie.
            Self::Alone(_) => after.first_ms <= before.last_ms,
            Self::Merged(ms) => after.first_ms.div_euclid(ms) == before.first_ms.div_euclid(ms),
        };
        is_near && !set.lost().meets(before.last_ms, after.first_ms)
    }

    /// Returns the horizontal positions of the ends of a group. They are inside the plot, and not beyond a range whose data is lost.
    pub(super) fn ends(self, group: &Group, scene: &Scene<'_>, plot: &Plot) -> (f64, f64) {
        let span = self.span(group);
        let (mut from, mut to) = (span.start, span.end);
        for lost in scene.set.lost().iter() {
            if lost.end <= group.first_ms + 1 {
                from = from.max(lost.end);
            }
            if lost.start >= group.last_ms {
                to = to.min(lost.start);
            }
        }
        let inside = |ts_ms: i64| plot.x(ts_ms).clamp(plot.area.left, plot.area.right());
        (inside(from.min(group.first_ms)), inside(to.max(group.last_ms)))
    }
}

impl Group {
    fn add(&mut self, other: &Self) {
        self.last_ms = self.last_ms.max(other.last_ms);
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
    }
}

/// Returns for each series the number of times between its values in the window, and the usual one: the median, and at least the length
/// of a bucket. The times of different series say nothing about each other.
fn each_usual_ms(set: &SeriesSet, window: &Range<i64>) -> Vec<(usize, Option<i64>)> {
    let rows = set.rows_within(window);
    let bucket_ms = set.step_within(window).and_then(|step_ms| i64::try_from(step_ms).ok());
    let usual = |column: usize| {
        let times = set.samples(column, rows.clone()).map(|(ts_ms, _)| ts_ms);
        let mut before = None;
        let pauses =
            times.filter_map(|ts_ms| Some(ts_ms - before.replace(ts_ms)?)).filter(|pause_ms| *pause_ms > 0);
        let mut pauses: Vec<i64> = pauses.collect();
        let half = pauses.len() / 2;
        let median = (!pauses.is_empty()).then(|| *pauses.select_nth_unstable(half).1);
        (pauses.len(), median.max(bucket_ms))
    };
    (0..set.series().len()).map(usual).collect()
}

/// Returns the usual time between the values of the series that has the most.
fn of_most_values(each: &[(usize, Option<i64>)]) -> Option<i64> {
    each.iter().max_by_key(|(count, _)| *count).and_then(|(_, usual_ms)| *usual_ms)
}

#[cfg(test)]
mod tests {
    use super::super::test_scenes::Bench;
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn every(pause_ms: i64, count: i64) -> Bench {
        let values: Vec<(i64, f64)> = (0..count).map(|n| (n * pause_ms, n as f64)).collect();
        Bench::new(&[("v", &values)])
    }

    #[test]
    fn few_values_are_alone_and_many_are_merged_by_round_times() {
        let few = every(60_000, 15);
        assert_eq!(Slots::of(&few.set, &few.window, 1), Slots::Alone(60_000));
        let many = every(1_000, 900);
        assert_eq!(Slots::of(&many.set, &many.window, 1), Slots::Merged(15_000));
        assert_eq!(Slots::of(&many.set, &many.window, 5), Slots::Merged(120_000));
        let long = every(3_600_000, 24 * 400);
        assert_eq!(Slots::of(&long.set, &(0..400 * DAY_MS), 1), Slots::Merged(7 * DAY_MS));
    }

    #[test]
    fn values_of_other_series_do_not_make_the_groups_of_a_series_shorter() {
        let values = |pause_ms: i64, shift_ms: i64| -> Vec<(i64, f64)> {
            (0..900_000 / pause_ms).map(|n| (n * pause_ms + shift_ms, 1.0)).collect()
        };
        let in_turn = Bench::new(&[("a", &values(60_000, 0)), ("b", &values(60_000, 30_000))]);
        assert_eq!(Slots::of(&in_turn.set, &in_turn.window, 2), Slots::Alone(60_000));
        assert_eq!(Slots::of_each(&in_turn.set, &in_turn.window), [Slots::Alone(60_000); 2]);
        let mixed = Bench::new(&[
            ("rare", &values(60_000, 0)),
            ("frequent", &values(1_000, 0)),
            ("once", &[(0, 1.0)]),
            ("burst", &[(0, 1.0), (1, 1.0), (2, 1.0)]),
        ]);
        assert_eq!(Slots::of(&mixed.set, &mixed.window, 1), Slots::Merged(15_000));
        let each = Slots::of_each(&mixed.set, &mixed.window);
        assert_eq!(each[..3], [Slots::Alone(60_000), Slots::Merged(15_000), Slots::Merged(15_000)]);
        let slow = Bench::new(&[("slow", &values(60_000, 0)), ("burst", &[(0, 1.0), (1, 1.0), (2, 1.0)])]);
        assert_eq!(Slots::of(&slow.set, &slow.window, 2), Slots::Alone(60_000));
    }

    #[test]
    fn a_group_has_the_lowest_and_the_highest_of_its_values() {
        let bench = every(1_000, 900);
        let slots = Slots::of(&bench.set, &bench.window, 1);
        let groups =
            bench.with_scene(super::super::bars(false), |scene| slots.groups(scene, &scene.plot(), (0, 1.0)));
        assert_eq!((groups.len(), groups[1].min, groups[1].max), (60, 15.0, 29.0));
    }
}
