//! Tests that the template gives each function exactly the environment variables that its code reads.

use backend_aws::{ManagementEndpoint, Retention};
use backend_core::ROTATE_IN_MS;
use backend_lambda::config::{Function, VARIABLES};
use infra::Template;
use serde_json::Value;
use shared::limits::FRAME_EVERY_MS;
use std::collections::BTreeSet;
use tickertape::cost;

/// An environment variable that the code does not read. Its value changes with the secret, so that Lambda starts new
/// instances of the functions, which read the new secret.
const FRESH: &str = "SECRET_VERSION";

fn resource(function: Function) -> String {
    let (first, rest) = function.name().split_at(1);
    format!("{}{rest}Function", first.to_uppercase())
}

fn set(template: &Template, function: Function) -> BTreeSet<String> {
    template.environment(&resource(function)).into_keys().filter(|name| name != FRESH).collect()
}

fn value(template: &Template, function: Function, variable: &str) -> Value {
    template.environment(&resource(function)).remove(variable).unwrap_or_default()
}

#[test]
fn every_function_has_the_variables_that_it_reads_and_no_others() {
    let template = Template::read();
    for function in Function::ALL {
        let reads = VARIABLES
            .iter()
            .filter(|one| !one.is_lambdas_own())
            .filter(|one| one.required_by.contains(&function) || one.optional_for.contains(&function));
        let reads: BTreeSet<String> = reads.map(|one| one.name.to_owned()).collect();
        assert_eq!(set(&template, function), reads, "{}", function.name());
    }
}

#[test]
fn a_required_variable_depends_on_no_condition() {
    let template = Template::read();
    for variable in VARIABLES.iter().filter(|one| !one.is_lambdas_own()) {
        for function in variable.required_by {
            let value = value(&template, *function, variable.name).to_string();
            assert!(!value.contains("AWS::NoValue"), "{} of {}: {value}", variable.name, function.name());
        }
    }
}

#[test]
fn the_management_endpoint_is_valid_for_the_functions() {
    let template = Template::read();
    for function in [Function::Websocket, Function::Broadcast] {
        let value = value(&template, function, "TICKERTAPE_MANAGEMENT_ENDPOINT");
        let filled_in = value["Fn::Sub"]
            .as_str()
            .unwrap_or_default()
            .replace("${WebSocketApi}", "a1b2c3")
            .replace("${AWS::Region}", "eu-central-1")
            .replace("${AWS::URLSuffix}", "amazonaws.com")
            .replace("${Stage}", "prod");
        let endpoint: Result<ManagementEndpoint, _> = filled_in.parse();
        assert!(endpoint.is_ok(), "{filled_in}: {endpoint:?}");
    }
}

#[test]
fn the_secrets_parameter_is_named_as_the_functions_read_it_and_none_if_an_issuer_signs() {
    let template = Template::read();
    let secret = value(&template, Function::Authorizer, "TICKERTAPE_SECRET");
    assert_eq!(secret["Fn::If"][1], "none");
    assert_eq!(secret["Fn::If"][2]["Fn::Sub"], "ssm:${SecretParameter}");
}

/// Source code with the settings of the functions that differ from those of the template when it runs in the emulator.
const LOCAL: [&str; 2] =
    [include_str!("../../../xtask/src/lambda_local.rs"), include_str!("../../../e2e/src/topology.rs")];

#[test]
fn the_emulator_is_given_only_variables_that_exist() {
    let is_name = |c: char| c.is_ascii_uppercase() || c == '_';
    for code in LOCAL {
        let (_, settings) = code.split_once("const SETTINGS").expect("the settings");
        let (settings, _) = settings.split_once(";\n").expect("their end");
        let assigned = settings.split('=').filter_map(|part| part.rsplit(|c| !is_name(c)).next());
        let named: BTreeSet<&str> = assigned.filter(|name| name.starts_with("TICKERTAPE_")).collect();
        assert!(named.contains("TICKERTAPE_SECRET"), "{named:?} in {settings}");
        for name in named {
            assert!(VARIABLES.iter().any(|variable| variable.name == name), "{name}");
        }
    }
}

#[test]
fn publications_are_kept_as_long_as_by_serve() {
    let template = Template::read();
    assert_eq!(*template.default_of("KeepAgeMs"), Retention::default().max_age_ms);
}

#[test]
fn viewers_replace_their_connections_as_with_serve() {
    let template = Template::read();
    assert_eq!(*template.default_of("RotateInMs"), ROTATE_IN_MS);
}

#[test]
fn the_time_between_broadcasts_that_clients_are_told_is_that_of_the_mapping() {
    let template = Template::read();
    assert_eq!(*template.default_of("FrameEveryMs"), 0);
    assert_eq!(template.parameter("FrameEveryMs")["AllowedValues"], serde_json::json!(cost::FRAME_EVERY_MS));
    for ms in cost::FRAME_EVERY_MS {
        assert!(ms <= FRAME_EVERY_MS);
        assert_eq!(template.mapping("FrameEvery")[ms.to_string()]["Seconds"], ms / 1_000);
    }
    let stream = &template.properties("BroadcastFunction")["Events"]["Publications"]["Properties"];
    let window = &stream["MaximumBatchingWindowInSeconds"]["Fn::FindInMap"];
    assert_eq!(*window, serde_json::json!(["FrameEvery", {"Ref": "FrameEveryMs"}, "Seconds"]));
}
