//! Measures the time that the functions take to start, with tables, gateway and secret available. The example `init` of
//! `lambda-host`, which hosts functions, measures it.

use std::path::Path;
use std::process::Command;

use super::{parameter_store, peers};
use crate::setting;
use crate::topology::Topology;

const STARTS: &str = "10";
const FUNCTIONS: [&str; 4] = ["websocket", "authorizer", "ingest", "broadcast"];
/// Functions of which there is an equivalent one for Node.
const PEERS: [&str; 2] = ["ingest", "broadcast"];

/// Measures in turns a function that does nothing, our functions, and those for Node.
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

/// Returns `NAME=PROGRAM ARGUMENTS` for each function, the format that the example reads.
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
