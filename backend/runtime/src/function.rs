//! The configuration of a Lambda function.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The configuration of one function. The defaults are those of Lambda ("Lambda function configuration": 128 MB, 3 s).
///
/// ```
/// use std::time::Duration;
///
/// let mut function = lambda_host::Function::new("thumb", "target/lambda/thumb/bootstrap");
/// function.environment.insert("TABLE".into(), "topics".into());
/// function.timeout = Duration::from_secs(10);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Function {
    /// Name by which the function is invoked.
    pub name: String,
    /// Program that fetches events from the Runtime API: the `bootstrap` of a custom runtime, or any other program.
    pub program: PathBuf,
    /// Arguments of the program.
    pub arguments: Vec<OsString>,
    /// Working directory of the program, and the value of `LAMBDA_TASK_ROOT`.
    pub task_root: PathBuf,
    /// Value of `_HANDLER`, for programs with several handlers.
    pub handler: String,
    /// Environment variables of the function. It inherits no variable of the host's process except `PATH`.
    pub environment: BTreeMap<String, String>,
    /// Value of `AWS_LAMBDA_FUNCTION_MEMORY_SIZE`, in MB. The limit is not enforced.
    pub memory_mb: u32,
    /// Maximum duration of an invocation.
    pub timeout: Duration,
    /// Maximum number of invocations in flight, each in a process of its own (Lambda's "reserved concurrency").
    pub concurrency: usize,
}

impl Function {
    /// Creates a function whose program needs no arguments, such as the `bootstrap` of a custom runtime. It is started
    /// in the program's own directory.
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

    /// Returns the function's ARN, `arn:aws:lambda:{region}:{account_id}:function:{name}`.
    pub(crate) fn arn(&self, region: &str, account_id: &str) -> String {
        format!("arn:aws:lambda:{region}:{account_id}:function:{}", self.name)
    }
}
