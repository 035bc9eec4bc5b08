//! The panels of a board document.

use serde_json::{Map, Value};

use super::fault::{Fault, Path};
use super::json;
use super::step::DeriveStep;
use crate::Topic;

/// One panel of a board document. Fields that are `None` are chosen by the page, from the topic's data and metadata.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Panel {
    /// The topics that the panel shows. Several topics are merged into one panel.
    pub sources: Vec<Source>,
    /// Steps by which series are computed from those of all sources together.
    pub derive: Vec<DeriveStep>,
    /// Time in milliseconds by which the series are compared with the past.
    pub compare_ms: Option<u64>,
    /// Title of the panel; `None` for the name of its first topic.
    pub title: Option<String>,
    /// Kind of panel, such as `line`; a newer program may have written a kind that this one does not know.
    pub kind: Option<String>,
    /// Wanted width in columns of the page.
    pub columns: Option<u32>,
    /// Wanted height: `half`, `whole` or `double`.
    pub height: Option<String>,
    /// Name of the group in which the panel stands; `None` for the first segment of its first topic.
    pub group: Option<String>,
    /// True if the panel is not shown.
    pub hidden: bool,
    /// Unit of the numbers, instead of the one in the topic's metadata.
    pub unit: Option<String>,
    /// Largest number of decimals with which numbers are shown.
    pub decimals: Option<u32>,
    /// Lowest value of the axis.
    pub min: Option<f64>,
    /// Highest value of the axis.
    pub max: Option<f64>,
    /// Scale of the value axis: `linear` or `log`; `None` for linear.
    pub scale: Option<String>,
    /// Value to reach or to keep below.
    pub target: Option<f64>,
    /// Values from which a number counts as trouble, instead of those of the topic's metadata; `None` for those. An empty list means
    /// that there are none.
    pub thresholds: Option<Vec<Threshold>>,
    /// The fields that this program does not know.
    pub other: Map<String, Value>,
}

/// A topic that a panel shows, or some of its series.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// Topic whose data is shown; `None` if the document's text is not the name of a topic.
    pub topic: Option<Topic>,
    /// Names of the series that are shown. If it is empty, all are shown.
    pub series: Vec<String>,
    /// Steps by which series are computed from those of this source.
    pub derive: Vec<DeriveStep>,
    /// The fields that this program does not know.
    pub other: Map<String, Value>,
}

/// A value from which a number counts as trouble.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Threshold {
    /// The threshold is crossed while the value is greater than this.
    pub above: Option<f64>,
    /// The threshold is crossed while the value is less than this.
    pub below: Option<f64>,
    /// Meaning of the threshold: `warning` or `bad`; `None` for `bad`.
    pub means: Option<String>,
    /// Words that the panel shows while the threshold is crossed, such as `too slow`.
    pub words: Option<String>,
    /// Name of the series that has the threshold; `None` for every series in the panel's unit.
    pub series: Option<String>,
    /// The fields that this program does not know.
    pub other: Map<String, Value>,
}

impl Panel {
    /// Creates a panel that shows a topic, with the page's defaults.
    pub fn of(topic: Topic) -> Self {
        Self { sources: vec![Source::of(topic)], ..Self::default() }
    }

    /// Returns the topics that the panel shows, in order.
    pub fn topics(&self) -> impl Iterator<Item = &Topic> {
        self.sources.iter().filter_map(|source| source.topic.as_ref())
    }

    /// Reads a panel from a JSON value, whose place in a document is `path`. Fields of a type that is not known are kept.
    ///
    /// # Errors
    ///
    /// A [`Fault`] if the value, or one of its sources or thresholds, is not an object.
    pub fn from_value(value: Value, path: &Path) -> Result<Self, Fault> {
        let mut other = json::object(value, path)?;
        let fields = &mut other;
        let sources = json::take_list(fields, "sources", path, Source::from_value)?;
        let has_thresholds = fields.get("thresholds").is_some_and(Value::is_array);
        let thresholds = json::take_list(fields, "thresholds", path, Threshold::from_value)?;
        Ok(Self {
            sources,
            derive: DeriveStep::take_list(fields, path)?,
            compare_ms: json::take(fields, "compare_ms", Value::as_u64),
            thresholds: has_thresholds.then_some(thresholds),
            title: json::take(fields, "title", json::text),
            kind: json::take(fields, "kind", json::text),
            columns: json::take(fields, "columns", json::small),
            height: json::take(fields, "height", json::text),
            group: json::take(fields, "group", json::text),
            hidden: json::take(fields, "hidden", Value::as_bool).unwrap_or(false),
            unit: json::take(fields, "unit", json::text),
            decimals: json::take(fields, "decimals", json::small),
            min: json::take(fields, "min", Value::as_f64),
            max: json::take(fields, "max", Value::as_f64),
            scale: json::take(fields, "scale", json::text),
            target: json::take(fields, "target", Value::as_f64),
            other,
        })
    }

