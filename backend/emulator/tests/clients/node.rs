//! Handlers in Node.js: their kinds, results, errors and context.

use serde_json::json;

use crate::support::{Code, Language, node};

#[tokio::test]
async fn a_handler_that_is_async_answers_with_what_it_returns() {
    let function = node("exports.handler = async (event) => ({ got: event })").run();
    assert_eq!(function.answer(json!({"a": [1, "ü"]})).await, json!({"got": {"a": [1, "ü"]}}));
    assert_eq!(function.answer(json!(null)).await, json!({"got": null}));
}

#[tokio::test]
async fn a_handler_may_answer_by_callback_or_by_the_methods_of_the_context() {
    for source in [
        "exports.handler = (event, context, callback) => callback(null, 'ok')",
        "exports.handler = (event, context) => context.done(null, 'ok')",
        "exports.handler = (event, context) => context.succeed('ok')",
        "exports.handler = (event, context, callback) => { setTimeout(() => callback(undefined, 'ok'), 5) }",
    ] {
        assert_eq!(node(source).run().answer(json!({})).await, "ok", "{source}");
    }
}

#[tokio::test]
async fn an_answer_by_callback_waits_until_the_event_loop_is_empty() {
    let source = "let late = 0
        exports.handler = (wait, context, callback) => {
            if (wait === 'count') return callback(null, late)
            context.callbackWaitsForEmptyEventLoop = wait
            setTimeout(() => late++, 200)
            callback(null, late)
        }";
    let function = node(source).run();
    function.answer(json!(true)).await;
    assert_eq!(function.answer(json!("count")).await, 1);
    let function = node(source).run();
    function.answer(json!(false)).await;
    assert_eq!(function.answer(json!(false)).await, 0);
}

#[tokio::test]
async fn the_first_answer_of_an_async_handler_counts_by_callback_or_by_its_promise() {
    for (source, answer) in [
        ("exports.handler = async (event, context, callback) => { callback(null, 'first') }", "first"),
        (
            "exports.handler = async (event, context, callback) => { await 0; callback(null, 'first'); throw new Error() }",
            "first",
        ),
        (
            "exports.handler = async (event, context) => { context.succeed('first'); return 'second' }",
            "first",
        ),
        (
            "exports.handler = async (event, context, callback) => { setTimeout(callback, 5, null, 'second'); return 'first' }",
            "first",
        ),
    ] {
        assert_eq!(node(source).run().answer(json!({})).await, answer, "{source}");
    }
}

#[tokio::test]
async fn a_handler_without_an_answer_answers_null() {
    assert_eq!(node("exports.handler = () => {}").run().answer(json!({})).await, json!(null));
    assert_eq!(node("exports.handler = async () => {}").run().answer(json!({})).await, json!(null));
}

#[tokio::test]
async fn a_promise_that_is_never_settled_is_an_error() {
    let function = node("exports.handler = () => new Promise(() => {})").run();
    let (error, _) = function.failure(json!({})).await;
    assert_eq!(error.error_type, "Runtime.NodeJsExit");
    assert!(error.message.contains("a Promise that was never settled"), "{}", error.message);
}

#[tokio::test]
async fn an_error_has_type_message_and_the_trace_of_the_functions_code() {
    let source = "exports.handler = async () => { throw new TypeError('no such room') }";
    let (error, payload) = node(source).run().failure(json!({})).await;
    assert_eq!((error.error_type.as_str(), error.message.as_str()), ("TypeError", "no such room"));
    let trace = payload["trace"].as_array().expect("a trace");
    assert_eq!(trace[0], "TypeError: no such room");
    assert!(trace[1].as_str().expect("a line").contains("index.js:1"), "{trace:?}");
    assert!(!payload.to_string().contains("bootstrap.cjs"), "{payload}");
}

#[tokio::test]
async fn anything_can_be_thrown() {
    for (source, kind, message) in [
        ("exports.handler = async () => { throw 'a text' }", "string", "a text"),
        ("exports.handler = (e, c, callback) => callback(42)", "number", "42"),
        ("exports.handler = (e, c) => c.fail()", "string", "handled"),
        ("exports.handler = () => { throw new RangeError('at once') }", "RangeError", "at once"),
    ] {
        let (error, _) = node(source).run().failure(json!({})).await;
        assert_eq!((error.error_type.as_str(), error.message.as_str()), (kind, message), "{source}");
    }
}

#[tokio::test]
async fn after_an_error_the_process_handles_the_next_event() {
    let source = "let calls = 0; exports.handler = async (fails) => { calls++; if (fails) throw new Error('x'); return calls }";
    let function = node(source).run();
    function.failure(json!(true)).await;
    assert_eq!(function.answer(json!(false)).await, 2);
}

