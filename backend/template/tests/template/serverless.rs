//! `serverless.yml`.

use serverless_app::{
    AsyncInvocation, Authorization, Authorizer, Code, Destination, EventSource, Integration, Layer, NoteKind,
    Settings, StartingPosition,
};

use crate::support::{function, missing, notes, read_file, serverless};

fn service(rest: &str) -> String {
    format!("service: chat\nprovider: {{ name: aws, runtime: nodejs22.x }}\n{rest}")
}

#[track_caller]
fn refusal(text: &str) -> String {
    read_file("serverless.yml", text, &Settings::default()).expect_err("it is refused").to_string()
}

#[test]
fn a_function_has_the_defaults_of_the_framework() {
    let app = serverless(&service("functions: { talk: { handler: a.b } }"));
    let f = function(&app, "TalkLambdaFunction");
    assert_eq!((f.name.as_str(), f.timeout_s, f.memory_mb), ("chat-dev-talk", 6, 1_024));
    assert_eq!((f.runtime.as_deref(), f.handler.as_deref()), (Some("nodejs22.x"), Some("a.b")));
    assert_eq!(f.code, Code::Path(String::new()));
    assert_eq!(app.apis, []);
    assert_eq!(app.notes, []);
}

#[test]
fn settings_of_the_provider_are_those_of_all_functions() {
    let text = "
service: chat
provider:
  name: aws
  runtime: python3.13
  stage: live
  region: eu-west-1
  timeout: 9
  memorySize: 512
  architecture: arm64
  environment: { A: provider, B: provider }
functions:
  one: { handler: a.one, environment: { B: own } }
  two-b:
    handler: a.two
    name: second
    timeout: 3
    runtime: python3.12
    reservedConcurrency: 4
    maximumRetryAttempts: 1
    destinations: { onFailure: one, onSuccess: 'arn:aws:sns:eu-west-1:1:done' }
    url: { cors: true, invokeMode: RESPONSE_STREAM }
    package: { artifact: out/two.zip }
    layers: [{ Ref: CommonLambdaLayer }]
layers: { common: { path: layer } }
";
    let app = serverless(text);
    assert_eq!(app.region, "eu-west-1");
    let (one, two) = (function(&app, "OneLambdaFunction"), function(&app, "TwoDashbLambdaFunction"));
    assert_eq!((one.name.as_str(), one.timeout_s, one.memory_mb), ("chat-live-one", 9, 512));
    assert_eq!(one.arn, "arn:aws:lambda:eu-west-1:123456789012:function:chat-live-one");
    assert_eq!((one.environment["A"].as_str(), one.environment["B"].as_str()), ("provider", "own"));
    assert_eq!((two.name.as_str(), two.timeout_s, two.runtime.as_deref()), ("second", 3, Some("python3.12")));
    assert_eq!((two.reserved_concurrency, two.architecture.as_str()), (Some(4), "arm64"));
    assert_eq!(two.code, Code::Path("out/two.zip".to_owned()));
    let layer = Layer::Own { name: "common".to_owned(), content: Code::Path("layer".to_owned()) };
    assert_eq!(two.layers, [layer]);
    let failures = AsyncInvocation {
        retries: 1,
        on_failure: Some(Destination::Function("chat-live-one".to_owned())),
        on_success: Some(Destination::Unsupported("arn:aws:sns:eu-west-1:1:done".to_owned())),
        ..AsyncInvocation::default()
    };
    assert_eq!(two.async_invocation, failures);
    let url = two.url.as_ref().expect("it has an address");
    assert!(url.streams && !url.needs_iam && url.url.contains(".lambda-url.eu-west-1."), "{url:?}");
    assert_eq!(url.cors.as_ref().map(|cors| cors.allow_origins.clone()), Some(vec!["*".to_owned()]));
}

#[test]
fn a_web_socket_event_is_short_or_long() {
    let app = serverless(&service(
        "
functions:
  check: { handler: a.check }
  talk:
    handler: a.talk
    events:
      - websocket: $disconnect
      - websocket: { route: $connect, authorizer: { name: check, identitySource: [route.request.querystring.token] } }
      - websocket:
          route: say
          routeResponseSelectionExpression: $default
",
    ));
    let api = &app.apis[0];
    assert_eq!((api.name.as_str(), api.logical_id.as_str()), ("dev-chat-websockets", "WebsocketsApi"));
    assert_eq!(api.route_selection_expression, "$request.body.action");
    assert_eq!(api.stages[0].name, "dev");
    let replies: Vec<(&str, bool)> =
        api.routes.iter().map(|route| (route.key.as_str(), route.replies)).collect();
    assert_eq!(replies, [("$disconnect", false), ("$connect", false), ("say", true)]);
    let invoked =
        Integration::Function { name: "chat-dev-talk".to_owned(), qualifier: None, timeout_ms: 29_000 };
    assert!(api.routes.iter().all(|route| route.integration == invoked));
    let authorizer = Authorizer {
        name: "check".to_owned(),
        function: "chat-dev-check".to_owned(),
        identity_sources: vec!["route.request.querystring.token".to_owned()],
    };
    assert_eq!(api.routes[1].authorization, Authorization::Lambda(authorizer));
    assert_eq!(api.routes[0].place.to_string(), "serverless.yml:9:9");
}

