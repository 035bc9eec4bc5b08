//! Files and folders that documents name must exist.

use super::sources::Source;

/// The documents that lead a reader through the code. CHANGELOG.md is history: it may name what is gone.
const DOCUMENTS: [&str; 3] = ["ARCHITECTURE.md", "CONTRIBUTING.md", "README.md"];
const FOLDER: &str = "docs/";

/// `document:line: path`, for every path that does not exist. `exists` is asked for files that are no text, too.
pub fn violations(sources: &[Source], exists: impl Fn(&str) -> bool) -> Vec<String> {
    let roots: Vec<&str> =
        sources.iter().filter_map(|source| source.path.split_once('/')).map(|(root, _)| root).collect();
    let documents = sources.iter().filter(|source| is_guide(&source.path));
    let missing = documents.flat_map(|document| {
        let lines = (1..).zip(document.text.lines());
        let named = lines.flat_map(|(number, line)| paths_in(line).map(move |path| (number, path)));
        let own =
            named.filter(|(_, path)| path.split_once('/').is_some_and(|(root, _)| roots.contains(&root)));
        let missing = own.filter(|(_, path)| !exists(path));
        missing
            .map(|(number, path)| format!("{}:{number}: {path} does not exist", document.path))
            .collect::<Vec<_>>()
    });
    missing.collect()
}

fn is_guide(path: &str) -> bool {
    DOCUMENTS.contains(&path) || path.starts_with(FOLDER) && path.ends_with(".md")
}

/// The texts in backticks that look like a path from the root. Texts with `…`, `*`, `{` or `<` are patterns, not paths.
fn paths_in(line: &str) -> impl Iterator<Item = &str> {
    let code = line.split('`').skip(1).step_by(2);
    code.filter(|text| text.contains('/') && !text.contains([' ', '…', '*', '{', '<', ':', '$', '(']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn violations_of(path: &str, text: &str) -> Vec<String> {
        let files = [(path, text), ("shared/src/lib.rs", ""), ("infra/README.md", "")];
        let sources = files.map(|(path, text)| Source { path: path.to_owned(), text: text.to_owned() });
        let there = ["shared/src/lib.rs", "shared/", "docs/board.png"];
        violations(&sources, |path| there.contains(&path))
    }

    #[test]
    fn a_file_that_is_gone_is_found_with_its_line() {
        let found =
            violations_of("ARCHITECTURE.md", "1. One.\n2. `shared/src/gone.rs` and `shared/src/lib.rs`.");
        assert_eq!(found, ["ARCHITECTURE.md:2: shared/src/gone.rs does not exist"]);
        assert_eq!(violations_of("docs/decisions/01.md", "`infra/gone/`").len(), 1);
    }

    #[test]
    fn folders_and_pictures_exist_as_files_do() {
        assert!(violations_of("README.md", "`shared/` and `docs/board.png`").is_empty());
    }

    #[test]
    fn what_is_no_path_of_the_project_is_left_alone() {
        for text in
            ["`POST /topics/host`", "`host/cpu`", "shared/src/gone.rs", "`shared/*`", "`shared/{a,b}.rs`"]
        {
            assert!(violations_of("README.md", text).is_empty(), "{text}");
        }
    }

    #[test]
    fn the_history_may_name_what_is_gone() {
        assert!(violations_of("CHANGELOG.md", "`shared/src/gone.rs`").is_empty());
    }
}
