//! Which crate may build on which, read from `cargo metadata`.
//!
//! Only what ends up in the product counts: dependencies for tests may point anywhere.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What one of our crates may build on.
struct Rule {
    name: &'static str,
    /// Our other crates that it may use.
    ours: Names,
    /// What it must not reach, by any road. A `*` at the end stands for any ending.
    never: &'static [Names],
    /// What it must not name itself, though a library of its may carry it (a JWT library brings a
    /// random generator for the keys that we never make).
    never_directly: &'static [Names],
}

type Names = &'static [&'static str];

const IO: &[&str] = &["async-std", "axum", "hyper", "mio", "redb", "reqwest", "smol", "socket2", "tokio"];
const CLOCK_AND_CHANCE: &[&str] = &["chrono", "fastrand", "getrandom", "instant", "rand", "time", "web-time"];
const BROWSER: &[&str] = &["js-sys", "wasm-bindgen", "web-sys"];
const AWS: &[&str] = &["aws-*", "aws_*", "lambda_*"];
const AWS_SDK: &[&str] = &["aws-*"];
const AWS_CLIENTS: &[&str] = &["aws-config", "aws-sdk-*"];
const CLI: &[&str] = &[
    "backend-core",
    "backend-edge",
    "apigw-websocket",
    "lambda-host",
    "backend-store",
    "tickertape-shared",
    "tickertape-session",
];
const STORM: &[&str] = &[
    "backend-core",
    "backend-edge",
    "apigw-websocket",
    "lambda-host",
    "backend-store",
    "tickertape-shared",
    "tickertape",
    "tickertape-session",
];
const LAMBDA: &[&str] = &["backend-aws", "backend-core", "backend-edge", "tickertape-shared"];

/// Innermost first. A crate without a rule is a violation: whoever adds one decides where it stands.
const RULES: [Rule; 17] = [
    rule("tickertape-shared", &[], &[IO, CLOCK_AND_CHANCE, BROWSER, AWS]),
    rule("tickertape-session", &["tickertape-shared"], &[IO, CLOCK_AND_CHANCE, BROWSER, AWS]),
    Rule {
        never_directly: &[CLOCK_AND_CHANCE, BROWSER],
        ..rule("backend-core", &["tickertape-shared"], &[IO, AWS])
    },
    rule("backend-edge", &["backend-core", "tickertape-shared"], &[IO, AWS_SDK]),
    rule("apigw-websocket", &[], &[AWS_SDK]),
    rule("lambda-host", &["apigw-websocket"], &[AWS_SDK]),
    rule("backend-store", &["backend-core", "tickertape-shared"], &[AWS]),
    rule("backend-aws", &["backend-core", "tickertape-shared"], &[&["axum", "redb"]]),
    // What the SDK's types are called stays with the adapters.
    Rule { never_directly: &[AWS_CLIENTS], ..rule("backend-lambda", LAMBDA, &[&["axum", "redb"]]) },
    rule("backend-poller", &["backend-aws", "backend-core", "tickertape-shared"], &[&["axum", "redb"]]),
    rule("frontend", &["tickertape-shared", "tickertape-session"], &[AWS]),
    rule("tickertape", CLI, &[AWS_SDK]),
    // Tests reach the product from outside; what they share with it is the protocol.
    rule("e2e", &["tickertape-shared", "tickertape-session"], &[]),
    // A crowd for tests, made of the program's own client; it ships nowhere.
    rule("storm", STORM, &[AWS_SDK]),
    // The template, compared with the code by tests, which may build on whatever they compare.
    rule("infra", &[], &[IO, AWS]),
    // Decisions of both ends, run against each other in simulated time; it ships nowhere.
    rule("simulation", &["backend-core", "tickertape-shared", "tickertape-session"], &[IO, AWS]),
    // Compiled before anything else can start.
    rule("xtask", &[], &[&["syn", "tokio"]]),
];

const fn rule(name: &'static str, ours: Names, never: &'static [Names]) -> Rule {
    Rule { name, ours, never, never_directly: &[] }
}

/// One sentence for every dependency that points the wrong way.
pub fn violations(metadata: &Value) -> Vec<String> {
    let graph = Graph::read(metadata);
    graph.members.iter().flat_map(|(id, name)| violations_of(&graph, id, name)).collect()
}

fn violations_of(graph: &Graph, id: &str, name: &str) -> Vec<String> {
    let Some(rule) = RULES.iter().find(|rule| rule.name == name) else {
        return vec![format!(
            "{name} has no rule: say in xtask/src/check/dependencies.rs what it may build on"
        )];
    };
    let reached = graph.reached_from(id);
    let ours = reached.iter().filter(|id| graph.members.contains_key(**id)).map(|id| graph.name(id));
    let wrong_ours = ours.filter(|other| !rule.ours.contains(other));
    let wrong_others = reached.iter().map(|id| graph.name(id)).filter(|other| any_matches(rule.never, other));
    let named = graph.needed_by(id).map(|id| graph.name(id));
    let wrong_direct = named.filter(|other| any_matches(rule.never_directly, other));
    let wrong: BTreeSet<&str> = wrong_ours.chain(wrong_others).chain(wrong_direct).collect();
    wrong.into_iter().map(|other| format!("{name} must not build on {other}")).collect()
}

fn any_matches(lists: &[Names], name: &str) -> bool {
    lists.iter().copied().flatten().any(|pattern| matches(pattern, name))
}

fn matches(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == name, |prefix| name.starts_with(prefix))
}

/// Packages and what each needs to run.
struct Graph {
    /// Our crates: id to name.
    members: BTreeMap<String, String>,
    names: BTreeMap<String, String>,
    needs: BTreeMap<String, Vec<String>>,
}

impl Graph {
    fn read(metadata: &Value) -> Self {
        let names: BTreeMap<String, String> = items(&metadata["packages"])
            .map(|package| (text(&package["id"]), text(&package["name"])))
            .collect();
        let ids = items(&metadata["workspace_members"]).map(text);
        let members = ids.filter_map(|id| names.get(&id).cloned().map(|name| (id, name))).collect();
        let needs =
            items(&metadata["resolve"]["nodes"]).map(|node| (text(&node["id"]), needed_by(node))).collect();
        Self { members, names, needs }
    }

    fn name(&self, id: &str) -> &str {
        self.names.get(id).map(String::as_str).unwrap_or_default()
    }

    fn needed_by(&self, id: &str) -> impl Iterator<Item = &str> {
        self.needs.get(id).into_iter().flatten().map(String::as_str)
    }

    /// Everything that `id` needs, directly or not; without itself.
    fn reached_from(&self, id: &str) -> BTreeSet<&str> {
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

/// What a node is compiled with, tests aside.
fn needed_by(node: &Value) -> Vec<String> {
    let compiled = items(&node["deps"]).filter(|dependency| items(&dependency["dep_kinds"]).any(is_compiled));
    compiled.map(|dependency| text(&dependency["pkg"])).collect()
}

/// `cfg(any())` holds nowhere: crates that tie their versions together so name each other without use.
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
mod tests;
