//! Lambda functions.

use std::collections::{BTreeMap, BTreeSet};

use crate::place::Place;

/// A Lambda function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// Name of the function.
    pub name: String,
    /// Name in the description.
    pub logical_id: String,
    /// Resource name, such as `arn:aws:lambda:eu-west-1:123456789012:function:chat`.
    pub arn: String,
    /// Runtime, such as `nodejs20.x`. It is absent from functions that are container images.
    pub runtime: Option<String>,
    /// Handler, such as `index.handler`.
    pub handler: Option<String>,
    /// Location of the code.
    pub code: Code,
    /// Layers, the first one first.
    pub layers: Vec<Layer>,
    /// Environment variables of the description.
    pub environment: BTreeMap<String, String>,
    /// Time after which an invocation is ended, in seconds.
    pub timeout_s: u32,
    /// Memory, in megabytes.
    pub memory_mb: u32,
    /// Instruction set, `x86_64` or `arm64`.
    pub architecture: String,
    /// Number of invocations that may run at a time, if the function has a number of its own.
    pub reserved_concurrency: Option<u32>,
    /// Aliases and versions of the description, by which the function can be invoked: `NAME:ALIAS`.
    pub qualifiers: BTreeSet<String>,
    /// Address by which the function can be invoked with HTTP.
    pub url: Option<FunctionUrl>,
    /// Treatment of asynchronous invocations that fail.
    pub async_invocation: AsyncInvocation,
    /// Command that builds the code, if it has to be built before it can run and is not known to be built.
    pub build: Option<String>,
    /// Place of the function.
    pub place: Place,
}

/// Location of a function's code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Code {
    /// A folder, an archive or a file, as a path like those of [`Files`](crate::Files).
    Path(String),
    /// The text of the only source file, in the language of the runtime.
    Inline(String),
    /// Code that is not in the project: an object of S3 or a container image. A note says so.
    Elsewhere(String),
}

/// A layer of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Layer {
    /// A layer of the description.
    Own {
        /// Name of the layer.
        name: String,
        /// Location of the content.
        content: Code,
    },
    /// A published layer, by its resource name. A note says that it is not downloaded.
    Published(String),
}

/// An HTTP address of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionUrl {
    /// Address that the description's references to it have.
    pub url: String,
    /// True if requests need a signature of AWS (`AWS_IAM`). A note says that it is not checked.
    pub needs_iam: bool,
    /// True if the answer is streamed (`RESPONSE_STREAM`).
    pub streams: bool,
    /// Answers to requests from pages of other origins.
    pub cors: Option<Cors>,
}

/// Settings for requests from pages of other origins.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cors {
    /// True if requests may have credentials.
    pub allow_credentials: bool,
    /// Headers that requests may have.
    pub allow_headers: Vec<String>,
    /// Methods that requests may have.
    pub allow_methods: Vec<String>,
    /// Origins that may send requests.
    pub allow_origins: Vec<String>,
    /// Headers of answers that pages may read.
    pub expose_headers: Vec<String>,
    /// Time for which browsers keep these settings, in seconds.
    pub max_age_s: Option<u32>,
}

/// Treatment of asynchronous invocations that fail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AsyncInvocation {
    /// Number of repetitions of a failed invocation.
    pub retries: u32,
    /// Age after which an event is discarded, in seconds.
    pub max_age_s: u32,
    /// Destination of events whose last invocation failed.
    pub on_failure: Option<Destination>,
    /// Destination of the answers of successful invocations.
    pub on_success: Option<Destination>,
}

/// The defaults of Lambda (AWS Lambda Developer Guide, "How Lambda handles errors and retries with asynchronous
/// invocation").
impl Default for AsyncInvocation {
    fn default() -> Self {
        Self { retries: 2, max_age_s: 21_600, on_failure: None, on_success: None }
    }
}

/// A destination of records and results.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// A queue of the app, by its name.
    Queue(String),
    /// A function of the app, by its name.
    Function(String),
    /// Anything else, by its resource name. A note says that nothing is sent there.
    Unsupported(String),
}