#[test]
fn the_settings_of_a_web_socket_event_may_stand_beside_it() {
    let app = serverless(&service(
        "
functions:
  talk:
    handler: a.talk
    events:
      - websocket:
        route: say
",
    ));
    assert_eq!(app.apis[0].routes[0].key, "say");
}

#[test]
fn an_authorizer_is_a_name_an_arn_or_iam() {
    let with = |authorizer: &str| {
        let events = format!("[{{ websocket: {{ route: $connect, authorizer: {authorizer} }} }}]");
        let functions = format!("functions: {{ check: {{ handler: a.c, events: {events} }} }}");
        serverless(&service(&functions)).apis[0].routes[0].authorization.clone()
    };
    let lambda = |name: &str| {
        Authorization::Lambda(Authorizer {
            name: name.to_owned(),
            function: "chat-dev-check".to_owned(),
            identity_sources: vec!["route.request.header.Auth".to_owned()],
        })
    };
    assert_eq!(with("check"), lambda("check"));
    assert_eq!(with("{ name: check }"), lambda("check"));
    assert_eq!(with("'arn:aws:lambda:us-east-1:123456789012:function:chat-dev-check'"), lambda("authorizer"));
    assert_eq!(with("{ name: mine, arn: { Fn::GetAtt: [CheckLambdaFunction, Arn] } }"), lambda("mine"));
    assert_eq!(with("aws_iam"), Authorization::Iam);
}

#[test]
fn references_to_resources_of_the_framework_are_resolved() {
    let app = serverless(
        "
service: chat
provider:
  name: aws
  runtime: nodejs22.x
  websocketsApiRouteSelectionExpression: $request.body.do
  environment:
    API: { Ref: WebsocketsApi }
    ROLE: { Fn::GetAtt: [IamRoleLambdaExecution, Arn] }
    SELF: !GetAtt TalkLambdaFunction.Arn
    LITERAL: !Sub '${AWS::Region} ${Rooms}'
functions: { talk: { handler: a.b, events: [{ websocket: $default }] } }
resources:
  - Resources:
      Rooms:
        Type: AWS::DynamoDB::Table
        Properties:
          TableName: ${self:service}-rooms
          AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]
          KeySchema: [{ AttributeName: id, KeyType: HASH }]
  - Outputs: { Table: { Value: !Ref Rooms } }
    extensions: { TalkLambdaFunction: { Properties: { Timeout: 17 } }, Nothing: { Properties: {} } }
",
    );
    let f = &app.functions[0];
    assert_eq!(f.environment["API"], app.apis[0].id);
    assert_eq!(f.environment["LITERAL"], "us-east-1 chat-rooms");
    assert_eq!(f.environment["SELF"], f.arn);
    assert_eq!(app.apis[0].route_selection_expression, "$request.body.do");
    assert_eq!((app.outputs["Table"].as_str(), f.timeout_s), ("chat-rooms", 17));
    let words = "there is no resource with this name here, so nothing is changed";
    assert_eq!(missing(&app), [format!("resources.extensions.Nothing: {words}")]);
}

#[test]
fn a_resource_of_the_document_is_merged_into_that_of_the_framework() {
    let app = serverless(&service(
        "
functions:
  talk: { handler: a.b, url: { cors: true }, environment: { OWN: a, BOTH: a } }
  gone: { handler: a.b }
resources:
  - Conditions: { Never: !Equals [a, b] }
    Resources:
      TalkLambdaFunction: { Properties: { Environment: { Variables: { BOTH: b, EXTRA: b } }, Timeout: 9 } }
      TalkLambdaFunctionUrl:
        Type: AWS::Lambda::Url
        Properties: { Cors: { AllowOrigins: ['https://one.example', 'https://two.example'], AllowHeaders: [x-own] } }
      GoneLambdaFunction: { Condition: Never }
  - Resources: { TalkLambdaFunction: { Properties: { Environment: { Variables: { LAST: c } } } } }
",
    ));
    let [talk] = app.functions.as_slice() else { panic!("{:?}", app.functions) };
    let variables = ["OWN", "BOTH", "EXTRA", "LAST"].map(|name| talk.environment[name].as_str());
    assert_eq!((variables, talk.timeout_s), (["a", "b", "b", "c"], 9));
    assert_eq!(talk.handler.as_deref(), Some("a.b"));
    let cors = talk.url.as_ref().and_then(|url| url.cors.as_ref()).expect("settings");
    assert_eq!(cors.allow_origins, ["https://one.example", "https://two.example"]);
    assert_eq!((cors.allow_headers[0].as_str(), cors.allow_headers.len()), ("x-own", 6));
}

