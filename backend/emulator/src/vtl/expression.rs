//! Reads expressions and references.

use serde_json::{Number, Value};

use super::cursor::Cursor;
use super::error::TemplateError;
use super::syntax::{Expression, Node, Operator, Reference, Step};

/// Operators by their precedence, the weakest first. An operator comes before those that begin its text.
const LEVELS: [&[(&str, Operator)]; 6] = [
    &[("||", Operator::Or), ("or ", Operator::Or)],
    &[("&&", Operator::And), ("and ", Operator::And)],
    &[
        ("==", Operator::Equal),
        ("!=", Operator::NotEqual),
        ("eq ", Operator::Equal),
        ("ne ", Operator::NotEqual),
    ],
    &[
        ("<=", Operator::LessOrEqual),
        (">=", Operator::GreaterOrEqual),
        ("<", Operator::Less),
        (">", Operator::Greater),
        ("le ", Operator::LessOrEqual),
        ("ge ", Operator::GreaterOrEqual),
        ("lt ", Operator::Less),
        ("gt ", Operator::Greater),
    ],
    &[("+", Operator::Add), ("-", Operator::Subtract)],
    &[("*", Operator::Multiply), ("/", Operator::Divide), ("%", Operator::Remainder)],
];

/// Reads an expression.
pub fn expression(cursor: &mut Cursor<'_>) -> Result<Expression, TemplateError> {
    cursor.nested(|cursor| binary(cursor, 0))
}

fn binary(cursor: &mut Cursor<'_>, level: usize) -> Result<Expression, TemplateError> {
    let Some(operators) = LEVELS.get(level) else { return unary(cursor) };
    let mut left = binary(cursor, level + 1)?;
    loop {
        cursor.space();
        let Some((_, operator)) = operators.iter().find(|(text, _)| cursor.take(text)) else {
            return Ok(left);
        };
        let right = binary(cursor, level + 1)?;
        left = Expression::Binary(*operator, Box::new(left), Box::new(right));
    }
}

fn unary(cursor: &mut Cursor<'_>) -> Result<Expression, TemplateError> {
    cursor.space();
    if cursor.take("not ") || (!cursor.rest.starts_with("!=") && cursor.take("!")) {
        return cursor.nested(|cursor| Ok(Expression::Not(Box::new(unary(cursor)?))));
    }
    primary(cursor)
}

fn primary(cursor: &mut Cursor<'_>) -> Result<Expression, TemplateError> {
    match cursor.peek() {
        Some('$') => {
            cursor.take("$");
            cursor.take("!");
            let reference = reference(cursor)?;
            reference.map(Expression::Reference).ok_or_else(|| TemplateError::new("`$` has no name"))
        }
        Some('(') => {
            cursor.take("(");
            let inner = expression(cursor)?;
            cursor.space();
            cursor.expect(")")?;
            Ok(inner)
        }
        Some('\'') => quoted(cursor, "'").map(|text| Expression::Literal(text.into())),
        Some('"') => {
            let text = quoted(cursor, "\"")?;
            cursor.nested(|_| interpolated(text)).map(Expression::Text)
        }
        Some('[') => list(cursor),
        Some('{') => map(cursor),
        Some(c) if c.is_ascii_digit() || c == '-' => number(cursor),
        _ => word(cursor),
    }
}

/// Reads text in which references are replaced.
fn interpolated(text: &str) -> Result<Vec<Node>, TemplateError> {
    let mut cursor = Cursor::new(text);
    let mut nodes = Vec::new();
    loop {
        let text = cursor.while_of(|c| !matches!(c, '$' | '\\'));
        if !text.is_empty() {
            nodes.push(Node::Text(text.to_owned()));
        }
        match cursor.peek() {
            Some('$') => nodes.push(dollar(&mut cursor)?),
            Some(_) => nodes.push(backslash(&mut cursor)),
            None => return Ok(nodes),
        }
    }
}

/// Reads text in quotation marks. There are no escapes in it.
fn quoted<'a>(cursor: &mut Cursor<'a>, mark: &str) -> Result<&'a str, TemplateError> {
    cursor.expect(mark)?;
    let end =
        cursor.rest.find(mark).ok_or_else(|| TemplateError::new(format!("a closing {mark} is missing")))?;
    let text = &cursor.rest[..end];
    cursor.rest = &cursor.rest[end + mark.len()..];
    Ok(text)
}

