//! Which crate may build on which, read from `cargo metadata`.
//!
//! Only what ends up in the product counts: dependencies for tests may point anywhere.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What one of our crates may build on.
struct Rule {
    name: &'static str,
    /// Our other crates that it may use.
    ours: &'static [&'static str],
    /// What it must not reach, by any road. A `*` at the end stands for any ending.
    never: &'static [&'static str],
}

const IO: &[&str] = &["tokio", "mio", "socket2", "hyper", "axum", "reqwest", "redb", "async-std", "smol"];
const CLOCK_AND_CHANCE: &[&str] = &["rand", "fastrand", "getrandom", "chrono", "time", "web-time", "instant"];
const AWS: &[&str] = &["aws-*", "aws_*", "lambda_*"];
const AWS_SDK: &[&str] = &["aws-*"];

/// Innermost first. A crate without a rule is a violation: whoever adds one decides where it stands.
const RULES: [Rule; 11] = [
    Rule { name: "shared", ours: &[], never: &["web-sys", "js-sys", "wasm-bindgen"] },
    Rule { name: "backend-core", ours: &["shared"], never: AWS },
    Rule { name: "backend-edge", ours: &["backend-core", "shared"], never: AWS_SDK },
    Rule { name: "backend-gateway", ours: &[], never: AWS_SDK },
    Rule { name: "backend-store", ours: &["backend-core", "shared"], never: AWS },
    Rule { name: "backend-aws", ours: &["backend-core", "shared"], never: &["axum", "redb"] },
    Rule {
        name: "backend-lambda",
        ours: &["backend-aws", "backend-core", "backend-edge", "shared"],
        never: &["redb"],
    },
    Rule { name: "frontend", ours: &["shared"], never: AWS },
    Rule { name: "tickertape", ours: CLI, never: AWS_SDK },
    Rule { name: "e2e", ours: &["shared"], never: &[] },
    Rule { name: "xtask", ours: &[], never: &["syn", "tokio"] },
];
const CLI: &[&str] = &["backend-core", "backend-edge", "backend-gateway", "backend-store", "shared"];
/// Crates that hold decisions and nothing else.
const PURE: [&str; 2] = ["shared", "backend-core"];

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
    let ours = reached.iter().filter(|(id, _)| graph.members.contains_key(id.as_str()));
    let wrong_ours = ours.filter(|(_, name)| !rule.ours.contains(&name.as_str()));
    let wrong_others = reached.iter().filter(|(_, name)| is_forbidden(rule, name));
    let wrong: BTreeSet<&str> = wrong_ours.chain(wrong_others).map(|(_, name)| name.as_str()).collect();
    wrong.into_iter().map(|other| format!("{name} must not build on {other}")).collect()
}

fn is_forbidden(rule: &Rule, name: &str) -> bool {
    let is_pure = PURE.contains(&rule.name);
    let for_purity = IO.iter().chain(CLOCK_AND_CHANCE).filter(|_| is_pure);
    rule.never.iter().chain(for_purity).any(|pattern| matches(pattern, name))
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

    /// Everything that `id` needs, directly or not, as `(id, name)`; without itself.
    fn reached_from(&self, id: &str) -> BTreeMap<String, String> {
        let mut reached = BTreeMap::new();
        let mut open: Vec<&String> = self.needs.get(id).into_iter().flatten().collect();
        while let Some(id) = open.pop() {
            let name = self.names.get(id).cloned().unwrap_or_default();
            if reached.insert(id.clone(), name).is_none() {
                open.extend(self.needs.get(id).into_iter().flatten());
            }
        }
        reached
    }
}

/// The dependencies of a node that are not for tests alone.
fn needed_by(node: &Value) -> Vec<String> {
    let is_for_tests =
        |dependency: &&Value| items(&dependency["dep_kinds"]).all(|kind| kind["kind"] == "dev");
    items(&node["deps"])
        .filter(|dependency| !is_for_tests(dependency))
        .map(|found| text(&found["pkg"]))
        .collect()
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests;
