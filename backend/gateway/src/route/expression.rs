//! Route selection expressions: texts with variables, which are evaluated once for each message.

use serde_json::Value;

use super::select::{Step, value_at};

/// A parsed route selection expression. The default is `$request.body.action`.
///
/// `$request.body.a.b[0]` is a variable. `${request.body.a}` is a variable whose end is marked. `\$` is a dollar sign.
/// Any other text stands for itself. A path consists of names and indices, which is the part of JSONPath that selects a
/// single value.
///
/// ```
/// let selection = apigw_websocket::RouteSelection::parse("${request.body.service}/${request.body.action}")?;
/// let key = selection.evaluate(r#"{"service": "chat", "action": "join"}"#);
/// assert_eq!(key.as_deref(), Some("chat/join"));
/// # Ok::<(), apigw_websocket::ExpressionError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteSelection {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Literal(String),
    Body(Vec<Step>),
}

/// The reason why a text is not a route selection expression.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExpressionError {
    /// A `${` has no matching `}`.
    #[error("the route selection expression has a '${{' without a '}}': add the '}}'")]
    Unclosed,
    /// A variable does not begin with `request.body`. Messages have no other variable.
    #[error(
        "the route selection expression cannot use {variable:?}: use request.body or one of its fields, such as request.body.action"
    )]
    UnknownVariable {
        /// Name of the refused variable, without the dollar sign.
        variable: String,
    },
    /// A path contains something other than names and indices.
    #[error(
        "the path {path:?} in the route selection expression must consist of names and indices, such as .items[0].kind"
    )]
    BadPath {
        /// The refused path, which is the text after `request.body`.
        path: String,
    },
}

impl Default for RouteSelection {
    fn default() -> Self {
        Self { parts: vec![Part::Body(vec![Step::Name("action".into())])] }
    }
}

impl RouteSelection {
    /// Parses an expression in the format of `RouteSelectionExpression` in a template.
    ///
    /// # Errors
    ///
    /// [`ExpressionError`] if the text is not an expression.
    pub fn parse(expression: &str) -> Result<Self, ExpressionError> {
        let mut parts = Vec::new();
        let mut rest = expression;
        while let Some(first) = rest.chars().next() {
            let (part, after) = parse_part(first, rest)?;
            push(&mut parts, part);
            rest = after;
        }
        Ok(Self { parts })
    }

    /// Returns the route key of a message. Returns `None` if the expression reads the body and the body is not JSON. A
    /// path that does not exist results in an empty text.
    pub fn evaluate(&self, body: &str) -> Option<String> {
        self.parts.iter().map(|part| part.evaluate(body)).collect()
    }
}

fn push(parts: &mut Vec<Part>, part: Part) {
    match (parts.last_mut(), part) {
        (Some(Part::Literal(text)), Part::Literal(more)) => text.push_str(&more),
        (_, part) => parts.push(part),
    }
}

/// Parses the part at the beginning of `rest`, whose first character is `first`. Returns the part and the text after
/// it.
fn parse_part(first: char, rest: &str) -> Result<(Part, &str), ExpressionError> {
    if let Some(after) = rest.strip_prefix("\\$") {
        return Ok((Part::Literal("$".into()), after));
    }
    if let Some(inner) = rest.strip_prefix("${") {
        let (variable, after) = inner.split_once('}').ok_or(ExpressionError::Unclosed)?;
        return Ok((parse_variable(variable)?, after));
    }
    if let Some(inner) = rest.strip_prefix('$') {
        let end = inner.find(|c: char| !is_path_char(c)).unwrap_or(inner.len());
        return Ok((parse_variable(&inner[..end])?, &inner[end..]));
    }
    Ok((Part::Literal(first.into()), &rest[first.len_utf8()..]))
}

fn is_path_char(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '[' | ']')
}

fn parse_variable(variable: &str) -> Result<Part, ExpressionError> {
    let unknown = || ExpressionError::UnknownVariable { variable: variable.to_owned() };
    let path = variable.strip_prefix("request.body").ok_or_else(unknown)?;
    let steps = match path.chars().next() {
        None => Vec::new(),
        Some('.' | '[') => {
            parse_path(path).ok_or_else(|| ExpressionError::BadPath { path: path.to_owned() })?
        }
        Some(_) => return Err(unknown()),
    };
    Ok(Part::Body(steps))
}

fn parse_path(path: &str) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        let (step, after) = parse_step(rest)?;
        steps.push(step);
        rest = after;
    }
    Some(steps)
}

