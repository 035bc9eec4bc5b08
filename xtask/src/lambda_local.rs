//! The subcommand `cargo xtask lambda-local`, which runs the AWS topology on this machine: `tickertape emulate infra/template.yaml`.
//!
//! The Lambda functions are the same programs as in a deployment, but compiled for this machine's processor. As after a deployment,
//! the addresses in the outputs of the template are written to the page's file `config.json`.

use crate::deploy;
use crate::error::TaskError;
use crate::function_names::FUNCTIONS;
use crate::product::{self, Profile};
use crate::project::Project;
use crate::stamp::files_below;
use crate::step;
use crate::tools::{self, DynamoDbLocal, program};
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

/// Settings of the functions that differ from those of the template. There is no Parameter Store with a secret on this machine, so
/// that no token is needed. The board shows that the functions work, so the log only has to show problems.
const SETTINGS: &str = "TICKERTAPE_SECRET=open\nAWS_LAMBDA_LOG_LEVEL=WARN\n";
/// The template's only parameter without a default. The functions do not read it, because of [`SETTINGS`].
const SECRET_PARAMETER: &str = "SecretParameter=/tickertape/local/secret";
/// Time between two looks for the file with the outputs, while the app starts.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// A shell script that runs a program until its standard input ends, so that the program ends even if xtask is killed.
const UNTIL_EOF: &str = r#""$@" </dev/null & read _; kill $!"#;

/// Paths of the programs of the AWS topology. All of them have been built or installed.
pub struct Topology {
    tickertape: PathBuf,
    functions: PathBuf,
    dynamodb: DynamoDbLocal,
}

/// Builds the programs of the topology, then runs them until the emulator ends. `arguments` are passed to `tickertape emulate`.
/// The metrics of this machine are published, unless `arguments` have settings of the functions, by which tokens may be needed.
pub fn lambda_local(project: &Project, arguments: &[String]) -> Result<(), TaskError> {
    let topology = Topology::build(project, Profile::Release)?;
    let files = Files::write(project)?;
    let mut command = topology.emulate(project, &files);
    tools::announce_moto(project, &mut command)?;
    command.args(arguments).stdin(Stdio::piped());
    let mut emulator = command.spawn().map_err(TaskError::while_doing("starting the emulator"))?;
    // The emulator ends with its standard input, which waiting for the process would close.
    let _input = emulator.stdin.take();
    let mut host = None;
    if let Some(outputs) = files.outputs_of(&mut emulator)? {
        files.write_addresses(&outputs)?;
        if !arguments.iter().any(|word| word.starts_with("--env")) {
            host = Some(topology.host(&output(&outputs, "WebSocket")?)?);
        }
    }
    let status = emulator.wait().map_err(TaskError::while_doing("waiting for the emulator"))?;
    if let Some(host) = host {
        end(host)?;
    }
    step::require_success("the emulator", status)
}

impl Topology {
    /// Builds the page, the program and the functions, and installs DynamoDB Local.
    pub fn build(project: &Project, profile: Profile) -> Result<Self, TaskError> {
        let dynamodb = DynamoDbLocal::set_up(project)?;
        let tickertape = product::build(project, profile)?;
        let functions = build_functions(project, profile)?;
        Ok(Self { tickertape, functions, dynamodb })
    }

    /// Passes the paths of all programs to `command` as environment variables, and installs moto.
    pub fn announce(&self, project: &Project, command: &mut Command) -> Result<(), TaskError> {
        self.dynamodb.announce(command);
        tools::announce_moto(project, command)?;
        command
            .env("TICKERTAPE_BIN", &self.tickertape)
            .env("TICKERTAPE_FUNCTION_DIR", &self.functions)
            .env("XDG_DATA_HOME", project.target.join("xtask").join("data"));
        Ok(())
    }

    fn emulate(&self, project: &Project, files: &Files) -> Command {
        let mut command = Command::new(&self.tickertape);
        self.dynamodb.announce(&mut command);
        command.arg("emulate").arg(project.root.join("infra").join("template.yaml")).arg("--until-eof");
        command.args(["--param", SECRET_PARAMETER]).arg("--env").arg(&files.settings);
        command.arg("--bucket").arg(format!("Site={}", files.site.display()));
        command.arg("--outputs-file").arg(&files.outputs);
        for name in FUNCTIONS {
            let folder = self.functions.join(name);
            command.arg("--code").arg(format!("{}={}", resource(name), folder.display()));
        }
        command
    }

    /// Starts `tickertape host`, which publishes this machine's metrics to the WebSocket at `url`.
    fn host(&self, url: &str) -> Result<Child, TaskError> {
        let mut command = if cfg!(unix) {
            let mut shell = Command::new("sh");
            shell.args(["-c", UNTIL_EOF, "sh"]).arg(&self.tickertape);
            shell
        } else {
            Command::new(&self.tickertape)
        };
        let child = command.args(["host", "--url", url]).stdin(Stdio::piped()).spawn();
        child.map_err(TaskError::while_doing("starting tickertape host"))
    }
}

/// Ends `tickertape host`. On Unix, this is done by the shell that runs it, as soon as its standard input is closed.
fn end(mut host: Child) -> Result<(), TaskError> {
    let doing = || TaskError::while_doing("ending tickertape host");
    drop(host.stdin.take());
    if !cfg!(unix) {
        host.kill().map_err(doing())?;
    }
    host.wait().map(drop).map_err(doing())
}

/// Returns the name in the template of a function: `WebsocketFunction` for `websocket`.
fn resource(name: &str) -> String {
    let (first, rest) = name.split_at(1);
    format!("{}{rest}Function", first.to_uppercase())
}

