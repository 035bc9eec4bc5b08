//! Steps of a derivation, one after the other. Depends on the steps and on [`super::plan`].

use shared::Millis;

use super::combine::Combine;
use super::mean::Mean;
use super::names::unique;
use super::percentile::{Over, Percentile};
use super::plan::{Derivation, Per};
use super::rate::Rate;
use super::sample::{Row, Sample};
use crate::chart::length;

/// A series on its way through the steps: its name and its unit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lane {
    /// Name of the series.
    pub name: String,
    /// Unit of the series, as it is printed.
    pub unit: String,
}

/// One step, with its state for every series.
#[derive(Clone, Debug)]
pub enum Stage {
    /// Rates of counters.
    Rate(Per, Vec<Rate>),
    /// Means over a time in milliseconds.
    Mean(Millis, Vec<Mean>),
    /// Percentiles over a time.
    Percentile(f64, Over, Vec<Percentile>),
    /// A sum or a difference.
    Combine(Box<Combine>),
}

/// The steps that a derivation consists of, and what cannot be derived.
#[derive(Clone, Debug, Default)]
pub struct Stages {
    stages: Vec<Stage>,
    /// The series after the last step.
    pub lanes: Vec<Lane>,
    /// Reasons for which something is not drawn.
    pub refusals: Vec<String>,
}

impl Stages {
    /// Creates the steps for these series. `topic` is the name before the name of a series that is made of all series of a topic.
    /// `window_ms` is the length of the window. A derivation that cannot be computed has no series.
    pub fn new(steps: &[Derivation], lanes: Vec<Lane>, topic: &str, window_ms: Millis) -> Self {
        let mut made = Self { lanes, ..Self::default() };
        for step in steps {
            if !made.lanes.is_empty() {
                made.add(step, topic, window_ms);
            }
        }
        made.lanes = renamed(std::mem::take(&mut made.lanes));
        made
    }

    /// Returns true if there are no steps.
    pub fn is_empty(&self) -> bool {
        self.stages.is_empty()
    }

    /// Returns the time of the newest row from which a sum or a difference was made; `None` if there is none.
    pub fn combined_to(&self) -> Option<Millis> {
        let times = self.stages.iter().filter_map(|stage| match stage {
            Stage::Combine(combine) => Some(combine.last_ms),
            Stage::Rate(..) | Stage::Mean(..) | Stage::Percentile(..) => None,
        });
        times.max()
    }

    /// Returns a text about values that cannot be computed from buckets; `None` if there are none.
    pub fn bucket_words(&self) -> Option<String> {
        self.stages.iter().find_map(|stage| {
            let (word, has_buckets) = match stage {
                Stage::Mean(_, means) => ("mean", means.iter().any(Mean::has_buckets)),
                Stage::Percentile(_, _, all) => ("percentile", all.iter().any(Percentile::has_buckets)),
                Stage::Rate(..) | Stage::Combine(_) => return None,
            };
            has_buckets.then(|| format!("no {word} from buckets: zoom in"))
        })
    }

    /// Sends the values of a time through all steps.
    pub fn push(&mut self, row: Row) -> Row {
        self.stages.iter_mut().fold(row, |row, stage| stage.push(row))
    }

    fn add(&mut self, step: &Derivation, topic: &str, window_ms: Millis) {
        let count = self.lanes.len();
        let stage = match step {
            Derivation::Rate(per) => {
                self.rename(|name| format!("{name}, per {}", per.word()));
                self.lanes.iter_mut().for_each(|lane| lane.unit.push_str(per.unit()));
                Stage::Rate(*per, vec![Rate::default(); count])
            }
            Derivation::Mean(over_ms) => {
                self.rename(|name| format!("{name}, mean of {}", length(*over_ms)));
                Stage::Mean(*over_ms, vec![Mean::default(); count])
            }
            Derivation::Percentile(percent, over_ms) => {
                let over = Over { ms: over_ms.unwrap_or(window_ms), is_window: over_ms.is_none() };
                self.rename(|name| format!("{name}, p{percent} of {}", length(over.ms)));
                Stage::Percentile(*percent, over, vec![Percentile::default(); count])
            }
            Derivation::Sum | Derivation::Difference => {
                return self.combine(*step == Derivation::Sum, topic);
            }
            Derivation::Unknown(words) => {
                self.refuse(format!("this version of the page cannot derive {words}"));
                return;
            }
        };
        self.stages.push(stage);
    }

    fn combine(&mut self, is_sum: bool, topic: &str) {
        let word = if is_sum { "sum" } else { "difference" };
        let unit = self.lanes.first().map(|lane| lane.unit.clone()).unwrap_or_default();
        if self.lanes.iter().any(|lane| lane.unit != unit) {
            return self.refuse(format!("no {word} of series with different units"));
        }
        let count = self.lanes.len();
        if !is_sum && count < 2 {
            return self.refuse("a difference needs two series".to_owned());
        }
        let name = if topic.is_empty() { word.to_owned() } else { [topic, ": ", word].concat() };
        // Steps before this one are named, because a sum of rates differs from a rate of sums.
        let all = self.lanes.iter().map(|lane| lane.name.split_once(", ").map_or("", |(_, steps)| steps));
        let steps: Vec<&str> = all.collect();
        let common =
            steps.first().filter(|first| !first.is_empty() && steps.iter().all(|step| step == *first));
        let name = common.map_or(name.clone(), |steps| [&name, ", ", steps].concat());
        self.stages.push(Stage::Combine(Box::new(Combine::new(is_sum, count))));
        self.lanes = vec![Lane { name, unit }];
    }

    fn refuse(&mut self, reason: String) {
        self.refusals.push(reason);
        self.lanes.clear();
    }

    fn rename(&mut self, name: impl Fn(&str) -> String) {
        self.lanes.iter_mut().for_each(|lane| lane.name = name(&lane.name));
    }
}

/// Returns the series with names of which none occurs twice.
pub fn renamed(lanes: Vec<Lane>) -> Vec<Lane> {
    let (names, units): (Vec<String>, Vec<String>) =
        lanes.into_iter().map(|lane| (lane.name, lane.unit)).unzip();
    unique(names).into_iter().zip(units).map(|(name, unit)| Lane { name, unit }).collect()
}

impl Stage {
    fn push(&mut self, row: Row) -> Row {
        let Row { ts_ms, sequence, items } = row;
        let items = match self {
            Self::Rate(per, rates) => each(rates, items, |rate, item| rate.push(ts_ms, item, *per)),
            Self::Mean(over_ms, means) => each(means, items, |mean, item| mean.push(ts_ms, item, *over_ms)),
            Self::Percentile(percent, over, all) => {
                each(all, items, |one, item| one.push(ts_ms, item, *percent, *over))
            }
            Self::Combine(combine) => {
                let combined = combine.push(&Row { ts_ms, sequence, items });
                combined.map(|item| (0, item)).into_iter().collect()
            }
        };
        Row { ts_ms, sequence, items }
    }
}

/// Sends each value through the state of its series.
fn each<T>(
    states: &mut [T],
    items: Vec<(usize, Option<Sample>)>,
    mut push: impl FnMut(&mut T, Option<Sample>) -> Option<Option<Sample>>,
) -> Vec<(usize, Option<Sample>)> {
    let mut out = Vec::with_capacity(items.len());
    for (series, item) in items {
        let pushed = states.get_mut(series).and_then(|state| push(state, item));
        out.extend(pushed.map(|item| (series, item)));
    }
    out
}
