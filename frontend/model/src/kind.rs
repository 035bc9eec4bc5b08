//! Chooses the kind of panel (chart, figure, log …) that suits a topic's data. Depends on [`super::reading`] and
//! [`super::order`].

use std::collections::VecDeque;

use serde_json::Value;

use super::order::Order;
use super::reading;

/// Maximum number of characters of a text that counts as a state (`open`, `failed`). A topic with longer texts is
/// shown as a log.
const STATE_CHARS: usize = 24;
/// Maximum number of different states of a topic. A topic with more different texts is shown as a log.
pub const MOST_STATES: usize = 8;
/// Number of publications in a row that must suit another kind of panel before the kind changes. A single unusual
/// value changes nothing.
const PUBLICATIONS_TO_SWITCH: usize = 5;
/// Number of publications from which the kind of a panel is chosen: the newest ones of the topic.
const PUBLICATIONS_CONSIDERED: usize = 32;

/// Kind of panel in which a topic is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A chart of several series, or of a single series if the publisher asked for a line.
    Line,
    /// A chart like [`Self::Line`], with the area between each line and zero filled.
    Area,
    /// A chart of areas that stand on each other, so that the uppermost edge is their sum.
    Stacked,
    /// A chart with a bar for each value, or for the values of a short time.
    Bars,
    /// A chart whose lines keep each value until the next.
    Step,
    /// One number in large type, with a sparkline below it.
    Number,
    /// One number on an arc between two ends.
    Gauge,
    /// The newest number of each series as a horizontal bar, the largest first.
    List,
    /// A row of coloured cells for each series.
    Heatmap,
    /// A panel that shows a state in large letters: one of a few words, or true or false.
    State,
    /// A strip of states for each field of a topic.
    Timeline,
    /// Texts and events, one on each line.
    Log,
    /// A list of objects, or an object without numbers.
    Table,
}

/// Kinds of panels that show similar data. Inside a family, a topic changes from the first kind to the second at
/// once. A change to another family requires several publications in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Family {
    /// Kinds that show numbers: first [`Kind::Number`], then [`Kind::Line`].
    Numbers,
    /// Kinds that show texts: first [`Kind::State`], then [`Kind::Log`].
    Texts,
    /// Kinds that show tables. The only one is [`Kind::Table`].
    Tables,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 13] = [
        Self::Line,
        Self::Area,
        Self::Stacked,
        Self::Bars,
        Self::Step,
        Self::Number,
        Self::Gauge,
        Self::List,
        Self::Heatmap,
        Self::State,
        Self::Timeline,
        Self::Log,
        Self::Table,
    ];

    /// Returns the name of the kind, as in `meta.panel` and in the HTML of the page.
    pub fn word(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Area => "area",
            Self::Stacked => "stacked",
            Self::Bars => "bars",
            Self::Step => "step",
            Self::Number => "number",
            Self::Gauge => "gauge",
            Self::List => "list",
            Self::Heatmap => "heatmap",
            Self::State => "state",
            Self::Timeline => "timeline",
            Self::Log => "log",
            Self::Table => "table",
        }
    }

    /// Returns the kind with this name, which a publisher has set in `meta.panel`; `None` if there is no such kind.
    pub fn named(name: &str) -> Option<Self> {
        // Events mark moments in all charts. Their own panel lists them.
        if name == crate::events::PANEL {
            return Some(Self::Log);
        }
        Self::ALL.into_iter().find(|kind| kind.word() == name)
    }

    /// Returns true if the panel draws series over the time, on axes for their values.
    pub fn is_chart(self) -> bool {
        matches!(self, Self::Line | Self::Area | Self::Stacked | Self::Bars | Self::Step)
    }

    /// Returns true if the panel shows numbers of the topic's series.
    pub fn has_numbers(self) -> bool {
        self.is_chart() || matches!(self, Self::Number | Self::Gauge | Self::List | Self::Heatmap)
    }

    /// Returns true if the panel shows several series over the time.
    pub fn has_several(self) -> bool {
        self.is_chart() || self == Self::Heatmap
    }

    /// Returns the kind that suits `data` alone, without regard to earlier publications.
    pub fn of(data: &Value) -> Self {
        match data {
            Value::Number(_) => Self::Number,
            Value::Bool(_) => Self::State,
            Value::String(text) => Self::of_text(text),
            Value::Object(_) if reading::is_event(data) => Self::Log,
            Value::Object(_) => Self::of_object(reading::count_numbers(data)),
            Value::Array(items) => Self::of_list(items),
            Value::Null => Self::Log,
        }
    }

    fn of_text(text: &str) -> Self {
        let is_state = text.chars().nth(STATE_CHARS).is_none() && !text.contains('\n');
        if is_state { Self::State } else { Self::Log }
    }

    fn of_object(numbers: usize) -> Self {
        match numbers {
            0 => Self::Table,
            1 => Self::Number,
            _ => Self::Line,
        }
    }

    fn of_list(items: &[Value]) -> Self {
        if !items.is_empty() && items.iter().all(Value::is_number) {
            Self::Line
        } else if items.iter().all(Value::is_object) {
            Self::Table
        } else {
            Self::Log
        }
    }

    fn family(self) -> Family {
        match self {
            Self::State | Self::Timeline | Self::Log => Family::Texts,
            Self::Table => Family::Tables,
            _ => Family::Numbers,
        }
    }
}

