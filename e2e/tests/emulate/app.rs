//! A running `tickertape emulate`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use e2e::child::Spawned;
use e2e::setting;
use serde_json::Value;
use tempfile::{NamedTempFile, TempDir};

use crate::client::Client;

/// Maximum time for anything that a test waits for.
pub const LIMIT: Duration = Duration::from_secs(60);

/// Maximum time until an app is ready. The first one installs the packages of Lambda's runtimes.
const INSTALLATION: Duration = Duration::from_secs(300);

/// A running app, in a copy of its folder that the test may change.
pub struct App {
    process: Spawned,
    /// File with the standard error, if the test reads it.
    told: Option<NamedTempFile>,
    /// The line of JSON that the program printed when it was ready.
    pub ready: Value,
    folder: TempDir,
}

impl App {
    /// Runs one of the apps in `apps/`, without a board.
    pub fn start(name: &str) -> Self {
        Self::start_with(name, &["--no-board"])
    }

    /// Runs one of the apps in `apps/` with further arguments.
    pub fn start_with(name: &str, arguments: &[&str]) -> Self {
        Self::run(copy_of(name), arguments)
    }

    /// Runs the app in a folder.
    pub fn run(folder: TempDir, arguments: &[&str]) -> Self {
        Self::run_to(folder, arguments, &[], None)
    }

    /// Runs the app in a folder, with variables in the environment of the program.
    pub fn run_with(folder: TempDir, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        Self::run_to(folder, arguments, variables, None)
    }

    /// Runs the app in a folder. The test can read what it tells the person who runs it.
    pub fn telling(folder: TempDir, arguments: &[&str]) -> Self {
        Self::run_to(folder, arguments, &[], Some(NamedTempFile::new().expect("a file")))
    }

    fn run_to(
        folder: TempDir,
        arguments: &[&str],
        variables: &[(&str, &str)],
        told: Option<NamedTempFile>,
    ) -> Self {
        let mut command = emulate(folder.path());
        command.current_dir(folder.path());
        command.envs(variables.iter().copied());
        if let Some(told) = &told {
            command.stderr(told.reopen().expect("a file"));
        }
        let process = Spawned::start(command.args(["--json", "--listen", "127.0.0.1:0"]).args(arguments));
        let ready = process.line_within(INSTALLATION, |line| serde_json::from_str::<Value>(line).ok());
        Self { process, told, ready, folder }
    }

    /// Waits until the app has told a line that contains all parts.
    pub fn says(&self, parts: &[&str]) {
        let begun = Instant::now();
        while !self.told().lines().any(|line| parts.iter().all(|part| line.contains(part))) {
            assert!(begun.elapsed() < LIMIT, "{parts:?} is missing: {}", self.told());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until the app has told a number of lines that contain a part.
    pub fn says_times(&self, part: &str, times: usize) {
        let begun = Instant::now();
        while self.said(part) < times {
            assert!(begun.elapsed() < LIMIT, "{part:?} is missing: {}", self.told());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Returns the number of lines so far that contain a part.
    pub fn said(&self, part: &str) -> usize {
        self.lines(part).len()
    }

    /// Returns the lines so far that contain a part.
    pub fn lines(&self, part: &str) -> Vec<String> {
        self.told().lines().filter(|line| line.contains(part)).map(str::to_owned).collect()
    }

    /// Ends the program as Ctrl-C does, and waits until it has ended.
    pub fn end(&mut self) {
        self.process.end(LIMIT);
    }

    fn told(&self) -> String {
        let file = self.told.as_ref().expect("the app was started with `telling`");
        fs::read_to_string(file.path()).expect("the file")
    }

    /// Returns the path of a file of the app.
    pub fn file(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// Returns the address of the app's only API.
    pub fn url(&self) -> &str {
        self.ready["apis"][0]["url"].as_str().expect("an address")
    }

    /// Connects a client. `query` begins with a question mark, or is empty.
    pub async fn connect(&self, query: &str) -> Client {
        Client::connect(&format!("{}{query}", self.url()), &[]).await.expect("a handshake")
    }
}

/// Returns the command that runs the app in a folder. It gets no variable of AWS from the person who runs the tests.
pub fn emulate(folder: &Path) -> Command {
    let mut command = Command::new(setting("TICKERTAPE_BIN"));
    command.arg("emulate").arg(folder);
    for name in ["AWS_REGION", "AWS_PROFILE", "AWS_ACCESS_KEY_ID"] {
        command.env_remove(name);
    }
    command.env("AWS_SECRET_ACCESS_KEY", "of-a-person");
    command
}

/// Copies one of the apps in `apps/` to a temporary folder.
pub fn copy_of(name: &str) -> TempDir {
    let folder = TempDir::new().expect("a temporary folder");
    let apps = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/emulate/apps");
    copy(&apps.join(name), folder.path());
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("the app exists").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a file");
        }
    }
}
