//! Installs tools that are npm packages.

use crate::error::TaskError;
use crate::project::Project;
use crate::step;
use local_tools::NpmTool;
use std::path::Path;

/// Installs exactly the packages in the lock file of the tool.
pub fn install(tool: &NpmTool, project: &Project, npm: &Path) -> Result<(), TaskError> {
    let title = format!("install {} {}", tool.package, tool.version);
    let mut command = tool.installation(&project.tools, npm).map_err(TaskError::while_doing(format!(
        "writing the files for npm in {}",
        project.tools.display()
    )))?;
    step::run(project, &title, &mut command).map(drop)
}
