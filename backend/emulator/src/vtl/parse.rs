//! Reads templates.

use super::cursor::Cursor;
use super::error::TemplateError;
use super::expression::{backslash, dollar, expression, reference};
use super::syntax::{Expression, Node};

/// Reads a whole template.
pub fn template(text: &str) -> Result<Vec<Node>, TemplateError> {
    let mut cursor = Cursor::new(text);
    let nodes = nodes(&mut cursor)?;
    match cursor.rest.is_empty() {
        true => Ok(nodes),
        false => {
            let found: String = cursor.rest.chars().take(20).collect();
            Err(TemplateError::new(format!("`{found}` has no `#if` or `#foreach` before it")))
        }
    }
}

/// Reads parts until the end, or until a directive that ends or continues a block.
fn nodes(cursor: &mut Cursor<'_>) -> Result<Vec<Node>, TemplateError> {
    cursor.nested(|cursor| {
        let mut nodes = Vec::new();
        loop {
            let text = cursor.while_of(|c| !matches!(c, '$' | '#' | '\\'));
            if !text.is_empty() {
                nodes.push(Node::Text(text.to_owned()));
            }
            match cursor.peek() {
                Some('$') => nodes.push(dollar(cursor)?),
                Some('#') if ends_block(cursor) => return Ok(nodes),
                Some('#') => nodes.extend(hash(cursor)?),
                Some(_) => nodes.push(backslash(cursor)),
                None => return Ok(nodes),
            }
        }
    })
}

/// Returns true before `#end`, `#else` or `#elseif`.
fn ends_block(cursor: &Cursor<'_>) -> bool {
    ["#end", "#{end}", "#else", "#{else}"].iter().any(|word| cursor.rest.starts_with(word))
}

/// Reads a directive, a comment, or a number sign that is neither.
fn hash(cursor: &mut Cursor<'_>) -> Result<Option<Node>, TemplateError> {
    if cursor.take("##") {
        cursor.while_of(|c| c != '\n');
        cursor.take("\n");
        return Ok(None);
    }
    if cursor.take("#*") {
        let end = cursor.rest.find("*#").ok_or_else(|| TemplateError::new("a comment `#*` has no end"))?;
        cursor.rest = &cursor.rest[end + 2..];
        return Ok(None);
    }
    let directives: [(&str, Directive); 3] = [("set", set), ("if", if_else), ("foreach", for_each)];
    for (word, read) in directives {
        if cursor.take(&format!("#{word}")) || cursor.take(&format!("#{{{word}}}")) {
            return read(cursor).map(Some);
        }
    }
    let begin = cursor.rest;
    cursor.take("#");
    match cursor.name() {
        Some(name @ ("macro" | "parse" | "include" | "define" | "evaluate" | "stop" | "break")) => {
            Err(TemplateError::new(format!("`#{name}` is not done")))
        }
        _ => Ok(Some(Node::Text(cursor.since(begin).to_owned()))),
    }
}

type Directive = fn(&mut Cursor<'_>) -> Result<Node, TemplateError>;

fn set(cursor: &mut Cursor<'_>) -> Result<Node, TemplateError> {
    open(cursor)?;
    let name = variable(cursor)?;
    cursor.space();
    cursor.expect("=")?;
    let value = expression(cursor)?;
    close(cursor)?;
    Ok(Node::Set(name, value))
}

fn if_else(cursor: &mut Cursor<'_>) -> Result<Node, TemplateError> {
    let mut cases = vec![case(cursor)?];
    while cursor.take("#elseif") || cursor.take("#{elseif}") {
        cases.push(case(cursor)?);
    }
    let mut otherwise = Vec::new();
    if cursor.take("#else") || cursor.take("#{else}") {
        line_end(cursor);
        otherwise = nodes(cursor)?;
    }
    end(cursor)?;
    Ok(Node::If(cases, otherwise))
}

fn case(cursor: &mut Cursor<'_>) -> Result<(Expression, Vec<Node>), TemplateError> {
    open(cursor)?;
    let condition = expression(cursor)?;
    close(cursor)?;
    Ok((condition, nodes(cursor)?))
}

fn for_each(cursor: &mut Cursor<'_>) -> Result<Node, TemplateError> {
    open(cursor)?;
    let name = variable(cursor)?;
    cursor.space();
    cursor.expect("in")?;
    let list = expression(cursor)?;
    close(cursor)?;
    let body = nodes(cursor)?;
    end(cursor)?;
    Ok(Node::ForEach(name, list, body))
}

fn variable(cursor: &mut Cursor<'_>) -> Result<String, TemplateError> {
    cursor.expect("$")?;
    let reference = reference(cursor)?.filter(|reference| reference.steps.is_empty());
    let reference =
        reference.ok_or_else(|| TemplateError::new("`#set` and `#foreach` need a plain variable"))?;
    Ok(reference.name)
}

fn open(cursor: &mut Cursor<'_>) -> Result<(), TemplateError> {
    cursor.space();
    cursor.expect("(")?;
    cursor.space();
    Ok(())
}

fn close(cursor: &mut Cursor<'_>) -> Result<(), TemplateError> {
    cursor.space();
    cursor.expect(")")?;
    line_end(cursor);
    Ok(())
}

fn end(cursor: &mut Cursor<'_>) -> Result<(), TemplateError> {
    if !cursor.take("#{end}") {
        cursor.expect("#end")?;
    }
    line_end(cursor);
    Ok(())
}

/// Reads the end of a line after a directive, which is no part of the output.
fn line_end(cursor: &mut Cursor<'_>) {
    let rest = cursor.rest.trim_start_matches([' ', '\t', '\r']);
    cursor.rest = rest.strip_prefix('\n').unwrap_or(cursor.rest);
}
