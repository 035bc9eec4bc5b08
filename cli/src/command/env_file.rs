//! Reads files of environment variables, for `emulate --env`.

use std::collections::BTreeMap;

/// Reads lines of `NAME=VALUE`. Empty lines and lines that begin with `#` are skipped. Quotation marks around a value and the
/// word `export` before a name are removed, as most programs that read such files do. Of several lines with the same name, the last
/// one counts.
///
/// # Errors
///
/// The number of the first line that has another form.
pub fn variables(text: &str) -> Result<BTreeMap<String, String>, usize> {
    // Some editors begin a file with a byte order mark, which is no part of the first name.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines = (1..).zip(text.lines().map(str::trim));
    let telling = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    telling
        .map(|(number, line)| {
            let named = line.strip_prefix("export ").unwrap_or(line).split_once('=');
            match named.map(|(name, value)| (name.trim(), unquoted(value.trim()))) {
                Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
                Some(_) | None => Err(number),
            }
        })
        .collect()
}

fn unquoted(value: &str) -> &str {
    ['"', '\''].iter().find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote)).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_environment_is_read_line_by_line() {
        let read = variables("# tables\n\nA=1\n B = two=2 \nEMPTY=\n").expect("it is well-formed");
        let expected = [("A", "1"), ("B", "two=2"), ("EMPTY", "")];
        assert_eq!(read, expected.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
        assert_eq!(variables("A=1\nexport\n"), Err(2));
        assert_eq!(variables("\u{feff}A=1\r\n"), Ok([("A".to_owned(), "1".to_owned())].into()));
    }

    #[test]
    fn quotation_marks_around_values_are_removed() {
        let read = variables("export A=\"two words\"\nB='p@ss'\nC=it's\n").expect("it is well-formed");
        let expected = [("A", "two words"), ("B", "p@ss"), ("C", "it's")];
        assert_eq!(read, expected.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
    }
}
