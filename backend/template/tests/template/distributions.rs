//! CloudFront distributions, with the origins and headers of their answers.

use serverless_app::{AddedHeader, App, ErrorPage, Origin};

use crate::support::{app, missing, mistake};

const RESOURCES: &str = "
Transform: AWS::Serverless-2016-10-31
Resources:
  Site: { Type: AWS::S3::Bucket }
  Chat:
    Type: AWS::Serverless::WebSocketApi
    Properties:
      StageName: prod
      RouteSelectionExpression: $request.body.action
      Routes: { $default: { FunctionArn: !GetAtt Handler.Arn } }
  Handler:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src/
      Handler: app.handler
      Runtime: python3.13
      FunctionUrlConfig: { AuthType: NONE }
  Headers:
    Type: AWS::CloudFront::ResponseHeadersPolicy
    Properties:
      ResponseHeadersPolicyConfig:
        Name: headers
        SecurityHeadersConfig:
          ContentSecurityPolicy: { Override: true, ContentSecurityPolicy: \"default-src 'self'\" }
          ContentTypeOptions: { Override: false }
          StrictTransportSecurity: { AccessControlMaxAgeSec: 1, Override: true }
          XSSProtection: { Protection: true, ModeBlock: true, Override: true }
        CustomHeadersConfig:
          Items: [{ Header: X-Own, Value: 'yes', Override: true }]
  Web:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Enabled: true
        DefaultRootObject: index.html
        Origins:
          - { Id: site, DomainName: !GetAtt Site.RegionalDomainName, OriginPath: /v1, S3OriginConfig: {} }
          - { Id: chat, DomainName: !Sub '${Chat}.execute-api.${AWS::Region}.amazonaws.com', OriginPath: /prod }
          - { Id: api, DomainName: !Select [2, !Split ['/', !GetAtt HandlerUrl.FunctionUrl]] }
          - { Id: other, DomainName: images.example.com }
        DefaultCacheBehavior: { TargetOriginId: site, ResponseHeadersPolicyId: !Ref Headers, ViewerProtocolPolicy: redirect-to-https }
        CacheBehaviors:
          - { PathPattern: /socket, TargetOriginId: chat }
          - { PathPattern: '/api/*', TargetOriginId: api, AllowedMethods: [GET, HEAD, OPTIONS, PUT, PATCH, POST, DELETE] }
          - { PathPattern: '*.png', TargetOriginId: other, FunctionAssociations: [{ EventType: viewer-request }] }
        CustomErrorResponses:
          - { ErrorCode: 403, ResponseCode: 200, ResponsePagePath: /index.html, ErrorCachingMinTTL: 10 }
          - { ErrorCode: 500, ErrorCachingMinTTL: 0 }
Outputs:
  Page: { Value: !Sub 'https://${Web.DomainName}/' }
  Id: { Value: !Ref Web }
";

fn read() -> App {
    app(RESOURCES)
}

#[test]
fn paths_lead_to_buckets_apis_functions_and_servers_elsewhere() {
    let app = read();
    let [web] = app.distributions.as_slice() else { panic!("one distribution: {:?}", app.distributions) };
    assert_eq!((web.logical_id.as_str(), web.root_object.as_deref()), ("Web", Some("index.html")));
    let api = format!("{}.execute-api.us-east-1.amazonaws.com", app.apis[0].id);
    let expected = [
        ("/socket", Origin::Api(api), "/prod"),
        ("/api/*", Origin::Function("app-Handler".to_owned()), ""),
        ("*.png", Origin::Elsewhere("images.example.com".to_owned()), ""),
        ("*", Origin::Bucket("Site".to_owned()), "/v1"),
    ];
    let found: Vec<_> = web
        .behaviors
        .iter()
        .map(|one| (one.pattern.as_str(), one.origin.clone(), one.origin_path.as_str()))
        .collect();
    assert_eq!(found, expected);
    assert_eq!(web.behaviors[0].methods, ["GET", "HEAD"]);
    assert_eq!(web.behaviors[1].methods.len(), 7);
    assert_eq!(app.buckets, ["Site"]);
}

#[test]
fn answers_get_the_headers_of_the_policy_and_pages_replace_errors() {
    let app = read();
    let web = &app.distributions[0];
    let header = |name: &str, value: &str, replaces| AddedHeader {
        name: name.to_owned(),
        value: value.to_owned(),
        replaces,
    };
    let expected = [
        header("content-security-policy", "default-src 'self'", true),
        header("x-content-type-options", "nosniff", false),
        header("x-xss-protection", "1; mode=block", true),
        header("x-own", "yes", true),
    ];
    assert_eq!(web.behaviors[3].headers, expected);
    let pages = [
        ErrorPage { error: 403, page: Some((200, "/index.html".to_owned())) },
        ErrorPage { error: 500, page: None },
    ];
    assert_eq!(web.error_pages, pages);
}

#[test]
fn outputs_have_the_domain_and_the_id_of_the_distribution() {
    let app = read();
    let domain = &app.distributions[0].domain;
    assert!(domain.starts_with('d') && domain.ends_with(".cloudfront.net"), "{domain}");
    assert_eq!(app.outputs["Page"], format!("https://{domain}/"));
    assert!(app.outputs["Id"].starts_with('E'), "{}", app.outputs["Id"]);
}

#[test]
fn parts_of_a_distribution_that_are_not_done_are_named() {
    let missing = missing(&read());
    let expected = [
        ("Web.Properties.DistributionConfig.CacheBehaviors.FunctionAssociations", "at the edge"),
        ("Web.Properties.DistributionConfig.Origins.DomainName", "images.example.com"),
        ("Site (AWS::S3::Bucket)", "calls of S3"),
    ];
    for (path, meaning) in expected {
        let is_it = |note: &&String| note.contains(path) && note.contains(meaning);
        assert!(missing.iter().any(|note| is_it(&note)), "{path} is not in {missing:#?}");
    }
    assert_eq!(missing.len(), expected.len(), "{missing:#?}");
}

#[test]
fn a_group_of_origins_is_its_first_one() {
    let group = |member: &str| {
        let group = format!(
            "        OriginGroups:
          Quantity: 1
          Items:
            - Id: both
              FailoverCriteria: {{ StatusCodes: {{ Quantity: 1, Items: [500] }} }}
              Members: {{ Quantity: 2, Items: [{{ OriginId: {member} }}, {{ OriginId: other }}] }}
"
        );
        let text = RESOURCES.replace(
            "DefaultCacheBehavior: { TargetOriginId: site",
            "DefaultCacheBehavior: { TargetOriginId: both",
        );
        text.replace("        CacheBehaviors:\n", &format!("{group}        CacheBehaviors:\n"))
    };
    let app = app(&group("site"));
    let last = &app.distributions[0].behaviors[3];
    assert_eq!((&last.origin, last.origin_path.as_str()), (&Origin::Bucket("Site".to_owned()), "/v1"));
    let note =
        "OriginGroups.Items.FailoverCriteria: requests are not repeated at the second origin of the group";
    let notes = missing(&app);
    assert!(notes.iter().any(|one| one.ends_with(note)), "{notes:#?}");
    assert_eq!(notes.len(), missing(&read()).len() + 1, "{notes:#?}");
    let mistake = mistake(&group("stie"));
    assert!(mistake.contains("there is no origin `stie`: did you mean site?"), "{mistake}");
}

#[test]
fn an_origin_that_does_not_exist_is_a_mistake() {
    let text = RESOURCES.replace("TargetOriginId: chat", "TargetOriginId: chta");
    assert!(mistake(&text).contains("there is no origin `chta`: did you mean chat?"), "{}", mistake(&text));
}
