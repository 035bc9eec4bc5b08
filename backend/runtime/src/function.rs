//! What a function is.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The configuration of one function. The defaults are Lambda's ("Lambda function configuration": 128 MB, 3 s).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    /// What it is invoked by.
    pub name: String,
    /// The program that asks for its events: a `bootstrap`, or any other.
    pub program: PathBuf,
    /// The program's arguments.
    pub arguments: Vec<OsString>,
    /// Where the program starts, and `LAMBDA_TASK_ROOT`.
    pub task_root: PathBuf,
    /// `_HANDLER`, for runtimes that have several in one program.
    pub handler: String,
    /// The variables that are configured. Those of this process are not passed on, except `PATH`.
    pub environment: BTreeMap<String, String>,
    /// `AWS_LAMBDA_FUNCTION_MEMORY_SIZE`. It is told, not enforced.
    pub memory_mb: u32,
    /// How long an invocation may take.
    pub timeout: Duration,
    /// How many processes there may be at once, each with one invocation: reserved concurrency.
    pub concurrency: usize,
}

impl Function {
    /// A program that needs no arguments, such as the `bootstrap` of a custom runtime, started in its own directory.
    pub fn new(name: impl Into<String>, program: impl Into<PathBuf>) -> Self {
        let program = program.into();
        Self {
            name: name.into(),
            task_root: program.parent().unwrap_or(Path::new(".")).to_owned(),
            program,
            arguments: Vec::new(),
            handler: "bootstrap".into(),
            environment: BTreeMap::new(),
            memory_mb: 128,
            timeout: Duration::from_secs(3),
            concurrency: 10,
        }
    }

    /// `arn:aws:lambda:{region}:{account}:function:{name}`.
    pub(crate) fn arn(&self, region: &str, account_id: &str) -> String {
        format!("arn:aws:lambda:{region}:{account_id}:function:{}", self.name)
    }
}
