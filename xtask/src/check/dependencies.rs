//! Checks that each crate of the workspace has only the dependencies that it is allowed to have. The actual
//! dependencies are read from `cargo metadata`.
//!
//! Dependencies that are used for tests only are not restricted.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The dependencies that one crate of the workspace may have.
struct Rule {
    name: &'static str,
    /// Workspace crates on which this crate may depend, directly or indirectly. All others are forbidden.
    ours: Names,
    /// Crates of other projects on which this crate must not depend, directly or indirectly. A `*` at the end of a name
    /// stands for any ending.
    never: &'static [Names],
    /// Crates on which this crate must not depend directly, although its dependencies may depend on them. (For example,
    /// the JWT library depends on a random generator to create keys, which we do not use.)
    never_directly: &'static [Names],
}

type Names = &'static [&'static str];

const IO: &[&str] = &["async-std", "axum", "hyper", "mio", "redb", "reqwest", "smol", "socket2", "tokio"];
const CLOCK_AND_CHANCE: &[&str] = &["chrono", "fastrand", "getrandom", "instant", "rand", "time", "web-time"];
const BROWSER: &[&str] = &["js-sys", "wasm-bindgen", "web-sys"];
const AWS: &[&str] = &["aws-*", "aws_*", "lambda_*"];
const AWS_SDK: &[&str] = &["aws-*"];
const AWS_CLIENTS: &[&str] = &["aws-config", "aws-sdk-*"];
const SERVER: Names =
    &["apigw-websocket", "backend-core", "backend-edge", "backend-store", "tickertape-shared"];
const CLI: Names = &[
    "apigw-websocket",
    "backend-core",
    "backend-edge",
    "backend-store",
    "lambda-host",
    "local-tools",
    "serverless-app",
    "serverless-emulator",
    "tickertape-client",
    "tickertape-inputs",
    "tickertape-server",
    "tickertape-session",
    "tickertape-shared",
];
const FUZZED: Names = &[
    "apigw-websocket",
    "backend-aws",
    "backend-core",
    "backend-edge",
    "backend-store",
    "board-model",
    "serverless-app",
    "tickertape-inputs",
    "tickertape-session",
    "tickertape-shared",
];
const LAMBDA: &[&str] = &["backend-aws", "backend-core", "backend-edge", "tickertape-shared"];

/// One rule for each crate of the workspace. A crate comes after those on which it depends. A crate without a rule is
/// reported as a violation.
const RULES: &[Rule] = &[
    rule("tickertape-shared", &[], &[IO, CLOCK_AND_CHANCE, BROWSER, AWS]),
    rule("tickertape-session", &["tickertape-shared"], &[IO, CLOCK_AND_CHANCE, BROWSER, AWS]),
    rule("tickertape-inputs", &["tickertape-shared"], &[IO, CLOCK_AND_CHANCE, BROWSER, AWS]),
    Rule {
        never_directly: &[CLOCK_AND_CHANCE, BROWSER],
        ..rule("backend-core", &["tickertape-shared"], &[IO, AWS])
    },
    rule("backend-edge", &["backend-core", "tickertape-shared"], &[IO, AWS_SDK]),
    rule("apigw-websocket", &[], &[AWS_SDK]),
    rule("lambda-host", &["apigw-websocket"], &[AWS_SDK]),
    // Part of xtask, so it has no dependencies.
    rule("local-tools", &[], &[IO, CLOCK_AND_CHANCE, BROWSER, AWS, &["serde*"]]),
    rule("serverless-app", &[], &[IO, CLOCK_AND_CHANCE, BROWSER, AWS]),
    rule(
        "serverless-emulator",
        &["apigw-websocket", "lambda-host", "local-tools", "serverless-app"],
        &[AWS_SDK, &["axum", "clap"]],
    ),
    rule("backend-store", &["backend-core", "tickertape-shared"], &[AWS]),
    rule("backend-aws", &["backend-core", "tickertape-shared"], &[&["axum", "redb"]]),
    // Only the crate with the adapters may use types of the SDK.
    Rule { never_directly: &[AWS_CLIENTS], ..rule("backend-lambda", LAMBDA, &[&["axum", "redb"]]) },
    // Pure code: the logic of the page's panels and charts, without a browser.
    rule("board-model", &["tickertape-shared", "tickertape-session"], &[IO, CLOCK_AND_CHANCE, BROWSER, AWS]),
    rule("frontend", &["board-model", "tickertape-shared", "tickertape-session"], &[AWS]),
    rule("tickertape-client", &["tickertape-shared", "tickertape-session"], &[AWS, &["axum", "clap"]]),
    rule("tickertape-server", SERVER, &[AWS_SDK, &["clap", "tokio-tungstenite"]]),
    rule("tickertape", CLI, &[AWS_SDK]),
    // The tests use the product from outside; they share only the protocol with it.
    rule("e2e", &["tickertape-shared", "tickertape-session", "test-support"], &[]),
    // The recordings of released versions and their recorder do not depend on the code with which they are compared.
    rule("compatibility", &[], &[AWS]),
    // Viewers and publishers for tests, made with the client; not part of any release.
    rule("storm", &["tickertape-shared", "tickertape-client", "tickertape-session"], &[AWS]),
    // Tests compare the template with the code; dependencies for tests are not restricted.
    rule("infra", &[], &[IO, AWS]),
    // Runs session and service in simulated time; not part of any release.
    rule("simulation", &["backend-core", "tickertape-shared", "tickertape-session"], &[IO, AWS]),
    // Calls the parsers with mutated input; not part of any release.
    rule("fuzz", FUZZED, &[]),
    // Lists the public items of published crates, for tests.
    rule("api-listing", &[], &[IO, CLOCK_AND_CHANCE, BROWSER, AWS]),
    // Contains code that the tests of several crates share.
    rule("test-support", &[], &[AWS]),
    // Compiled before every command, so its dependencies have to be small.
    rule("xtask", &["local-tools"], &[&["syn", "tokio"]]),
];

