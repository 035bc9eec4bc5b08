//! Saves the board documents of a repository in the deployment.

use super::call::Call;
use super::cloud::Cloud;
use super::stack::Outputs;
use super::token;
use crate::error::TaskError;
use crate::step;
use std::path::{Path, PathBuf};

/// Returns the files with boards in a directory, in order of name.
pub fn files(directory: &Path) -> Result<Vec<PathBuf>, TaskError> {
    let failed =
        |reason: String| TaskError::Failed { summary: format!("--boards {}: {reason}", directory.display()) };
    let entries = std::fs::read_dir(directory).map_err(|error| failed(error.to_string()))?;
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut files: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|extension| extension == "json")).collect();
    files.sort_unstable();
    if files.is_empty() {
        Err(failed("there are no files with the extension json".to_owned()))
    } else {
        Ok(files)
    }
}

/// Checks the boards before anything is deployed, by running `tickertape check-board`.
pub fn check(cloud: &Cloud, tickertape: &Path, files: &[PathBuf]) -> Result<(), TaskError> {
    cloud.run("boards: check", Call::new(tickertape, ["check-board"]).with(texts(files)))
}

/// Saves the boards in the deployment, by running `tickertape save-board` with a token that permits nothing else. Boards of the
/// same names are replaced.
pub fn save(cloud: &Cloud, outputs: &Outputs, tickertape: &Path, files: &[PathBuf]) -> Result<(), TaskError> {
    if !outputs.is_signed_by_us() {
        let summary = "boards cannot be saved with --boards, because an identity provider signs the tokens: use `tickertape save-board` with a token of that provider that has the claim edit";
        return Err(TaskError::Failed { summary: summary.to_owned() });
    }
    let token = token::to_edit(cloud, tickertape)?;
    let call = Call::new(tickertape, ["save-board", "--replace", "--url", outputs.site.as_str()]);
    // The token is passed by the environment, so that no list of processes and no log shows it.
    let mut command = cloud.command(&call.with(texts(files)));
    step::run(cloud.project, "boards: save", command.env("TICKERTAPE_TOKEN", token)).map(drop)
}

fn texts(files: &[PathBuf]) -> impl Iterator<Item = String> + '_ {
    files.iter().map(|path| path.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_json_files_are_boards_and_a_directory_without_any_is_an_error() {
        let directory = std::env::temp_dir().join(format!("xtask-boards-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        assert!(files(&directory).unwrap_err().to_string().contains("no files with the extension json"));
        for name in ["b.json", "a.json", "README.md"] {
            std::fs::write(directory.join(name), "{}").unwrap();
        }
        let found: Vec<_> =
            files(&directory).unwrap().iter().map(|path| path.file_name().unwrap().to_owned()).collect();
        assert_eq!(found, ["a.json", "b.json"]);
        std::fs::remove_dir_all(&directory).unwrap();
        assert!(files(&directory).is_err());
    }
}