/// Facts about all publications of a topic so far, as far as the kind of its panel depends on them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known {
    /// Number of different series in the publications so far.
    pub series: usize,
    /// Number of different states in the publications so far.
    pub states: usize,
}

/// Chooses the kind of one topic's panel.
///
/// The choice depends on the publications and not on the order in which they arrive. A number becomes a line with its
/// second series, and states become a log when there are too many different ones. Both changes are permanent, so that
/// the panel does not switch back and forth. Any other change requires several publications in a row that suit the
/// new kind.
///
/// For example, the kind of `1, 2, "n/a", 3` is a number, since no five publications in a row suggest another kind.
/// The kind of `1, "up", "up", "up", "up", "up"` is a state.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    votes: VecDeque<(Order, Family)>,
    has_lines: bool,
    has_logs: bool,
}

impl Choice {
    /// Returns the kind for the publications so far; `None` before the first one with data.
    pub fn kind(&self) -> Option<Kind> {
        Some(match self.family()? {
            Family::Numbers if self.has_lines => Kind::Line,
            Family::Numbers => Kind::Number,
            Family::Texts if self.has_logs => Kind::Log,
            Family::Texts => Kind::State,
            Family::Tables => Kind::Table,
        })
    }

    /// Adds a publication. It counts as a vote for the kind that suits its data; `null` is no vote.
    pub fn observe(&mut self, order: Order, data: &Value, known: Known) {
        self.has_lines |= known.series > 1;
        self.has_logs |= known.states > MOST_STATES;
        if data.is_null() {
            return;
        }
        let kind = Kind::of(data);
        self.has_lines |= kind == Kind::Line;
        self.has_logs |= kind == Kind::Log;
        let place = self.votes.partition_point(|(kept, _)| *kept < order);
        if self.votes.get(place).is_some_and(|(kept, _)| *kept == order) {
            return;
        }
        self.votes.insert(place, (order, kind.family()));
        if self.votes.len() > PUBLICATIONS_CONSIDERED {
            self.votes.pop_front();
        }
    }

