//! Installs Debian packages, if the current user may do so.

use super::find;
use crate::error::TaskError;
use crate::project::Project;
use crate::step;
use std::path::Path;
use std::process::Command;

/// Returns true if this machine has apt and the user is root. Only then can packages be installed without a password.
pub fn is_allowed() -> bool {
    find::on_path("apt-get").is_some() && find::on_path("id").is_some_and(|id| is_root(&id))
}

/// Installs Debian packages with the packages that they require, but without those that they only recommend.
pub fn install(project: &Project, packages: &[&str]) -> Result<(), TaskError> {
    step::run(project, "apt-get update", project.command("apt-get").arg("update"))?;
    let mut install = project.command("apt-get");
    install.args(["install", "-y", "--no-install-recommends"]).args(packages);
    install.env("DEBIAN_FRONTEND", "noninteractive");
    step::run(project, &format!("apt-get install {}", packages.join(" ")), &mut install).map(drop)
}

fn is_root(id: &Path) -> bool {
    Command::new(id).arg("-u").output().is_ok_and(|output| output.stdout == b"0\n")
}
