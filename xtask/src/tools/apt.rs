//! Installs or unpacks Debian packages, if the current user may do so.

use super::find;
use crate::error::TaskError;
use crate::project::Project;
use crate::step;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Returns true if this machine has apt and the user is root. Only then can packages be installed without a password.
pub fn is_allowed() -> bool {
    find::on_path("apt-get").is_some() && find::on_path("id").is_some_and(|id| is_root(&id))
}

/// Installs Debian packages with the packages that they require, but without those that they only recommend.
pub fn install(project: &Project, packages: &[&str]) -> Result<(), TaskError> {
    update(project)?;
    let mut install = project.command("apt-get");
    install.args(["install", "-y", "--no-install-recommends"]).args(packages);
    install.env("DEBIAN_FRONTEND", "noninteractive");
    step::run(project, &format!("apt-get install {}", packages.join(" ")), &mut install).map(drop)
}

/// Downloads Debian packages and unpacks them into `folder`, which is emptied first. They are not installed, so their scripts
/// do not run, and a service in them does not start. The packages that they require are left out.
pub fn unpack(project: &Project, packages: &[&str], folder: &Path) -> Result<(), TaskError> {
    update(project)?;
    create_empty(folder).map_err(TaskError::while_doing(format!("creating {}", folder.display())))?;
    let mut download = project.command("apt-get");
    download.arg("download").args(packages).current_dir(folder);
    step::run(project, &format!("apt-get download {}", packages.join(" ")), &mut download)?;
    let archives =
        archives(folder).map_err(TaskError::while_doing(format!("reading {}", folder.display())))?;
    for archive in archives {
        let mut extract = project.command("dpkg-deb");
        extract.arg("--extract").arg(archive).arg(folder);
        step::run_quietly(project, "dpkg-deb --extract", &mut extract)?;
    }
    Ok(())
}

fn update(project: &Project) -> Result<(), TaskError> {
    step::run(project, "apt-get update", project.command("apt-get").arg("update")).map(drop)
}

fn create_empty(folder: &Path) -> io::Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)
}

/// Returns the paths of the Debian packages in a folder.
fn archives(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let paths = fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path()));
    let is_archive = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "deb");
    paths.filter(|path| path.as_ref().map_or(true, is_archive)).collect()
}

fn is_root(id: &Path) -> bool {
    Command::new(id).arg("-u").output().is_ok_and(|output| output.stdout == b"0\n")
}
