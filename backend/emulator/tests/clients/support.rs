//! Runs the code of an app with a runtime client.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use lambda_host::{Function, FunctionError, Host, InvokeError, Limits, Log, LogLine, Report, Retries};
use serde_json::Value;
use tempfile::TempDir;
use test_support::soon;

/// A language of functions.
#[derive(Clone, Copy)]
pub enum Language {
    Node,
    Python,
}

/// Code of an app that can be started.
pub struct Code {
    language: Language,
    folder: TempDir,
    function: Function,
}

/// Code of an app that runs.
pub struct Running {
    _folder: TempDir,
    host: Host,
    lines: Arc<Lines>,
}

#[derive(Default)]
struct Lines(Mutex<Vec<String>>);

impl Log for Lines {
    fn line(&self, line: &LogLine<'_>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(line.text.to_owned());
    }

    fn report(&self, _: &Report) {}
}

/// Returns the folder of the runtime clients.
fn clients() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("clients")
}

/// Returns code that consists of one file with a handler `handler`.
pub fn node(source: &str) -> Code {
    Code::new(Language::Node, "index.handler", &[("index.js", source)])
}

/// Returns code that consists of one file with a function `handler`.
pub fn python(source: &str) -> Code {
    Code::new(Language::Python, "app.handler", &[("app.py", source)])
}

impl Code {
    /// Writes the files of an app into a folder of their own.
    pub fn new(language: Language, handler: &str, files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder for temporary files");
        for (name, content) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a new folder");
            std::fs::write(path, content).expect("a new file");
        }
        let clients = clients();
        let (program, arguments) = match language {
            Language::Node => ("node", vec![clients.join("node/bootstrap.cjs").into()]),
            Language::Python => ("python3", vec![clients.join("python/bootstrap.py").into()]),
        };
        let mut function = Function::new("chat", program);
        function.arguments = arguments;
        function.task_root = folder.path().to_owned();
        function.handler = handler.into();
        // Python keeps what it compiles in the folder of the code.
        function.environment = BTreeMap::from([("PYTHONDONTWRITEBYTECODE".into(), "1".into())]);
        function.timeout = Duration::from_secs(20);
        function.memory_mb = 256;
        Self { language, folder, function }
    }

    /// Returns the folder of the code.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Sets an environment variable. `DIR` in its value stands for the folder of the code.
    pub fn env(mut self, name: &str, value: &str) -> Self {
        let value = value.replace("DIR", &self.folder.path().display().to_string());
        self.function.environment.insert(name.into(), value);
        self
    }

    /// Redirects connections to `amazonaws.com` to a port of this machine.
    pub fn redirected(mut self, port: u16) -> Self {
        match self.language {
            Language::Node => {
                let preload = clients().join("node/preload.cjs");
                self.function.arguments.splice(0..0, ["--require".into(), preload.into()]);
            }
            Language::Python => {
                let path = clients().join("python").display().to_string();
                self.function.environment.insert("PYTHONPATH".into(), path);
            }
        }
        self.env("TICKERTAPE_DESK_PORT", &port.to_string())
            .env("TICKERTAPE_DESK_SUFFIXES", "amazonaws.com,.on.aws")
    }

    /// Sets the runtime of the description, such as `nodejs24.x`.
    pub fn runtime(mut self, runtime: &str) -> Self {
        self.function.runtime = runtime.into();
        self
    }

    /// Changes the configuration of the function.
    pub fn change(mut self, change: impl FnOnce(&mut Function)) -> Self {
        change(&mut self.function);
        self
    }

    /// Starts the host of the function.
    pub fn run(self) -> Running {
        let lines = Arc::new(Lines::default());
        let host = Host::new(vec![self.function], Limits::default(), Retries::default(), lines.clone());
        Running { _folder: self.folder, host, lines }
    }
}

impl Running {
    /// Invokes the function, which must succeed, and returns its answer as JSON.
    pub async fn answer(&self, event: Value) -> Value {
        let answer = self.bytes(event).await;
        serde_json::from_slice(&answer).expect("the answer is JSON")
    }

    /// Invokes the function, which must succeed, and returns its answer.
    pub async fn bytes(&self, event: Value) -> Vec<u8> {
        match soon(self.host.invoke("chat", event.to_string().into())).await {
            Ok(answer) => answer.to_vec(),
            Err(error) => panic!("{error}; log: {:?}", self.all_lines()),
        }
    }

    /// Invokes the function with a client context.
    pub async fn answer_with_context(&self, event: Value, context: &str) -> Value {
        let invoked =
            self.host.invoke_with_client_context("chat", event.to_string().into(), Some(context.into()));
        serde_json::from_slice(&soon(invoked).await.expect("an answer")).expect("the answer is JSON")
    }

    /// Invokes the function, which must fail. Returns the error with its payload as JSON.
    pub async fn failure(&self, event: Value) -> (FunctionError, Value) {
        let error = soon(self.host.invoke("chat", event.to_string().into())).await.expect_err("it must fail");
        let InvokeError::Function(error) = error else { panic!("another error: {error:?}") };
        let payload = serde_json::from_slice(&error.payload).expect("an error is JSON");
        (error, payload)
    }

    /// Waits for a line of the log that contains `part`.
    pub async fn line(&self, part: &str) -> String {
        let found = async {
            loop {
                if let Some(line) = self.all_lines().into_iter().find(|line| line.contains(part)) {
                    return line;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let waited = tokio::time::timeout(test_support::TIMEOUT, found).await;
        waited.unwrap_or_else(|_| panic!("no line with {part:?} in {:?}", self.all_lines()))
    }

    /// Returns all lines of the log until now.
    pub fn all_lines(&self) -> Vec<String> {
        self.lines.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
