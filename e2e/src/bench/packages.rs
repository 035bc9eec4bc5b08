//! Installs the npm packages of the servers with which ours is compared.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// The npm packages of the peers, in a temporary directory that is deleted when this value is dropped.
pub struct Packages {
    folder: TempDir,
    has_ws: bool,
    bun: Option<PathBuf>,
}

impl Packages {
    /// Installs Node's package `ws` and the runtime Bun. Prints to the standard error which of them cannot be installed.
    ///
    /// # Panics
    ///
    /// If there is no temporary directory.
    pub fn install() -> Self {
        let folder = TempDir::new().expect("a temporary directory");
        let has_ws = install(folder.path(), "ws@8");
        let bun = bun_package().filter(|package| install(folder.path(), &format!("{package}@1")));
        let bun = bun.map(|package| folder.path().join("node_modules").join(package).join("bin/bun"));
        if bun.is_none() {
            eprintln!("no peer Bun: there is no npm package of it here");
        }
        Self { folder, has_ws, bun }
    }

    /// Returns the folder in which scripts find the package `ws`, or `None` if it is missing.
    pub fn with_ws(&self) -> Option<&Path> {
        self.has_ws.then_some(self.folder.path())
    }

    /// Returns the program Bun, or `None` if it is missing.
    pub fn bun(&self) -> Option<&Path> {
        self.bun.as_deref()
    }
}

/// Returns the npm package with the program Bun for this machine.
fn bun_package() -> Option<&'static str> {
    match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "x86_64") => Some("@oven/bun-linux-x64"),
        ("linux", "aarch64") => Some("@oven/bun-linux-aarch64"),
        _ => None,
    }
}

fn install(folder: &Path, package: &str) -> bool {
    let mut npm = Command::new("npm");
    npm.args(["install", "--silent", "--no-audit", "--no-fund", package]).current_dir(folder);
    let is_installed = npm.status().is_ok_and(|status| status.success());
    if !is_installed {
        eprintln!("no peer: `npm install {package}` does not work here, so there are no ratios");
    }
    is_installed
}
