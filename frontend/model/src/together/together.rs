//! A panel of several topics or of series that are computed: everything that its chart shows. Depends on [`super::flow`].

use std::collections::BTreeMap;

use shared::{Millis, TopicMeta};

use super::flow::{Flow, Input};
use super::names::ago;
use super::plan::Plan;
use super::{only, texts};
use crate::budget::MOST_ROWS;
use crate::chart::Spans;
use crate::chart::band::Reduced;
use crate::chart::series::SeriesSet;
use crate::kind::Kind;
use crate::stream::Stream;

/// Maximum number of numbers that a panel of several topics keeps. They take 16 MB.
const MOST_NUMBERS: usize = 2_000_000;
/// Number of rows that such a panel may keep, even if it has so many series that [`MOST_NUMBERS`] is exceeded.
const LEAST_ROWS: usize = 2_000;
/// Largest number of rows that such a panel keeps.
const LARGEST: usize = 4 * MOST_ROWS;
/// Maximum number of losses that are listed with a panel.
const MOST_LOSSES: usize = 20;

/// A panel of several topics or of series that are computed. It puts the numbers of its topics into the set of the panel: only what has
/// been added since the last time, as long as nothing else has changed.
#[derive(Clone, Debug, Default)]
pub struct Together {
    plan: Plan,
    built: Option<Built>,
    left_out: Vec<String>,
    meta: TopicMeta,
    /// Number of times that everything was read again.
    builds: u64,
}

#[derive(Clone, Debug)]
struct Built {
    now: Flow,
    earlier: Option<Flow>,
    window_ms: Millis,
}

/// The data of the topics of a panel.
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'a> {
    /// The data of each source of the plan; `None` for a topic that the page does not have.
    pub now: &'a [Option<Input<'a>>],
    /// The data of each source at the earlier time with which the panel is compared; empty if it is not.
    pub earlier: &'a [Option<Input<'a>>],
    /// Length of the window in milliseconds.
    pub window_ms: Millis,
}

impl Together {
    /// Creates a panel.
    pub fn new(plan: Plan) -> Self {
        Self { plan, ..Self::default() }
    }

    /// Reads everything again at the next update, because the inputs are no continuation of those before.
    pub fn forget(&mut self) {
        self.built = None;
    }

    /// Returns the topics and steps of the panel.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Updates the state and the numbers of the panel from those of its topics.
    pub fn update(&mut self, stream: &mut Stream, set: &mut SeriesSet, inputs: Inputs<'_>) {
        let is_advanced = self.built.as_mut().is_some_and(|built| built.advance(&self.plan, set, inputs));
        if !is_advanced {
            self.build(set, inputs);
        }
        let now: Vec<Input<'_>> = inputs.now.iter().copied().flatten().collect();
        tell_spans(set, &now, self.earliest(inputs));
        let losses = now.iter().flat_map(|input| input.stream.losses(Millis::MIN));
        let mut losses: Vec<(Millis, Millis)> = losses.collect();
        losses.sort_unstable();
        let excess = losses.len().saturating_sub(MOST_LOSSES);
        losses.drain(..excess);
        let not_drawn = now.iter().flat_map(|input| input.stream.not_drawn().iter().cloned()).collect();
        stream.gather(losses, not_drawn, set, self.plan.least_series());
        let meta = self.meta_of(set, inputs.now, &now);
        if self.meta != meta || !is_advanced {
            self.meta = meta.clone();
            stream.tell(meta, set);
        }
        texts::fill(stream, &self.plan, inputs.now);
        self.left_out = self.reasons(stream.kind(), inputs);
        stream.settle_size(set);
    }

    /// Returns the reasons for which something is not drawn, each in a few words.
    pub fn left_out(&self) -> &[String] {
        &self.left_out
    }

    /// Returns the number of times that everything was read again.
    pub fn builds(&self) -> u64 {
        self.builds
    }

    fn build(&mut self, set: &mut SeriesSet, inputs: Inputs<'_>) {
        let all = inputs.now.iter().chain(inputs.earlier).flatten();
        let columns: usize = all.map(|input| input.series.series().len()).sum();
        let rows = (MOST_NUMBERS / (columns + 1)).clamp(LEAST_ROWS, LARGEST);
        *set = SeriesSet::new(rows);
        let mut now = Flow::new(&self.plan, inputs.now, (0, ""), inputs.window_ms, set);
        let mut earlier = self.plan.compare_ms.filter(|_| !inputs.earlier.is_empty()).map(|compare_ms| {
            let suffix = [", ", &ago(compare_ms)].concat();
            let flow = Flow::new(&self.plan, inputs.earlier, (compare_ms, &suffix), inputs.window_ms, set);
            flow.pair(&now, set);
            flow
        });
        now.advance(inputs.now, set);
        if let Some(earlier) = &mut earlier {
            earlier.advance(inputs.earlier, set);
        }
        self.built = Some(Built { now, earlier, window_ms: inputs.window_ms });
        self.builds += 1;
    }

    /// Returns the time of the oldest value of any topic, also of the earlier time with which the panel is compared.
    fn earliest(&self, inputs: Inputs<'_>) -> Option<Millis> {
        let first = |inputs: &[Option<Input<'_>>]| {
            inputs.iter().flatten().filter_map(|input| input.series.time(0)).min()
        };
        let moved = first(inputs.earlier).map(|first| first + self.plan.compare_ms.unwrap_or(0));
        first(inputs.now).into_iter().chain(moved).min()
    }