const fn rule(name: &'static str, ours: Names, never: &'static [Names]) -> Rule {
    Rule { name, ours, never, never_directly: &[] }
}

/// Returns one sentence for every dependency that a rule does not allow.
pub fn violations(metadata: &Value) -> Vec<String> {
    let graph = Graph::read(metadata);
    graph.members.iter().flat_map(|(id, name)| violations_of(&graph, id, name)).collect()
}

fn violations_of(graph: &Graph, id: &str, name: &str) -> Vec<String> {
    let Some(rule) = RULES.iter().find(|rule| rule.name == name) else {
        return vec![format!(
            "{name} has no rule: add one to xtask/src/check/dependencies.rs with the crates that it may depend on"
        )];
    };
    let reached = graph.reached_from(id);
    let ours = reached.iter().filter(|id| graph.members.contains_key(**id)).map(|id| graph.name(id));
    let wrong_ours = ours.filter(|other| !rule.ours.contains(other));
    let wrong_others = reached.iter().map(|id| graph.name(id)).filter(|other| any_matches(rule.never, other));
    let named = graph.needed_by(id).map(|id| graph.name(id));
    let wrong_direct = named.filter(|other| any_matches(rule.never_directly, other));
    let wrong: BTreeSet<&str> = wrong_ours.chain(wrong_others).chain(wrong_direct).collect();
    wrong.into_iter().map(|other| format!("{name} must not depend on {other}")).collect()
}

fn any_matches(lists: &[Names], name: &str) -> bool {
    lists.iter().copied().flatten().any(|pattern| matches(pattern, name))
}

fn matches(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == name, |prefix| name.starts_with(prefix))
}

/// The packages of the workspace and all their dependencies, as a graph. Dependencies that are used for tests only are
/// left out.
pub struct Graph {
    /// Names of the workspace's crates. The key is the package id of `cargo metadata`.
    pub members: BTreeMap<String, String>,
    names: BTreeMap<String, String>,
    needs: BTreeMap<String, Vec<String>>,
}

impl Graph {
    pub fn read(metadata: &Value) -> Self {
        let names: BTreeMap<String, String> = items(&metadata["packages"])
            .map(|package| (text(&package["id"]), text(&package["name"])))
            .collect();
        let ids = items(&metadata["workspace_members"]).map(text);
        let members = ids.filter_map(|id| names.get(&id).cloned().map(|name| (id, name))).collect();
        let needs =
            items(&metadata["resolve"]["nodes"]).map(|node| (text(&node["id"]), needed_by(node))).collect();
        Self { members, names, needs }
    }

    pub fn name(&self, id: &str) -> &str {
        self.names.get(id).map(String::as_str).unwrap_or_default()
    }

    /// Returns the ids of the packages on which the package `id` depends directly.
    pub fn needed_by(&self, id: &str) -> impl Iterator<Item = &str> {
        self.needs.get(id).into_iter().flatten().map(String::as_str)
    }

    /// Returns the ids of all packages on which the package `id` depends, directly or indirectly.
    pub fn reached_from(&self, id: &str) -> BTreeSet<&str> {
        let mut reached = BTreeSet::new();
        let mut open: Vec<&str> = self.needed_by(id).collect();
        while let Some(id) = open.pop() {
            if reached.insert(id) {
                open.extend(self.needed_by(id));
            }
        }
        reached
    }
}

/// Returns the ids of the direct dependencies of a node in the output of `cargo metadata`. Dependencies that are used
/// for tests only are left out.
fn needed_by(node: &Value) -> Vec<String> {
    let compiled = items(&node["deps"]).filter(|dependency| items(&dependency["dep_kinds"]).any(is_compiled));
    compiled.map(|dependency| text(&dependency["pkg"])).collect()
}

/// Returns true if a dependency of this kind is compiled into the package. This is false for dependencies of tests. It
/// is also false for the condition `cfg(any())`, which is never met: some crates use it to keep the versions of their
/// companions in step.
fn is_compiled(kind: &Value) -> bool {
    kind["kind"] != "dev" && kind["target"] != "cfg(any())"
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
pub mod tests;
