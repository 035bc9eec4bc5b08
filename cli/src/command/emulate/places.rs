//! Checks the arguments that name a part of the description and a path: `--code` and `--bucket`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serverless_app::App;

use crate::error::CliError;

/// Returns the places of the code of functions.
///
/// # Errors
///
/// A usage error if there is no such function or path.
pub fn code(given: &[(String, PathBuf)], app: &App) -> Result<BTreeMap<String, PathBuf>, CliError> {
    let names = app.functions.iter().flat_map(|function| [&function.logical_id, &function.name]);
    let shown = app.functions.iter().map(|function| function.logical_id.as_str()).collect();
    Kind { flag: "--code", what: "function", names: names.map(String::as_str).collect(), shown }.check(given)
}

/// Returns the folders with the objects of buckets.
///
/// # Errors
///
/// A usage error if there is no such bucket or path.
pub fn buckets(given: &[(String, PathBuf)], app: &App) -> Result<BTreeMap<String, PathBuf>, CliError> {
    let names: Vec<&str> = app.buckets.iter().map(String::as_str).collect();
    Kind { flag: "--bucket", what: "bucket", names: names.clone(), shown: names }.check(given)
}

/// A kind of part of the description that an argument names.
struct Kind<'a> {
    flag: &'static str,
    what: &'static str,
    /// Names that are accepted.
    names: Vec<&'a str>,
    /// Names that an error lists.
    shown: Vec<&'a str>,
}

impl Kind<'_> {
    fn check(&self, given: &[(String, PathBuf)]) -> Result<BTreeMap<String, PathBuf>, CliError> {
        given.iter().map(|(name, path)| Ok((name.clone(), self.checked(name, path)?))).collect()
    }

    /// Returns the absolute path, because the emulator does not stay in the directory of the command.
    fn checked(&self, name: &str, path: &Path) -> Result<PathBuf, CliError> {
        let Self { flag, what, names, shown } = self;
        if !names.contains(&name) {
            let what = format!("{flag} {name}={} has no effect: there is no {what} {name}", path.display());
            return Err(CliError::usage(what).hint(match shown.as_slice() {
                [] => format!("leave {flag} out"),
                shown => format!("the description has {}", shown.join(", ")),
            }));
        }
        path.canonicalize().map_err(|error| {
            CliError::usage(format!("{flag} {name}={} cannot be used: {error}", path.display()))
                .hint("give a path that exists")
        })
    }
}
