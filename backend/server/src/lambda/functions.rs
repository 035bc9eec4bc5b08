//! The four Lambda functions, with their programs and environment variables.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::time::Duration;

use backend_core::ROTATE_IN_MS;
use lambda_host::Function;

use crate::STAGE;

/// The function that handles the events of WebSocket connections.
pub const WEBSOCKET: &str = "websocket";
/// The function that accepts or refuses the handshake of a client.
pub const AUTHORIZER: &str = "authorizer";
/// The function that answers HTTP requests.
pub const INGEST: &str = "ingest";
/// The function that sends new publications to their subscribers. It is invoked with the records of the stream of the
/// table of topics.
const BROADCAST: &str = "broadcast";

/// Name, time-out in seconds and memory in MB of each function, as in `infra/template.yaml`; a test compares them.
const FUNCTIONS: [(&str, u64, u32); 4] =
    [(WEBSOCKET, 29, 512), (AUTHORIZER, 5, 256), (INGEST, 29, 512), (BROADCAST, 60, 1024)];

/// Maximum number of processes of one function. A process needs about ten megabytes, so the number is below the 1,000
/// of Lambda.
const CONCURRENCY: usize = 64;

/// The programs of the functions, and their environment variables.
#[derive(Debug)]
pub struct FunctionSettings {
    /// The absolute path of the directory with `websocket/bootstrap`, `authorizer/bootstrap`, `ingest/bootstrap` and
    /// `broadcast/bootstrap`.
    pub directory: PathBuf,
    /// Environment variables of all functions. They take precedence over those that the server sets.
    pub environment: BTreeMap<String, String>,
    /// The absolute path of the file with the secret that signs tokens, if there is one.
    pub secret_file: Option<PathBuf>,
}

impl FunctionSettings {
    /// Returns the path of the first function program that is missing from `directory`; `None` if all exist.
    pub fn missing_program(directory: &Path) -> Option<PathBuf> {
        let mut programs = FUNCTIONS.iter().map(|(name, ..)| bootstrap(directory, name));
        programs.find(|program| !program.is_file())
    }

    /// Returns true if the functions check tokens, either with a secret or with the keys of an issuer. In this case the
    /// gateway calls the authorizer.
    pub fn asks_for_tokens(&self) -> bool {
        let told = |name: &str| self.environment.get(name).map(String::as_str);
        let has_secret = told("TICKERTAPE_SECRET").is_some_and(|secret| secret != "none" && secret != "open");
        self.secret_file.is_some() || has_secret || told("TICKERTAPE_JWKS_URL").is_some()
    }

    /// Returns the descriptions of the four functions. They send messages to connections and invoke each other at the
    /// URL `here`. `time_scale` is the factor by which simulated time is faster than real time.
    pub(super) fn functions(&self, here: &str, time_scale: NonZeroU32) -> Vec<Function> {
        let environment = self.environment_with(here, time_scale);
        let function = |(name, timeout, memory_mb): &(&str, u64, u32)| {
            let mut function = Function::new(*name, bootstrap(&self.directory, name));
            function.environment = environment.clone();
            function.timeout = Duration::from_secs(*timeout);
            function.memory_mb = *memory_mb;
            function.concurrency = CONCURRENCY;
            function
        };
        FUNCTIONS.iter().map(function).collect()
    }

    fn environment_with(&self, here: &str, time_scale: NonZeroU32) -> BTreeMap<String, String> {
        let secret =
            self.secret_file.as_ref().map_or("open".into(), |path| format!("file:{}", path.display()));
        let mut environment: BTreeMap<String, String> = [
            ("TICKERTAPE_MANAGEMENT_ENDPOINT", format!("{here}/{STAGE}")),
            ("TICKERTAPE_SECRET", secret),
            ("TICKERTAPE_ROTATE_IN_MS", (ROTATE_IN_MS / u64::from(time_scale.get())).to_string()),
            ("AWS_ENDPOINT_URL_LAMBDA", here.to_owned()),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
        environment.extend(self.environment.clone());
        environment
    }
}

/// Returns the path of a function's program.
fn bootstrap(directory: &Path, function: &str) -> PathBuf {
    directory.join(function).join("bootstrap")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = include_str!("../../../../infra/template.yaml");

    /// Parses `NAME=VALUE` as an environment with one variable. Any other line is an empty environment.
    fn variable(line: &str) -> BTreeMap<String, String> {
        line.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned())).into_iter().collect()
    }

    #[test]
    fn functions_have_the_time_outs_and_memory_of_the_template() {
        for (name, timeout, memory_mb) in FUNCTIONS {
            let start = TEMPLATE.find(&format!("-{name}\"\n")).expect("the template names the function");
            let of = |key: &str| {
                let line = TEMPLATE[start..].lines().find_map(|line| line.trim().strip_prefix(key));
                line.and_then(|value| value.trim().parse::<u64>().ok())
            };
            assert_eq!(of("Timeout:"), Some(timeout), "{name}");
            assert_eq!(of("MemorySize:"), Some(memory_mb.into()), "{name}");
        }
    }

    #[test]
    fn a_secret_or_an_issuers_keys_mean_that_tokens_are_checked() {
        let asks = |line: &str| {
            let environment = variable(line);
            FunctionSettings { directory: PathBuf::new(), environment, secret_file: None }.asks_for_tokens()
        };
        assert!(!asks("") && !asks("TICKERTAPE_SECRET=open"));
        assert!(asks("TICKERTAPE_SECRET=ssm:/name") && asks("TICKERTAPE_JWKS_URL=https://issuer.example"));
    }

    #[test]
    fn connections_are_replaced_sooner_where_time_passes_faster_unless_the_environment_says_otherwise() {
        let told = |time_scale, typed| {
            let environment = variable(typed);
            let settings = FunctionSettings { directory: PathBuf::new(), environment, secret_file: None };
            let mut told =
                settings.environment_with("http://127.0.0.1:8080", NonZeroU32::new(time_scale).unwrap());
            told.remove("TICKERTAPE_ROTATE_IN_MS").expect("it is set")
        };
        assert_eq!(told(1, ""), "6600000");
        assert_eq!(told(720, ""), "9166");
        assert_eq!(told(720, "TICKERTAPE_ROTATE_IN_MS=5000"), "5000");
    }
}
