//! Finds or installs tools that are Python packages.

use super::apt;
use crate::error::TaskError;
use crate::project::Project;
use crate::step;
use crate::terminal;
use local_tools::{PythonTool, find_python, python_install_command};
use std::path::PathBuf;

/// Finds or installs the tool, and returns the folder of its programs. The folder also contains the program `python`.
pub fn set_up(tool: &PythonTool, project: &Project) -> Result<PathBuf, TaskError> {
    let title = tool.title();
    if let Some(folder) = tool.folder(&project.tools) {
        terminal::done(&title, "found");
        return Ok(folder);
    }
    let python = interpreter(project)?;
    step::run(project, "python environment", &mut tool.environment(&project.tools, &python))?;
    let writing = || format!("writing the requirements of {title}");
    let mut install = tool.installation(&project.tools).map_err(TaskError::while_doing(writing()))?;
    step::run(project, &format!("install {title}"), &mut install)?;
    tool.finish(&project.tools).map_err(TaskError::while_doing(writing()))?;
    tool.folder(&project.tools).ok_or_else(|| TaskError::MissingProgram {
        install: format!("pipx install {}", title.replace(' ', "==")),
        what: title,
    })
}

/// Returns the path of a Python that can create virtual environments. Debian has the modules for this in a separate
/// package, which is installed if the user is root.
pub fn interpreter(project: &Project) -> Result<PathBuf, TaskError> {
    if let Some(python) = find_python() {
        return Ok(python);
    }
    if apt::is_allowed() {
        apt::install(project, &["python3", "python3-venv"])?;
    }
    find_python().ok_or_else(|| TaskError::MissingProgram {
        what: "Python 3 with its venv and ensurepip modules".to_owned(),
        install: python_install_command().to_owned(),
    })
}
