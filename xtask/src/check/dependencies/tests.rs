use super::*;
use serde_json::json;

/// Metadata of a workspace of `members`, with `(from, to, kind)` for every dependency.
fn metadata(members: &[&str], dependencies: &[(&str, &str, Option<&str>)]) -> Value {
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
    assert_eq!(violations(&metadata), ["tickertape-shared must not build on backend-core"]);
}

#[test]
fn io_in_a_pure_crate_is_found_by_any_road() {
    let dependencies = [("backend-core", "helper", None), ("helper", "tokio", None)];
    let metadata = metadata(&["backend-core"], &dependencies);
    assert_eq!(violations(&metadata), ["backend-core must not build on tokio"]);
}

#[test]
fn a_library_may_carry_chance_into_the_core_which_must_not_ask_for_it() {
    let carried = metadata(&["backend-core"], &[("backend-core", "jwt", None), ("jwt", "rand", None)]);
    assert!(violations(&carried).is_empty());
    let asked = metadata(&["backend-core"], &[("backend-core", "rand", None)]);
    assert_eq!(violations(&asked), ["backend-core must not build on rand"]);
}

#[test]
fn tests_may_use_what_the_product_may_not() {
    let metadata = metadata(&["backend-core"], &[("backend-core", "tokio", Some("dev"))]);
    assert!(violations(&metadata).is_empty());
}

#[test]
fn a_dependency_for_no_platform_at_all_does_not_count() {
    let mut metadata = metadata(&["tickertape-shared"], &[("tickertape-shared", "chrono", None)]);
    let nodes = metadata["resolve"]["nodes"].as_array_mut().unwrap();
    let shared = nodes.iter_mut().find(|node| node["id"] == "tickertape-shared").unwrap();
    shared["deps"][0]["dep_kinds"][0]["target"] = json!("cfg(any())");
    assert!(violations(&metadata).is_empty());
}

#[test]
fn build_scripts_count_as_the_product() {
    let metadata = metadata(&["tickertape-shared"], &[("tickertape-shared", "chrono", Some("build"))]);
    assert_eq!(violations(&metadata), ["tickertape-shared must not build on chrono"]);
}

#[test]
fn the_gateway_knows_the_events_of_lambda_but_no_sdk() {
    let gateway = "apigw-websocket";
    let dependencies =
        [(gateway, "aws_lambda_events", None), (gateway, "aws-sdk-apigatewaymanagement", None)];
    let expected = ["apigw-websocket must not build on aws-sdk-apigatewaymanagement"];
    assert_eq!(violations(&metadata(&[gateway], &dependencies)), expected);
}

#[test]
fn the_functions_reach_the_sdk_by_way_of_the_adapters_alone() {
    let by_adapters = [("backend-lambda", "backend-aws", None), ("backend-aws", "aws-sdk-dynamodb", None)];
    assert!(violations(&metadata(&["backend-lambda", "backend-aws"], &by_adapters)).is_empty());
    let itself = metadata(&["backend-lambda"], &[("backend-lambda", "aws-sdk-dynamodb", None)]);
    assert_eq!(violations(&itself), ["backend-lambda must not build on aws-sdk-dynamodb"]);
}

#[test]
fn a_crate_that_nobody_placed_is_found() {
    let found = violations(&metadata(&["newcomer"], &[]));
    assert!(found[0].starts_with("newcomer has no rule"), "{found:?}");
}
