//! Makes JavaScript files smaller by removing comments and indentation.
//!
//! Trunk's minifier does not parse modules. Most of a file that wasm-bindgen has written is code that Brotli compresses
//! well, but its comments are a tenth of the compressed file.

/// Removes empty lines, indentation and comments that occupy whole lines.
///
/// Returns the text unchanged if a template literal may contain the end of a line, because indentation is then a part
/// of the value, or if code follows on the last line of a comment.
pub fn compact(text: &str) -> String {
    let mut compact = String::with_capacity(text.len());
    let mut is_comment = false;
    for line in text.lines().map(str::trim) {
        is_comment |= line.starts_with("/*");
        let is_end = is_comment && line.ends_with("*/");
        let is_unclear = (is_comment && !is_end && line.contains("*/")) || has_open_template(line);
        if is_unclear {
            return text.to_owned();
        }
        if !is_comment && !line.is_empty() && !line.starts_with("//") {
            compact.push_str(line);
            compact.push('\n');
        }
        is_comment &= !is_end;
    }
    compact
}

fn has_open_template(line: &str) -> bool {
    line.matches('`').count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_stays_and_comments_and_indentation_go() {
        let text = "/**\n * Adds.\n * @param {number} a\n */\nexport function add(a, b) {\n    // Really.\n    return a + b;\n}\n\n/* end */\n";
        assert_eq!(compact(text), "export function add(a, b) {\nreturn a + b;\n}\n");
    }

    #[test]
    fn a_comment_beside_code_stays_with_it() {
        for line in ["const a = 1; // one\n", "const url = 'https://board.example';\n", "a /* b */ = c;\n"] {
            assert_eq!(compact(line), line);
        }
    }

    #[test]
    fn a_text_with_code_at_the_end_of_a_comment_is_not_changed() {
        for text in ["/* a */ const b = 1;\n  c();\n", "/*\n a\n */ b();\n  c();\n"] {
            assert_eq!(compact(text), text);
        }
    }

    #[test]
    fn a_text_with_a_value_of_several_lines_is_not_changed() {
        let text = "const a = `first\n    second`;\n";
        assert_eq!(compact(text), text);
    }
}