fn list(cursor: &mut Cursor<'_>) -> Result<Expression, TemplateError> {
    cursor.expect("[")?;
    let mut items = Vec::new();
    cursor.space();
    while !cursor.take("]") {
        items.push(expression(cursor)?);
        cursor.space();
        if cursor.take("..") {
            let last = expression(cursor)?;
            cursor.space();
            cursor.expect("]")?;
            let first = items.pop().ok_or_else(|| TemplateError::new("a range has no begin"))?;
            return Ok(Expression::Range(Box::new(first), Box::new(last)));
        }
        cursor.take(",");
        cursor.space();
    }
    Ok(Expression::List(items))
}

fn map(cursor: &mut Cursor<'_>) -> Result<Expression, TemplateError> {
    cursor.expect("{")?;
    let mut entries = Vec::new();
    cursor.space();
    while !cursor.take("}") {
        let key = expression(cursor)?;
        cursor.space();
        cursor.expect(":")?;
        entries.push((key, expression(cursor)?));
        cursor.space();
        cursor.take(",");
        cursor.space();
    }
    Ok(Expression::Map(entries))
}

fn number(cursor: &mut Cursor<'_>) -> Result<Expression, TemplateError> {
    let begin = cursor.rest;
    cursor.take("-");
    cursor.while_of(|c| c.is_ascii_digit());
    // Two full stops are a range.
    if !cursor.rest.starts_with("..") && cursor.take(".") {
        cursor.while_of(|c| c.is_ascii_digit());
    }
    let text = cursor.since(begin);
    let number = text.parse::<Number>().map_err(|_| TemplateError::new(format!("{text} is no number")))?;
    Ok(Expression::Literal(Value::Number(number)))
}

fn word(cursor: &mut Cursor<'_>) -> Result<Expression, TemplateError> {
    let word = cursor.name().unwrap_or_default();
    match word {
        "true" => Ok(Expression::Literal(true.into())),
        "false" => Ok(Expression::Literal(false.into())),
        "null" => Ok(Expression::Literal(Value::Null)),
        _ => {
            let found: String = cursor.rest.chars().take(20).collect();
            Err(TemplateError::new(format!("`{word}{found}` is no expression")))
        }
    }
}

/// Reads a backslash. Before a dollar or number sign it is an escape.
pub fn backslash(cursor: &mut Cursor<'_>) -> Node {
    cursor.take("\\");
    let escaped = ["$", "#"].iter().find(|sign| cursor.take(sign));
    Node::Text(escaped.copied().unwrap_or("\\").to_owned())
}

/// Reads a reference, or a dollar sign that is none.
pub fn dollar(cursor: &mut Cursor<'_>) -> Result<Node, TemplateError> {
    let begin = cursor.rest;
    cursor.take("$");
    let is_quiet = cursor.take("!");
    let reference = reference(cursor)?;
    let source = cursor.since(begin);
    Ok(match reference {
        Some(reference) => Node::Reference(reference, if is_quiet { "" } else { source }.to_owned()),
        None => Node::Text(source.to_owned()),
    })
}

/// Reads a reference after its dollar sign: `name.property.method(…)[0]` or the same in braces.
pub fn reference(cursor: &mut Cursor<'_>) -> Result<Option<Reference>, TemplateError> {
    let begin = cursor.rest;
    let is_braced = cursor.take("{");
    let Some(name) = cursor.name() else {
        cursor.rest = begin;
        return Ok(None);
    };
    let mut reference = Reference { name: name.to_owned(), steps: Vec::new() };
    while let Some(step) = step(cursor)? {
        reference.steps.push(step);
    }
    if is_braced {
        cursor.expect("}")?;
    }
    Ok(Some(reference))
}

fn step(cursor: &mut Cursor<'_>) -> Result<Option<Step>, TemplateError> {
    let begin = cursor.rest;
    if cursor.take("[") {
        let index = expression(cursor)?;
        cursor.space();
        cursor.expect("]")?;
        return Ok(Some(Step::Index(index)));
    }
    let name = if cursor.take(".") { cursor.name() } else { None };
    let Some(name) = name else {
        // A full stop that ends a sentence.
        cursor.rest = begin;
        return Ok(None);
    };
    if !cursor.take("(") {
        return Ok(Some(Step::Property(name.to_owned())));
    }
    let mut arguments = Vec::new();
    cursor.space();
    while !cursor.take(")") {
        arguments.push(expression(cursor)?);
        cursor.space();
        cursor.take(",");
        cursor.space();
    }
    Ok(Some(Step::Method(name.to_owned(), arguments)))
}
