use serde_json::json;

use crate::support::{Start, soon};

#[tokio::test]
async fn a_streamed_response_is_collected_to_its_end() {
    let harness = Start::in_mode(Some("streamed")).run();
    let answer = soon(harness.host.invoke("thumb", "{}".into())).await;
    assert_eq!(answer, Ok("hello world".into()));
}

#[tokio::test]
async fn a_stream_that_fails_midway_is_the_error_in_its_trailers() {
    let error = Start::in_mode(Some("breaking-stream")).run().invoke(json!({})).await.expect_err("it breaks");
    assert_eq!(error.to_string(), "Stream.Broke: half-way");
}

#[tokio::test]
async fn a_runtime_that_breaks_the_protocol_is_refused_and_can_still_answer() {
    let statuses = Start::in_mode(Some("odd")).run().invoke(json!({})).await;
    assert_eq!(statuses, Ok(json!([400, 403, 404])));
}

#[tokio::test]
async fn an_error_with_a_header_of_nearly_a_megabyte_is_returned() {
    let error = Start::in_mode(Some("long-cause")).run().invoke(json!({})).await.expect_err("it fails");
    assert_eq!(error.to_string(), "Value.Bad: it is bad");
}
