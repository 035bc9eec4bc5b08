//! Packages that Lambda's runtimes have, and that functions therefore need not bring: the AWS SDKs. They are installed with the
//! package managers of the languages, once, into the emulator's data directory.
//!
//! Every machine gets the same versions. Those of the usual packages are in `packages/`, with a hash of each. Other packages for
//! Node.js, and what they need, have the versions that were the newest ones on a certain day.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::process::Command;

use crate::functions::files;
use crate::functions::interpreter::Interpreter;

/// Maximum size of a source file that is searched for names of packages, in bytes.
const SOURCE_BYTES: u64 = 2 * 1024 * 1024;

/// The usual packages for Node.js, which are installed with any other one, so that most apps have the same set.
const NODE_MANIFEST: &str = include_str!("../../packages/node/package.json");
const NODE_LOCK: &str = include_str!("../../packages/node/package-lock.json");
/// The day whose newest versions of other packages for Node.js are installed.
const NODE_DAY: &str = "2026-11-28";
/// boto3 and what it needs, with hashes, for [`PYTHON_SINCE`] and later.
const PYTHON_LOCK: &str = include_str!("../../packages/python.txt");
/// Version of Python that the locked packages need at least. An older one gets the newest packages that support it.
const PYTHON_SINCE: (u32, u32) = (3, 10);

/// The folders with packages of the runtimes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packages {
    /// Folder whose `node_modules` has packages for Node.js. It does not exist if none are needed.
    pub node: PathBuf,
    /// Folder with packages for Python. It does not exist if none are needed.
    pub python: PathBuf,
}

/// The directory with all sets of packages. A set is never changed, since functions of other apps may use it: a set with other
/// packages is another folder.
pub struct PackageStore<'a> {
    /// The directory.
    pub directory: &'a Path,
    /// Receives what is being installed.
    pub notice: &'a (dyn Fn(&str) + Sync),
}

impl PackageStore<'_> {
    /// Returns the folder with the packages for Node.js that the code in these folders imports and cannot find: those whose names
    /// begin with `@aws-sdk/` or `@smithy/`, and `aws-sdk`. They are installed if they are not there.
    ///
    /// # Errors
    ///
    /// A sentence with the command that failed.
    pub async fn node(&self, folders: &[PathBuf]) -> Result<PathBuf, String> {
        let mut missing = BTreeSet::new();
        for folder in folders {
            let imported = imported_by_node(folder);
            missing.extend(imported.into_iter().filter(|name| !can_import(folder, name)));
        }
        if missing.is_empty() {
            return Ok(self.directory.join("node-none"));
        }
        let usual = usual_of_node();
        let others: Vec<&String> = missing.iter().filter(|name| !usual.contains(*name)).collect();
        let all: BTreeSet<String> = missing.union(&usual).cloned().collect();
        self.set("node", &all, NODE_LOCK, |target| {
            fs::write(target.join("package.json"), NODE_MANIFEST)?;
            fs::write(target.join("package-lock.json"), NODE_LOCK)?;
            let mut npm = Command::new("npm");
            match others.is_empty() {
                true => npm.arg("ci"),
                false => npm.args(["install", "--save-exact", "--before", NODE_DAY]).args(&others),
            };
            npm.args(["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--prefix"]);
            npm.arg(target);
            Ok(npm)
        })
        .await
    }

    /// Returns the folder with `boto3` for Python, if the code in these folders imports it or `botocore` and the interpreter
    /// cannot. It is installed if it is not there.
    ///
    /// # Errors
    ///
    /// A sentence with the command that failed.
    pub async fn python(&self, folders: &[PathBuf], python: &Interpreter) -> Result<PathBuf, String> {
        let is_imported = folders.iter().any(|folder| imports_boto3(folder));
        if !is_imported || has_boto3(python).await {
            return Ok(self.directory.join("python-none"));
        }
        let names = BTreeSet::from(["boto3".to_owned()]);
        let is_locked = python.is_at_least(PYTHON_SINCE);
        let lock = if is_locked { PYTHON_LOCK } else { "" };
        self.set("python", &names, lock, |target| {
            let mut pip = Command::new(&python.program);
            pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target"])
                .arg(target);
            if is_locked {
                let file = target.with_extension("txt");
                fs::write(&file, PYTHON_LOCK)?;
                pip.args(["--require-hashes", "--no-deps", "--only-binary", ":all:", "--requirement"]);
                pip.arg(file);
            } else {
                pip.args(&names);
            }
            Ok(pip)
        })
        .await
    }

    /// Returns the folder of a set of packages in the versions of `lock`. If it is not there, `install` returns the command that
    /// installs the packages into a folder. Other programs that need the same set wait until then.
    async fn set(
        &self,
        language: &str,
        names: &BTreeSet<String>,
        lock: &str,
        install: impl Fn(&Path) -> std::io::Result<Command>,
    ) -> Result<PathBuf, String> {
        let folder = self.directory.join(format!("{language}-{:016x}", hash(names, lock)));
        if folder.is_dir() {
            return Ok(folder);
        }
        let failed =
            |error: std::io::Error| format!("{} cannot be written: {error}", self.directory.display());
        fs::create_dir_all(self.directory).map_err(failed)?;
        let lock = fs::File::create(self.directory.join(format!("{language}.lock"))).map_err(failed)?;
        let lock = tokio::task::spawn_blocking(move || lock.lock().map(|()| lock)).await;
        // The lock is released when the file is closed.
        let _lock = lock.map_err(std::io::Error::other).and_then(|locked| locked).map_err(failed)?;
        if folder.is_dir() {
            return Ok(folder);
        }
        let words: Vec<&str> = names.iter().map(String::as_str).collect();
        let words = words.join(", ");
        (self.notice)(&format!("installing what Lambda's runtime has and the app does not bring: {words}"));
        let target = folder.with_extension("new");
        if target.exists() {
            fs::remove_dir_all(&target).map_err(failed)?;
        }
        fs::create_dir_all(&target).map_err(failed)?;
        run(&mut install(&target).map_err(failed)?).await?;
        fs::rename(&target, &folder).map_err(failed)?;
        Ok(folder)
    }
}

