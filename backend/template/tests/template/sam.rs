//! Resources of SAM.

use serverless_app::{
    Authorization, Code, Destination, EventSource, Integration, Layer, NoteKind, RouteLimits,
};

use crate::support::{app, function, missing, mistake, notes};

fn sam(resources: &str) -> String {
    format!("Transform: AWS::Serverless-2016-10-31\nResources:\n{resources}")
}

const HANDLER: &str = "
  Handler:
    Type: AWS::Serverless::Function
    Properties: { CodeUri: src/, Handler: app.handler, Runtime: python3.13 }
";

#[test]
fn a_function_has_its_code_in_one_of_many_places() {
    let cases = [
        ("CodeUri: src/", Code::Path("src".to_owned())),
        ("CodeUri: ./a/../b", Code::Path("b".to_owned())),
        ("CodeUri: build/chat.zip", Code::Path("build/chat.zip".to_owned())),
        ("InlineCode: 'exports.handler = 1'", Code::Inline("exports.handler = 1".to_owned())),
        ("CodeUri: { Bucket: b, Key: k.zip }", Code::Elsewhere("s3://b/k.zip".to_owned())),
        ("CodeUri: s3://b/k.zip", Code::Elsewhere("s3://b/k.zip".to_owned())),
    ];
    for (code, expected) in cases {
        let text = sam(&HANDLER.replace("CodeUri: src/", code));
        assert_eq!(app(&text).functions[0].code, expected, "{code}");
    }
}

