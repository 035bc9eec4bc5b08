//! The subcommand `cargo xtask lambda-local`, which starts the AWS topology on this machine.
//!
//! The Lambda functions are the same programs as in a deployment, but compiled for this machine's processor.
//! `tickertape serve --functions lambda` takes the place of API Gateway and Lambda, and AWS's DynamoDB Local takes the
//! place of DynamoDB. The program `lambda-local` of the crate `backend-poller` starts and ends all of them.

use crate::error::TaskError;
use crate::product::{self, Profile};
use crate::project::Project;
use crate::run;
use crate::step;
use crate::tools::{DynamoDbLocal, program};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Names of all Lambda functions.
pub const FUNCTIONS: [&str; 4] = ["websocket", "authorizer", "ingest", "broadcast"];

/// Paths of the programs of the AWS topology. All of them have been built or installed.
pub struct Topology {
    /// Path of the program that starts all other programs of the topology.
    pub lambda_local: PathBuf,
    tickertape: PathBuf,
    functions: PathBuf,
    dynamodb: DynamoDbLocal,
}

/// Builds the programs of the topology, then replaces this process with the program `lambda-local`, which starts the
/// others.
pub fn lambda_local(project: &Project, serve_arguments: &[String]) -> Result<(), TaskError> {
    let topology = Topology::build(project, Profile::Release)?;
    let mut command = Command::new(&topology.lambda_local);
    topology.announce(&mut command);
    run::become_program(command.arg("--").args(serve_arguments))
}

impl Topology {
    /// Builds the page, the server, the functions and the program `lambda-local`, and installs DynamoDB Local.
    pub fn build(project: &Project, profile: Profile) -> Result<Self, TaskError> {
        let dynamodb = DynamoDbLocal::set_up(project)?;
        let tickertape = product::build(project, profile)?;
        let functions = build_functions(project, profile)?;
        let mut build = Profile::Dev.build(project, "backend-poller");
        step::run(project, "lambda-local", build.args(["--bin", "lambda-local"]))?;
        let lambda_local = project.target.join("debug").join(program("lambda-local"));
        Ok(Self { lambda_local, tickertape, functions, dynamodb })
    }

    /// Passes the paths of all programs to `command` as environment variables.
    pub fn announce(&self, command: &mut Command) {
        self.dynamodb.announce(command);
        command
            .env("TICKERTAPE_BIN", &self.tickertape)
            .env("TICKERTAPE_FUNCTION_DIR", &self.functions)
            .env("TICKERTAPE_LAMBDA_LOCAL", &self.lambda_local);
    }
}

/// Returns the folder of the functions that are built for this machine. It contains one folder for each function, as a
/// deployment does.
pub fn functions(project: &Project) -> PathBuf {
    project.target.join("xtask").join("functions")
}

/// Builds the functions and returns their folder. For a release, the profile of a deployment is used. For tests, the
/// profile of the tests is used, so that the AWS SDK is not compiled again.
fn build_functions(project: &Project, profile: Profile) -> Result<PathBuf, TaskError> {
    let (name, built, folder) = match profile {
        Profile::Release => ("lambda", "lambda", functions(project)),
        Profile::Dev => ("dev", "debug", project.target.join("xtask").join("functions-dev")),
    };
    let mut build = profile.build(project, "backend-lambda");
    build.args(["--profile", name]).args(FUNCTIONS.iter().flat_map(|function| ["--bin", function]));
    step::run(project, &format!("functions ({name})"), &mut build)?;
    for name in FUNCTIONS {
        let built = project.target.join(built).join(program(name));
        install_bootstrap(&built, &folder.join(name))?;
    }
    Ok(folder)
}

/// Copies a program into a folder under the name `bootstrap`, under which Lambda starts it. An existing file is
/// replaced and not overwritten, so that a process that still runs the previous program is not affected.
fn install_bootstrap(built: &Path, folder: &Path) -> Result<(), TaskError> {
    let bootstrap = folder.join("bootstrap");
    let doing = || TaskError::while_doing(format!("writing {}", bootstrap.display()));
    fs::create_dir_all(folder).map_err(doing())?;
    let fresh = folder.join("bootstrap.new");
    fs::copy(built, &fresh).map_err(doing())?;
    fs::rename(&fresh, &bootstrap).map_err(doing())
}
