//! The configuration of a Lambda function.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::retry::Retries;

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
    /// Maximum number of processes. Beyond it, an invocation waits instead of being throttled. Lambda has no such limit; a
    /// debugger, which can be attached to one process at a time, may need it.
    pub processes: usize,
    /// Runtime, such as `nodejs22.x`. It is part of the value of `AWS_EXECUTION_ENV`.
    pub runtime: String,
    /// AWS region of the function: part of its ARN, and the value of `AWS_REGION` unless `environment` contains another.
    pub region: String,
    /// AWS account id of twelve digits that is part of the function's ARN.
    pub account_id: String,
    /// Waits between the attempts of an asynchronous invocation. `None` means those of the host.
    pub retries: Option<Retries>,
    /// Names of versions and aliases, besides `$LATEST`, by which the function can be invoked: `name:alias`. All of them run
    /// the same program.
    pub qualifiers: Vec<String>,
    /// Environment variables of the function. It inherits no variable of the host's process except `PATH`.
    pub environment: BTreeMap<String, String>,
    /// Value of `AWS_LAMBDA_FUNCTION_MEMORY_SIZE`, in MB. The limit is not enforced.
    pub memory_mb: u32,
    /// Maximum duration of an invocation.
    pub timeout: Duration,
    /// Maximum number of invocations in flight, each in a process of its own. Further ones are throttled. The default is that of an
    /// account; a smaller number is Lambda's "reserved concurrency".
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
            processes: usize::MAX,
            runtime: "provided.al2023".into(),
            region: "local".into(),
            account_id: "000000000000".into(),
            retries: None,
            qualifiers: Vec::new(),
            environment: BTreeMap::new(),
            memory_mb: 128,
            timeout: Duration::from_secs(3),
            concurrency: 1_000,
        }
    }

    /// Returns the function's ARN, `arn:aws:lambda:{region}:{account_id}:function:{name}`.
    pub(crate) fn arn(&self) -> String {
        format!("arn:aws:lambda:{}:{}:function:{}", self.region, self.account_id, self.name)
    }
}