    fn reasons(&self, kind: Option<Kind>, inputs: Inputs<'_>) -> Vec<String> {
        let shows_texts = matches!(kind, Some(Kind::Log | Kind::Timeline));
        let is_computed = self.plan.compare_ms.is_some() || self.plan.has_steps();
        let unapplied = (shows_texts && is_computed).then_some("nothing is computed from texts");
        let mut reasons: Vec<String> =
            self.plan.refused_kind.into_iter().chain(unapplied).map(str::to_owned).collect();
        for (wanted, input) in self.plan.sources.iter().zip(inputs.now) {
            let Some(input) = input else {
                reasons.push(format!("{} is not there", wanted.topic));
                continue;
            };
            let is_empty = texts::reason(kind, input).map(|words| format!("{} {words}", wanted.topic));
            let has = |name: &String| input.series.series().iter().any(|series| series.name() == name);
            let checks_series = !shows_texts && is_empty.is_none();
            let missing = wanted.series.iter().filter(|name| checks_series && !has(name));
            reasons.extend(missing.map(|name| format!("{} has no series {name}", wanted.topic)));
            reasons.extend(is_empty);
        }
        let flows = self.built.iter().flat_map(|built| [Some(&built.now), built.earlier.as_ref()]);
        reasons.extend(flows.flatten().flat_map(Flow::refusals));
        reasons.dedup();
        reasons
    }

    /// Returns the metadata of the panel: the units of its series and, for series that are shown as they are, what the publisher of
    /// its only topic says. `now` are the topics that the page has.
    fn meta_of(&self, set: &SeriesSet, inputs: &[Option<Input<'_>>], now: &[Input<'_>]) -> TopicMeta {
        let flows = self.built.iter().flat_map(|built| [Some(&built.now), built.earlier.as_ref()]);
        let units: Vec<(usize, &str)> = flows.flatten().flat_map(Flow::units).collect();
        let shown: Vec<&str> = units.iter().map(|(_, unit)| *unit).collect();
        let is_only = self.plan.sources.len() == 1 && !self.plan.has_steps();
        let input = inputs.first().copied().flatten().filter(|_| is_only);
        let first = shown.first().copied().unwrap_or_default();
        let unit = input.and_then(|input| only::unit(input, &shown)).unwrap_or(first);
        let own = units.iter().filter(|(_, own)| *own != unit);
        let named = own.filter_map(|(column, unit)| Some((set.series().get(*column)?.name(), *unit)));
        let units: BTreeMap<String, String> =
            named.map(|(name, unit)| (name.to_owned(), unit.to_owned())).collect();
        let is_compared = self.plan.compare_ms.is_some();
        let told = input.map(|input| only::meta(input, &shown, is_compared)).unwrap_or_default();
        let usual = || texts::kind_of(inputs).map(|kind| kind.word().to_owned());
        let panel = told.panel.clone().or_else(usual);
        TopicMeta { unit: Some(unit.to_owned()), units, panel, states: texts::meanings(now), ..told }
    }
}

impl Built {
    /// Adds what is new. Returns false if everything has to be read again.
    fn advance(&mut self, plan: &Plan, set: &mut SeriesSet, inputs: Inputs<'_>) -> bool {
        let is_other_window = plan.follows_window() && self.window_ms != inputs.window_ms;
        let is_compared = plan.compare_ms.is_some() && !inputs.earlier.is_empty();
        let is_outdated = self.now.is_outdated(inputs.now)
            || self.earlier.is_some() != is_compared
            || self.earlier.as_ref().is_some_and(|earlier| earlier.is_outdated(inputs.earlier));
        if is_other_window || is_outdated || !self.now.advance(inputs.now, set) {
            return false;
        }
        self.earlier.as_mut().is_none_or(|earlier| earlier.advance(inputs.earlier, set))
    }
}

/// Sets the stretches of time that are lost, replayed or not loaded in any of the topics, and drops what none of them keeps.
fn tell_spans(set: &mut SeriesSet, now: &[Input<'_>], earliest: Option<Millis>) {
    let kept_from = now.iter().filter_map(|input| input.series.time(0)).min();
    if !set.is_empty() && set.reduced().is_none() {
        earliest.into_iter().for_each(|earliest| set.drop_before(earliest));
    }
    let all = |spans: fn(&SeriesSet) -> &Spans| {
        let mut all = Spans::new();
        now.iter().flat_map(|input| spans(input.series).iter()).for_each(|span| all.add(span));
        all
    };
    *set.lost_mut() = all(SeriesSet::lost);
    *set.replayed_mut() = all(SeriesSet::replayed);
    let mut unloaded = all(SeriesSet::unloaded);
    if let (Some(first), Some(kept_from)) = (set.time(0).filter(|_| set.is_full()), kept_from) {
        unloaded.add(kept_from..first);
    }
    set.set_unloaded(unloaded);
    set.set_reduced(reduced(now));
}

fn reduced(now: &[Input<'_>]) -> Option<Reduced> {
    let each: Vec<Reduced> = now.iter().filter_map(|input| input.series.reduced()).collect();
    let kept: Option<Vec<Millis>> = each.iter().map(|reduced| reduced.kept_from).collect();
    Some(Reduced {
        step_ms: each.iter().map(|reduced| reduced.step_ms).max()?,
        raw_from: each.iter().map(|reduced| reduced.raw_from).max()?,
        kept_from: kept.and_then(|kept| kept.into_iter().min()),
    })
}
