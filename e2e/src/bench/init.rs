//! Measures the time that the Lambda functions take to start. Tables, gateway and secret exist before. The measurement
//! itself is made by the example `init` of `lambda-host`, the crate that runs functions.

use std::path::Path;
use std::process::Command;

use super::{parameter_store, peers};
use crate::setting;
use crate::topology::Topology;

const STARTS: &str = "10";
const FUNCTIONS: [&str; 4] = ["websocket", "authorizer", "ingest", "broadcast"];
/// Our functions for which there is also an equivalent function for Node.
const PEERS: [&str; 2] = ["ingest", "broadcast"];

/// Measures the start of a function that does nothing, of our functions, and of the functions for Node, in turns.
///
/// # Panics
///
/// If one of them does not start.
pub async fn run() {
    let topology = Topology::start(|_| Vec::new()).await;
    let parameters = parameter_store::start().await;
    let mut init = Command::new(setting("TICKERTAPE_INIT"));
    init.arg(STARTS).args(functions()).envs(topology.tables());
    // These settings differ from those on AWS. Only the names of the tables are the same.
    init.env("TICKERTAPE_MANAGEMENT_ENDPOINT", topology.ws().replacen("ws://", "http://", 1))
        .env("TICKERTAPE_SECRET", "ssm:/tickertape/secret")
        .env("AWS_ENDPOINT_URL_SSM", parameters)
        .env("AWS_REGION", "eu-central-1");
    // Runs on another thread, because the stand-in for Parameter Store runs in this program and must not be blocked.
    let measured = tokio::task::spawn_blocking(move || init.status()).await.expect("it does not panic");
    assert!(measured.expect("it is started").success(), "a function did not start");
    topology.end().await;
}

/// Returns `NAME=PROGRAM ARGUMENTS` for each function, the form in which the example `init` takes them.
fn functions() -> Vec<String> {
    let built = setting("TICKERTAPE_FUNCTION_DIR");
    let bootstrap =
        |name: &str| format!("{name}={}", Path::new(&built).join(name).join("bootstrap").display());
    let mut functions = vec![format!("hello={}", setting("TICKERTAPE_HELLO"))];
    functions.extend(FUNCTIONS.iter().map(|name| bootstrap(name)));
    if let Some(peers) = peers() {
        let peer = |name: &&str| {
            format!("node-{name}=node --no-warnings {}", peers.join(format!("{name}.mjs")).display())
        };
        functions.extend(PEERS.iter().map(peer));
    }
    functions
}