/// The files that the emulator reads and writes.
struct Files {
    /// Folder with the page, which takes the place of the bucket.
    site: PathBuf,
    /// File with settings of the functions.
    settings: PathBuf,
    /// File that the emulator writes when it is ready.
    outputs: PathBuf,
    /// Lock of the folder with these files. It ends with this process.
    _lock: File,
}

impl Files {
    /// Copies the page without its compressed files, which are uploaded in another way, and writes the settings.
    fn write(project: &Project) -> Result<Self, TaskError> {
        let (folder, lock) = unused_folder(&project.target.join("xtask").join("lambda-local"))?;
        if folder.exists() {
            fs::remove_dir_all(&folder)
                .map_err(TaskError::while_doing(format!("clearing {}", folder.display())))?;
        }
        let site = folder.join("site");
        let dist = project.dist();
        for file in files_below(&dist)? {
            if file.extension().is_none_or(|end| end != "br") {
                let target = site.join(file.strip_prefix(&dist).unwrap_or(&file));
                copy(&file, &target)?;
            }
        }
        let (settings, outputs) = (folder.join("functions.env"), folder.join("outputs.json"));
        fs::write(&settings, SETTINGS).map_err(TaskError::while_doing("writing the functions' settings"))?;
        Ok(Self { site, settings, outputs, _lock: lock })
    }

    /// Waits until the emulator has written the outputs of the template. Returns `None` if it ends before that.
    fn outputs_of(&self, emulator: &mut Child) -> Result<Option<serde_json::Value>, TaskError> {
        let doing = || TaskError::while_doing(format!("reading {}", self.outputs.display()));
        while !self.outputs.exists() {
            if emulator.try_wait().map_err(doing())?.is_some() {
                return Ok(None);
            }
            thread::sleep(LOOK_EVERY);
        }
        let text = fs::read_to_string(&self.outputs).map_err(doing())?;
        serde_json::from_str(&text).map(Some).map_err(|error| TaskError::UnexpectedOutput {
            what: "the outputs of the template".to_owned(),
            reason: error.to_string(),
        })
    }

    /// Writes the page's file with the addresses of its server.
    fn write_addresses(&self, outputs: &serde_json::Value) -> Result<(), TaskError> {
        let addresses = deploy::addresses(&output(outputs, "WebSocket")?, &output(outputs, "Ingest")?);
        fs::write(self.site.join("config.json"), addresses)
            .map_err(TaskError::while_doing("writing the page's addresses"))
    }
}

/// Returns the first folder in `parent` that no other process uses, with its lock. Several topologies may run at the same time, at
/// different addresses.
fn unused_folder(parent: &Path) -> Result<(PathBuf, File), TaskError> {
    let doing = || TaskError::while_doing(format!("locking a folder in {}", parent.display()));
    fs::create_dir_all(parent).map_err(doing())?;
    let mut number = 1_u32;
    loop {
        let folder = parent.join(number.to_string());
        let lock = File::create(folder.with_extension("lock")).map_err(doing())?;
        match lock.try_lock() {
            Ok(()) => return Ok((folder, lock)),
            Err(TryLockError::WouldBlock) => number += 1,
            Err(TryLockError::Error(source)) => return Err(doing()(source)),
        }
    }
}

fn output(outputs: &serde_json::Value, name: &str) -> Result<String, TaskError> {
    outputs[name].as_str().map(str::to_owned).ok_or_else(|| TaskError::UnexpectedOutput {
        what: "the outputs of the template".to_owned(),
        reason: format!("{name} is missing"),
    })
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
    let fresh = folder.join("bootstrap.new");
    copy(built, &fresh)?;
    fs::rename(&fresh, &bootstrap).map_err(TaskError::while_doing(format!("writing {}", bootstrap.display())))
}

/// Copies a file, and creates the folder of the copy.
fn copy(from: &Path, to: &Path) -> Result<(), TaskError> {
    let doing = || TaskError::while_doing(format!("writing {}", to.display()));
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).map_err(doing())?;
    }
    fs::copy(from, to).map(drop).map_err(doing())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Priority;

    const TEMPLATE: &str = include_str!("../../infra/template.yaml");

    #[test]
    fn the_template_has_the_functions_the_bucket_and_the_parameter_that_are_named() {
        for name in FUNCTIONS {
            assert!(TEMPLATE.contains(&format!("\n  {}:\n", resource(name))), "{name}");
        }
        let (parameter, _) = SECRET_PARAMETER.split_once('=').expect("a value");
        for name in ["Site", parameter] {
            assert!(TEMPLATE.contains(&format!("\n  {name}:\n")), "{name}");
        }
    }

    #[test]
    fn a_second_topology_leaves_the_files_of_the_first_alone() {
        let root = std::env::temp_dir().join(format!("xtask-lambda-local-{}", std::process::id()));
        fs::create_dir_all(root.join("dist")).unwrap();
        fs::write(root.join("dist/index.html"), "page").unwrap();
        let (target, tools) = (root.join("target"), root.join("tools"));
        let project = Project { root: root.clone(), target, tools, priority: Priority::Usual };
        let first = Files::write(&project).unwrap();
        fs::write(first.site.join("config.json"), "addresses").unwrap();
        let second = Files::write(&project).unwrap();
        assert!(first.site.join("config.json").exists() && second.site.join("index.html").exists());
        assert!(!second.site.join("config.json").exists());
        fs::remove_dir_all(&root).unwrap();
    }
}
