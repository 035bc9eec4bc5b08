//! WebSocket APIs of CloudFormation.

use serverless_app::{
    Authorization, Authorizer, Domain, Integration, IntegrationResponse, Mock, RouteLimits, ServiceTarget,
};

use crate::support::{FUNCTION, INVOKED, app, missing, mistake};

/// A template with an API, its stage and a function that its `Integration` invokes.
fn api(rest: &str) -> String {
    format!(
        "
Resources:
  Api:
    Type: AWS::ApiGatewayV2::Api
    Properties: {{ Name: rooms, ProtocolType: WEBSOCKET, RouteSelectionExpression: $request.body.do }}
  Stage:
    Type: AWS::ApiGatewayV2::Stage
    Properties: {{ ApiId: !Ref Api, StageName: live }}
  Integration:
    Type: AWS::ApiGatewayV2::Integration
    Properties: {{ ApiId: !Ref Api, IntegrationType: AWS_PROXY, IntegrationUri: {INVOKED} }}
{FUNCTION}{rest}"
    )
}

/// A route with further properties.
fn route(name: &str, key: &str, properties: &str) -> String {
    format!(
        "
  {name}:
    Type: AWS::ApiGatewayV2::Route
    Properties: {{ ApiId: !Ref Api, RouteKey: {key}, Target: !Sub 'integrations/${{Integration}}'{properties} }}
"
    )
}

fn invoked() -> Integration {
    Integration::Function { name: "app-Chat".to_owned(), qualifier: None, timeout_ms: 29_000 }
}

#[test]
fn an_api_has_its_routes_in_order() {
    let app = app(&api(&(route("A", "$connect", "") + &route("B", "say", ""))));
    let api = &app.apis[0];
    assert_eq!((api.name.as_str(), api.logical_id.as_str()), ("rooms", "Api"));
    assert_eq!(api.route_selection_expression, "$request.body.do");
    let keys: Vec<&str> = api.routes.iter().map(|route| route.key.as_str()).collect();
    assert_eq!(keys, ["$connect", "say"]);
    for route in &api.routes {
        assert_eq!((&route.integration, &route.authorization), (&invoked(), &Authorization::None));
        assert!(!route.replies);
    }
    assert_eq!(api.routes[1].place.to_string(), "template.yaml:21:3");
}

#[test]
fn the_name_of_a_function_may_be_written_in_many_ways() {
    let uris = [
        "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:1:function:app-Chat/invocations",
        "!Join ['', ['arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/', !GetAtt Chat.Arn, /invocations]]",
        "!Sub 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${Chat}/invocations'",
    ];
    for uri in uris {
        let text = api(&route("A", "a", "")).replace(INVOKED, uri);
        assert_eq!(app(&text).apis[0].routes[0].integration, invoked(), "{uri}");
    }
}

#[test]
fn an_alias_is_a_qualifier() {
    let alias = "
  Live:
    Type: AWS::Lambda::Alias
    Properties: { FunctionName: !Ref Chat, FunctionVersion: '1', Name: live }
";
    let text = api(&(route("A", "a", "") + alias)).replace("${Chat.Arn}", "${Live}");
    let integration = &app(&text).apis[0].routes[0].integration;
    let qualifier = Some("live".to_owned());
    assert_eq!(
        *integration,
        Integration::Function { name: "app-Chat".to_owned(), qualifier, timeout_ms: 29_000 }
    );
}

#[test]
fn an_integration_has_its_own_time() {
    let text = api(&route("A", "a", "")).replace("AWS_PROXY,", "AWS_PROXY, TimeoutInMillis: 500,");
    let Integration::Function { timeout_ms, .. } = app(&text).apis[0].routes[0].integration else {
        panic!("no function")
    };
    assert_eq!(timeout_ms, 500);
    let message = mistake(&text.replace("500", "30000"));
    assert!(
        message.ends_with("TimeoutInMillis is `30000`: write a whole number from 50 to 29000"),
        "{message}"
    );
}

