//! Reads `key=value` pairs and logfmt, such as `level=info msg="all is well" took=12ms`. Also reads pairs among other
//! words, as ping prints them.

mod lead;

use std::str::CharIndices;

use crate::cell::{self, Cell, Style};
use crate::data::Data;
use crate::error::LineError;
use crate::event::{self, Field};
use crate::names::Names;
use crate::number::{Comma, Commas};
use crate::row::{Body, Row};
use crate::time::{self, Stamp};
use crate::verdict::Read;

use lead::Lead;

/// Names of fields that contain a message. Programs often write a message of several words without quotes.
const MESSAGES: [&str; 3] = ["msg", "message", "error"];

/// Reads an input whose lines consist of `key=value` pairs.
#[derive(Debug)]
pub struct Pairs {
    key: Option<String>,
    time: Option<String>,
    /// True if the user gave the format or if it has been recognised. Then a line with more words than pairs is
    /// accepted too, if it begins with a pair and contains a number.
    is_certain: bool,
    commas: Commas,
}

/// A part of a line: a pair or a word.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Token<'a> {
    /// A pair, and the index in the line at which it begins.
    Pair {
        at: usize,
        name: &'a str,
        value: Value<'a>,
    },
    Word(&'a str),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Value<'a> {
    Quoted(String),
    Bare(&'a str),
}

impl Pairs {
    /// Creates a reader for one input. `key` is the name of the pair that identifies the device of a line, such as a
    /// disk. `time` is the name of the pair with the time. Both are `None` if the user did not specify them.
    pub fn new(key: Option<String>, time: Option<String>, is_certain: bool) -> Self {
        Self { key, time, is_certain, commas: Commas::default() }
    }

    /// Reads a line of `key=value` pairs. The words before the first pair are kept as `Lead` describes. A line with
    /// other words that have no clear meaning is not accepted, and neither is a sentence that merely contains a pair.
    pub fn read(&mut self, line: &str) -> Read {
        let tokens = match tokens(line) {
            Ok(tokens) => tokens,
            // An open quote is an error only in a line that begins with a pair. Any other line may be a sentence.
            Err(error) if first_is_pair(line) => return Read::Bad(error),
            Err(_) => return Read::Unfit,
        };
        self.observe(&tokens);
        let Some((first, start)) = first_pair(&tokens) else { return Read::Unfit };
        let Some(lead) = Lead::read(&line[..start]) else { return Read::Unfit };
        let pairs = tokens.iter().filter(|token| matches!(token, Token::Pair { .. })).count();
        let Some(fields) = self.fields(&tokens[first..], pairs == 1) else { return Read::Unfit };
        let is_event = fields.iter().any(|(name, _)| event::is_event_name(name));
        let has_number = fields.iter().any(|(_, cell)| is_number(cell));
        let words = tokens.len() - pairs;
        let is_fit = match (first, lead.has_time_or_level()) {
            (0, _) => words <= pairs || self.is_certain && has_number,
            (_, true) => pairs * 3 >= lead.words(),
            (_, false) => (has_number || is_event && pairs > 1) && pairs * 3 >= tokens.len(),
        };
        if !is_fit {
            return Read::Unfit;
        }
        if let ([(name, _)], true, None) = (fields.as_slice(), first == 0, &self.time)
            && event::is_plain(name)
        {
            // A line is a single pair, as `ffmpeg -progress` prints them. Such lines belong together until a name
            // occurs again.
            let (path, body) = fields
                .into_iter()
                .map(|(name, cell)| (vec![name], Body::Lone(cell)))
                .next()
                .unwrap_or((Vec::new(), Body::Fields(Vec::new())));
            return Row { path, ..Row::alone(body) }.into();
        }
        // The board shows an event only if its message is not below a name.
        let lead = if self.key.is_some() || is_event { lead.kept_as_field() } else { lead };
        let fields = lead.named().into_iter().chain(fields).collect();
        self.row(event::distinct(fields)).map_or_else(Read::Bad, |row| lead.applied(row).into())
    }

    fn observe(&mut self, tokens: &[Token<'_>]) {
        for token in tokens {
            if let Token::Pair { value: Value::Bare(text), .. } = token {
                self.commas.observe(text);
            }
        }
    }

    fn row(&self, fields: Vec<(String, Cell)>) -> Result<Row, LineError> {
        let row = match &self.time {
            Some(column) => named_time(fields, column)?,
            None => match event::normalise(fields.clone()) {
                Some((event, stamp, time_fields)) => Row { stamp, time_fields, ..Row::fields(event) },
                None => {
                    let (fields, stamp, time_fields) = event::without_time(fields);
                    Row { stamp, time_fields, ..Row::fields(fields) }
                }
            },
        };
        let Some(column) = &self.key else { return Ok(row) };
        let Body::Fields(fields) = &row.body else { return Ok(row) };
        let key = fields.iter().find(|(name, _)| name == column).and_then(|(_, cell)| event::text_of(cell));
        Ok(match key {
            Some(key) => Row { path: vec![key], key_column: Some(column.clone()), ..row },
            None => row,
        })
    }
}

/// Returns true if a line certainly has the format `pairs`, because it consists only of `key=value` pairs. It must
/// contain at least two pairs, or a quoted value.
pub fn is_sure(line: &str) -> bool {
    tokens(line).is_ok_and(|tokens| {
        let pairs = tokens.iter().filter(|token| matches!(token, Token::Pair { .. })).count();
        let first = matches!(tokens.first(), Some(Token::Pair { .. }));
        first && pairs == tokens.len() && (pairs >= 2 || line.contains("=\""))
    })
}

fn named_time(mut fields: Vec<(String, Cell)>, column: &str) -> Result<Row, LineError> {
    let at = fields.iter().position(|(name, _)| name == column);
    let text = at.and_then(|at| event::text_of(&fields.remove(at).1)).unwrap_or_default();
    let stamp = time::read(&text).or_else(|| time::read_epoch(&text).map(Stamp::Utc));
    let stamp = stamp.or_else(|| time::read_time_of_day(&text).map(Stamp::TimeOfDay));
    match stamp {
        Some(stamp) => Ok(Row::fields(fields).at(Some(stamp))),
        None => Err(LineError::NotATime { column: column.to_owned(), text }),
    }
}

fn is_number(cell: &Cell) -> bool {
    matches!(cell, Cell::Value(Data::Number(_)) | Cell::Quantity { .. } | Cell::Missing)
}

/// Units of one character that are recognised even if a space separates them from their number. Any other single
/// letter after a space is a word.
const LETTERS: [&str; 5] = ["%", "s", "W", "V", "B"];

impl Pairs {
    /// Converts the tokens of a line, of which the first is a pair, to fields. A word after a number is its unit, if it
    /// can be one. Words after a message without quotes belong to the message, and so do those after the only pair of
    /// a line, if it is a text. In a line with a quoted value, any other word becomes a field with the value `true`, as in
    /// logfmt. Returns `None` if there is any other word, because its meaning is not known.
    fn fields(&self, tokens: &[Token<'_>], is_single: bool) -> Option<Vec<Field>> {
        let mut names = Names::default();
        let mut fields: Vec<Field> = Vec::new();
        // A program that puts texts with blanks between quotes writes a word alone only as a flag.
        let may_be_flag =
            tokens.iter().any(|token| matches!(token, Token::Pair { value: Value::Quoted(_), .. }));
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            at += 1;
            let (name, cell) = match token {
                Token::Word(word) if may_be_flag && is_name(word) => (*word, Cell::Value(Data::Bool(true))),
                Token::Word(_) => return None,
                Token::Pair { name, value: Value::Quoted(text), .. } => (*name, text_cell(text)),
                Token::Pair { name, value: Value::Bare(text), .. } => {
                    let next = words_at(&tokens[at..]);
                    let (cell, used) = self.bare(name, text, &next, is_single);
                    at += used;
                    (*name, cell)
                }
            };
            fields.push((names.take(name.to_owned()), cell));
        }
        Some(fields)
    }

    /// Reads a value without quotes, after which the words `next` stand. Returns the value and the number of these words
    /// that belong to it.
    fn bare(&self, name: &str, text: &str, next: &[&str], is_single: bool) -> (Cell, usize) {
        let style = Style { comma: self.commas.among_commas(), has_letters: false };
        let joined = || text_cell(&[&[text], next].concat().join(" "));
        if MESSAGES.contains(&name) {
            return (joined(), next.len());
        }
        if text.is_empty() {
            return (text_cell(""), 0);
        }
        let plain = self.commas.without_groups(text);
        let unit = next.first().filter(|word| word.chars().count() > 1 || LETTERS.contains(word));
        if let Some(quantity) = unit.and_then(|unit| cell::read_quantity(&format!("{plain} {unit}"), style)) {
            return (quantity, 1);
        }
        match cell::read(&plain, style) {
            Cell::Value(Data::Text(_)) if is_single => (joined(), next.len()),
            Cell::Value(Data::Text(_)) => (text_cell(text), 0),
            cell => (cell, 0),
        }
    }
}

fn text_cell(text: &str) -> Cell {
    Cell::Value(Data::Text(text.to_owned()))
}

/// Returns the words at the beginning of `tokens`, before the next pair.
fn words_at<'a>(tokens: &[Token<'a>]) -> Vec<&'a str> {
    let word = |token: &Token<'a>| match token {
        Token::Word(word) => Some(*word),
        Token::Pair { .. } => None,
    };
    tokens.iter().map_while(word).collect()
}