fn parse_step(path: &str) -> Option<(Step, &str)> {
    if let Some(inner) = path.strip_prefix('[') {
        let (index, after) = inner.split_once(']')?;
        let quoted = |quote: char| index.strip_prefix(quote)?.strip_suffix(quote);
        let step = match quoted('\'').or_else(|| quoted('"')) {
            Some(name) => Step::Name(name.to_owned()),
            None => Step::Index(index.parse().ok()?),
        };
        return Some((step, after));
    }
    let inner = path.strip_prefix('.')?;
    let end = inner.find(['.', '[']).unwrap_or(inner.len());
    (end > 0).then(|| (Step::Name(inner[..end].to_owned()), &inner[end..]))
}

impl Part {
    fn evaluate(&self, body: &str) -> Option<String> {
        match self {
            Self::Literal(text) => Some(text.clone()),
            Self::Body(path) => value_at(body, path).map(|value| stringify(&value)),
        }
    }
}

/// Converts a value to text. An array becomes `[item1, item2]`, and null becomes an empty text.
fn stringify(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => format!("[{}]", items.iter().map(stringify).collect::<Vec<_>>().join(", ")),
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = r#"{"service":"chat","action":"join","data":{"room":"r1","list":["a",2]},"a b":"c"}"#;

    #[test]
    fn the_documented_expressions_yield_the_documented_keys() {
        for (expression, key) in [
            ("$request.body.action", "join"),
            ("${request.body.action}", "join"),
            ("${request.body.service}/${request.body.action}", "chat/join"),
            ("${request.body.action}-${request.body.invalidPath}", "join-"),
            ("action", "action"),
            (r"\$default", "$default"),
            ("$request.body.data.room", "r1"),
        ] {
            assert_eq!(evaluate(expression), Some(key.to_owned()), "{expression}");
        }
    }

    #[test]
    fn paths_go_through_names_and_indices() {
        assert_eq!(evaluate("$request.body.data.list[1]"), Some("2".into()));
        assert_eq!(evaluate("${request.body['a b']}"), Some("c".into()));
        assert_eq!(evaluate("$request.body.data.list"), Some("[a, 2]".into()));
        assert_eq!(evaluate("$request.body.data.list[7]"), Some(String::new()));
        assert_eq!(evaluate("$request.body.action.deeper"), Some(String::new()));
    }

    #[test]
    fn json_that_serde_json_does_not_turn_into_values_is_routed_all_the_same() {
        let deep = format!("{}1{}", "[".repeat(200), "]".repeat(200));
        for data in [r#""cut \ud83d""#, r#""\ude00 cut""#, "1e400", &deep] {
            for body in [
                format!(r#"{{"action":"join","data":{data}}}"#),
                format!(r#"{{"data":{data},"action":"join"}}"#),
                format!(r#"{{"\ud83d":{data},"action":"join"}}"#),
            ] {
                assert_eq!(RouteSelection::default().evaluate(&body), Some("join".into()), "{body}");
            }
        }
    }

    #[test]
    fn of_members_with_the_same_name_the_last_counts() {
        let body = r#"{"action":"first","action":"last"}"#;
        assert_eq!(RouteSelection::default().evaluate(body), Some("last".into()));
    }

    #[test]
    fn a_body_that_is_not_json_as_a_whole_is_not_routed_by_a_part_of_it() {
        for body in [r#"{"action":"join"} and more"#, r#"{"action":"join","data":}"#, r#"{"action":"join""#] {
            assert_eq!(RouteSelection::default().evaluate(body), None, "{body}");
        }
    }

    #[test]
    fn an_expression_is_evaluated_once_and_not_again() {
        let selection = RouteSelection::parse("$request.body.action").expect("an expression");
        let body = r#"{"action":"$request.body.secret","secret":"s"}"#;
        assert_eq!(selection.evaluate(body), Some("$request.body.secret".into()));
    }

    #[test]
    fn only_an_expression_that_reads_the_body_needs_json() {
        assert_eq!(RouteSelection::default().evaluate("hello"), None);
        assert_eq!(
            RouteSelection::parse("action").expect("an expression").evaluate("hello"),
            Some("action".into())
        );
    }

    #[test]
    fn an_expression_that_is_not_valid_is_refused_when_parsed() {
        assert_eq!(RouteSelection::parse("${request.body.a"), Err(ExpressionError::Unclosed));
        for variable in ["request.header.x", "context.stage", "request.bodyaction", ""] {
            let unknown = ExpressionError::UnknownVariable { variable: variable.into() };
            assert_eq!(RouteSelection::parse(&format!("${{{variable}}}")), Err(unknown));
        }
        for path in [".", ".a..b", "[x]", "[1", ".a[]"] {
            let expression = format!("${{request.body{path}}}");
            assert_eq!(
                RouteSelection::parse(&expression),
                Err(ExpressionError::BadPath { path: path.into() })
            );
        }
    }

    fn evaluate(expression: &str) -> Option<String> {
        RouteSelection::parse(expression).expect("an expression").evaluate(BODY)
    }
}