    /// Returns the family of the most recent publications that agree, if there are at least
    /// [`PUBLICATIONS_TO_SWITCH`] in a row. Otherwise returns the family of the first publication or, if that has
    /// been dropped, the most frequent family.
    fn family(&self) -> Option<Family> {
        let (mut newest, mut run) = (self.votes.back()?.1, 0);
        for (_, family) in self.votes.iter().rev() {
            run = if *family == newest { run + 1 } else { 1 };
            newest = *family;
            if run >= PUBLICATIONS_TO_SWITCH {
                return Some(newest);
            }
        }
        if self.votes.len() < PUBLICATIONS_CONSIDERED {
            return self.votes.front().map(|(_, family)| *family);
        }
        let count = |wanted: Family| self.votes.iter().filter(|(_, family)| *family == wanted).count();
        [Family::Tables, Family::Texts, Family::Numbers].into_iter().max_by_key(|family| count(*family))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const FRESH: Known = Known { series: 1, states: 1 };

    fn chosen(publications: impl IntoIterator<Item = Value>) -> Option<Kind> {
        let mut choice = Choice::default();
        for (at, data) in (0..).zip(publications) {
            choice.observe(Order::at(at, at as u64), &data, FRESH);
        }
        choice.kind()
    }

    #[test]
    fn every_shape_of_data_has_its_kind() {
        let table = [
            (json!(21.5), Kind::Number),
            (json!({"in": 21.5}), Kind::Number),
            (json!({"in": 21.5, "out": 4}), Kind::Line),
            (json!([0.1, 0.2, 0.3]), Kind::Line),
            (json!({"load": [0.1, 0.2, 0.3]}), Kind::Line),
            (json!(true), Kind::State),
            (json!("open"), Kind::State),
            (json!("a text that is far too long to be a state"), Kind::Log),
            (json!("two\nlines"), Kind::Log),
            (json!({"msg": "paid", "eur": 48.9}), Kind::Log),
            (json!(["a", "b"]), Kind::Log),
            (json!([{"queue": "mail", "depth": 14}]), Kind::Table),
            (json!([]), Kind::Table),
            (json!({"door": "open", "lock": true}), Kind::Table),
        ];
        for (data, kind) in table {
            assert_eq!(Kind::of(&data), kind, "{data}");
        }
    }

    #[test]
    fn one_odd_value_changes_nothing() {
        assert_eq!(chosen([json!(1), json!(2), json!("n/a"), json!(3), json!("n/a")]), Some(Kind::Number));
        let odd = (0..100).map(|n| if n % 3 == 0 { json!("n/a") } else { json!(n) });
        assert_eq!(chosen(odd), Some(Kind::Number));
    }

    #[test]
    fn five_in_a_row_that_agree_change_the_panel() {
        assert_eq!(chosen([json!(1)].into_iter().chain(vec![json!("up"); 4])), Some(Kind::Number));
        assert_eq!(chosen([json!(1)].into_iter().chain(vec![json!("up"); 5])), Some(Kind::State));
    }

    #[test]
    fn nothing_has_no_vote() {
        assert_eq!(chosen([json!(1)].into_iter().chain(vec![json!(null); 9])), Some(Kind::Number));
    }

    #[test]
    fn a_second_series_makes_a_line_at_once_and_for_good() {
        let mut choice = Choice::default();
        choice.observe(Order::at(0, 0), &json!(1), FRESH);
        choice.observe(Order::at(1, 1), &json!({"in": 1, "out": 2}), FRESH);
        assert_eq!(choice.kind(), Some(Kind::Line));
        for at in 2..12 {
            choice.observe(Order::at(at, at as u64), &json!(1), FRESH);
        }
        assert_eq!(choice.kind(), Some(Kind::Line));
    }

    #[test]
    fn ever_new_states_become_a_log_and_stay_one() {
        let mut choice = Choice::default();
        for states in 1..=MOST_STATES + 1 {
            choice.observe(Order::at(0, states as u64), &json!("order paid"), Known { series: 0, states });
        }
        assert_eq!(choice.kind(), Some(Kind::Log));
        for at in 1..11 {
            choice.observe(Order::at(at, 0), &json!("order paid"), FRESH);
        }
        assert_eq!(choice.kind(), Some(Kind::Log));
    }

    #[test]
    fn a_kind_reads_as_it_prints() {
        let words: Vec<&str> = Kind::ALL.into_iter().map(Kind::word).collect();
        assert_eq!(words, shared::board::KINDS, "documents can choose every kind");
        for kind in Kind::ALL {
            assert_eq!(Kind::named(kind.word()), Some(kind));
        }
        assert_eq!(Kind::named("pie"), None);
    }
}
