//! Generates the diagram of the crates' dependencies in ARCHITECTURE.md from `cargo metadata`.

use super::dependencies::Graph;
use super::sources::Source;
use crate::error::TaskError;
use crate::project::Project;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;

const DOCUMENT: &str = "ARCHITECTURE.md";
const BEGIN: &str = "<!-- crates: written by `cargo xtask picture` -->\n";
const END: &str = "<!-- end of crates -->";

/// Replaces the diagram in ARCHITECTURE.md by one that is generated again.
pub fn write(project: &Project) -> Result<(), TaskError> {
    let path = project.root.join(DOCUMENT);
    let document =
        fs::read_to_string(&path).map_err(TaskError::while_doing(format!("reading {DOCUMENT}")))?;
    let picture = picture(&project.metadata()?);
    let document = with_picture(&document, &picture).ok_or_else(|| TaskError::UnexpectedOutput {
        what: DOCUMENT.to_owned(),
        reason: format!("it has no lines {} and {END}", BEGIN.trim()),
    })?;
    fs::write(&path, document).map_err(TaskError::while_doing(format!("writing {DOCUMENT}")))
}

/// Checks that the diagram in ARCHITECTURE.md agrees with the dependencies of the crates. If not, returns one sentence
/// with the command that generates the diagram.
pub fn violations(sources: &[Source], metadata: &Value) -> Vec<String> {
    let document = sources.iter().find(|source| source.path == DOCUMENT).map(|source| &source.text);
    let is_current = document
        .is_some_and(|document| with_picture(document, &picture(metadata)).as_ref() == Some(document));
    let advice =
        format!("the picture of the crates in {DOCUMENT} is not up to date: run `cargo xtask picture`");
    if is_current { Vec::new() } else { vec![advice] }
}

/// Returns `document` with `picture` between the two HTML comments that mark its place, or `None` if these comments are
/// missing.
fn with_picture(document: &str, picture: &str) -> Option<String> {
    let (before, rest) = document.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}{picture}{END}{after}"))
}

/// Returns a Mermaid flowchart with one arrow from each crate to each crate on which it depends. Arrows that follow
/// from other arrows are left out, and so are crates without arrows.
fn picture(metadata: &Value) -> String {
    let graph = Graph::read(metadata);
    let mut arrows = BTreeSet::new();
    for (id, name) in &graph.members {
        let needed: BTreeSet<&str> =
            graph.needed_by(id).filter(|id| graph.members.contains_key(*id)).collect();
        let through: BTreeSet<&str> = needed.iter().flat_map(|id| graph.reached_from(id)).collect();
        arrows.extend(
            needed.difference(&through).map(|other| format!("    {name} --> {}\n", graph.name(other))),
        );
    }
    let arrows: String = arrows.into_iter().collect();
    format!("```mermaid\nflowchart TD\n{arrows}```\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::dependencies::tests::metadata;

    fn crates() -> Value {
        let dependencies = [
            ("top", "middle", None),
            ("top", "bottom", None),
            ("top", "tested", Some("dev")),
            ("middle", "bottom", None),
            ("middle", "library", None),
        ];
        metadata(&["bottom", "middle", "tested", "top"], &dependencies)
    }

    fn violations_of(document: &str) -> Vec<String> {
        violations(&[Source { path: DOCUMENT.to_owned(), text: document.to_owned() }], &crates())
    }

    const DRAWN: &str = "```mermaid\nflowchart TD\n    middle --> bottom\n    top --> middle\n```\n";

    #[test]
    fn arrows_that_follow_from_others_dependencies_of_tests_and_libraries_are_left_out() {
        assert_eq!(picture(&crates()), DRAWN);
    }

    #[test]
    fn a_picture_that_is_drawn_from_the_crates_holds_and_any_other_is_found() {
        let document = |picture: &str| format!("# A\n{BEGIN}{picture}{END}\nb\n");
        assert!(violations_of(&document(DRAWN)).is_empty());
        assert_eq!(with_picture(&document("old\n"), DRAWN), Some(document(DRAWN)));
        for wrong in [document(&DRAWN.replace("top", "other")), document(""), "no picture".to_owned()] {
            let found = violations_of(&wrong);
            assert!(found[0].ends_with("run `cargo xtask picture`"), "{found:?}");
        }
    }
}
