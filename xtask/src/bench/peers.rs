//! Installs the Lambda functions for Node with which ours are compared in benchmarks, and AWS's SDK for them.

use crate::project::Project;
use crate::step;
use crate::terminal;
use crate::tools;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

const PACKAGES: [&str; 3] =
    ["@aws-sdk/client-apigatewaymanagementapi", "@aws-sdk/client-dynamodb", "@aws-sdk/client-ssm"];
/// Major version of AWS's SDK for Node.
const VERSION: &str = "3";
const WITHOUT: &str = "there is no comparison with Node";

/// Installs the Lambda functions for Node, and returns their folder. If they cannot be installed, prints the reason and
/// returns `None`.
pub fn set_up(project: &Project) -> Option<PathBuf> {
    let (Some(npm), true) = (tools::on_path("npm"), tools::has_node()) else {
        terminal::note(&format!("without Node and npm {WITHOUT}"));
        return None;
    };
    let folder = project.target.join("xtask").join("peers");
    if let Err(error) = copy(&project.root.join("backend/lambda/peers"), &folder) {
        terminal::note(&format!("the Node functions cannot be copied ({error}): {WITHOUT}"));
        return None;
    }
    if !is_complete(&folder) {
        let mut install = project.command(npm);
        install.args(["install", "--no-save", "--no-fund", "--no-audit", "--prefix"]).arg(&folder);
        install.args(PACKAGES.map(|package| format!("{package}@{VERSION}")));
        if step::run(project, "install AWS's SDK for Node", &mut install).is_err() {
            terminal::note(&format!("without AWS's SDK for Node {WITHOUT}"));
            return None;
        }
    }
    Some(folder)
}

/// Copies the files of a folder into another one, which is created.
pub fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        fs::copy(entry.path(), to.join(entry.file_name()))?;
    }
    Ok(())
}

fn is_complete(folder: &Path) -> bool {
    PACKAGES.iter().all(|package| folder.join("node_modules").join(package).join("package.json").is_file())
}
