//! Log lines of Node.js.

use serde_json::{Value, json};

use crate::support::node;

#[tokio::test]
async fn a_line_has_time_request_id_and_level() {
    let source = "exports.handler = async (event, context) => {
        console.log('joined %s', 'lobby', { who: 'me' })
        console.warn('careful')
        return context.awsRequestId
    }";
    let function = node(source).run();
    let id = function.answer(json!({})).await;
    let id = id.as_str().expect("an id");
    let line = function.line("joined").await;
    let fields: Vec<&str> = line.split('\t').collect();
    assert_eq!(fields[1..], [id, "INFO", "joined lobby { who: 'me' }"]);
    assert!(fields[0].ends_with('Z') && fields[0].len() == 24, "{line}");
    assert!(function.line("careful").await.ends_with(&format!("{id}\tWARN\tcareful")));
}

#[tokio::test]
async fn a_record_of_several_lines_is_one_line_of_the_log() {
    let function = node("exports.handler = async () => console.error('one\\ntwo')").run();
    function.answer(json!({})).await;
    assert!(function.line("one").await.ends_with("\tERROR\tone\rtwo"));
}

#[tokio::test]
async fn what_the_function_writes_itself_stays_as_it_is() {
    let function = node("exports.handler = async () => { process.stdout.write('raw words\\n') }").run();
    function.answer(json!({})).await;
    assert_eq!(function.line("raw words").await, "raw words");
}

#[tokio::test]
async fn a_failed_invocation_is_logged_with_its_error() {
    let source =
        "exports.handler = async () => { throw Object.assign(new Error('full'), { code: 'E_FULL' }) }";
    let function = node(source).run();
    function.failure(json!({})).await;
    let line = function.line("Invoke Error").await;
    let json: Value =
        serde_json::from_str(line.rsplit('\t').next().expect("a field").trim_start_matches("Invoke Error  "))
            .expect("JSON");
    assert_eq!(
        (&json["errorType"], &json["errorMessage"], &json["code"]),
        (&json!("Error"), &json!("full"), &json!("E_FULL"))
    );
}

#[tokio::test]
async fn in_the_json_format_a_line_is_an_object_and_lower_levels_are_left_out() {
    let source = "exports.handler = async () => {
        console.debug('not shown')
        console.info({ room: 'lobby' })
        console.error('it failed:', new TypeError('why'))
    }";
    let function =
        node(source).env("AWS_LAMBDA_LOG_FORMAT", "JSON").env("AWS_LAMBDA_LOG_LEVEL", "INFO").run();
    function.answer(json!({})).await;
    let error: Value = serde_json::from_str(&function.line("it failed").await).expect("JSON");
    assert_eq!(
        (&error["level"], &error["errorType"], &error["errorMessage"]),
        (&json!("ERROR"), &json!("TypeError"), &json!("why"))
    );
    let info: Value = serde_json::from_str(&function.line("lobby").await).expect("JSON");
    assert_eq!(info["message"], json!({"room": "lobby"}));
    assert_eq!(info["requestId"].as_str().expect("an id").len(), 36);
    assert!(!function.all_lines().iter().any(|line| line.contains("not shown")));
}