/// Returns the number of words before the first pair, and the index in the line at which this pair begins.
fn first_pair(tokens: &[Token<'_>]) -> Option<(usize, usize)> {
    tokens.iter().enumerate().find_map(|(index, token)| match token {
        Token::Pair { at, .. } => Some((index, *at)),
        Token::Word(_) => None,
    })
}

fn first_is_pair(line: &str) -> bool {
    let start = line.trim_start();
    start.find('=').is_some_and(|at| is_name(&start[..at]))
}

fn tokens(line: &str) -> Result<Vec<Token<'_>>, LineError> {
    let is_gap = |c: char| c.is_whitespace() || matches!(c, ',' | ';');
    let mut tokens = Vec::new();
    let mut rest = line.trim_start_matches(is_gap);
    while !rest.is_empty() {
        let at = line.len() - rest.len();
        let end = rest.find(|c: char| matches!(c, '=' | '<') || is_gap(c)).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        match after.strip_prefix('=') {
            Some(after) if is_name(name) => {
                let (value, after) = value(line, after)?;
                tokens.push(Token::Pair { at, name, value });
                rest = after;
            }
            // Windows' ping prints `time<1ms`. The value is a text, because the number is only a limit.
            None if is_name(name) && is_limit(after) => {
                let end = after.find(is_gap).unwrap_or(after.len());
                tokens.push(Token::Pair { at, name, value: Value::Bare(&after[..end]) });
                rest = &after[end..];
            }
            _ => {
                let end = rest.find(is_gap).unwrap_or(rest.len());
                tokens.push(Token::Word(&rest[..end]));
                rest = &rest[end..];
            }
        }
        rest = rest.trim_start_matches(is_gap);
    }
    Ok(tokens)
}

