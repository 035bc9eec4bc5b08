//! Finds or unpacks nginx with its module nchan, with which deliveries are compared in benchmarks.

use super::apt;
use crate::project::Project;
use crate::terminal;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The Debian packages with the two files. The package of the module needs exactly this version of nginx.
const PACKAGES: [&str; 2] = ["nginx", "libnginx-mod-nchan"];
/// Name of the folder of the unpacked packages, below [`Project::tools`].
const FOLDER: &str = "nchan";
const NGINX: &str = "usr/sbin/nginx";
const MODULE: &str = "usr/lib/nginx/modules/ngx_nchan_module.so";
/// Folder in which the module creates a folder when it starts. Its path is a part of the module, and no setting changes it.
const STATE: &str = "/var/lib/nginx";

/// Paths of nginx and of its module nchan.
pub struct Nchan {
    pub nginx: PathBuf,
    pub module: PathBuf,
}

impl Nchan {
    /// Finds an installed nginx with the module nchan. If there is none, unpacks Debian's packages into a folder of their
    /// own, provided that the user is root. The packages are not installed, because Debian's nginx is a service, which
    /// would start at once and whenever the machine starts. Prints a remark and returns `None` if there is no nchan.
    pub fn set_up(project: &Project) -> Option<Self> {
        let folder = project.tools.join(FOLDER);
        let found = Self::below(Path::new("/")).or_else(|| Self::below(&folder));
        let nchan = found.or_else(|| Self::unpack(project, &folder));
        if nchan.is_none() {
            terminal::note("nginx with nchan could not be unpacked, so there is no comparison with it");
        }
        nchan
    }

    fn unpack(project: &Project, folder: &Path) -> Option<Self> {
        if apt::is_allowed() {
            apt::unpack(project, &PACKAGES, folder).ok()?;
        }
        Self::below(folder)
    }

    /// Returns the files below the root folder of a system, if both exist and nginx runs. nginx does not run if a library
    /// is missing. Creates the folder [`STATE`], which is missing if the packages were only unpacked.
    fn below(root: &Path) -> Option<Self> {
        let (nginx, module) = (root.join(NGINX), root.join(MODULE));
        let runs = || Command::new(&nginx).arg("-v").output().is_ok_and(|output| output.status.success());
        let is_complete = module.is_file() && runs() && fs::create_dir_all(STATE).is_ok();
        is_complete.then_some(Self { nginx, module })
    }

    /// Passes both paths to a benchmark as environment variables.
    pub fn announce(&self, command: &mut Command) {
        command.env("TICKERTAPE_NGINX", &self.nginx).env("TICKERTAPE_NCHAN", &self.module);
    }
}
