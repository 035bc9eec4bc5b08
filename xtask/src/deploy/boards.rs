//! Saves the board documents of a repository in the deployment.

use super::call::Call;
use super::cloud::Cloud;
use super::stack::Outputs;
use super::token;
use crate::error::TaskError;
use crate::project::Project;
use crate::step;
use std::path::{self, Path, PathBuf};

/// Returns the files with boards in a directory, in order of name. Their paths are absolute, because the programs that read them
/// run in the root folder of the project.
pub fn files(directory: &Path) -> Result<Vec<PathBuf>, TaskError> {
    let failed =
        |reason: String| TaskError::Failed { summary: format!("--boards {}: {reason}", directory.display()) };
    let entries = path::absolute(directory).and_then(std::fs::read_dir);
    let entries = entries.map_err(|error| failed(error.to_string()))?;
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

/// Checks the boards before anything is deployed, by running `tickertape check-board`. This needs no account, so that a dry run does
/// it, too.
pub fn check(project: &Project, tickertape: &Path, files: &[PathBuf]) -> Result<(), TaskError> {
    step::run(project, "boards: check", project.command(tickertape).arg("check-board").args(files)).map(drop)
}

/// Saves the boards in the deployment, by running `tickertape save-board` with a token that permits nothing else. Boards of the
/// same names are replaced.
pub fn save(cloud: &Cloud, outputs: &Outputs, tickertape: &Path, files: &[PathBuf]) -> Result<(), TaskError> {
    if !outputs.is_signed_by_us() {
        let summary = "boards cannot be saved with --boards, because an identity provider signs the tokens: use `tickertape save-board` with a token of that provider that has the claim edit";
        return Err(TaskError::Failed { summary: summary.to_owned() });
    }
    let call = Call::new(tickertape, ["save-board", "--replace", "--url", outputs.site.as_str()]);
    cloud.run_with_token("boards: save", &call.with(texts(files)), || token::to_edit(cloud, tickertape))
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

    #[test]
    fn the_paths_of_boards_do_not_depend_on_the_folder_in_which_a_program_runs() {
        let found = files(Path::new("../docs")).unwrap();
        assert!(found.iter().all(|path| path.is_absolute() && path.exists()), "{found:?}");
        assert!(files(Path::new("")).unwrap_err().to_string().starts_with("--boards"));
    }
}
