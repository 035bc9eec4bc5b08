//! What is needed beside Cargo, how it is found, and how it is installed when it is not there.
//!
//! A tool of the right version on the `PATH` is used as it is. Otherwise it is installed, once per user,
//! into [`Project::tools`] under its name and version; nothing on the machine is replaced.

mod apt;
mod binaryen;
mod browser;
mod cargo_tool;
mod dynamodb_local;
mod find;
mod python;
mod toolchain;
mod version;

pub use browser::Browser;
pub use dynamodb_local::DynamoDbLocal;
pub use find::on_path;
pub use toolchain::{ARM_TARGET, WASM_TARGET, components, wasm_target};

use crate::failure::Failure;
use crate::project::Project;
use cargo_tool::CargoTool;
use python::PythonTool;
use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

const TRUNK: &str = "0.21.14";
const CARGO_DENY: &str = "0.20.2";
const CARGO_LAMBDA: PythonTool = PythonTool {
    // Zig is its linker, and its C compiler for another architecture.
    packages: &[("cargo-lambda", "1.9.2"), ("ziglang", "0.17.1")],
    programs: &["cargo-lambda", "python-zig"],
};
const CFN_LINT: PythonTool = PythonTool {
    // The translator is the one that AWS expands templates with; the linter brings one as well.
    packages: &[("cfn-lint", "1.58.0"), ("aws-sam-translator", "1.115.0")],
    programs: &["cfn-lint", "python"],
};

/// What building the page takes.
pub struct PageTools {
    trunk: PathBuf,
    wasm_bindgen: PathBuf,
    /// Absent without npm; the page is then larger, not worse.
    pub wasm_opt: Option<PathBuf>,
}

impl PageTools {
    pub fn set_up(project: &Project) -> Result<Self, Failure> {
        wasm_target(project)?;
        Ok(Self {
            trunk: trunk().set_up(project)?,
            wasm_bindgen: wasm_bindgen(project)?,
            wasm_opt: binaryen::wasm_opt(project),
        })
    }

    /// Trunk, with the very wasm-bindgen on its `PATH` that it would otherwise download.
    pub fn trunk(&self, project: &Project) -> Command {
        let mut command = project.command(self.trunk.join("trunk"));
        command.env("PATH", path_with(&self.wasm_bindgen));
        // Trunk wants `true` where the custom (no-color.org) is any value.
        command.env_remove("NO_COLOR").env("TRUNK_COLOR", "never").env("CARGO_TERM_COLOR", "never");
        command
    }
}

/// The program that runs tests compiled to WebAssembly; also sees to the target itself.
pub fn wasm_test_runner(project: &Project) -> Result<PathBuf, Failure> {
    wasm_target(project)?;
    Ok(wasm_bindgen(project)?.join(program("wasm-bindgen-test-runner")))
}

/// `cargo deny`, ready for its arguments.
pub fn cargo_deny(project: &Project) -> Result<Command, Failure> {
    let tool = CargoTool {
        package: "cargo-deny",
        version: CARGO_DENY.to_owned(),
        programs: &["cargo-deny"],
        features: &[],
        optimised: false,
    };
    Ok(project.command(tool.set_up(project)?.join(program("cargo-deny"))))
}

/// `cargo lambda`, ready for its arguments; also sees to the target of the functions.
pub fn cargo_lambda(project: &Project) -> Result<Command, Failure> {
    toolchain::arm_target(project)?;
    let folder = CARGO_LAMBDA.set_up(project)?;
    let mut command = project.command(folder.join(program("cargo-lambda")));
    command.arg("lambda").env("PATH", path_with(&folder)).env("CARGO_TERM_COLOR", "never");
    Ok(command)
}

/// The folder with `cfn-lint`, and with a `python` that can expand templates.
pub fn cfn_lint(project: &Project) -> Result<PathBuf, Failure> {
    CFN_LINT.set_up(project)
}

/// Whether Node is here, which runs WebAssembly tests faster than a browser does.
pub fn has_node() -> bool {
    find::on_path("node").is_some()
}

fn trunk() -> CargoTool {
    CargoTool {
        package: "trunk",
        version: TRUNK.to_owned(),
        programs: &["trunk"],
        // Without its check for new versions; with a TLS library that needs no system headers.
        features: &["--no-default-features", "--features", "rustls"],
        optimised: false,
    }
}

/// The folder of wasm-bindgen's programs, of the version that the page is compiled against: any other
/// refuses the page's binary.
fn wasm_bindgen(project: &Project) -> Result<PathBuf, Failure> {
    let tool = CargoTool {
        package: "wasm-bindgen-cli",
        version: project.locked_version("wasm-bindgen")?,
        programs: &["wasm-bindgen", "wasm-bindgen-test-runner"],
        features: &[],
        // It rewrites megabytes of code at every build of the page.
        optimised: true,
    };
    tool.set_up(project)
}

/// A program's file name on this platform.
pub fn program(name: &str) -> String {
    format!("{name}{}", env::consts::EXE_SUFFIX)
}

/// The `PATH`, with `folder` before everything else.
fn path_with(folder: &Path) -> OsString {
    let old = env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(folder.to_owned()).chain(env::split_paths(&old));
    // Fails only for a folder with a separator in its name, which could not be on a PATH anyway.
    env::join_paths(folders).unwrap_or(old)
}
