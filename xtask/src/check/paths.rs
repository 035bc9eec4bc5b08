//! Checks that the files and folders which documents mention exist.

use super::sources::Source;
use std::collections::BTreeSet;

/// The documents that are checked, because they lead a reader through the code. CHANGELOG.md is not among them, since
/// it may mention files of earlier versions.
const DOCUMENTS: [&str; 3] = ["ARCHITECTURE.md", "CONTRIBUTING.md", "README.md"];
const FOLDER: &str = "docs/";

/// Returns `document:line: path` for every path in backticks and every link that does not lead to an existing file or
/// folder. The closure `exists` tells if a path exists; it is also called for files that are not text.
pub fn violations(sources: &[Source], exists: impl Fn(&str) -> bool) -> Vec<String> {
    let roots = sources.iter().filter_map(|source| source.path.split_once('/'));
    let roots: BTreeSet<&str> = roots.map(|(root, _)| root).collect();
    let mut found = Vec::new();
    for document in sources.iter().filter(|source| is_guide(&source.path)) {
        let folder = document.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for (number, line) in (1..).zip(document.text.lines()) {
            let named = paths_in(line).filter(|path| is_below(path, &roots)).map(str::to_owned);
            let linked = links_in(line).map(|link| joined(folder, link));
            let missing = named.chain(linked).filter(|path| !exists(path));
            found.extend(missing.map(|path| format!("{}:{number}: {path} does not exist", document.path)));
        }
    }
    found
}

fn is_guide(path: &str) -> bool {
    DOCUMENTS.contains(&path) || path.starts_with(FOLDER) && path.ends_with(".md")
}

fn is_below(path: &str, roots: &BTreeSet<&str>) -> bool {
    path.split_once('/').is_some_and(|(root, _)| roots.contains(root))
}

/// Returns the texts in backticks that look like paths from the root of the project. Texts with `…`, `*`, `{` or `<`
/// are left out, because they are patterns.
fn paths_in(line: &str) -> impl Iterator<Item = &str> {
    let code = line.split('`').skip(1).step_by(2);
    code.filter(|text| text.contains('/') && !text.contains([' ', '…', '*', '{', '<', ':', '$', '(']))
}

/// Returns the targets of the Markdown links in a line. A target is a path from the folder of the document.
fn links_in(line: &str) -> impl Iterator<Item = &str> {
    let targets = line.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target);
    let files = targets.map(|target| target.split('#').next().unwrap_or_default());
    files.filter(|file| !file.is_empty() && !file.contains(':'))
}

fn joined(folder: &str, link: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in link.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
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
    fn a_link_that_leads_nowhere_is_found_and_one_from_a_folder_is_followed() {
        let found = violations_of(
            "README.md",
            "[a](shared/gone.md#part) [b](docs/board.png) [c](https://a.example/b)",
        );
        assert_eq!(found, ["README.md:1: shared/gone.md does not exist"]);
        assert!(
            violations_of("docs/decisions/01.md", "[a](../board.png) [b](./../../shared/src/lib.rs)")
                .is_empty()
        );
        assert_eq!(violations_of("docs/decisions/01.md", "[a](02.md)").len(), 1);
    }

    #[test]
    fn text_that_is_not_a_path_of_the_project_is_ignored() {
        for text in
            ["`POST /topics/host`", "`host/cpu`", "shared/src/gone.rs", "`shared/*`", "`shared/{a,b}.rs`"]
        {
            assert!(violations_of("README.md", text).is_empty(), "{text}");
        }
    }

    #[test]
    fn the_changelog_may_name_files_that_are_gone() {
        assert!(violations_of("CHANGELOG.md", "`shared/src/gone.rs`").is_empty());
    }
}
