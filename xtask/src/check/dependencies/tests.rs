use super::*;
use serde_json::json;

/// Returns `cargo metadata` output for a workspace with the crates `members`. Each tuple `(from, to, kind)` adds a
/// dependency.
pub fn metadata(members: &[&str], dependencies: &[(&str, &str, Option<&str>)]) -> Value {
    let mut names: BTreeSet<&str> = members.iter().copied().collect();
    names.extend(dependencies.iter().flat_map(|(from, to, _)| [*from, *to]));
    let packages: Vec<Value> = names.iter().map(|name| json!({ "id": name, "name": name })).collect();
    let nodes: Vec<Value> = names.iter().map(|name| node(name, dependencies)).collect();
    json!({ "packages": packages, "workspace_members": members, "resolve": { "nodes": nodes } })
}

fn node(name: &str, dependencies: &[(&str, &str, Option<&str>)]) -> Value {
    let own = dependencies.iter().filter(|(from, ..)| *from == name);
    let deps: Vec<Value> =
        own.map(|(_, to, kind)| json!({ "pkg": to, "dep_kinds": [{ "kind": kind }] })).collect();
    json!({ "id": name, "deps": deps })
}

#[test]
fn the_directions_of_the_design_are_allowed() {
    let members = ["tickertape-shared", "backend-core", "backend-store", "frontend", "tickertape"];
    let dependencies = [
        ("backend-core", "tickertape-shared", None),
        ("backend-store", "backend-core", None),
        ("frontend", "tickertape-shared", None),
        ("tickertape", "backend-store", None),
    ];
    assert!(violations(&metadata(&members, &dependencies)).is_empty());
}

#[test]
fn a_dependency_that_points_back_is_found() {
    let metadata =
        metadata(&["tickertape-shared", "backend-core"], &[("tickertape-shared", "backend-core", None)]);
    assert_eq!(violations(&metadata), ["tickertape-shared must not depend on backend-core"]);
}

#[test]
fn io_in_a_pure_crate_is_found_through_other_crates() {
    let dependencies = [("backend-core", "helper", None), ("helper", "tokio", None)];
    let metadata = metadata(&["backend-core"], &dependencies);
    assert_eq!(violations(&metadata), ["backend-core must not depend on tokio"]);
}

#[test]
fn a_library_of_the_core_may_depend_on_randomness_but_the_core_itself_may_not() {
    let carried = metadata(&["backend-core"], &[("backend-core", "jwt", None), ("jwt", "rand", None)]);
    assert!(violations(&carried).is_empty());
    let asked = metadata(&["backend-core"], &[("backend-core", "rand", None)]);
    assert_eq!(violations(&asked), ["backend-core must not depend on rand"]);
}

#[test]
fn dependencies_of_tests_are_not_restricted() {
    let metadata = metadata(&["backend-core"], &[("backend-core", "tokio", Some("dev"))]);
    assert!(violations(&metadata).is_empty());
}

#[test]
fn a_dependency_whose_condition_is_never_true_does_not_count() {
    let mut metadata = metadata(&["tickertape-shared"], &[("tickertape-shared", "chrono", None)]);
    let nodes = metadata["resolve"]["nodes"].as_array_mut().unwrap();
    let shared = nodes.iter_mut().find(|node| node["id"] == "tickertape-shared").unwrap();
    shared["deps"][0]["dep_kinds"][0]["target"] = json!("cfg(any())");
    assert!(violations(&metadata).is_empty());
}

#[test]
fn dependencies_of_build_scripts_count() {
    let metadata = metadata(&["tickertape-shared"], &[("tickertape-shared", "chrono", Some("build"))]);
    assert_eq!(violations(&metadata), ["tickertape-shared must not depend on chrono"]);
}

#[test]
fn the_gateway_may_use_the_events_of_lambda_but_no_sdk() {
    let gateway = "apigw-websocket";
    let dependencies =
        [(gateway, "aws_lambda_events", None), (gateway, "aws-sdk-apigatewaymanagement", None)];
    let expected = ["apigw-websocket must not depend on aws-sdk-apigatewaymanagement"];
    assert_eq!(violations(&metadata(&[gateway], &dependencies)), expected);
}

#[test]
fn the_functions_use_the_sdk_through_the_adapters_only() {
    let by_adapters = [("backend-lambda", "backend-aws", None), ("backend-aws", "aws-sdk-dynamodb", None)];
    assert!(violations(&metadata(&["backend-lambda", "backend-aws"], &by_adapters)).is_empty());
    let itself = metadata(&["backend-lambda"], &[("backend-lambda", "aws-sdk-dynamodb", None)]);
    assert_eq!(violations(&itself), ["backend-lambda must not depend on aws-sdk-dynamodb"]);
}

#[test]
fn a_crate_without_a_rule_is_found() {
    let found = violations(&metadata(&["newcomer"], &[]));
    assert!(found[0].starts_with("newcomer has no rule"), "{found:?}");
}