#[test]
fn an_authorizer_has_a_function_and_identity_sources() {
    let authorizer = format!(
        "
  Tokens:
    Type: AWS::ApiGatewayV2::Authorizer
    Properties:
      Name: tokens
      ApiId: !Ref Api
      AuthorizerType: REQUEST
      AuthorizerUri: {INVOKED}
      IdentitySource: [route.request.header.Auth, route.request.querystring.token]
"
    );
    let with = ", AuthorizationType: CUSTOM, AuthorizerId: !Ref Tokens";
    let text = api(&(route("A", "$connect", with) + &authorizer));
    let expected = Authorizer {
        name: "tokens".to_owned(),
        function: "app-Chat".to_owned(),
        identity_sources: vec![
            "route.request.header.Auth".to_owned(),
            "route.request.querystring.token".to_owned(),
        ],
    };
    assert_eq!(app(&text).apis[0].routes[0].authorization, Authorization::Lambda(expected));
    let message = mistake(&text.replace("RouteKey: $connect", "RouteKey: say"));
    let words = "the route say has an authorization: remove it: API Gateway authorizes WebSockets by the route $connect only";
    assert!(message.ends_with(words), "{message}");
}

#[test]
fn a_signature_of_aws_is_not_checked_and_named() {
    let app = app(&api(&route("A", "$connect", ", AuthorizationType: AWS_IAM")));
    assert_eq!(app.apis[0].routes[0].authorization, Authorization::Iam);
    let words = "signatures are not checked, so that requests without one are accepted too";
    assert_eq!(missing(&app), [format!("Resources.A.Properties.AuthorizationType: {words}")]);
}

#[test]
fn a_route_replies_if_it_has_an_expression_and_a_response() {
    let expression = ", RouteResponseSelectionExpression: $default";
    let response = "
  Response:
    Type: AWS::ApiGatewayV2::RouteResponse
    Properties: { ApiId: !Ref Api, RouteId: !Ref A, RouteResponseKey: $default }
";
    let cases = [(expression, response, true, 0), (expression, "", false, 1), ("", response, false, 1)];
    for (expression, response, replies, notes) in cases {
        let app = app(&api(&(route("A", "a", expression) + response)));
        assert_eq!(app.apis[0].routes[0].replies, replies);
        assert_eq!(missing(&app).len(), notes, "{:?}", missing(&app));
        assert!(missing(&app).iter().all(|note| note.ends_with("so that clients get no answer, as on AWS")));
    }
}

#[test]
fn a_stage_has_variables_and_limits() {
    let text = api(&route("A", "a", "")).replace(
        "StageName: live }",
        "StageName: live, StageVariables: { colour: red },
      DefaultRouteSettings: { ThrottlingBurstLimit: 20, ThrottlingRateLimit: 9.5, LoggingLevel: INFO },
      RouteSettings: { a: { ThrottlingRateLimit: 3 } } }",
    );
    let app = app(&text);
    let stage = &app.apis[0].stages[0];
    assert_eq!(stage.name, "live");
    assert_eq!(stage.variables["colour"], "red");
    assert_eq!(stage.default_limits, RouteLimits { burst: Some(20), per_second: Some(10) });
    assert_eq!(stage.limits["a"], RouteLimits { burst: None, per_second: Some(3) });
}

#[test]
fn a_deployment_may_create_the_stage() {
    let text = api(&route("A", "a", "")).replace("AWS::ApiGatewayV2::Stage", "AWS::ApiGatewayV2::Deployment");
    assert_eq!(app(&text).apis[0].stages[0].name, "live");
}

#[test]
fn a_custom_domain_leads_to_a_stage() {
    let domain = "
  Domain:
    Type: AWS::ApiGatewayV2::DomainName
    Properties: { DomainName: chat.example.com, DomainNameConfigurations: [] }
  Mapping:
    Type: AWS::ApiGatewayV2::ApiMapping
    Properties: { ApiId: !Ref Api, DomainName: !Ref Domain, Stage: !Ref Stage, ApiMappingKey: v1 }
";
    let expected =
        Domain { name: "chat.example.com".to_owned(), path: Some("v1".to_owned()), stage: "live".to_owned() };
    assert_eq!(app(&api(&(route("A", "a", "") + domain))).apis[0].domains, [expected]);
}

