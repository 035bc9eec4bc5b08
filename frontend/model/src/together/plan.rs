//! The topics, series and steps that a board document asks for. Depends on `shared`.

use shared::board::{DeriveStep, Panel, Source};
use shared::{Millis, Topic};

use super::names::topic_names;

/// Words about a table that a document asks for.
const REFUSED_TABLE: &str = "a table shows one whole topic, so this panel is none";

/// The contents of a panel, as a board document describes them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// The topics of the panel, in order. A topic may occur several times.
    pub sources: Vec<Wanted>,
    /// The steps that are applied to the series of all sources together.
    pub derive: Vec<Derivation>,
    /// Time in milliseconds by which all series are compared with the past.
    pub compare_ms: Option<Millis>,
    /// Words about the kind that the document asks for, if a panel that is put together cannot be of this kind.
    pub refused_kind: Option<&'static str>,
}

/// A topic of a panel.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// The topic.
    pub topic: Topic,
    /// Name of the topic in names of series; empty if the panel has no other topic.
    pub name: String,
    /// Names of the series that are shown. If it is empty, all are shown.
    pub series: Vec<String>,
    /// The steps that are applied to the series.
    pub derive: Vec<Derivation>,
}

/// A step by which series are computed from others.
#[derive(Clone, Debug, PartialEq)]
pub enum Derivation {
    /// The rate of a counter.
    Rate(Per),
    /// The mean of the values of this many milliseconds.
    Mean(Millis),
    /// A percentile of the values of a time in milliseconds; `None` for the length of the window.
    Percentile(f64, Option<Millis>),
    /// The sum of all series.
    Sum,
    /// The first series without all others.
    Difference,
    /// A step that this program does not know, with the name of its field.
    Unknown(String),
}

/// The time for which a rate is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Per {
    /// A second.
    Second,
    /// A minute.
    Minute,
    /// An hour.
    Hour,
}

impl Plan {
    /// Returns the contents that a document wants for a panel.
    pub fn of(panel: &Panel) -> Self {
        let topics: Vec<&Topic> = panel.topics().collect();
        let names = topic_names(&topics);
        let with_topic = panel.sources.iter().filter_map(|source| Some((source.topic.clone()?, source)));
        let sources = with_topic.zip(names).map(|((topic, source), name)| Wanted {
            topic,
            name,
            series: source.series.clone(),
            derive: source.derive.iter().map(Derivation::of).collect(),
        });
        Self {
            sources: sources.collect(),
            derive: panel.derive.iter().map(Derivation::of).collect(),
            compare_ms: panel.compare_ms.and_then(|ms| Millis::try_from(ms).ok()).filter(|ms| *ms > 0),
            refused_kind: (panel.kind.as_deref() == Some("table")).then_some(REFUSED_TABLE),
        }
    }

    /// Returns the kind for a panel that is put together, if its document asks for `kind`. One state in large letters becomes a timeline,
    /// and there is no table of several topics.
    pub fn kind(kind: &str) -> Option<&str> {
        match kind {
            "state" => Some("timeline"),
            "table" => None,
            kind => Some(kind),
        }
    }

    /// Returns true if a panel shows exactly what its topic contains, so that nothing has to be put together.
    pub fn is_plain(panel: &Panel) -> bool {
        let is_plain = |source: &Source| source.series.is_empty() && source.derive.is_empty();
        panel.sources.len() == 1
            && panel.sources.iter().all(is_plain)
            && panel.derive.is_empty()
            && panel.compare_ms.is_none()
    }

    /// Returns true if series are computed from others.
    pub fn has_steps(&self) -> bool {
        !self.derive.is_empty() || self.sources.iter().any(|source| !source.derive.is_empty())
    }

    /// Returns the time in milliseconds before the window whose data the steps need. `window_ms` is the length of the window.
    pub fn reach_ms(&self, window_ms: Millis) -> Millis {
        let of = |steps: &[Derivation]| -> Millis { steps.iter().map(|step| step.over_ms(window_ms)).sum() };
        let sources = self.sources.iter().map(|source| of(&source.derive)).max().unwrap_or(0);
        sources + of(&self.derive)
    }

    /// Returns the number of series that the panel has at least once all of its topics are there.
    pub fn least_series(&self) -> usize {
        let combines = |step: &Derivation| matches!(step, Derivation::Sum | Derivation::Difference);
        if self.derive.iter().any(combines) { 1 } else { self.sources.len() }
    }

    /// Returns true if the panel depends on the length of the window.
    pub fn follows_window(&self) -> bool {
        let all = self.sources.iter().flat_map(|source| &source.derive).chain(&self.derive);
        all.into_iter().any(|step| matches!(step, Derivation::Percentile(_, None)))
    }
}