#[test]
fn an_extension_replaces_whole_properties_of_any_resource_and_may_have_a_condition() {
    let app = serverless(&service(
        "
functions:
  talk: { handler: a.b, environment: { OWN: a } }
  gone: { handler: a.b }
resources:
  Conditions: { Never: !Equals [a, b] }
  Resources: { Jobs: { Type: AWS::SQS::Queue, Properties: { QueueName: before } } }
  extensions:
    TalkLambdaFunction: { Properties: { Environment: { Variables: { EXTRA: b } } } }
    GoneLambdaFunction: { Condition: Never }
    Jobs: { Properties: { QueueName: after } }
",
    ));
    let [talk] = app.functions.as_slice() else { panic!("{:?}", app.functions) };
    assert_eq!((talk.environment.get("OWN"), talk.environment["EXTRA"].as_str()), (None, "b"));
    assert_eq!((app.queues[0].name.as_str(), missing(&app)), ("after", Vec::new()));
}

#[test]
fn streams_and_queues_invoke_functions() {
    let app = serverless(&service(
        "
functions:
  work:
    handler: a.b
    events:
      - sqs: { arn: !GetAtt Jobs.Arn, batchSize: 3, functionResponseType: ReportBatchItemFailures, maximumBatchingWindow: 2 }
      - stream:
          type: dynamodb
          arn: { Fn::GetAtt: [Rooms, StreamArn] }
          startingPosition: LATEST
          maximumRetryAttempts: 4
          filterPatterns: [{ eventName: [INSERT], n: [{ numeric: ['>', 3] }] }]
          destinations: { onFailure: !GetAtt Jobs.Arn }
      - sqs: !GetAtt Jobs.Arn
resources:
  Resources:
    Jobs: { Type: AWS::SQS::Queue }
    Rooms:
      Type: AWS::DynamoDB::Table
      Properties:
        AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]
        KeySchema: [{ AttributeName: id, KeyType: HASH }]
        StreamSpecification: { StreamViewType: NEW_IMAGE }
",
    ));
    let [queue, stream, short] = app.mappings.as_slice() else { panic!("{:?}", app.mappings) };
    assert_eq!(queue.source, EventSource::Queue("chat-dev-Jobs".to_owned()));
    assert_eq!((queue.batch_size, queue.batch_window_s, queue.reports_partial_failures), (3, 2, true));
    assert_eq!(stream.source, EventSource::TableStream("chat-dev-Rooms".to_owned()));
    assert_eq!((stream.batch_size, stream.max_retries), (10, Some(4)));
    assert_eq!(stream.starting_position, StartingPosition::Latest);
    assert_eq!(stream.filters, [r#"{"eventName":["INSERT"],"n":[{"numeric":[">",3]}]}"#]);
    assert_eq!(stream.on_failure, Some(Destination::Queue("chat-dev-Jobs".to_owned())));
    assert_eq!((short.batch_size, short.function.as_str()), (10, "chat-dev-work"));
}

#[test]
fn only_numbers_and_booleans_without_quotation_marks_are_those_of_a_pattern() {
    let pattern = |pattern: &str| {
        let app = serverless(&service(&format!(
            "
custom: {{ plain: 7, quoted: '7' }}
functions:
  work:
    handler: a.b
    events:
      - sqs: {{ arn: !GetAtt Jobs.Arn, filterPatterns: [{{ body: {pattern} }}] }}
resources: {{ Resources: {{ Jobs: {{ Type: AWS::SQS::Queue }} }} }}
"
        )));
        app.mappings[0].filters[0].clone()
    };
    let cases = [
        (r#"{ N: ["1"] }"#, r#"{"body":{"N":["1"]}}"#),
        ("{ S: ['123', 'true', 'a'] }", r#"{"body":{"S":["123","true","a"]}}"#),
        ("[1, true, a]", r#"{"body":[1,true,"a"]}"#),
        ("['${self:custom.plain}', \"${self:custom.quoted}\"]", r#"{"body":[7,"7"]}"#),
        ("['${self:custom.plain}0', \"${opt:none, '1'}\", '${opt:none, 1}']", r#"{"body":["70","1",1]}"#),
    ];
    for (written, json) in cases {
        assert_eq!(pattern(written), json, "{written}");
    }
}

#[test]
fn events_that_are_not_done_are_named() {
    let app = serverless(&service(
        "
functions:
  work:
    handler: a.b
    events:
      - httpApi: 'GET /x'
      - schedule: rate(1 hour)
      - sns: topic
      - stream: { type: kinesis, arn: 'arn:aws:kinesis:us-east-1:1:stream/x' }
      - alexaSkill
",
    ));
    let path = "functions.work.events";
    let kind = |kind: &str| format!("events of the type `{kind}` do not invoke the function here");
    assert_eq!(
        missing(&app),
        [
            format!(
                "{path}[0].httpApi: HTTP requests to an API of API Gateway do not invoke the function here"
            ),
            format!("{path}[1].schedule: schedules do not invoke the function here"),
            format!("{path}[2].sns: {}", kind("sns")),
            format!("{path}[3].stream: {}", kind("stream")),
            format!("{path}[4]: {}", kind("alexaSkill")),
        ]
    );
}

#[test]
fn keys_without_effect_are_named() {
    let app = serverless(
        "
service: chat
frameworkVersion: '4'
useDotenv: true
colour: red
provider: { name: aws, runtime: nodejs22.x, tracing: { lambda: true }, apiGateway: {} }
functions: { f: { handler: a.b, vpc: {}, onError: x, colour: red } }
",
    );
    assert_eq!(
        missing(&app),
        [
            "useDotenv: the file .env is not read; give it with --env .env",
            "colour: this key is not known here and changes nothing",
            "provider.apiGateway: HTTP APIs are not served",
            "functions.f.onError: events of asynchronous invocations that failed are discarded, and not sent there",
            "functions.f.colour: this key is not known here and changes nothing",
        ]
    );
    assert_eq!(
        notes(&app, NoteKind::Irrelevant),
        [
            "frameworkVersion: the framework does not run",
            "provider.tracing: traces are not recorded",
            "functions.f.vpc: functions run in the network of this machine",
        ]
    );
}

#[test]
fn plugins_are_ignored_named_or_refused() {
    let app = serverless(&service(
        "plugins: { modules: [serverless-offline, serverless-dynamodb, serverless-python-requirements, ./mine] }",
    ));
    let local = "it imitates AWS on this machine, which this program does itself";
    assert_eq!(
        notes(&app, NoteKind::Irrelevant),
        [format!("plugins.serverless-offline: {local}"), format!("plugins.serverless-dynamodb: {local}")]
    );
    assert_eq!(
        missing(&app),
        [
            "plugins.serverless-python-requirements: packages are not installed; run `pip install -r requirements.txt -t .` in the folder of the handlers",
            "plugins../mine: plugins are not run, so what this one adds to the app is absent",
        ]
    );
    let advice = "run `npx serverless package`, and give the folder .serverless that this writes";
    for name in
        ["serverless-webpack", "serverless-esbuild", "serverless-bundle", "serverless-plugin-typescript"]
    {
        let message = refusal(&service(&format!("plugins:\n  - {name}")));
        assert_eq!(message, format!("serverless.yml:4:5: the plugin {name} builds the code: {advice}"));
    }
    let message = refusal(&service("build: { esbuild: {} }"));
    assert_eq!(message, format!("serverless.yml:3:8: `build` builds the code: {advice}"));
}

#[test]
fn mistakes_are_told_with_what_to_write() {
    let cases = [
        (
            "provider: { name: aws }",
            "serverless.yml:1:1: `service` is missing: add it, such as `service: chat`",
        ),
        (
            "service: a",
            "serverless.yml:1:1: `provider` is missing: add `provider: { name: aws, runtime: nodejs22.x }`",
        ),
        (
            "service: a\nprovider: { name: azure }",
            "serverless.yml:2:11: the provider is `azure`: only `aws` is read here",
        ),
        (
            "service: a\nprovider: aws\nfunctions: { f: a.b }",
            "serverless.yml:3:14: the function f is a single value: write a map with its `handler` and `events`",
        ),
        (
            "service: a\nprovider: aws\nfunctions: { f: { handler: a.b } }",
            "serverless.yml:3:17: functions.f.Runtime is missing: add it, such as `Runtime: nodejs22.x`",
        ),
        (
            "service: a\nprovider: aws\nfunctions: { f: { events: [{ websocket: {} }] } }",
            "serverless.yml:3:30: a `websocket` event has no route: write `websocket: $default` or `websocket: { route: $default }`",
        ),
        (
            "service: a\nprovider: aws\nfunctions: { f: { events: [{ sqs: {} }] } }",
            "serverless.yml:3:30: the event `sqs` has no `arn`: add it, such as `arn: { Fn::GetAtt: [Table, StreamArn] }`",
        ),
        (
            "service: a\nprovider: aws\nlayers: { l: {} }",
            "serverless.yml:3:11: the layer l has no `path`: add the folder with its content, such as `path: layer`",
        ),
    ];
    for (text, words) in cases {
        assert_eq!(refusal(text), words);
    }
}
