//! Time-outs, sizes and prices that the code counts on.

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
fn the_authorizer_outlives_an_issuer_that_does_not_answer() {
    let template = Template::read();
    let timeout_s = number(&template.properties("AuthorizerFunction")["Timeout"]);
    assert!(FETCH_TIMEOUT.as_secs() + 1 < timeout_s);
}

#[test]
fn a_batch_of_the_stream_is_never_given_up_before_the_function_is() {
    let template = Template::read();
    let broadcast = template.properties("BroadcastFunction");
    let age_s = number(&broadcast["Events"]["Publications"]["Properties"]["MaximumRecordAgeInSeconds"]);
    assert!(age_s > 10 * number(&broadcast["Timeout"]));
}

/// "How Lambda handles errors and retries with asynchronous invocation" (AWS Lambda developer guide).
const FIRST_RETRY_MS: u64 = 60_000;

#[test]
fn a_shard_that_failed_is_not_sent_again_because_its_viewers_ask_for_what_they_missed() {
    let template = Template::read();
    let events = &template.properties("BroadcastFunction")["EventInvokeConfig"];
    assert_eq!(events["MaximumRetryAttempts"], 0);
    // Before Lambda would, where all is silent; and in five minutes at the latest, as the README says.
    const { assert!(constants::PING_VISIBLE_MS < FIRST_RETRY_MS && constants::CHECK_UP_MS < 5 * 60_000) }
}

/// CloudWatch counts 26 bytes for each line besides ("Amazon CloudWatch pricing").
#[test]
fn what_is_logged_of_an_invocation_is_what_the_estimate_of_cost_counts_with() {
    let template = Template::read();
    assert_eq!(*template.default_of("PlatformLogs"), "WARN", "nothing of Lambda's own");
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
