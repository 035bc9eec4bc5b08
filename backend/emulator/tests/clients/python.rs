//! Handlers in Python.

use serde_json::{Value, json};

use crate::support::{Code, Language, python};

#[tokio::test]
async fn a_handler_answers_with_what_it_returns() {
    let function = python("def handler(event, context):\n    return {'got': event}").run();
    assert_eq!(function.answer(json!({"a": [1, "ü"]})).await, json!({"got": {"a": [1, "ü"]}}));
}

#[tokio::test]
async fn numbers_of_dynamodb_and_bytes_can_be_returned() {
    let source = "from decimal import Decimal\ndef handler(event, context):\n    return [Decimal('2'), Decimal('1.5')] if event else b'bytes'";
    let function = python(source).run();
    assert_eq!(function.answer(json!(true)).await, json!([2, 1.5]));
    assert_eq!(function.bytes(json!(null)).await, b"bytes");
}

#[tokio::test]
async fn a_handler_may_be_in_a_folder_and_imports_its_neighbours() {
    let files = [
        (
            "src/app.py",
            "from src.words import word\nimport top\ndef handler(event, context):\n    return [word, top.word]",
        ),
        ("src/words.py", "word = 'inner'"),
        ("top.py", "word = 'outer'"),
    ];
    for handler in ["src/app.handler", "src.app.handler"] {
        let function = Code::new(Language::Python, handler, &files).run();
        assert_eq!(function.answer(json!({})).await, json!(["inner", "outer"]), "{handler}");
    }
}

#[tokio::test]
async fn an_error_has_type_message_request_id_and_stack_trace() {
    let source = "def handler(event, context):\n    raise KeyError('room')";
    let (error, payload) = python(source).run().failure(json!({})).await;
    assert_eq!((error.error_type.as_str(), error.message.as_str()), ("KeyError", "'room'"));
    assert_eq!(payload["requestId"].as_str().expect("an id").len(), 36);
    let trace = payload["stackTrace"].as_array().expect("a trace");
    assert_eq!(trace.len(), 1, "{trace:?}");
    assert!(
        trace[0]
            .as_str()
            .expect("text")
            .contains("app.py\", line 2, in handler\n    raise KeyError('room')\n")
    );
}

#[tokio::test]
async fn a_handler_that_cannot_be_loaded_is_an_init_error_with_lambdas_type() {
    for (handler, source, kind, message) in [
        ("app.other", "handler = 1", "Runtime.HandlerNotFound", "Handler 'other' missing on module 'app'"),
        ("app", "", "Runtime.MalformedHandlerName", "Bad handler 'app'"),
        (
            "missing.handler",
            "",
            "Runtime.ImportModuleError",
            "Unable to import module 'missing': No module named 'missing'",
        ),
        (
            "app.handler",
            "import not_there",
            "Runtime.ImportModuleError",
            "Unable to import module 'app': No module named 'not_there'",
        ),
        ("app.handler", "def handler(:", "Runtime.UserCodeSyntaxError", "Syntax error in module 'app'"),
        ("app.handler", "1 / 0", "ZeroDivisionError", "division by zero"),
    ] {
        let function = Code::new(Language::Python, handler, &[("app.py", source)]).run();
        let (error, _) = function.failure(json!({})).await;
        assert_eq!(error.error_type, kind, "{source}: {}", error.message);
        assert!(error.message.starts_with(message), "{}", error.message);
    }
}

#[tokio::test]
async fn an_answer_that_is_not_json_is_a_marshal_error() {
    let (error, _) = python("def handler(event, context):\n    return {1, 2}").run().failure(json!({})).await;
    assert_eq!(error.error_type, "Runtime.MarshalError");
    assert_eq!(error.message, "Unable to marshal response: Object of type set is not JSON serializable");
}

#[tokio::test]
async fn a_handler_that_exits_ends_the_process_and_the_next_event_gets_another() {
    let source =
        "import sys\ndef handler(event, context):\n    if event:\n        sys.exit(3)\n    return 'ok'";
    let function = python(source).run();
    let (error, _) = function.failure(json!(true)).await;
    assert_eq!(error.error_type, "Runtime.ExitError");
    assert_eq!(function.answer(json!(false)).await, "ok");
}

