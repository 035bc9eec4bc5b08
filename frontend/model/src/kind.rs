//! Which panel suits a topic's data.

use serde_json::Value;

use super::reading;

/// Characters a state may have; more is a text to be read, not a state to be seen.
const STATE_CHARS: usize = 24;
/// More different texts than this are not states.
const MOST_STATES: usize = 8;
/// So many publications in a row must ask for another panel before it changes: one odd value changes nothing.
const DISSENTERS: u8 = 5;

/// How a topic is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Several series, or a line wanted by the publisher.
    Line,
    /// One number: a big figure with a sparkline.
    Number,
    /// One of a few words, or true and false.
    State,
    /// Texts and events, one a line.
    Log,
    /// A list of objects, or an object without numbers.
    Table,
}

impl Kind {
    /// The name used in `meta.panel` and in the page.
    pub fn word(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Number => "number",
            Self::State => "state",
            Self::Log => "log",
            Self::Table => "table",
        }
    }

    /// The kind a publisher asked for; none if it is not known.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Line, Self::Number, Self::State, Self::Log, Self::Table]
            .into_iter()
            .find(|kind| kind.word() == name)
    }

    /// The kind that suits `data` alone.
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
}

/// What is known of a topic when its kind is judged.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known {
    /// Series seen so far.
    pub series: usize,
    /// Different states seen so far.
    pub states: usize,
}

/// The kind of one topic's panel. It does not flip-flop: a number becomes a line with its second series, states
/// become a log when they are too many, and anything else takes several publications in a row that agree.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    kind: Option<Kind>,
    dissent: Option<(Kind, u8)>,
}

impl Choice {
    /// The kind so far; none before the first data.
    pub fn kind(&self) -> Option<Kind> {
        self.kind
    }

    /// Judges again, with the newest data.
    pub fn observe(&mut self, data: &Value, known: Known) {
        let asked = grown(Kind::of(data), known);
        match self.kind {
            None => self.kind = Some(asked),
            Some(kind) if kind == asked => self.dissent = None,
            Some(kind) if is_growth(kind, asked) => self.settle(asked),
            // What has grown does not shrink back: lines stay lines with one number, logs stay logs with short texts.
            Some(kind) if is_growth(asked, kind) => self.dissent = None,
            Some(_) => self.hear(asked),
        }
    }

    fn hear(&mut self, asked: Kind) {
        let votes = match self.dissent {
            Some((kind, votes)) if kind == asked => votes + 1,
            Some(_) | None => 1,
        };
        if votes >= DISSENTERS {
            self.settle(asked);
        } else {
            self.dissent = Some((asked, votes));
        }
    }

    fn settle(&mut self, kind: Kind) {
        (self.kind, self.dissent) = (Some(kind), None);
    }
}

fn grown(kind: Kind, known: Known) -> Kind {
    match kind {
        Kind::Number if known.series > 1 => Kind::Line,
        Kind::State if known.states > MOST_STATES => Kind::Log,
        Kind::Line | Kind::Number | Kind::State | Kind::Log | Kind::Table => kind,
    }
}

fn is_growth(from: Kind, to: Kind) -> bool {
    matches!((from, to), (Kind::Number, Kind::Line) | (Kind::State, Kind::Log))
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
        for data in publications {
            choice.observe(&data, FRESH);
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
    }

    #[test]
    fn five_in_a_row_that_agree_change_the_panel() {
        assert_eq!(chosen([json!(1)].into_iter().chain(vec![json!("up"); 4])), Some(Kind::Number));
        assert_eq!(chosen([json!(1)].into_iter().chain(vec![json!("up"); 5])), Some(Kind::State));
    }

    #[test]
    fn a_second_series_makes_a_line_at_once_and_for_good() {
        let mut choice = Choice::default();
        choice.observe(&json!(1), FRESH);
        choice.observe(&json!({"in": 1, "out": 2}), FRESH);
        assert_eq!(choice.kind(), Some(Kind::Line));
        for _ in 0..10 {
            choice.observe(&json!(1), FRESH);
        }
        assert_eq!(choice.kind(), Some(Kind::Line));
    }

    #[test]
    fn ever_new_states_become_a_log_and_stay_one() {
        let mut choice = Choice::default();
        for states in 1..=MOST_STATES + 1 {
            choice.observe(&json!("order paid"), Known { series: 0, states });
        }
        assert_eq!(choice.kind(), Some(Kind::Log));
        for _ in 0..10 {
            choice.observe(&json!("order paid"), FRESH);
        }
        assert_eq!(choice.kind(), Some(Kind::Log));
    }

    #[test]
    fn a_kind_reads_as_it_prints() {
        for kind in [Kind::Line, Kind::Number, Kind::State, Kind::Log, Kind::Table] {
            assert_eq!(Kind::named(kind.word()), Some(kind));
        }
        assert_eq!(Kind::named("gauge"), None);
    }
}
