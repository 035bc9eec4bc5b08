//! One comparison of a pattern.

use serde_json::{Map, Value};

/// A comparison with a value.
#[derive(Debug, Clone)]
pub(super) enum Rule {
    /// The value is this text, number, boolean or null.
    Equals(Value),
    /// The same, for text without regard to case.
    EqualsIgnoreCase(String),
    Prefix(String),
    PrefixIgnoreCase(String),
    Suffix(String),
    SuffixIgnoreCase(String),
    /// There is a value, and no one of these rules matches it.
    AnythingBut(Vec<Rule>),
    /// There is a value, or there is none.
    Exists(bool),
    /// The value is a number, and all comparisons hold.
    Numeric(Vec<(Comparison, f64)>),
}

/// A comparison of numbers.
#[derive(Debug, Clone, Copy)]
pub(super) enum Comparison {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Rule {
    /// Parses an element of the array of a field.
    pub fn parse(json: &Value) -> Result<Self, String> {
        match json {
            Value::Object(rule) => operator(rule),
            Value::Array(_) => {
                Err("an array within an array matches nothing: write the values themselves".into())
            }
            value => Ok(Self::Equals(value.clone())),
        }
    }

    /// Returns true if the rule matches the value, or the absence of one.
    pub fn matches(&self, value: Option<&Value>) -> bool {
        let Some(value) = value else { return matches!(self, Self::Exists(false)) };
        let text = || value.as_str().unwrap_or_default();
        let is_text = value.is_string();
        match self {
            Self::Equals(expected) => value == expected,
            Self::EqualsIgnoreCase(expected) => is_text && text().to_lowercase() == expected.to_lowercase(),
            Self::Prefix(prefix) => is_text && text().starts_with(prefix),
            Self::PrefixIgnoreCase(prefix) => {
                is_text && text().to_lowercase().starts_with(&prefix.to_lowercase())
            }
            Self::Suffix(suffix) => is_text && text().ends_with(suffix),
            Self::SuffixIgnoreCase(suffix) => {
                is_text && text().to_lowercase().ends_with(&suffix.to_lowercase())
            }
            Self::AnythingBut(rules) => {
                !value.is_object() && !rules.iter().any(|rule| rule.matches(Some(value)))
            }
            // Only a leaf exists: `{"exists": true}` does not match an object.
            Self::Exists(exists) => *exists && !value.is_object(),
            Self::Numeric(comparisons) => value.as_f64().is_some_and(|number| {
                comparisons.iter().all(|(comparison, than)| comparison.holds(number, *than))
            }),
        }
    }
}

impl Comparison {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "=" => Some(Self::Equal),
            "<" => Some(Self::Less),
            "<=" => Some(Self::LessOrEqual),
            ">" => Some(Self::Greater),
            ">=" => Some(Self::GreaterOrEqual),
            _ => None,
        }
    }

    #[expect(
        clippy::float_cmp,
        reason = "a number of the pattern is compared with the same number of the record"
    )]
    fn holds(self, number: f64, than: f64) -> bool {
        match self {
            Self::Equal => number == than,
            Self::Less => number < than,
            Self::LessOrEqual => number <= than,
            Self::Greater => number > than,
            Self::GreaterOrEqual => number >= than,
        }
    }
}

fn operator(rule: &Map<String, Value>) -> Result<Rule, String> {
    let mut fields = rule.iter();
    let (Some((name, operand)), None) = (fields.next(), fields.next()) else {
        return Err("a rule has exactly one operator, such as {\"prefix\": \"a\"}".into());
    };
    match (name.as_str(), operand) {
        ("prefix", operand) => affix(operand, Rule::Prefix, Rule::PrefixIgnoreCase),
        ("suffix", operand) => affix(operand, Rule::Suffix, Rule::SuffixIgnoreCase),
        ("equals-ignore-case", Value::String(text)) => Ok(Rule::EqualsIgnoreCase(text.clone())),
        ("exists", Value::Bool(exists)) => Ok(Rule::Exists(*exists)),
        ("anything-but", operand) => anything_but(operand),
        ("numeric", Value::Array(comparisons)) => numeric(comparisons),
        ("equals-ignore-case" | "exists" | "numeric", other) => {
            Err(format!("{other} is not a value of the operator {name}"))
        }
        (other, _) => Err(format!(
            "there is no operator {other}: use prefix, suffix, equals-ignore-case, anything-but, exists or numeric"
        )),
    }
}

/// Parses the operand of `prefix` or `suffix`, which is a text or `{"equals-ignore-case": text}`.
fn affix(
    operand: &Value,
    exact: fn(String) -> Rule,
    ignoring_case: fn(String) -> Rule,
) -> Result<Rule, String> {
    match (operand, operand["equals-ignore-case"].as_str()) {
        (Value::String(text), _) => Ok(exact(text.clone())),
        (_, Some(text)) => Ok(ignoring_case(text.to_owned())),
        (other, None) => Err(format!("{other} is not a text")),
    }
}

/// Parses the operand of `anything-but`: a value, an array of values, or another operator.
fn anything_but(operand: &Value) -> Result<Rule, String> {
    let of_list = |values: &[Value]| values.iter().map(Rule::parse).collect::<Result<_, _>>();
    let rules = match operand {
        Value::Array(values) if values.is_empty() => return Err("anything-but needs a value".into()),
        Value::Array(values) => of_list(values)?,
        Value::Object(operator) => match operator.iter().next() {
            // Such operators may have several texts.
            Some((name, Value::Array(values))) => {
                of_list(&values.iter().map(|value| serde_json::json!({name: value})).collect::<Vec<_>>())?
            }
            Some(_) | None => vec![Rule::parse(operand)?],
        },
        value => vec![Rule::Equals(value.clone())],
    };
    Ok(Rule::AnythingBut(rules))
}

fn numeric(comparisons: &[Value]) -> Result<Rule, String> {
    let problem = || "numeric needs pairs such as [\"=\", 5] or [\">\", 0, \"<=\", 10]".to_owned();
    let pair = |pair: &[Value]| match pair {
        [Value::String(operator), Value::Number(number)] => {
            Some((Comparison::parse(operator)?, number.as_f64()?))
        }
        _ => None,
    };
    let pairs: Option<Vec<_>> = comparisons.chunks(2).map(pair).collect();
    pairs.filter(|pairs| !pairs.is_empty()).map(Rule::Numeric).ok_or_else(problem)
}
