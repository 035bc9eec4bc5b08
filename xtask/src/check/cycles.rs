//! Finds import cycles between the modules of a crate.
//!
//! Each file is a node of a graph. There is an edge from file A to file B if code in A, except for tests and for the tool that splits
//! the page's code, uses an item that B defines:
//!
//! * by a path (`crate::b::Item`, `super::Item`, `b::item()`), or
//! * by a private `use`.
//!
//! A path is followed through re-exports to the file that defines the item, so `use crate::Topic` is an edge to `topic.rs` and
//! not to `lib.rs`. A declaration of a child (`mod b;`) and a re-export from it (`pub use b::Item;`) are not edges. But there is
//! a cycle if a parent's code uses items of its child, and the child uses items of the parent.
//!
//! For each group of files that reach each other, one of the shortest cycles is reported.

mod graph;
mod modules;
mod resolve;
mod tokens;

use super::sources::Source;
use graph::Graph;
use modules::{Crate, Module, ModuleId, Path};
use resolve::Target;
use std::collections::BTreeMap;

/// The crates in which import cycles are still allowed, and the number of cycles in each. Entries may be removed from
/// this list, but not added.
const REMAINING: [(&str, usize); 0] = [];

/// Returns one text for every group of modules that import each other, in the crates whose root files are `roots`.
pub fn violations(sources: &[Source], roots: &[String]) -> Vec<String> {
    let texts: BTreeMap<&str, &str> =
        sources.iter().map(|source| (source.path.as_str(), source.text.as_str())).collect();
    let cycles = roots.iter().map(|root| (root, cycles_of(root, &texts)));
    let remaining = |root: &str| {
        REMAINING.iter().find(|(crate_root, _)| *crate_root == root).map_or(0, |(_, count)| *count)
    };
    cycles.filter(|(root, cycles)| cycles.len() > remaining(root)).flat_map(|(_, cycles)| cycles).collect()
}

fn cycles_of(root: &str, texts: &BTreeMap<&str, &str>) -> Vec<String> {
    let all = Crate::read(root, |file| texts.get(file).copied());
    let mut graph = Graph::default();
    for (id, module) in all.modules.iter().enumerate() {
        for (target, path) in uses(&all, id, module) {
            let (from, to) = (&module.file, &all.modules[target].file);
            if from != to {
                graph.add(from, to, format!("line {}: {}", path.line, path.segments.join("::")));
            }
        }
    }
    graph.cycles()
}

/// Returns the modules whose items the code of `module` uses. Each is returned with the path in the code that names the
/// item.
fn uses<'a>(all: &'a Crate, id: ModuleId, module: &'a Module) -> impl Iterator<Item = (ModuleId, &'a Path)> {
    let item_of = move |path: &'a Path| match all.resolve(id, &path.segments)? {
        Target::ItemOf(target) => Some((target, path)),
        Target::Module(_) => None,
    };
    let imported = module.imports.iter().filter(|import| import.alias != "*").filter_map(move |import| {
        let (target, path) = item_of(&import.path)?;
        let is_of_child = import.is_reexport && all.is_within(target, id);
        (!is_of_child).then_some((target, path))
    });
    imported.chain(module.paths.iter().filter_map(item_of))
}

#[cfg(test)]
mod tests;