#[tokio::test]
async fn the_context_describes_function_and_invocation() {
    let source = "import os
def handler(event, context):
    return {
        'name': context.function_name, 'version': context.function_version, 'memory': context.memory_limit_in_mb,
        'id': context.aws_request_id, 'arn': context.invoked_function_arn, 'group': context.log_group_name,
        'left': context.get_remaining_time_in_millis(), 'custom': context.client_context.custom,
        'identity': context.identity.cognito_identity_id, 'trace': os.environ['_X_AMZN_TRACE_ID'],
    }";
    let context = python(source).run().answer_with_context(json!({}), r#"{"custom":{"who":"me"}}"#).await;
    assert_eq!(
        (&context["name"], &context["version"], &context["memory"]),
        (&json!("chat"), &json!("$LATEST"), &json!("256"))
    );
    assert_eq!((&context["custom"], &context["identity"]), (&json!({"who": "me"}), &json!(null)));
    assert_eq!(context["id"].as_str().expect("text").len(), 36);
    assert!(context["arn"].as_str().expect("text").ends_with(":function:chat"));
    assert!(context["trace"].as_str().expect("text").starts_with("Root=1-"));
    assert!((1..=20_000).contains(&context["left"].as_u64().expect("a number")));
}

#[tokio::test]
async fn records_of_the_root_logger_have_level_time_and_request_id() {
    let source = "import logging
def handler(event, context):
    logging.getLogger().setLevel('INFO')
    logging.info('joined %s\\nsecond', 'lobby')
    logging.debug('not shown')
    print('printed')
    return context.aws_request_id";
    let function = python(source).run();
    let id = function.answer(json!({})).await;
    let line = function.line("joined").await;
    let fields: Vec<&str> = line.split('\t').collect();
    assert_eq!(
        (fields[0], fields[2], fields[3]),
        ("[INFO]", id.as_str().expect("an id"), "joined lobby\rsecond")
    );
    assert!(fields[1].ends_with('Z') && fields[1].len() == 24, "{line}");
    assert_eq!(function.line("printed").await, "printed");
    assert!(!function.all_lines().iter().any(|line| line.contains("not shown")));
}

#[tokio::test]
async fn a_failed_invocation_is_logged_with_its_trace() {
    let function = python("def handler(event, context):\n    raise ValueError('full')").run();
    function.failure(json!({})).await;
    let line = function.line("[ERROR]").await;
    assert!(
        line.starts_with("[ERROR] ValueError: full\rTraceback (most recent call last):\r  File "),
        "{line}"
    );
}

#[tokio::test]
async fn in_the_json_format_a_record_is_an_object() {
    let source = "import logging
def handler(event, context):
    try:
        1 / 0
    except ZeroDivisionError:
        logging.getLogger('rooms').exception('it failed', extra={'room': 'lobby'})
    logging.info('not shown')";
    let function =
        python(source).env("AWS_LAMBDA_LOG_FORMAT", "JSON").env("AWS_LAMBDA_LOG_LEVEL", "WARN").run();
    function.answer(json!({})).await;
    let record: Value = serde_json::from_str(&function.line("it failed").await).expect("JSON");
    for (name, value) in
        [("level", "ERROR"), ("logger", "rooms"), ("room", "lobby"), ("errorType", "ZeroDivisionError")]
    {
        assert_eq!(record[name], value, "{name}");
    }
    assert_eq!(record["requestId"].as_str().expect("an id").len(), 36);
    assert!(!function.all_lines().iter().any(|line| line.contains("not shown")));
}

#[tokio::test]
async fn a_missing_boto3_is_told_with_the_command_that_installs_it() {
    // The app has a file of this name that says what Python says without the package, whatever is installed here.
    let files = [("app.py", "raise ModuleNotFoundError(\"No module named 'boto3'\")\n")];
    let code = Code::new(Language::Python, "app.handler", &files);
    let hidden = "import sys; sys.modules['boto3'] = None";
    std::fs::write(code.folder().join("sitecustomize.py"), hidden).expect("a new file");
    let function = code.env("PYTHONPATH", "DIR").env("TICKERTAPE_PYTHON_PACKAGES", "/cache/python").run();
    function.failure(json!({})).await;
    let line = function.line("is part of Lambda's runtime").await;
    assert!(line.contains("pip install --target /cache/python boto3"), "{line}");
}
