//! Finds version numbers in the output of programs.

/// Returns the first version number in a text such as `trunk 0.21.14`, `wasm-opt version 132 (version_132)` or
/// `Chromium 156.0.8078.79 built on Debian`. Returns `None` if there is none.
pub fn number_in(output: &str) -> Option<String> {
    let words = output.split_whitespace().map(|word| word.strip_prefix('v').unwrap_or(word));
    words.into_iter().find(|word| is_number(word)).map(str::to_owned)
}

/// Returns the major version, the number before the first dot of `version`. Returns `None` if this is not a number.
pub fn major(version: &str) -> Option<u32> {
    version.split('.').next()?.parse().ok()
}

fn is_number(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_is_found_in_the_output_of_each_tool() {
        let said = [
            "trunk 0.21.14",
            "wasm-bindgen 0.2.130 (b1eb5b2ab)",
            "wasm-opt version 132 (version_132)",
            "Chromium 156.0.8078.79 built on Debian GNU/Linux 12 (bookworm)",
            "Google Chrome 141.0.7390.54 ",
            "ChromeDriver 156.0.8078.79 (a8f6cbc-refs/branch-heads/8078@{#1})",
            "v20.20.2",
        ];
        let numbers = said.map(|output| number_in(output).unwrap_or_default());
        let expected =
            ["0.21.14", "0.2.130", "132", "156.0.8078.79", "141.0.7390.54", "156.0.8078.79", "20.20.2"];
        assert_eq!(numbers, expected);
    }

    #[test]
    fn an_answer_without_a_number_has_none() {
        assert_eq!(number_in("command not found"), None);
        assert_eq!(number_in(""), None);
    }

    #[test]
    fn the_major_version_is_compared_as_a_number() {
        assert_eq!(major("156.0.8078.79"), Some(156));
        assert_eq!(major("132"), Some(132));
        assert_eq!(major("nightly"), None);
    }
}
