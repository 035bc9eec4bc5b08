//! The syntax of variables.

/// A part of a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    Text(&'a str),
    /// The text between `${` and `}` of a variable.
    Variable(&'a str),
}

/// Divides a text into variables and the text between them. `${Name}`, `${Resource.Attribute}` and `${AWS::Region}` are
/// not variables but parts of `Fn::Sub`, and stay as they are.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut start, mut at) = (0, 0);
    while let Some(found) = text[at..].find("${") {
        let open = at + found;
        let Some(close) = closing(text, open + 2) else { break };
        let inner = &text[open + 2..close];
        if is_variable(inner) {
            if start < open {
                pieces.push(Piece::Text(&text[start..open]));
            }
            pieces.push(Piece::Variable(inner));
            start = close + 1;
            at = start;
        } else {
            // There may be a variable inside of it.
            at = open + 2;
        }
    }
    if start < text.len() || pieces.is_empty() {
        pieces.push(Piece::Text(&text[start..]));
    }
    pieces
}

/// Returns the position of the brace that closes a variable whose content begins at `from`.
fn closing(text: &str, from: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate().skip(from) {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 0 => return Some(at),
            b'}' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Returns true if the text begins with the name of a source and a colon or an argument: `self:`, `file(`.
fn is_variable(inner: &str) -> bool {
    let name = inner.trim_start().split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    let rest = &inner.trim_start()[name.len()..];
    !name.is_empty() && (rest.starts_with('(') || (rest.starts_with(':') && !rest.starts_with("::")))
}

/// Divides the content of a variable at its commas. Commas in quotes, in parentheses and in inner variables do not count.
pub(super) fn alternatives(inner: &str) -> Vec<&str> {
    let (mut parts, mut start, mut depth, mut quote) = (Vec::new(), 0, 0_usize, None);
    for (at, byte) in inner.bytes().enumerate() {
        match (byte, quote) {
            (b'\'' | b'"', None) => quote = Some(byte),
            (byte, Some(open)) if byte == open => quote = None,
            (b'{' | b'(', None) => depth += 1,
            (b'}' | b')', None) => depth = depth.saturating_sub(1),
            (b',', None) if depth == 0 => {
                parts.push(inner[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(inner[start..].trim());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_told_from_parts_of_sub() {
        assert_eq!(
            pieces("${AWS::Region}-${Table}-${Table.Arn}"),
            [Piece::Text("${AWS::Region}-${Table}-${Table.Arn}")]
        );
        assert_eq!(
            pieces("a-${self:b}-${opt:c, 'd'}"),
            [Piece::Text("a-"), Piece::Variable("self:b"), Piece::Text("-"), Piece::Variable("opt:c, 'd'")]
        );
        assert_eq!(pieces("${self:a.${opt:b}}"), [Piece::Variable("self:a.${opt:b}")]);
        assert_eq!(pieces("${file(./a.yml):b}"), [Piece::Variable("file(./a.yml):b")]);
        assert_eq!(pieces("${self:a"), [Piece::Text("${self:a")]);
        assert_eq!(pieces(""), [Piece::Text("")]);
    }

    #[test]
    fn a_variable_has_alternatives() {
        assert_eq!(alternatives("opt:a, self:b, 'c, d'"), ["opt:a", "self:b", "'c, d'"]);
        assert_eq!(alternatives("file(a,b):c, ${opt:d, 'e'}"), ["file(a,b):c", "${opt:d, 'e'}"]);
    }
}