/// Returns the names of the usual packages for Node.js.
fn usual_of_node() -> BTreeSet<String> {
    let manifest: serde_json::Value = serde_json::from_str(NODE_MANIFEST).unwrap_or_default();
    manifest["dependencies"].as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect()
}

/// Returns the FNV-1a hash of the names and of the lock file.
fn hash(names: &BTreeSet<String>, lock: &str) -> u64 {
    let bytes = names.iter().flat_map(|name| name.bytes().chain([0])).chain(lock.bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Returns the names of the runtime's packages in the source files of a folder.
fn imported_by_node(folder: &Path) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for text in sources(folder, &["js", "cjs", "mjs"]) {
        let mut rest = text.as_str();
        while let Some(at) = rest.find(['"', '\'', '`']) {
            rest = &rest[at + 1..];
            names.extend(package_name(rest).map(str::to_owned));
        }
    }
    names
}

/// Returns the name of a package of the runtime with which `text` begins, before a quotation mark or a path in the package.
fn package_name(text: &str) -> Option<&str> {
    let end = text.find(['"', '\'', '`', '\n'])?;
    let name = &text[..end];
    let is_plain = name.chars().all(|c| c.is_ascii_alphanumeric() || "@/-._".contains(c));
    if name == "aws-sdk" || name.starts_with("aws-sdk/") {
        return Some("aws-sdk");
    }
    let scope = ["@aws-sdk/", "@smithy/"].iter().find(|scope| name.starts_with(**scope))?;
    let package = name[scope.len()..].split('/').next().filter(|package| !package.is_empty())?;
    is_plain.then(|| &name[..scope.len() + package.len()])
}

/// Returns true if a module in `folder` can import a package: it lies in a `node_modules` of the folder or of one above.
fn can_import(folder: &Path, package: &str) -> bool {
    folder.ancestors().any(|folder| folder.join("node_modules").join(package).is_dir())
}

fn imports_boto3(folder: &Path) -> bool {
    let brings = folder.join("boto3").is_dir();
    !brings && sources(folder, &["py"]).iter().any(|text| text.contains("boto3") || text.contains("botocore"))
}

/// Returns true if the interpreter has boto3, which may be a package of the user. The current folder, which is first in the path, does
/// not count.
async fn has_boto3(python: &Interpreter) -> bool {
    let mut command = Command::new(&python.program);
    let status = command
        .args(["-c", "import sys; sys.path.pop(0); import boto3"])
        .stderr(Stdio::null())
        .status()
        .await;
    status.is_ok_and(|status| status.success())
}

fn sources(folder: &Path, ends: &[&str]) -> Vec<String> {
    let is_source = |path: &Path| path.extension().is_some_and(|end| ends.iter().any(|known| end == *known));
    let small = |(path, (_, bytes)): (PathBuf, files::Stamp)| {
        (is_source(&path) && bytes <= SOURCE_BYTES).then(|| fs::read_to_string(path).ok()).flatten()
    };
    files::stamps(folder).into_iter().filter_map(small).collect()
}

async fn run(command: &mut Command) -> Result<(), String> {
    let words = format!("{:?}", command.as_std()).replace('"', "");
    let failed = |why: String| format!("`{words}` failed: {why}");
    // The installation ends if the start of the app is given up.
    let output = command.stdin(Stdio::null()).kill_on_drop(true).output().await;
    let output = output.map_err(|error| failed(error.to_string()))?;
    if output.status.success() {
        return Ok(());
    }
    let stderr = String::from_utf8_lossy(&output.stderr);
    Err(failed(stderr.lines().last().unwrap_or("it says nothing about the reason").to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_packages_are_pinned_by_hash_without_an_address_and_have_no_script_to_run() {
        let lock: serde_json::Value = serde_json::from_str(NODE_LOCK).expect("JSON");
        let packages = lock["packages"].as_object().expect("packages");
        for name in usual_of_node() {
            assert!(packages.contains_key(&format!("node_modules/{name}")), "{name}");
        }
        for (place, package) in packages.iter().filter(|(place, _)| !place.is_empty()) {
            assert!(package["integrity"].as_str().is_some_and(|hash| hash.starts_with("sha512-")), "{place}");
            assert!(
                package.get("resolved").is_none() && package.get("hasInstallScript").is_none(),
                "{place}"
            );
        }
        for requirement in PYTHON_LOCK.replace("\\\n", " ").lines() {
            assert!(requirement.contains("==") && requirement.contains("--hash=sha256:"), "{requirement}");
            assert!(!requirement.contains("://"), "{requirement}");
        }
    }

    #[test]
    fn another_lock_file_is_another_set() {
        let names = BTreeSet::from(["boto3".to_owned()]);
        assert_ne!(hash(&names, "a"), hash(&names, "b"));
    }

    #[test]
    fn packages_are_recognised_by_their_names() {
        for (text, name) in [
            ("@aws-sdk/client-dynamodb')", Some("@aws-sdk/client-dynamodb")),
            ("@aws-sdk/lib-dynamodb/dist\"", Some("@aws-sdk/lib-dynamodb")),
            ("aws-sdk/clients/s3'", Some("aws-sdk")),
            ("express'", None),
            ("@aws-sdk/${name}`", None),
            ("@aws-sdk/'", None),
        ] {
            assert_eq!(package_name(text), name, "{text}");
        }
    }
}
