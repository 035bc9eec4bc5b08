//! Time-outs, sizes and prices that the code counts on.

use infra::Template;
use shared::limits;
use tickertape::cost::usage;

fn number(value: &serde_json::Value) -> u64 {
    value.as_u64().unwrap_or_default()
}

#[test]
fn a_function_behind_the_gateway_has_as_long_as_the_gateway_waits() {
    let template = Template::read();
    let timeout_ms = number(&template.properties("WebsocketFunction")["Timeout"]) * 1_000;
    assert_eq!(timeout_ms, limits::INTEGRATION_MS);
}

#[test]
fn connecting_is_over_before_a_client_gives_up() {
    let template = Template::read();
    let timeout_s = number(&template.properties("AuthorizerFunction")["Timeout"]);
    assert!((1..10).contains(&timeout_s), "a session waits ten seconds for its socket");
}

#[test]
fn a_batch_of_the_stream_is_never_given_up_before_the_function_is() {
    let template = Template::read();
    let broadcast = template.properties("BroadcastFunction");
    let age_s = number(&broadcast["Events"]["Publications"]["Properties"]["MaximumRecordAgeInSeconds"]);
    assert!(age_s > 10 * number(&broadcast["Timeout"]));
}

#[test]
fn memory_is_what_the_estimate_of_cost_counts_with() {
    let template = Template::read();
    for (function, gb) in [("IngestFunction", usage::INGEST_GB), ("BroadcastFunction", usage::BROADCAST_GB)] {
        let memory_mb = number(&template.properties(function)["MemorySize"]);
        assert_eq!(memory_mb as f64 / 1_024.0, gb, "{function}");
    }
}

#[test]
fn the_program_in_the_cloud_is_built_for_its_machine() {
    let template = Template::read();
    for (name, function) in template.of_type("AWS::Serverless::Function") {
        let folder = name.trim_end_matches("Function").to_lowercase();
        assert_eq!(function["CodeUri"], format!("build/{folder}/bootstrap.zip"));
        assert_eq!(
            function["Role"]["Fn::GetAtt"][1], "Arn",
            "{name} has a role made for it by nobody but us"
        );
    }
}