/// Returns true if a text begins with `<` and a digit.
fn is_limit(text: &str) -> bool {
    text.strip_prefix('<').is_some_and(|limit| limit.starts_with(|c: char| c.is_ascii_digit()))
}

/// Reads the value at the beginning of `text`, which follows an equals sign. Returns the value and the rest of the
/// text.
fn value<'a>(line: &str, text: &'a str) -> Result<(Value<'a>, &'a str), LineError> {
    if let Some(quoted) = text.strip_prefix('"') {
        let column = line.chars().count() - text.chars().count() + 1;
        let (content, rest) = unquote(quoted, '"').ok_or(LineError::OpenQuote { column })?;
        return Ok((Value::Quoted(content), rest));
    }
    if let Some(quoted) = text.strip_prefix('\'')
        && let Some((content, rest)) = unquote(quoted, '\'')
        && rest.chars().next().is_none_or(|c| c.is_whitespace() || matches!(c, ',' | ';'))
    {
        return Ok((Value::Quoted(content), rest));
    }
    if let Some(end) = closing(text) {
        return Ok((Value::Bare(&text[..end]), &text[end..]));
    }
    if text.starts_with(' ') {
        // Programs that align their numbers print blanks after the equals sign: `fps= 25`.
        let padded = text.trim_start();
        let end = padded.find(char::is_whitespace).unwrap_or(padded.len());
        let style = Style { comma: Comma::Separates, has_letters: false };
        let is_value =
            cell::is_numeric(&padded[..end], style) || time::read_time_of_day(&padded[..end]).is_some();
        return Ok(if is_value && end > 0 {
            (Value::Bare(&padded[..end]), &padded[end..])
        } else {
            (Value::Bare(""), text)
        });
    }
    let end = text.char_indices().find(|(at, c)| c.is_whitespace() || is_separator(text, *at, *c));
    let (bare, rest) = text.split_at(end.map_or(text.len(), |(at, _)| at));
    Ok((Value::Bare(bare), rest))
}

