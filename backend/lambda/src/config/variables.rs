//! The environment variables of the Lambda functions, and for each variable the functions that need it.

use Function::{Authorizer, Broadcast, Ingest, Websocket};

/// One of the four Lambda functions of Tickertape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Function {
    /// Serves every route of the WebSocket API.
    Websocket,
    /// Allows or refuses each WebSocket handshake.
    Authorizer,
    /// Serves the HTTP API, to which publications are posted.
    Ingest,
    /// Sends new publications from the stream of the topics table to the subscribers.
    Broadcast,
}

impl Function {
    /// All four Lambda functions.
    pub const ALL: [Self; 4] = [Websocket, Authorizer, Ingest, Broadcast];

    /// Returns the name of the Lambda function, which is also the name of its binary.
    pub const fn name(self) -> &'static str {
        match self {
            Websocket => "websocket",
            Authorizer => "authorizer",
            Ingest => "ingest",
            Broadcast => "broadcast",
        }
    }
}

/// The description of an environment variable that configures the Lambda functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variable {
    /// Name of the environment variable.
    pub name: &'static str,
    /// A valid value of the environment variable, as an example for error messages.
    pub example: &'static str,
    /// The Lambda functions that cannot start without the variable.
    pub required_by: &'static [Function],
    /// The Lambda functions that read the variable if it is set.
    pub optional_for: &'static [Function],
    /// True if an error message may show an invalid value of the variable. It is false if the value may be a secret,
    /// for example because somebody typed the secret in place of the parameter's name.
    pub is_shown: bool,
}

impl Variable {
    /// Returns true if Lambda sets the variable itself (AWS Lambda developer guide, "Defined runtime environment
    /// variables").
    pub fn is_lambdas_own(&self) -> bool {
        self.name.starts_with("AWS_")
    }
}

/// All environment variables that configure the Lambda functions.
pub const VARIABLES: [Variable; 13] = [
    CONNECTIONS_TABLE,
    TOPICS_TABLE,
    HISTORY_TABLE,
    MANAGEMENT_ENDPOINT,
    SECRET,
    JWKS_URL,
    JWT_ISSUER,
    JWT_AUDIENCE,
    KEEP_AGE_MS,
    ROTATE_IN_MS,
    FRAME_EVERY_MS,
    SHARD_SIZE,
    FUNCTION_NAME,
];

/// Name of the DynamoDB table of connections and their subscriptions.
pub const CONNECTIONS_TABLE: Variable =
    required("TICKERTAPE_CONNECTIONS_TABLE", "tickertape-connections", &[Websocket, Broadcast]);
/// Name of the DynamoDB table with one item for each topic: its head (last publication, position and metadata). The
/// stream of this table invokes `broadcast`.
pub const TOPICS_TABLE: Variable =
    required("TICKERTAPE_TOPICS_TABLE", "tickertape-topics", &[Websocket, Ingest, Broadcast]);
/// Name of the DynamoDB table of publications.
pub const HISTORY_TABLE: Variable =
    required("TICKERTAPE_HISTORY_TABLE", "tickertape-history", &[Websocket, Ingest, Broadcast]);
/// Address of API Gateway's management API. If the API has a custom domain, the address consists of that domain and its
/// base path.
pub const MANAGEMENT_ENDPOINT: Variable = required(
    "TICKERTAPE_MANAGEMENT_ENDPOINT",
    "https://abcd123.execute-api.eu-central-1.amazonaws.com/prod",
    &[Websocket, Broadcast],
);
/// Location of the secret that tokens are signed with: `ssm:NAME` for a parameter of SSM, `file:PATH` for a file on
/// this machine, `none` if an identity provider issues the tokens, or `open` if no tokens are needed.
pub const SECRET: Variable = Variable {
    is_shown: false,
    ..required("TICKERTAPE_SECRET", "ssm:/tickertape/secret", &[Websocket, Authorizer, Ingest])
};
/// Address of the public keys that tokens are checked with, as a JSON Web Key Set. It is set if an identity provider
/// issues the tokens.
pub const JWKS_URL: Variable = optional(
    "TICKERTAPE_JWKS_URL",
    "https://issuer.example.com/.well-known/jwks.json",
    &[Websocket, Authorizer, Ingest],
);
/// Issuer that a token must contain. Required with [`JWKS_URL`].
pub const JWT_ISSUER: Variable =
    optional("TICKERTAPE_JWT_ISSUER", "https://issuer.example.com/", &[Websocket, Authorizer, Ingest]);
/// Audience that a token must contain. Required with [`JWKS_URL`].
pub const JWT_AUDIENCE: Variable =
    optional("TICKERTAPE_JWT_AUDIENCE", "tickertape", &[Websocket, Authorizer, Ingest]);
/// Time for which publications are kept, in milliseconds.
pub const KEEP_AGE_MS: Variable =
    optional("TICKERTAPE_KEEP_AGE_MS", "86400000", &[Websocket, Ingest, Broadcast]);
/// Time after a subscription at which the client is told to replace its connection, in milliseconds. It must be shorter
/// than the 2 hours after which API Gateway closes a connection.
pub const ROTATE_IN_MS: Variable = optional("TICKERTAPE_ROTATE_IN_MS", "6600000", &[Websocket]);
/// Minimum time between two broadcasts of publications, in milliseconds, which clients are told. It has to be the batching window of
/// the event source mapping of `broadcast`.
pub const FRAME_EVERY_MS: Variable = optional("TICKERTAPE_FRAME_EVERY_MS", "5000", &[Websocket]);
/// Maximum number of connections that one invocation of `broadcast` posts to. It passes the others to further
/// invocations.
pub const SHARD_SIZE: Variable = optional("TICKERTAPE_SHARD_SIZE", "1000", &[Broadcast]);
/// Name of the Lambda function itself. Lambda sets this variable.
pub const FUNCTION_NAME: Variable =
    required("AWS_LAMBDA_FUNCTION_NAME", "tickertape-broadcast", &[Broadcast]);

const fn required(name: &'static str, example: &'static str, by: &'static [Function]) -> Variable {
    Variable { name, example, required_by: by, optional_for: &[], is_shown: true }
}

const fn optional(name: &'static str, example: &'static str, by: &'static [Function]) -> Variable {
    Variable { name, example, required_by: &[], optional_for: by, is_shown: true }
}
