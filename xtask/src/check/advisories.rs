//! Compares the versions of dependencies with the security advisories of a RustSec database. The database must have
//! been downloaded to a folder before.

use semver::{Version, VersionReq};
use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A security advisory about certain versions of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advisory {
    id: String,
    package: String,
    title: String,
    /// The versions without the problem: those in which it is fixed, and those that never had it.
    good: Vec<VersionReq>,
    /// The kind of an advisory that is not about a vulnerability, such as `unmaintained`, `notice` or `unsound`. It is
    /// `None` for a vulnerability.
    informational: Option<String>,
}

/// Returns a folder in which cargo-audit or cargo-deny has stored its advisory database, or `None` if there is no such
/// folder.
pub fn downloaded() -> Option<PathBuf> {
    let home = || env::var_os("HOME").map(|home| PathBuf::from(home).join(".cargo"));
    let cargo = env::var_os("CARGO_HOME").map(PathBuf::from).or_else(home)?;
    let several = fs::read_dir(cargo.join("advisory-dbs")).into_iter().flatten();
    let several = several.filter_map(|entry| Some(entry.ok()?.path()));
    several.chain([cargo.join("advisory-db")]).find(|folder| folder.join("crates").is_dir())
}

/// Reads all advisories of the database in `folder`, except for those that were withdrawn.
pub fn read(folder: &Path) -> io::Result<Vec<Advisory>> {
    let mut known = Vec::new();
    for package in fs::read_dir(folder.join("crates"))? {
        let package = package?.path();
        if !package.is_dir() {
            continue;
        }
        for file in fs::read_dir(&package)? {
            let path = file?.path();
            if path.extension().is_some_and(|extension| extension == "md") {
                known.extend(parse(&fs::read_to_string(&path)?));
            }
        }
    }
    Ok(known)
}

/// Returns one line, with the package and the title of the advisory, for each version in the lock file `lock` that has
/// a known problem. `name` is the name of the lock file. Only vulnerabilities and unsound packages count. A package
/// that is only unmaintained does not, because no update would help.
pub fn violations(name: &str, lock: &str, known: &[Advisory]) -> Vec<String> {
    let about = |(package, version): (&str, Version)| {
        let found = known.iter().filter(move |advisory| advisory.is_about(package, &version));
        found
            .map(move |advisory| format!("{name}: {package}: {}: {}", advisory.id, advisory.title))
            .collect::<Vec<_>>()
    };
    locked(lock).flat_map(about).collect()
}

impl Advisory {
    fn is_about(&self, package: &str, version: &Version) -> bool {
        let is_a_fault = matches!(self.informational.as_deref(), None | Some("unsound"));
        is_a_fault && self.package == package && !self.good.iter().any(|good| good.matches(version))
    }
}

/// Returns the names and versions of the packages in a lock file that come from a package registry.
fn locked(lock: &str) -> impl Iterator<Item = (&str, Version)> {
    let packages = lock.split("[[package]]").filter(|block| block.contains("\nsource = "));
    packages.filter_map(|block| {
        let field = |key: &str| block.lines().find_map(|line| line.strip_prefix(key)?.strip_suffix('"'));
        Some((field("name = \"")?, field("version = \"")?.parse().ok()?))
    })
}

/// Parses an advisory, a Markdown file that begins with TOML between ```` ```toml ```` and ```` ``` ````. Returns
/// `None` if the advisory is malformed or was withdrawn.
fn parse(text: &str) -> Option<Advisory> {
    let (_, rest) = text.split_once("```toml")?;
    let (toml, words) = rest.split_once("```")?;
    let string = |key: &str| strings(toml, key).into_iter().next();
    if string("withdrawn").is_some() {
        return None;
    }
    let good = ["patched", "unaffected"].iter().flat_map(|key| strings(toml, key));
    Some(Advisory {
        id: string("id")?,
        package: string("package")?,
        title: words.lines().find_map(|line| line.strip_prefix("# ")).unwrap_or_default().to_owned(),
        good: good.filter_map(|versions| versions.parse().ok()).collect(),
        informational: string("informational"),
    })
}

/// Returns the strings of the TOML entry `key = "…"` or `key = ["…", "…"]`. A list may extend over several lines.
fn strings(toml: &str, key: &str) -> Vec<String> {
    let mut lines = toml.lines().map(str::trim);
    let Some(first) = lines.find_map(|line| line.strip_prefix(key)?.trim_start().strip_prefix('=')) else {
        return Vec::new();
    };
    let mut value = first.to_owned();
    if value.trim_start().starts_with('[') {
        while !value.contains(']') {
            let Some(line) = lines.next() else { break };
            value.push_str(line);
        }
    }
    value.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADVISORY: &str = "```toml\n[advisory]\nid = \"RUSTSEC-2024-0001\"\npackage = \"shaky\"\ndate = \"2024-01-01\"\n\n\
        [versions]\npatched = [\n    \">= 1.2.3, < 2.0.0\",\n    \">= 2.1.0\",\n]\nunaffected = [\"< 1.0.0\"]\n```\n\n\
        # It falls over\n\nWords.\n";

    fn lock(version: &str) -> String {
        format!(
            "version = 4\n\n[[package]]\nname = \"shaky\"\nversion = \"{version}\"\nsource = \"registry\"\n\n\
             [[package]]\nname = \"steady\"\nversion = \"1.0.0\"\nsource = \"registry\"\n"
        )
    }

    #[test]
    fn a_version_that_is_neither_patched_nor_unaffected_is_a_violation() {
        let known = [parse(ADVISORY).unwrap()];
        for (version, is_bad) in [
            ("1.0.0", true),
            ("1.2.2", true),
            ("2.0.5", true),
            ("1.2.3", false),
            ("2.1.0", false),
            ("0.9.0", false),
        ] {
            let found = violations("Cargo.lock", &lock(version), &known);
            let expected = is_bad.then(|| "Cargo.lock: shaky: RUSTSEC-2024-0001: It falls over".to_owned());
            assert_eq!(found, Vec::from_iter(expected), "{version}");
        }
    }

    #[test]
    fn an_advisory_that_was_withdrawn_or_only_informs_is_no_violation() {
        assert_eq!(parse(&ADVISORY.replace("date =", "withdrawn = \"2024-02-01\"\ndate =")), None);
        let unmaintained =
            parse(&ADVISORY.replace("date =", "informational = \"unmaintained\"\ndate =")).unwrap();
        assert_eq!(violations("Cargo.lock", &lock("1.0.0"), &[unmaintained]), Vec::<String>::new());
        let unsound = parse(&ADVISORY.replace("date =", "informational = \"unsound\"\ndate =")).unwrap();
        assert_eq!(violations("Cargo.lock", &lock("1.0.0"), &[unsound]).len(), 1);
    }

    #[test]
    fn a_package_of_the_workspace_with_the_name_of_another_is_not_meant() {
        let ours = lock("1.0.0").replacen("source = \"registry\"\n", "", 1);
        assert_eq!(violations("Cargo.lock", &ours, &[parse(ADVISORY).unwrap()]), Vec::<String>::new());
    }

    #[test]
    fn a_database_is_read_from_its_folder() {
        let folder = env::temp_dir().join(format!("tickertape-advisories-{}", std::process::id()));
        let package = folder.join("crates").join("shaky");
        fs::create_dir_all(&package).unwrap();
        fs::write(package.join("RUSTSEC-2024-0001.md"), ADVISORY).unwrap();
        let known = read(&folder);
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(known.unwrap(), [parse(ADVISORY).unwrap()]);
    }
}