/// Returns true if the comma or semicolon `c` at the index `at` ends the value, because another pair, a blank or the
/// end of the line follows it.
fn is_separator(text: &str, at: usize, c: char) -> bool {
    if !matches!(c, ',' | ';') {
        return false;
    }
    let after = &text[at + 1..];
    let next = after.find(|c: char| c.is_whitespace() || matches!(c, ',' | ';')).unwrap_or(after.len());
    after.is_empty()
        || after.starts_with(char::is_whitespace)
        || after[..next].split_once('=').is_some_and(|(name, _)| is_name(name))
}

/// Returns the index after the closing bracket if the text begins with a value in brackets or braces; otherwise
/// `None`.
fn closing(text: &str) -> Option<usize> {
    if !text.starts_with(['[', '{', '(']) {
        return None;
    }
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '[' | '{' | '(' => depth += 1,
            ']' | '}' | ')' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    let end = at + 1;
                    let is_end = text[end..]
                        .chars()
                        .next()
                        .is_none_or(|c| c.is_whitespace() || matches!(c, ',' | ';'));
                    return is_end.then_some(end);
                }
            }
            _ => {}
        }
    }
    None
}

/// Reads a text up to its closing quote. Returns the text and the rest of the line after the quote, or `None` if the
/// quote is not closed.
fn unquote(text: &str, quote: char) -> Option<(String, &str)> {
    let mut content = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            c if c == quote => return Some((content, &text[at + 1..])),
            '\\' => match chars.next()?.1 {
                'n' => content.push('\n'),
                't' => content.push('\t'),
                'r' => content.push('\r'),
                code @ ('u' | 'U' | 'x') => content.push_str(&character(&mut chars, code)),
                other => content.push(other),
            },
            other => content.push(other),
        }
    }
    None
}

/// Returns the character of an escape sequence such as `\u00e9`, whose digits are next in `chars`. Without the right number of
/// digits, returns the letter `code`, and takes nothing from `chars`.
fn character(chars: &mut CharIndices<'_>, code: char) -> String {
    let places = match code {
        'x' => 2,
        'u' => 4,
        _ => 8,
    };
    let digits: String = chars.clone().map(|(_, c)| c).take(places).collect();
    let number = (digits.len() == places).then(|| u32::from_str_radix(&digits, 16).ok()).flatten();
    let Some(character) = number.and_then(char::from_u32) else { return code.to_string() };
    for _ in 0..places {
        chars.next();
    }
    character.to_string()
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || matches!(c, '_' | '@'))
        && text
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '/' | '%' | '@' | '[' | ']'))
}
