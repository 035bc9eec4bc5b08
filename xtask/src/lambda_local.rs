//! `cargo xtask lambda-local`: the AWS topology on this machine.
//!
//! The functions are the very programs that are deployed, but for the processor; API Gateway and Lambda are
//! `tickertape serve --functions lambda`, DynamoDB is AWS's own. The program `lambda-local` of `backend-poller`
//! starts and ends them.

use crate::failure::Failure;
use crate::product::{self, Profile};
use crate::project::Project;
use crate::run;
use crate::step;
use crate::tools::{DynamoDbLocal, program};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// All there are.
pub const FUNCTIONS: [&str; 4] = ["websocket", "authorizer", "ingest", "broadcast"];

/// Everything it takes, built.
pub struct Topology {
    /// The program that starts the rest.
    pub lambda_local: PathBuf,
    tickertape: PathBuf,
    functions: PathBuf,
    dynamodb: DynamoDbLocal,
}

/// Builds what is not built, then becomes the program that runs it.
pub fn lambda_local(project: &Project, serve_arguments: &[String]) -> Result<(), Failure> {
    let topology = Topology::build(project, Profile::Release)?;
    let mut command = Command::new(&topology.lambda_local);
    topology.announce(&mut command);
    run::become_program(command.arg("--").args(serve_arguments))
}

impl Topology {
    /// The page and the server, the functions as they are deployed, and what stands around them.
    pub fn build(project: &Project, profile: Profile) -> Result<Self, Failure> {
        let dynamodb = DynamoDbLocal::set_up(project)?;
        let tickertape = product::build(project, profile)?;
        let functions = build_functions(project)?;
        let mut build = project.cargo(["build", "--package", "backend-poller"]);
        step::run(project, "lambda-local", &mut build)?;
        let lambda_local = project.target.join("debug").join(program("lambda-local"));
        Ok(Self { lambda_local, tickertape, functions, dynamodb })
    }

    /// Says where everything is.
    pub fn announce(&self, command: &mut Command) {
        self.dynamodb.announce(command);
        command
            .env("TICKERTAPE_BIN", &self.tickertape)
            .env("TICKERTAPE_FUNCTION_DIR", &self.functions)
            .env("TICKERTAPE_LAMBDA_LOCAL", &self.lambda_local);
    }
}

/// Where the functions for this machine are, each in a folder of its own.
pub fn functions(project: &Project) -> PathBuf {
    project.target.join("xtask").join("functions")
}

/// Builds them, with the profile of those that are deployed.
fn build_functions(project: &Project) -> Result<PathBuf, Failure> {
    let mut build = project.cargo(["build", "--package", "backend-lambda", "--profile", "lambda"]);
    step::run(project, "functions (lambda)", &mut build)?;
    let folder = functions(project);
    for name in FUNCTIONS {
        let built = project.target.join("lambda").join(program(name));
        place(&built, &folder.join(name))?;
    }
    Ok(folder)
}

/// Puts a program into a folder as `bootstrap`. A process that runs an older one keeps it.
fn place(built: &Path, folder: &Path) -> Result<(), Failure> {
    let bootstrap = folder.join("bootstrap");
    let doing = || Failure::while_doing(format!("writing {}", bootstrap.display()));
    fs::create_dir_all(folder).map_err(doing())?;
    let fresh = folder.join("bootstrap.new");
    fs::copy(built, &fresh).map_err(doing())?;
    fs::rename(&fresh, &bootstrap).map_err(doing())
}
