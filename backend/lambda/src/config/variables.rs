//! The names of all settings, and who needs which.

use Function::{Authorizer, Broadcast, Ingest, Websocket};

/// One of the four functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Function {
    /// Every route of the WebSocket API.
    Websocket,
    /// Who may connect.
    Authorizer,
    /// HTTP.
    Ingest,
    /// From the table's stream to the viewers.
    Broadcast,
}

impl Function {
    /// All of them.
    pub const ALL: [Self; 4] = [Websocket, Authorizer, Ingest, Broadcast];

    /// The name of its binary.
    pub const fn name(self) -> &'static str {
        match self {
            Websocket => "websocket",
            Authorizer => "authorizer",
            Ingest => "ingest",
            Broadcast => "broadcast",
        }
    }
}

/// A setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variable {
    /// Its name in the environment.
    pub name: &'static str,
    /// A right value.
    pub example: &'static str,
    /// Who does not start without it.
    pub required_by: &'static [Function],
    /// Who reads it if it is there.
    pub optional_for: &'static [Function],
    /// Whether a wrong value may be shown: what is meant to be the name of a secret may be the secret.
    pub is_shown: bool,
}

impl Variable {
    /// Whether Lambda sets it by itself (AWS Lambda developer guide, "Defined runtime environment variables").
    pub fn is_lambdas_own(&self) -> bool {
        self.name.starts_with("AWS_")
    }
}

/// Every setting.
pub const VARIABLES: [Variable; 12] = [
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
    SHARD_SIZE,
    FUNCTION_NAME,
];

/// The table of connections and their subscriptions.
pub const CONNECTIONS_TABLE: Variable =
    required("TICKERTAPE_CONNECTIONS_TABLE", "tickertape-connections", &[Websocket, Broadcast]);
/// The table of topics' heads, whose stream `broadcast` reads.
pub const TOPICS_TABLE: Variable =
    required("TICKERTAPE_TOPICS_TABLE", "tickertape-topics", &[Websocket, Ingest, Broadcast]);
/// The table of what was published.
pub const HISTORY_TABLE: Variable =
    required("TICKERTAPE_HISTORY_TABLE", "tickertape-history", &[Websocket, Ingest, Broadcast]);
/// Where clients are posted to; with a custom domain, its own address and base path.
pub const MANAGEMENT_ENDPOINT: Variable = required(
    "TICKERTAPE_MANAGEMENT_ENDPOINT",
    "https://abcd123.execute-api.eu-central-1.amazonaws.com/prod",
    &[Websocket, Broadcast],
);
/// Where the secret is that tokens are signed with: a parameter of SSM, a file (on a desk), or `none`.
pub const SECRET: Variable = Variable {
    is_shown: false,
    ..required("TICKERTAPE_SECRET", "ssm:/tickertape/secret", &[Websocket, Authorizer, Ingest])
};
/// Where an issuer's public keys are, if tokens are an issuer's.
pub const JWKS_URL: Variable = optional(
    "TICKERTAPE_JWKS_URL",
    "https://issuer.example.com/.well-known/jwks.json",
    &[Websocket, Authorizer, Ingest],
);
/// Who has to be named as a token's issuer.
pub const JWT_ISSUER: Variable =
    optional("TICKERTAPE_JWT_ISSUER", "https://issuer.example.com/", &[Websocket, Authorizer, Ingest]);
/// Who has to be named among a token's audience.
pub const JWT_AUDIENCE: Variable =
    optional("TICKERTAPE_JWT_AUDIENCE", "tickertape", &[Websocket, Authorizer, Ingest]);
/// For how many milliseconds publications are kept.
pub const KEEP_AGE_MS: Variable =
    optional("TICKERTAPE_KEEP_AGE_MS", "86400000", &[Websocket, Ingest, Broadcast]);
/// After how many milliseconds viewers are told to replace their connection, before the platform cuts it.
pub const ROTATE_IN_MS: Variable = optional("TICKERTAPE_ROTATE_IN_MS", "6600000", &[Websocket]);
/// To how many connections one invocation of `broadcast` posts.
pub const SHARD_SIZE: Variable = optional("TICKERTAPE_SHARD_SIZE", "1000", &[Broadcast]);
/// The function itself, which Lambda names.
pub const FUNCTION_NAME: Variable =
    required("AWS_LAMBDA_FUNCTION_NAME", "tickertape-broadcast", &[Broadcast]);

const fn required(name: &'static str, example: &'static str, by: &'static [Function]) -> Variable {
    Variable { name, example, required_by: by, optional_for: &[], is_shown: true }
}

const fn optional(name: &'static str, example: &'static str, by: &'static [Function]) -> Variable {
    Variable { name, example, required_by: &[], optional_for: by, is_shown: true }
}
