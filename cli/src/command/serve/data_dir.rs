//! Finds the directory for topics and history.

use std::env;
use std::path::PathBuf;

use crate::cli::ServeArgs;
use crate::error::CliError;

const NAME: &str = "tickertape";

/// Returns the directory from the command line, or this user's data directory: `$XDG_DATA_HOME` or `~/.local/share`
/// (XDG Base Directory Specification), `~/Library/Application Support` on macOS, `%LOCALAPPDATA%` on Windows.
///
/// # Errors
///
/// A usage error if no directory was given and this user has no data directory.
pub fn of(args: &ServeArgs) -> Result<PathBuf, CliError> {
    args.data_dir.clone().map_or_else(platform_data_dir, Ok)
}

/// Returns this user's data directory, as in [`of`].
///
/// # Errors
///
/// A usage error if this user has no data directory.
pub fn platform_data_dir() -> Result<PathBuf, CliError> {
    platform(|name| env::var_os(name).map(PathBuf::from)).ok_or_else(|| {
        CliError::usage(
            "there is no directory for topics and history, because this user has no home directory",
        )
        .hint("specify a directory with --data-dir")
    })
}

fn platform(variable: impl Fn(&str) -> Option<PathBuf>) -> Option<PathBuf> {
    let absolute = |name: &str| variable(name).filter(|path| path.is_absolute());
    let base = if cfg!(windows) {
        absolute("LOCALAPPDATA")?
    } else if cfg!(target_os = "macos") {
        absolute("HOME")?.join("Library").join("Application Support")
    } else {
        absolute("XDG_DATA_HOME").or_else(|| Some(absolute("HOME")?.join(".local").join("share")))?
    };
    Some(base.join(NAME))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    fn with(variables: &[(&str, &str)]) -> Option<PathBuf> {
        platform(|name| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| PathBuf::from(value)))
    }

    #[test]
    fn the_xdg_directory_is_taken_if_it_is_absolute() {
        assert_eq!(with(&[("XDG_DATA_HOME", "/x"), ("HOME", "/h")]), Some("/x/tickertape".into()));
        assert_eq!(
            with(&[("XDG_DATA_HOME", "x"), ("HOME", "/h")]),
            Some("/h/.local/share/tickertape".into())
        );
        assert_eq!(with(&[]), None);
    }
}