#[test]
fn a_mock_integration_has_templates_and_responses() {
    let mock = "
  Response:
    Type: AWS::ApiGatewayV2::IntegrationResponse
    Properties:
      ApiId: !Ref Api
      IntegrationId: !Ref Integration
      IntegrationResponseKey: /200/
      TemplateSelectionExpression: \\$default
      ResponseTemplates: { $default: '{\"pong\": true}' }
";
    let properties = format!("IntegrationType: AWS_PROXY, IntegrationUri: {INVOKED}");
    let own = "IntegrationType: MOCK, TemplateSelectionExpression: '200', RequestTemplates: { '200': '{\"statusCode\":200}' }";
    let text = api(&(route("A", "ping", "") + mock)).replace(&properties, own);
    let map = |key: &str, text: &str| [(key.to_owned(), text.to_owned())].into();
    let expected = Mock {
        template_selection: Some("200".to_owned()),
        request_templates: map("200", r#"{"statusCode":200}"#),
        responses: vec![IntegrationResponse {
            key: "/200/".to_owned(),
            template_selection: Some("\\$default".to_owned()),
            templates: map("$default", r#"{"pong": true}"#),
        }],
    };
    assert_eq!(app(&text).apis[0].routes[0].integration, Integration::Mock(expected));
}

#[test]
fn integrations_that_are_not_done_are_named() {
    let sqs = "arn:aws:apigateway:us-east-1:sqs:path/123456789012/jobs";
    let dynamodb = "arn:aws:apigateway:us-east-1:dynamodb:action/PutItem";
    let cases = [
        ("AWS", sqs, "AWS sqs path/123456789012/jobs", "this integration is not done"),
        ("AWS", dynamodb, "AWS dynamodb PutItem", "this integration is not done"),
        (
            "HTTP_PROXY",
            "https://example.com/x",
            "HTTP_PROXY https://example.com/x",
            "this integration is not done",
        ),
        (
            "AWS_PROXY",
            "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/other/invocations",
            "AWS_PROXY lambda path/2015-03-31/functions/other/invocations",
            "the function is not part of this app",
        ),
    ];
    for (kind, uri, name, reason) in cases {
        let text = api(&route("A", "a", "")).replace("AWS_PROXY", kind).replace(INVOKED, uri);
        let app = app(&text);
        let expected = Integration::Unsupported { name: name.to_owned() };
        assert_eq!(app.apis[0].routes[0].integration, expected);
        let note = format!(
            "Resources.Integration.Properties.IntegrationUri: {name}: {reason}, so messages of its routes get an error"
        );
        assert_eq!(missing(&app), [note]);
    }
}

#[test]
fn an_integration_with_a_service_of_the_app_has_its_templates() {
    let resources = "
  Rooms:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: rooms
      AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]
      KeySchema: [{ AttributeName: id, KeyType: HASH }]
  Jobs: { Type: AWS::SQS::Queue, Properties: { QueueName: jobs } }
";
    let path = "arn:aws:apigateway:us-east-1:sqs:path/123456789012";
    for (uri, target) in [
        (INVOKED.to_owned(), ServiceTarget::Function { name: "app-Chat".into(), qualifier: None }),
        (
            "arn:aws:apigateway:us-east-1:dynamodb:action/PutItem".to_owned(),
            ServiceTarget::DynamoDb { action: "PutItem".into() },
        ),
        (format!("{path}/jobs"), ServiceTarget::Sqs { path: "/123456789012/jobs".into(), action: None }),
        (
            "arn:aws:apigateway:us-east-1:sqs:action/SendMessage".to_owned(),
            ServiceTarget::Sqs { path: "/".into(), action: Some("SendMessage".into()) },
        ),
    ] {
        let own = "AWS, RequestTemplates: { $default: '$input.body' }, RequestParameters: { integration.request.header.Content-Type: \"'a'\" },";
        let text = api(&route("A", "a", "")).replace("AWS_PROXY,", own).replace(INVOKED, &uri) + resources;
        let app = app(&text);
        let Integration::Service(call) = &app.apis[0].routes[0].integration else {
            panic!("{:?}", app.apis[0].routes[0])
        };
        assert_eq!((&call.target, call.timeout_ms), (&target, 29_000));
        assert_eq!(call.request_templates.get("$default").map(String::as_str), Some("$input.body"));
        assert_eq!(missing(&app), [""; 0]);
    }
}

#[test]
fn an_integration_with_a_service_that_is_not_there_and_its_template_are_named() {
    for uri in [
        "arn:aws:apigateway:us-east-1:dynamodb:action/PutItem",
        "arn:aws:apigateway:us-east-1:states:action/StartSyncExecution",
        "arn:aws:apigateway:us-east-1:sqs:path/123456789012/other",
    ] {
        let text = api(&route("A", "a", ""))
            .replace("AWS_PROXY,", "AWS, RequestTemplates: { $default: '{}' },")
            .replace(INVOKED, uri);
        let notes = missing(&app(&text));
        let template =
            "Resources.Integration.Properties.RequestTemplates: mapping templates are not evaluated";
        assert!(notes.iter().any(|note| note == template), "{notes:?}");
    }
}

#[test]
fn an_http_api_is_named_and_left_out() {
    let app = app("
Resources:
  Web:
    Type: AWS::ApiGatewayV2::Api
    Properties: { Name: web, ProtocolType: HTTP }
");
    assert_eq!(app.apis, []);
    let words = "HTTP APIs are not served; a function can have an address of its own (AWS::Lambda::Url)";
    assert_eq!(missing(&app), [format!("Resources.Web.Properties.ProtocolType: {words}")]);
}

#[test]
fn a_route_of_an_api_outside_of_the_app_is_named() {
    let app = app(&api("
  Stray:
    Type: AWS::ApiGatewayV2::Route
    Properties: { ApiId: a1b2c3d4e5, RouteKey: a }
"));
    assert_eq!(app.apis[0].routes, []);
    let words = "the API a1b2c3d4e5 is not part of this app, so this changes nothing";
    assert_eq!(missing(&app), [format!("Resources.Stray.Properties.ApiId: {words}")]);
}

#[test]
fn mistakes_in_an_api_are_told_with_what_to_write() {
    let good = api(&route("A", "a", ""));
    let cases = [
        (
            "StageName: live",
            "StageNam: live",
            "Resources.Stage.Properties.StageName is missing: add it, such as `StageName: prod`",
        ),
        (
            "AWS::ApiGatewayV2::Stage",
            "AWS::Logs::LogGroup",
            "the API Api has no stage, so that it has no address: add a resource with the type AWS::ApiGatewayV2::Stage, `ApiId`, `StageName` and `AutoDeploy: true`",
        ),
        (
            "${Integration}",
            "${Api}",
            "in the template: write `!Sub integrations/${INTEGRATION}`, with the name of an AWS::ApiGatewayV2::Integration",
        ),
        (
            "ProtocolType: WEBSOCKET",
            "ProtocolType: WEBSOKET",
            "ProtocolType is `WEBSOKET`: did you mean WEBSOCKET?",
        ),
        (
            ", RouteSelectionExpression: $request.body.do",
            "",
            "RouteSelectionExpression is missing: add it, such as `RouteSelectionExpression: '$request.body.action'`",
        ),
        (
            "IntegrationType: AWS_PROXY",
            "IntegrationType: LAMBDA",
            "IntegrationType is `LAMBDA`: write one of AWS, AWS_PROXY, HTTP, HTTP_PROXY, MOCK",
        ),
    ];
    for (right, wrong, words) in cases {
        let message = mistake(&good.replace(right, wrong));
        assert!(message.ends_with(words), "{message}");
    }
    let message = mistake(&api(&(route("A", "a", "") + &route("B", "a", ""))));
    let words =
        "there are two routes a, the other one at template.yaml:17:3: give one of them another `RouteKey`";
    assert!(message.ends_with(words), "{message}");
}
