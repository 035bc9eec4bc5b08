//! Writes comma-separated values as RFC 4180 describes them. Depends on no other module.

/// Characters with which a text begins that spreadsheets take for a formula, and then calculate or even run. The last four are the
/// wide forms of the first four, which some spreadsheets take for them.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
/// Character before a text that begins like a formula. A spreadsheet then takes it for text. A text that begins with this character
/// gets it as well, so that a reader can always remove one.
const GUARD: char = '\'';

/// Comma-separated values that are being written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Csv {
    text: String,
}

/// The value in one column of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// A number with these digits. Anything else is written as a text.
    Number(String),
    /// A text.
    Text(String),
    /// No value.
    Nothing,
}

impl Csv {
    /// Adds a line.
    pub fn line(&mut self, cells: impl IntoIterator<Item = Cell>) {
        let cells: Vec<String> = cells.into_iter().map(Cell::written).collect();
        self.text += &cells.join(",");
        self.text += "\r\n";
    }

    /// Returns the whole text.
    pub fn into_text(self) -> String {
        self.text
    }
}

impl Cell {
    /// Returns the number with the digits `sent`, or nothing.
    pub fn number(sent: Option<String>) -> Self {
        sent.map_or(Self::Nothing, Self::Number)
    }

    /// Returns a text, or nothing if it is empty.
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::Nothing } else { Self::Text(text) }
    }

    fn written(self) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Number(sent) if is_number(&sent) => sent,
            Self::Number(text) | Self::Text(text) => quoted(&guarded(text)),
        }
    }
}

/// Returns the text with [`GUARD`] before it if a spreadsheet could take it for a formula.
fn guarded(text: String) -> String {
    if text.starts_with(FORMULA) || text.starts_with(GUARD) { format!("{GUARD}{text}") } else { text }
}

/// Returns the text in quotation marks if it contains a character that separates cells or lines. Spaces at its ends would be lost in
/// some programs as well.
fn quoted(text: &str) -> String {
    let has_edge = text.starts_with(' ') || text.ends_with(' ');
    if text.contains(['"', ',', '\r', '\n', ';', '\t']) || has_edge {
        return format!("\"{}\"", text.replace('"', "\"\""));
    }
    text.to_owned()
}

/// Returns true if a text is a number of JSON (RFC 8259, section 6).
pub fn is_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let whole = whole.strip_prefix('-').unwrap_or(whole);
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|exponent| digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)))
}

/// Parses comma-separated values, for tests: returns the cells of each line.
#[cfg(test)]
pub(super) fn parse(text: &str) -> Vec<Vec<String>> {
    let (mut lines, mut line, mut cell) = (Vec::new(), Vec::new(), String::new());
    let (mut is_quoted, mut chars) = (false, text.chars().peekable());
    while let Some(c) = chars.next() {
        match c {
            '"' if is_quoted && chars.peek() == Some(&'"') => {
                chars.next();
                cell.push('"');
            }
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => line.push(std::mem::take(&mut cell)),
            '\r' if !is_quoted && chars.peek() == Some(&'\n') => {
                chars.next();
                line.push(std::mem::take(&mut cell));
                lines.push(std::mem::take(&mut line));
            }
            c => cell.push(c),
        }
    }
    assert!(cell.is_empty() && line.is_empty() && !is_quoted, "the last line ends");
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(not(target_arch = "wasm32"))]
    use proptest::prelude::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn written(cells: Vec<Cell>) -> String {
        let mut csv = Csv::default();
        csv.line(cells);
        csv.into_text()
    }

    #[test]
    fn texts_with_separators_are_quoted_and_quotation_marks_doubled() {
        let text = |text: &str| Cell::Text(text.to_owned());
        assert_eq!(
            written(vec![text("a"), text("b,c"), text("d\"e"), Cell::Nothing]),
            "a,\"b,c\",\"d\"\"e\",\r\n"
        );
        assert_eq!(written(vec![text("one\r\ntwo"), text(" edge ")]), "\"one\r\ntwo\",\" edge \"\r\n");
    }

    #[test]
    fn a_text_that_looks_like_a_formula_is_guarded_and_a_negative_number_is_not() {
        let text = |text: &str| written(vec![Cell::Text(text.to_owned())]);
        assert_eq!(text("=1+1"), "'=1+1\r\n");
        assert_eq!(text("@SUM(A1)"), "'@SUM(A1)\r\n");
        assert_eq!(text("-5 degrees"), "'-5 degrees\r\n");
        assert_eq!(text("'quoted"), "''quoted\r\n", "one can always be removed");
        assert_eq!(written(vec![Cell::Number("-5.50".to_owned())]), "-5.50\r\n");
        assert_eq!(written(vec![Cell::Number("-5+cmd".to_owned())]), "'-5+cmd\r\n");
    }

    #[test]
    fn numbers_are_those_of_json() {
        for text in ["0", "-0", "1.50", "1e3", "-2.5E-07", "18446744073709551616"] {
            assert!(is_number(text), "{text}");
        }
        for text in ["", "-", "+1", "01", ".5", "5.", "1e", "NaN", "1 000", "−5", "0x10"] {
            assert!(!is_number(text), "{text}");
        }
    }

    #[cfg(not(target_arch = "wasm32"))]
    proptest! {
        #[test]
        fn whatever_is_written_is_parsed_back(
            lines in prop::collection::vec(prop::collection::vec("(?s).{0,12}|[=+@',\";\\r\\n\\t -]{0,6}", 1..5), 1..6),
        ) {
            let mut csv = Csv::default();
            lines.iter().for_each(|line| csv.line(line.iter().cloned().map(Cell::Text)));
            let parsed = parse(&csv.into_text());
            prop_assert_eq!(parsed.len(), lines.len());
            for (parsed, sent) in parsed.iter().flatten().zip(lines.iter().flatten()) {
                prop_assert!(!parsed.starts_with(FORMULA), "{parsed:?} is no formula");
                prop_assert_eq!(parsed.strip_prefix(GUARD).unwrap_or(parsed), sent);
            }
        }
    }
}
