//! Finds texts that no file of the project may contain: paths of one machine, hosts of package registries, and marks of
//! unfinished work such as `TODO`.

use super::sources::Source;

/// Names of folders at the root of a machine's file system. A path that begins with one of them is valid on that
/// machine only.
const MACHINE_FOLDERS: [&str; 8] = ["Users", "build", "home", "mnt", "root", "tmp", "work", "workspace"];
/// Hosts of package registries. They belong in the settings of a machine, not in the files of the project.
const REGISTRY_HOSTS: [&str; 6] = [
    "artifactory",
    "index.crates.io",
    "jfrog.io",
    "registry.npmjs.org",
    "registry.yarnpkg.com",
    "static.crates.io",
];
const UNFINISHED: [&str; 6] = ["todo!(", "unimplemented!(", "dbg!(", "#[ignore", "// TODO", "// FIXME"];
/// Beginning of an `ignore` attribute that is allowed. Functions with it are not tests: other tests or people start
/// them.
const NOT_A_TEST: &str = "#[ignore = \"not a test of its own";
/// Files that are not checked, because they contain the forbidden texts themselves.
const EXEMPT: [&str; 2] = ["xtask/src/check/names.rs", "xtask/src/check/names/tests.rs"];

/// A folder with recorded output of other programs. It is not checked, because the output may contain paths of the
/// machines on which the programs ran.
const RECORDED: &str = "cli/tests/program/corpus/";

/// Returns `path:line: text` for every forbidden text in the sources.
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

/// Returns `/folder/` if `line` contains an absolute path that begins with one of [`MACHINE_FOLDERS`]. A URL or the
/// middle of a longer path does not count.
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