#[test]
fn globals_are_merged_with_the_properties_of_a_function() {
    let app = app("
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    CodeUri: src/
    Runtime: python3.13
    Timeout: 7
    Layers: [!Ref One]
    Environment: { Variables: { A: global, B: global } }
Resources:
  One: { Type: AWS::Serverless::LayerVersion, Properties: { ContentUri: one/ } }
  Two: { Type: AWS::Serverless::LayerVersion, Properties: { ContentUri: two/, LayerName: second } }
  F:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.f
      Timeout: 9
      Layers: [!Ref Two]
      Environment: { Variables: { B: own, C: own } }
  G:
    Type: AWS::Serverless::Function
    IgnoreGlobals: [Environment, Layers]
    Properties: { Handler: app.g }
");
    let (f, g) = (function(&app, "F"), function(&app, "G"));
    assert_eq!((f.timeout_s, g.timeout_s), (9, 7));
    let variables: Vec<String> =
        f.environment.iter().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(variables, ["A=global", "B=own", "C=own"]);
    let layer =
        |name: &str, path: &str| Layer::Own { name: name.to_owned(), content: Code::Path(path.to_owned()) };
    assert_eq!(f.layers, [layer("One", "one"), layer("second", "two")]);
    assert_eq!((g.environment.len(), g.layers.len()), (0, 0));
}

#[test]
fn an_event_of_a_table_or_a_queue_is_a_mapping() {
    let app = app(&sam("
  Jobs: { Type: AWS::SQS::Queue }
  Rooms:
    Type: AWS::Serverless::SimpleTable
  Log:
    Type: AWS::DynamoDB::Table
    Properties:
      AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]
      KeySchema: [{ AttributeName: id, KeyType: HASH }]
      StreamSpecification: { StreamViewType: NEW_IMAGE }
  F:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src/
      Handler: app.f
      Runtime: python3.13
      Events:
        Jobs: { Type: SQS, Properties: { Queue: !GetAtt Jobs.Arn, BatchSize: 3 } }
        Log:
          Type: DynamoDB
          Properties:
            Stream: !GetAtt Log.StreamArn
            StartingPosition: LATEST
            DestinationConfig: { OnFailure: { Type: SQS, Destination: !GetAtt Jobs.Arn } }
"));
    let sources: Vec<_> = app.mappings.iter().map(|mapping| (&mapping.source, mapping.batch_size)).collect();
    let (queue, stream) =
        (EventSource::Queue("app-Jobs".to_owned()), EventSource::TableStream("app-Log".to_owned()));
    assert_eq!(sources, [(&queue, 3), (&stream, 100)]);
    assert_eq!(app.mappings[1].on_failure, Some(Destination::Queue("app-Jobs".to_owned())));
    assert_eq!(app.mappings[0].place.to_string(), "template.yaml:20:9");
    assert_eq!(missing(&app), [""; 0]);
}

#[test]
fn events_that_are_not_done_are_named() {
    let cases = [
        ("Api", "HTTP requests to an API of API Gateway do"),
        ("HttpApi", "HTTP requests to an API of API Gateway do"),
        ("Schedule", "schedules do"),
        ("ScheduleV2", "schedules do"),
        ("S3", "changes in a bucket do"),
        ("SNS", "notifications of SNS do"),
        ("Kinesis", "records of Kinesis do"),
        ("EventBridgeRule", "events of EventBridge do"),
    ];
    for (kind, subject) in cases {
        let event = format!("Runtime: python3.13, Events: {{ E: {{ Type: {kind} }} }}");
        let app = app(&sam(&HANDLER.replace("Runtime: python3.13", &event)));
        let note =
            format!("Resources.Handler.Properties.Events.E ({kind}): {subject} not invoke the function here");
        assert_eq!(missing(&app), [note]);
    }
    let event = |kind: &str| format!("Runtime: python3.13, Events: {{ E: {{ Type: {kind} }} }}");
    let message = mistake(&sam(&HANDLER.replace("Runtime: python3.13", &event("WebSocket"))));
    let words = "SAM has no event type WebSocket: name the function in `Routes` of a resource with the type AWS::Serverless::WebSocketApi";
    assert!(message.ends_with(words), "{message}");
    let message = mistake(&sam(&HANDLER.replace("Runtime: python3.13", &event("SQSS"))));
    assert!(message.ends_with("SAM has no event type SQSS: did you mean SQS?"), "{message}");
}

#[test]
fn an_output_may_name_the_api_that_sam_creates_for_an_event() {
    let event = "Runtime: python3.13, Events: { E: { Type: Api } }";
    let text = sam(&HANDLER.replace("Runtime: python3.13", event))
        + "Outputs: { Url: { Value: !Sub 'https://${ServerlessRestApi}.execute-api' } }\n";
    assert_eq!(app(&text).outputs["Url"], "https://app-ServerlessRestApi.execute-api");
}

#[test]
fn a_function_has_an_address_an_alias_and_a_queue_for_failures() {
    let own = "Runtime: python3.13
      AutoPublishAlias: live
      FunctionUrlConfig: { AuthType: AWS_IAM }
      EventInvokeConfig:
        MaximumRetryAttempts: 1
        DestinationConfig: { OnFailure: { Type: SQS } }";
    let handler = HANDLER.replace(
        "{ CodeUri: src/, Handler: app.handler, ",
        "\n      CodeUri: src/\n      Handler: app.handler\n      ",
    );
    let text = sam(&handler.replace("Runtime: python3.13 }", own))
        + "
Outputs:
  Url: { Value: !GetAtt HandlerUrl.FunctionUrl }
  Alias: { Value: !Ref Handler.Alias }
  Version: { Value: !Sub '${Handler.Version}' }
  Role: { Value: !GetAtt HandlerRole.Arn }
";
    let app = app(&text);
    let f = function(&app, "Handler");
    assert_eq!(f.async_invocation.retries, 1);
    assert_eq!(f.async_invocation.on_failure, Some(Destination::Queue(app.queues[0].name.clone())));
    assert!(f.url.as_ref().is_some_and(|url| url.needs_iam && url.url == app.outputs["Url"]));
    let arn = "arn:aws:lambda:us-east-1:123456789012:function:app-Handler";
    assert_eq!(
        (&*app.outputs["Alias"], &*app.outputs["Version"]),
        (&*format!("{arn}:live"), &*format!("{arn}:1"))
    );
    assert_eq!(app.outputs["Role"], "arn:aws:iam::123456789012:role/app-HandlerRole");
}

#[test]
fn a_web_socket_api_has_routes_an_authorizer_a_stage_and_a_domain() {
    let app = app(&(sam(HANDLER)
        + "
  Chat:
    Type: AWS::Serverless::WebSocketApi
    Properties:
      RouteSelectionExpression: $request.body.action
      StageName: live
      StageVariables: { colour: red }
      DefaultRouteSettings: { ThrottlingRateLimit: 5 }
      Auth: { AuthType: CUSTOM, AuthArn: !GetAtt Handler.Arn, IdentitySource: [route.request.header.Auth], Name: tokens }
      Domain: { DomainName: chat.example.com, CertificateArn: x, BasePath: [v1, /] }
      Routes:
        $connect: { FunctionArn: !GetAtt Handler.Arn, IntegrationTimeout: 1000 }
        $default: { FunctionArn: !GetAtt Handler.Arn }
        default: { FunctionArn: !GetAtt Handler.Arn }
Outputs: { Stage: { Value: !Ref Chat.Stage } }
"));
    let api = &app.apis[0];
    assert_eq!((api.name.as_str(), api.stages[0].name.as_str()), ("Chat", "live"));
    assert_eq!(api.stages[0].variables["colour"], "red");
    assert_eq!(api.stages[0].default_limits, RouteLimits { burst: None, per_second: Some(5) });
    let routes: Vec<(&str, &Integration)> =
        api.routes.iter().map(|route| (route.key.as_str(), &route.integration)).collect();
    let invoked =
        |timeout_ms| Integration::Function { name: "app-Handler".to_owned(), qualifier: None, timeout_ms };
    assert_eq!(
        routes,
        [("$connect", &invoked(1_000)), ("$default", &invoked(29_000)), ("default", &invoked(29_000))]
    );
    let Authorization::Lambda(authorizer) = &api.routes[0].authorization else { panic!("no authorizer") };
    assert_eq!((authorizer.name.as_str(), authorizer.function.as_str()), ("tokens", "app-Handler"));
    assert_eq!(authorizer.identity_sources, ["route.request.header.Auth"]);
    assert_eq!(api.routes[1].authorization, Authorization::None);
    let domains: Vec<_> =
        api.domains.iter().map(|domain| (domain.name.as_str(), domain.path.as_deref())).collect();
    assert_eq!(domains, [("chat.example.com", Some("v1")), ("chat.example.com", None)]);
    assert_eq!(app.outputs["Stage"], "live");
    assert_eq!(missing(&app), [""; 0]);
}

#[test]
fn the_resources_of_a_web_socket_api_have_the_logical_ids_of_sam() {
    for (key, name) in [
        ("ask", "Ask"),
        ("sendMessage", "Sendmessage"),
        ("JOIN", "Join"),
        ("'7'", "7"),
        ("2way", "2way"),
        ("$connect", "Connect"),
        ("$disconnect", "Disconnect"),
        ("$default", "Default"),
    ] {
        let app = app(&(sam(HANDLER)
            + &format!(
                "
  Chat:
    Type: AWS::Serverless::WebSocketApi
    Properties:
      RouteSelectionExpression: $request.body.action
      Routes: {{ {key}: {{ FunctionArn: !GetAtt Handler.Arn, RouteResponseSelectionExpression: $default }} }}
  Response:
    Type: AWS::ApiGatewayV2::RouteResponse
    Properties: {{ ApiId: !Ref Chat, RouteId: !Ref Chat{name}Route, RouteResponseKey: $default }}
Outputs: {{ Integration: {{ Value: !Ref Chat{name}Integration }} }}
"
            )));
        assert!(app.apis[0].routes[0].replies, "{key}");
        assert_eq!(missing(&app), [""; 0], "{key}");
    }
}

#[test]
fn routes_of_a_web_socket_api_lead_to_their_own_functions_even_if_sam_gives_them_the_same_logical_ids() {
    let other = HANDLER.replace("Handler:\n", "Other:\n");
    let app = app(&(sam(HANDLER)
        + &other
        + "
  Chat:
    Type: AWS::Serverless::WebSocketApi
    Properties:
      RouteSelectionExpression: $request.body.action
      Routes:
        send: { FunctionArn: !GetAtt Handler.Arn }
        Send: { FunctionArn: !GetAtt Other.Arn }
        SEND: { FunctionArn: !GetAtt Handler.Arn }
"));
    let routes = app.apis[0].routes.iter().map(|route| match &route.integration {
        Integration::Function { name, .. } => (route.key.as_str(), name.as_str()),
        other => panic!("{other:?}"),
    });
    let mut routes: Vec<_> = routes.collect();
    routes.sort_unstable();
    assert_eq!(routes, [("SEND", "app-Handler"), ("Send", "app-Other"), ("send", "app-Handler")]);
}

#[test]
fn a_route_key_that_sam_refuses_is_refused() {
    for key in ["send-message", "chat/join", "'a b'", "$other", "$", "''", "$connectx"] {
        let text = sam(HANDLER)
            + &format!(
                "
  Chat:
    Type: AWS::Serverless::WebSocketApi
    Properties:
      RouteSelectionExpression: $request.body.action
      Routes: {{ {key}: {{ FunctionArn: !GetAtt Handler.Arn }} }}
"
            );
        let key = key.trim_matches('\'');
        let words = format!(
            "the route key `{key}` does not consist of letters and digits, so SAM refuses it: write letters and digits only; the only \
             other keys are $connect, $disconnect and $default"
        );
        let message = mistake(&text);
        assert!(message.starts_with("template.yaml:") && message.ends_with(&words), "{message}");
    }
}

#[test]
fn a_web_socket_api_without_a_stage_has_the_stage_default() {
    let text = sam(HANDLER)
        + "
  Chat:
    Type: AWS::Serverless::WebSocketApi
    Properties:
      RouteSelectionExpression: $request.body.action
      Routes: { $default: { FunctionArn: !GetAtt Handler.Arn } }
";
    assert_eq!(app(&text).apis[0].stages[0].name, "default");
    let cases = [
        (
            "Routes: { $default: { FunctionArn: !GetAtt Handler.Arn } }",
            "Routes: {}",
            "the API Chat has no routes: add `Routes: { $default: { FunctionArn: !GetAtt FUNCTION.Arn } }` to its properties",
        ),
        (
            "FunctionArn: !GetAtt Handler.Arn",
            "Function: x",
            "the route $default has no function: add `FunctionArn: !GetAtt FUNCTION.Arn`",
        ),
        (
            "Routes:",
            "Auth: { AuthType: CUSTOM }\n      Routes:",
            "a custom authorizer needs `AuthArn`: add `AuthArn: !GetAtt FUNCTION.Arn`",
        ),
        (
            "Routes:",
            "Auth: { AuthType: JWT }\n      Routes:",
            "`AuthType` is `JWT`: write NONE, AWS_IAM or CUSTOM",
        ),
    ];
    for (right, wrong, words) in cases {
        let message = mistake(&text.replace(right, wrong));
        assert!(message.ends_with(words), "{message}");
    }
}

#[test]
fn the_transform_is_required_for_types_of_sam() {
    let message = mistake(&sam(HANDLER).replace("Transform: AWS::Serverless-2016-10-31", "Description: x"));
    let words = "AWS::Serverless::Function needs the transform of SAM: add the line `Transform: AWS::Serverless-2016-10-31` at the top of the template";
    assert_eq!(message, format!("template.yaml:4:3: {words}"));
}

#[test]
fn permissions_and_traces_of_sam_mean_nothing_here() {
    let own = "Runtime: python3.13, Policies: [x], Tracing: Active";
    let app = app(&sam(&HANDLER.replace("Runtime: python3.13", own)));
    assert_eq!(
        notes(&app, NoteKind::Irrelevant),
        [
            "Resources.Handler.Properties.Policies: permissions are not checked on one machine",
            "Resources.Handler.Properties.Tracing: traces are not recorded",
        ]
    );
}

#[test]
fn a_function_that_is_compiled_is_built_first() {
    let compiled = HANDLER.replace("python3.13", "dotnet8");
    let with_method =
        HANDLER.replace("    Properties", "    Metadata: { BuildMethod: esbuild }\n    Properties");
    for text in [&compiled, &with_method] {
        let app = app(&sam(text));
        assert_eq!(app.functions[0].build.as_deref(), Some("sam build"));
        let note = "Resources.Handler: the code has to be built before it runs: sam build";
        assert_eq!(notes(&app, NoteKind::Build), [note]);
    }
    assert_eq!(app(&sam(HANDLER)).functions[0].build, None);
    let archive = compiled.replace("CodeUri: src/", "CodeUri: out.zip");
    assert_eq!(app(&sam(&archive)).functions[0].build, None);
}

#[test]
fn a_layer_with_a_build_method_is_built_first() {
    let app = app(&sam("
  Common:
    Type: AWS::Serverless::LayerVersion
    Metadata: { BuildMethod: nodejs22.x }
    Properties: { ContentUri: layer/ }
"));
    let note = "Resources.Common: the code has to be built before it runs: sam build";
    assert_eq!(notes(&app, NoteKind::Build), [note]);
}
