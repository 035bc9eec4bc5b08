//! Installs the Serverless Framework with serverless-offline, with which `tickertape emulate` is compared.

use super::peers::copy;
use crate::project::Project;
use crate::step;
use crate::terminal;
use crate::tools;
use std::fs;
use std::path::{Path, PathBuf};

/// The packages in exact versions. Version 3 of the framework is the last one that runs without an account.
const PACKAGES: [(&str, &str); 2] = [("serverless", "3.40.0"), ("serverless-offline", "13.10.1")];
const WITHOUT: &str = "there is no comparison with serverless-offline";

/// Installs the packages into a folder that has a copy of the app of the benchmark, and returns the folder. If they cannot be
/// installed, prints the reason and returns `None`.
pub fn set_up(project: &Project) -> Option<PathBuf> {
    let Some(npm) = tools::on_path("npm").filter(|_| tools::has_node()) else {
        terminal::note(&format!("without Node and npm {WITHOUT}"));
        return None;
    };
    let folder = project.target.join("xtask").join("serverless");
    if let Err(error) = copy(&project.root.join("e2e/peers/emulate"), &folder) {
        terminal::note(&format!("the app cannot be copied ({error}): {WITHOUT}"));
        return None;
    }
    if !is_complete(&folder) {
        let mut install = project.command(npm);
        install.args(["install", "--no-save", "--ignore-scripts", "--no-fund", "--no-audit", "--prefix"]);
        install.arg(&folder).args(PACKAGES.map(|(package, version)| format!("{package}@{version}")));
        if step::run(project, "install serverless-offline", &mut install).is_err() {
            terminal::note(&format!("npm cannot install serverless-offline: {WITHOUT}"));
            return None;
        }
    }
    Some(folder)
}

/// Returns true if all packages are installed in their versions.
fn is_complete(folder: &Path) -> bool {
    PACKAGES.iter().all(|(package, version)| {
        let manifest = fs::read_to_string(folder.join("node_modules").join(package).join("package.json"));
        manifest.is_ok_and(|manifest| manifest.contains(&format!("\"version\": \"{version}\"")))
    })
}