#[tokio::test]
async fn an_unhandled_rejection_is_the_error_of_the_invocation_and_ends_the_process() {
    let source = "let calls = 0
        exports.handler = async (loses) => {
            calls++
            if (loses) { Promise.reject(new Error('lost')); await new Promise((done) => setTimeout(done, 5000)) }
            return calls
        }";
    let function = node(source).run();
    let (error, _) = function.failure(json!(true)).await;
    assert_eq!(error.error_type, "Runtime.UnhandledPromiseRejection");
    assert_eq!(error.message, "Error: lost");
    assert_eq!(function.answer(json!(false)).await, 1);
}

#[tokio::test]
async fn an_exception_outside_of_the_handlers_promise_is_the_error_of_the_invocation() {
    let source = "exports.handler = async () => { setTimeout(() => { throw new Error('later') }, 1); await new Promise((done) => setTimeout(done, 5000)) }";
    let (error, _) = node(source).run().failure(json!({})).await;
    assert_eq!((error.error_type.as_str(), error.message.as_str()), ("Error", "later"));
}

#[tokio::test]
async fn an_answer_that_is_not_json_is_a_marshal_error() {
    let (error, _) = node("exports.handler = async () => ({ big: 1n })").run().failure(json!({})).await;
    assert_eq!(error.error_type, "Runtime.MarshalError");
}

#[tokio::test]
async fn the_context_describes_function_and_invocation() {
    let source = "exports.handler = async (event, context) => ({ ...context, left: context.getRemainingTimeInMillis(), trace: process.env._X_AMZN_TRACE_ID })";
    let function = node(source).change(|function| function.timeout = std::time::Duration::from_secs(7)).run();
    let context = function.answer_with_context(json!({}), r#"{"custom":{"who":"me"}}"#).await;
    assert_eq!(context["functionName"], "chat");
    assert_eq!(context["functionVersion"], "$LATEST");
    assert_eq!(context["memoryLimitInMB"], "256");
    assert_eq!(context["logGroupName"], "/aws/lambda/chat");
    assert_eq!(context["clientContext"], json!({"custom": {"who": "me"}}));
    assert_eq!(context["callbackWaitsForEmptyEventLoop"], true);
    assert!(context["invokedFunctionArn"].as_str().expect("text").ends_with(":function:chat"));
    assert_eq!(context["awsRequestId"].as_str().expect("text").len(), 36);
    assert!(context["trace"].as_str().expect("text").starts_with("Root=1-"));
    let left = context["left"].as_u64().expect("a number");
    assert!((1..=7000).contains(&left), "{left}");
}

#[tokio::test]
async fn a_streamed_response_is_sent_to_its_end() {
    let source = "exports.handler = awslambda.streamifyResponse(async (event, stream) => {
        stream.setContentType('text/plain')
        stream.write('one, ')
        await new Promise((done) => setTimeout(done, 20))
        stream.write('two')
        stream.end()
    })";
    assert_eq!(node(source).run().bytes(json!({})).await, b"one, two");
}

#[tokio::test]
async fn a_streamed_response_may_begin_with_status_and_headers() {
    let source = "exports.handler = awslambda.streamifyResponse(async (event, stream) => {
        stream = awslambda.HttpResponseStream.from(stream, { statusCode: 201 })
        stream.end('body')
    })";
    assert_eq!(node(source).run().bytes(json!({})).await, b"{\"statusCode\":201}\0\0\0\0\0\0\0\0body");
}

#[tokio::test]
async fn a_stream_that_fails_is_an_error_before_and_after_its_first_byte() {
    for begin in ["", "stream.write('begin'); await new Promise((done) => setTimeout(done, 20));"] {
        let source = format!(
            "exports.handler = awslambda.streamifyResponse(async (event, stream) => {{ {begin} throw new Error('midway') }})"
        );
        let (error, _) = node(&source).run().failure(json!({})).await;
        assert_eq!((error.error_type.as_str(), error.message.as_str()), ("Error", "midway"), "{begin}");
    }
}

#[tokio::test]
async fn since_node_24_callbacks_are_an_error_and_return_values_answer() {
    let source = "exports.handler = (event, context, callback) => callback(null, 1)";
    let (error, _) = node(source).runtime("nodejs24.x").run().failure(json!({})).await;
    assert_eq!(error.error_type, "Runtime.CallbackHandlerDeprecated");
    let function = node("exports.handler = (event) => ({ event })").runtime("nodejs24.x").run();
    assert_eq!(function.answer(json!(7)).await, json!({"event": 7}));
}

#[tokio::test]
async fn a_handler_runs_in_the_folder_of_the_code() {
    let files = [
        ("src/app.js", "exports.handler = async () => require('fs').readFileSync('data.txt', 'utf8')"),
        ("data.txt", "words"),
    ];
    let function = Code::new(Language::Node, "src/app.handler", &files).run();
    assert_eq!(function.answer(json!({})).await, "words");
}