    /// Converts the panel to JSON, with all fields that this program does not know.
    pub fn to_value(&self) -> Value {
        let mut fields = Map::new();
        let list = |values: Vec<Value>| (!values.is_empty()).then_some(values);
        json::put(&mut fields, "sources", list(self.sources.iter().map(Source::to_value).collect()));
        json::put(&mut fields, "derive", list(self.derive.iter().map(DeriveStep::to_value).collect()));
        json::put(&mut fields, "compare_ms", self.compare_ms);
        json::put(&mut fields, "title", self.title.clone());
        json::put(&mut fields, "kind", self.kind.clone());
        json::put(&mut fields, "columns", self.columns);
        json::put(&mut fields, "height", self.height.clone());
        json::put(&mut fields, "group", self.group.clone());
        json::put(&mut fields, "hidden", self.hidden.then_some(true));
        json::put(&mut fields, "unit", self.unit.clone());
        json::put(&mut fields, "decimals", self.decimals);
        json::put(&mut fields, "min", self.min.map(json::number));
        json::put(&mut fields, "max", self.max.map(json::number));
        json::put(&mut fields, "scale", self.scale.clone());
        json::put(&mut fields, "target", self.target.map(json::number));
        // An empty list is written, since it removes the thresholds of the topic's metadata.
        let values = |list: &Vec<Threshold>| list.iter().map(Threshold::to_value).collect::<Vec<_>>();
        json::put(&mut fields, "thresholds", self.thresholds.as_ref().map(values));
        json::with_other(fields, &self.other)
    }
}

impl Source {
    /// Creates a source with all series of a topic.
    pub fn of(topic: Topic) -> Self {
        Self { topic: Some(topic), series: Vec::new(), derive: Vec::new(), other: Map::new() }
    }

    fn from_value(value: Value, path: &Path) -> Result<Self, Fault> {
        let mut other = json::object(value, path)?;
        Ok(Self {
            topic: json::take(&mut other, "topic", |value| Topic::new(value.as_str()?).ok()),
            series: json::take(&mut other, "series", texts).unwrap_or_default(),
            derive: DeriveStep::take_list(&mut other, path)?,
            other,
        })
    }

    fn to_value(&self) -> Value {
        let mut fields = Map::new();
        json::put(&mut fields, "topic", self.topic.as_ref().map(Topic::as_str));
        json::put(&mut fields, "series", (!self.series.is_empty()).then(|| self.series.clone()));
        let steps: Vec<Value> = self.derive.iter().map(DeriveStep::to_value).collect();
        json::put(&mut fields, "derive", (!steps.is_empty()).then_some(steps));
        json::with_other(fields, &self.other)
    }
}

impl Threshold {
    /// Reads a list of thresholds, such as that of a topic's metadata. What is not a threshold is skipped.
    pub fn list(thresholds: &Value) -> Vec<Self> {
        let items = thresholds.as_array().into_iter().flatten();
        items.filter_map(|item| Self::from_value(item.clone(), &Path::root()).ok()).collect()
    }

    fn from_value(value: Value, path: &Path) -> Result<Self, Fault> {
        let mut other = json::object(value, path)?;
        Ok(Self {
            above: json::take(&mut other, "above", Value::as_f64),
            below: json::take(&mut other, "below", Value::as_f64),
            means: json::take(&mut other, "means", json::text),
            words: json::take(&mut other, "words", json::text),
            series: json::take(&mut other, "series", json::text),
            other,
        })
    }

    fn to_value(&self) -> Value {
        let mut fields = Map::new();
        json::put(&mut fields, "above", self.above.map(json::number));
        json::put(&mut fields, "below", self.below.map(json::number));
        json::put(&mut fields, "means", self.means.clone());
        json::put(&mut fields, "words", self.words.clone());
        json::put(&mut fields, "series", self.series.clone());
        json::with_other(fields, &self.other)
    }
}

fn texts(value: &Value) -> Option<Vec<String>> {
    value.as_array()?.iter().map(json::text).collect()
}
