//! Tests the time-outs, sizes and prices in the template on which the code relies.

use backend_core::rollup::Level;
use backend_lambda::emf::{self, Metric, Unit};
use backend_lambda::keys::FETCH_TIMEOUT;
use infra::Template;
use shared::limits;
use tickertape::cost::usage;
use tickertape_session::constants;

fn number(value: &serde_json::Value) -> u64 {
    value.as_u64().unwrap_or_default()
}

#[test]
fn the_websocket_function_has_as_much_time_as_the_gateway_waits() {
    let template = Template::read();
    let timeout_ms = number(&template.properties("WebsocketFunction")["Timeout"]) * 1_000;
    assert_eq!(timeout_ms, limits::INTEGRATION_MS);
}

#[test]
fn the_authorizer_ends_before_a_client_gives_up_connecting() {
    let template = Template::read();
    let timeout_s = number(&template.properties("AuthorizerFunction")["Timeout"]);
    assert!((1..10).contains(&timeout_s), "a session waits ten seconds for its socket");
}

#[test]
fn the_authorizer_has_time_left_when_an_issuer_does_not_answer() {
    let template = Template::read();
    let timeout_s = number(&template.properties("AuthorizerFunction")["Timeout"]);
    assert!(FETCH_TIMEOUT.as_secs() + 1 < timeout_s);
}

#[test]
fn a_batch_of_the_stream_is_kept_longer_than_its_function_may_run() {
    let template = Template::read();
    let broadcast = template.properties("BroadcastFunction");
    let age_s = number(&broadcast["Events"]["Publications"]["Properties"]["MaximumRecordAgeInSeconds"]);
    assert!(age_s > 10 * number(&broadcast["Timeout"]));
}

/// Time after which Lambda retries an asynchronous invocation for the first time ("How Lambda handles errors and
/// retries with asynchronous invocation", AWS Lambda developer guide).
const FIRST_RETRY_MS: u64 = 60_000;

#[test]
fn a_failed_shard_is_not_sent_again_because_its_viewers_request_what_they_missed() {
    let template = Template::read();
    let events = &template.properties("BroadcastFunction")["EventInvokeConfig"];
    assert_eq!(events["MaximumRetryAttempts"], 0);
    // A viewer that receives nothing notices the loss before Lambda would retry, and any other viewer after five minutes at the
    // latest, as the README says.
    const { assert!(constants::PING_VISIBLE_MS < FIRST_RETRY_MS && constants::MAX_PING_INTERVAL_MS < 5 * 60_000) }
}

/// Compares the lengths of log lines with the length that the cost estimate assumes. CloudWatch bills 26 more bytes for
/// each line ("Amazon CloudWatch pricing").
#[test]
fn log_lines_have_the_size_that_the_cost_estimate_assumes() {
    let template = Template::read();
    assert_eq!(*template.default_of("PlatformLogs"), "WARN", "Lambda itself logs nothing in the normal case");
    let count = |name| Metric { name, unit: Unit::Count, value: 1_000 };
    let took = Metric { name: "FanOutDuration", unit: Unit::Milliseconds, value: 250 };
    let id = "8f507cfc-example-4697-b07a-ac58fc914c95";
    let line = |metrics: &[Metric]| emf::line("tickertape-prod-broadcast", id, 1_800_000_000_000, metrics);
    let bytes = |metrics| (line(metrics).unwrap().len() + 26) as f64;
    let (shortest, longest) =
        (bytes(&[count("Publications")]), bytes(&[count("Posts"), count("Gone"), took]));
    assert!(shortest < usage::LOG_BYTES && usage::LOG_BYTES < longest, "{shortest} to {longest}");
}

#[test]
fn memory_is_what_the_cost_estimate_assumes() {
    let template = Template::read();
    for (function, gb) in [("IngestFunction", usage::INGEST_GB), ("BroadcastFunction", usage::BROADCAST_GB)] {
        let memory_mb = number(&template.properties(function)["MemorySize"]);
        assert_eq!(memory_mb as f64 / 1_024.0, gb, "{function}");
    }
}

#[test]
fn every_function_is_deployed_from_its_build_folder_with_a_role_of_the_template() {
    let template = Template::read();
    for (name, function) in template.of_type("AWS::Serverless::Function") {
        let folder = name.trim_end_matches("Function").to_lowercase();
        assert_eq!(function["CodeUri"], format!("build/{folder}/bootstrap.zip"));
        assert_eq!(function["Role"]["Fn::GetAtt"][1], "Arn", "{name} has a role of the template");
    }
}

#[test]
fn blocks_of_rollup_have_the_size_that_the_cost_estimate_assumes() {
    assert_eq!((usage::BLOCK_ITEMS, usage::BLOCK_FAN), (Level::LOWEST.size(), Level::FAN));
}