impl Derivation {
    fn of(step: &DeriveStep) -> Self {
        let known = match (step.rate.as_deref(), step.combine.as_deref()) {
            (Some("second"), None) => Some(Self::Rate(Per::Second)),
            (Some("minute"), None) => Some(Self::Rate(Per::Minute)),
            (Some("hour"), None) => Some(Self::Rate(Per::Hour)),
            (None, Some("sum")) => Some(Self::Sum),
            (None, Some("difference")) => Some(Self::Difference),
            (None, None) => Self::over_time(step),
            (Some(_), _) | (None, Some(_)) => None,
        };
        known.unwrap_or_else(|| Self::Unknown(words_of(step)))
    }

    fn over_time(step: &DeriveStep) -> Option<Self> {
        let ms = |ms: u64| Millis::try_from(ms).ok().filter(|ms| *ms > 0);
        match (step.moving_average_ms, step.percentile) {
            (Some(over_ms), None) => Some(Self::Mean(ms(over_ms)?)),
            (None, Some(percent)) if (0.0..=100.0).contains(&percent) => {
                Some(Self::Percentile(percent, step.over_ms.and_then(ms)))
            }
            (Some(_) | None, _) => None,
        }
    }

    fn over_ms(&self, window_ms: Millis) -> Millis {
        match self {
            Self::Mean(over_ms) | Self::Percentile(_, Some(over_ms)) => *over_ms,
            Self::Percentile(_, None) => window_ms,
            Self::Rate(_) | Self::Sum | Self::Difference | Self::Unknown(_) => 0,
        }
    }
}

/// Returns a step that is not known in a few words: its fields.
fn words_of(step: &DeriveStep) -> String {
    let value = step.to_value();
    let fields = value.as_object().into_iter().flatten();
    let words: Vec<String> = fields.map(|(name, value)| format!("{name}: {value}")).collect();
    words.join(", ").chars().take(MOST_CHARS).collect()
}

/// Maximum number of characters of the words for a step that is not known.
const MOST_CHARS: usize = 60;

impl Per {
    /// Returns the time in milliseconds.
    pub fn ms(self) -> f64 {
        match self {
            Self::Second => 1_000.0,
            Self::Minute => 60_000.0,
            Self::Hour => 3_600_000.0,
        }
    }

    /// Returns the end of the unit of a rate: `/s`.
    pub fn unit(self) -> &'static str {
        match self {
            Self::Second => "/s",
            Self::Minute => "/min",
            Self::Hour => "/h",
        }
    }

    /// Returns the time as a word: `second`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Second => "second",
            Self::Minute => "minute",
            Self::Hour => "hour",
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use shared::board::Board;

    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn panel(fields: &serde_json::Value) -> Panel {
        let document = json!({"version": 1, "panels": [fields]});
        Board::from_value(document).unwrap().panels.remove(0)
    }

    #[test]
    fn a_panel_with_one_topic_and_nothing_else_is_plain() {
        for (fields, is_plain) in [
            (json!({"sources": [{"topic": "a"}], "title": "A"}), true),
            (json!({"sources": [{"topic": "a"}, {"topic": "b"}]}), false),
            (json!({"sources": [{"topic": "a", "series": ["x"]}]}), false),
            (json!({"sources": [{"topic": "a"}], "derive": [{"combine": "sum"}]}), false),
            (json!({"sources": [{"topic": "a"}], "compare_ms": 3_600_000}), false),
        ] {
            assert_eq!(Plan::is_plain(&panel(&fields)), is_plain, "{fields}");
        }
    }

    #[test]
    fn every_step_of_a_document_is_known_or_named() {
        let steps = json!([
            {"rate": "minute"},
            {"moving_average_ms": 60_000},
            {"percentile": 99.9, "over_ms": 300_000},
            {"percentile": 50},
            {"combine": "sum"},
            {"combine": "product"},
            {"integral": "hour"},
            {"rate": "second", "combine": "sum"},
        ]);
        let plan = Plan::of(&panel(&json!({"sources": [{"topic": "a"}], "derive": steps})));
        let expected = [
            Derivation::Rate(Per::Minute),
            Derivation::Mean(60_000),
            Derivation::Percentile(99.9, Some(300_000)),
            Derivation::Percentile(50.0, None),
            Derivation::Sum,
            Derivation::Unknown("combine: \"product\"".into()),
            Derivation::Unknown("integral: \"hour\"".into()),
            Derivation::Unknown("rate: \"second\", combine: \"sum\"".into()),
        ];
        assert_eq!(plan.derive, expected);
        assert_eq!((plan.reach_ms(900_000), plan.follows_window()), (60_000 + 300_000 + 900_000, true));
    }
}
