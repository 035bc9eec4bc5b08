//! Finds texts that no file may contain: paths of one machine, hosts of package registries, marks of unfinished work.

use super::sources::Source;

/// Folders at the root of a machine. A path that begins with one of them is valid on that machine only.
const MACHINE_FOLDERS: [&str; 8] = ["Users", "build", "home", "mnt", "root", "tmp", "work", "workspace"];
/// Hosts of package registries. They belong in the settings of a machine, not in the project.
const REGISTRY_HOSTS: [&str; 6] = [
    "artifactory",
    "index.crates.io",
    "jfrog.io",
    "registry.npmjs.org",
    "registry.yarnpkg.com",
    "static.crates.io",
];
const UNFINISHED: [&str; 6] = ["todo!(", "unimplemented!(", "dbg!(", "#[ignore", "// TODO", "// FIXME"];
/// Beginning of the attribute of a function that is ignored because other tests start it in a process of its own.
const NOT_A_TEST: &str = "#[ignore = \"not a test of its own";
/// Files that contain this list, and are therefore not checked.
const EXEMPT: [&str; 2] = ["xtask/src/check/names.rs", "xtask/src/check/names/tests.rs"];

/// Folder of recorded output of other programs, which may contain paths of the machines on which they ran.
const RECORDED: &str = "cli/tests/program/corpus/";

/// Returns `path:line: name` for every forbidden name.
pub fn violations(sources: &[Source]) -> Vec<String> {
    let named = sources.iter().filter(|source| !EXEMPT.contains(&source.path.as_str()));
    let named = named.filter(|source| !source.path.starts_with(RECORDED));
    named.flat_map(violations_in).collect()
}

fn violations_in(source: &Source) -> Vec<String> {
    let is_rust = source.path.ends_with(".rs");
    let lines = (1..).zip(source.text.lines());
    let found = lines.filter_map(|(number, line)| {
        let name = forbidden_in(line, is_rust)?;
        Some(format!("{}:{number}: {name}", source.path))
    });
    found.collect()
}

fn forbidden_in(line: &str, is_rust: bool) -> Option<String> {
    let may_be_unfinished = is_rust && !line.contains(NOT_A_TEST);
    let unfinished = UNFINISHED.iter().filter(|_| may_be_unfinished).find(|mark| line.contains(*mark));
    let host = REGISTRY_HOSTS.iter().find(|host| line.contains(*host));
    unfinished.or(host).map(|name| (*name).to_owned()).or_else(|| machine_path_in(line))
}

/// Returns `/folder/` if a path to one of [`MACHINE_FOLDERS`] begins in `line`, and is not a part of a URL or a longer path.
fn machine_path_in(line: &str) -> Option<String> {
    let paths = MACHINE_FOLDERS.iter().map(|folder| format!("/{folder}/"));
    paths.into_iter().find(|path| line.match_indices(path).any(|(at, _)| begins_a_path(line, at)))
}

fn begins_a_path(line: &str, at: usize) -> bool {
    let before = line[..at].chars().next_back();
    !before.is_some_and(|c| c.is_alphanumeric() || "._-~*}])/".contains(c))
}

#[cfg(test)]
mod tests;
