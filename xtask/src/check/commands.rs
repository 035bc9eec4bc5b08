//! Checks that each `cargo xtask` command in documents exists, and that CI runs `check` and `test`.

use super::sources::Source;
use crate::arguments;

const CI: &str = ".ci/run";
const CI_RUNS: [&str; 2] = ["cargo xtask check", "cargo xtask test"];
const XTASK: &str = "cargo xtask ";

/// Returns `path:line: command` for every `cargo xtask` command that does not exist, and one sentence if CI does not
/// run the expected commands.
pub fn violations(sources: &[Source]) -> Vec<String> {
    let documents = sources.iter().filter(|source| source.path.ends_with(".md"));
    let unknown = documents.flat_map(unknown_commands);
    unknown.chain(sources.iter().filter(|source| source.path == CI).filter_map(wrong_ci)).collect()
}

fn unknown_commands(document: &Source) -> Vec<String> {
    let lines = (1..).zip(document.text.lines());
    let commands = lines.flat_map(|(number, line)| {
        line.match_indices(XTASK).map(move |(at, _)| (number, words(&line[at + XTASK.len()..])))
    });
    let unknown = commands.filter(|(_, words)| arguments::parse(words.iter().cloned()).is_err());
    unknown.map(|(number, words)| format!("{}:{number}: {XTASK}{}", document.path, words.join(" "))).collect()
}

/// Returns the subcommand and the flags at the beginning of `text`. The command ends at the first further word without
/// a dash, because such a word belongs to the sentence.
fn words(text: &str) -> Vec<String> {
    let text = text.split(['`', '#', '…']).next().unwrap_or_default();
    let mut words = text.split_whitespace().map(|word| word.trim_end_matches(['.', ',', ';', ':', ')', '*']));
    let subcommand = words.next();
    let flags = words.take_while(|word| word.starts_with('-'));
    subcommand.into_iter().chain(flags).map(str::to_owned).collect()
}

fn wrong_ci(script: &Source) -> Option<String> {
    let runs = script.text.lines().map(str::trim).filter(|line| line.starts_with("cargo"));
    (!runs.eq(CI_RUNS)).then(|| format!("{CI} must run exactly: {}", CI_RUNS.join(", then ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn violations_of(path: &str, text: &str) -> Vec<String> {
        violations(&[Source { path: path.to_owned(), text: text.to_owned() }])
    }

    #[test]
    fn a_document_that_names_a_command_which_is_gone_is_found() {
        let text = "First:\n\n    cargo xtask launch   # no such thing\n";
        assert_eq!(violations_of("README.md", text), ["README.md:3: cargo xtask launch"]);
    }

    #[test]
    fn a_flag_that_does_not_exist_is_found() {
        let found = violations_of("README.md", "Try `cargo xtask test --fast` now.");
        assert_eq!(found, ["README.md:1: cargo xtask test --fast"]);
    }

    #[test]
    fn commands_that_exist_may_stand_in_code_and_in_prose() {
        let text = "`cargo xtask run -- --listen [::1]:80`, held by cargo xtask check. `cargo xtask …`\ncargo xtask test [--quick]  # all";
        assert!(violations_of("README.md", text).is_empty());
    }

    #[test]
    fn ci_that_runs_more_or_less_than_it_should_is_found() {
        assert!(violations_of(CI, "set -e\ncargo xtask check\ncargo xtask test\n").is_empty());
        assert_eq!(violations_of(CI, "cargo xtask check\n").len(), 1);
        assert_eq!(violations_of(CI, "cargo xtask check\ncargo xtask test\ncargo publish\n").len(), 1);
    }
}
