//! Names the parts of an app that are read and have no effect.

use std::collections::BTreeSet;

use apigw_websocket::IdentitySource;
use serverless_app::{App, Origin, RouteLimits};

use crate::api::functions::authorizer_of;
use crate::settings::{Credentials, Settings};

/// Returns a sentence for each part of the app and of the settings that is read and has no effect here.
pub fn of(app: &App, settings: &Settings) -> Vec<String> {
    let mut sentences = Vec::new();
    if let Credentials::Real { .. } = settings.credentials {
        sentences.extend(not_of_the_account(app));
    }
    let is_function = |name: &str| {
        app.functions.iter().any(|function| name == function.logical_id || name == function.name)
    };
    for name in settings.environment.single.keys().filter(|name| !is_function(name)) {
        sentences.push(format!("--env: there is no function {name}, so its variables have no effect"));
    }
    for api in &app.apis {
        let has_limits = api.stages.iter().any(|stage| {
            let is_set = |limits: &RouteLimits| *limits != RouteLimits::default();
            is_set(&stage.default_limits) || stage.limits.values().any(is_set)
        });
        if has_limits {
            sentences
                .push(format!("{}: limits of routes: messages beyond them are not refused", api.logical_id));
        }
    }
    for authorizer in app.apis.iter().filter_map(authorizer_of) {
        let unknown = |source: &&String| source.parse::<IdentitySource>().is_err();
        for source in authorizer.identity_sources.iter().filter(unknown) {
            let name = &authorizer.name;
            sentences.push(format!("{name}: the identity source {source}: a handshake need not have it"));
        }
    }
    for distribution in &app.distributions {
        let bucket = |origin: &Origin| match origin {
            Origin::Bucket(name) => Some(name.clone()).filter(|name| !settings.buckets.contains_key(name)),
            Origin::Api(_) | Origin::Function(_) | Origin::Elsewhere(_) => None,
        };
        let unknown: BTreeSet<String> =
            distribution.behaviors.iter().filter_map(|behavior| bucket(&behavior.origin)).collect();
        for name in unknown {
            let distribution = &distribution.logical_id;
            sentences.push(format!(
                "{distribution}: the objects of the bucket {name}: name a folder with them by --bucket {name}=DIR"
            ));
        }
    }
    sentences
}

/// Returns a sentence about the services that are not those of the account, although functions have its credentials.
fn not_of_the_account(app: &App) -> Option<String> {
    let services = [
        ("Lambda", "functions", !app.functions.is_empty()),
        ("DynamoDB", "tables", !app.tables.is_empty()),
        ("SQS", "queues", !app.queues.is_empty()),
    ];
    let here = services.into_iter().filter(|(.., is_here)| *is_here);
    let (names, parts): (Vec<&str>, Vec<&str>) = here.map(|(name, parts, _)| (name, parts)).unzip();
    let (names, parts) = (names.join(" and "), parts.join(" and "));
    (!names.is_empty()).then(|| {
        format!(
            "--aws-profile: all requests to {names} are answered here, so {parts} of other stacks are not found"
        )
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serverless_app::read;

    use super::*;

    fn settings() -> Settings {
        Settings::new(([127, 0, 0, 1], 0).into(), "data".into())
    }

    #[test]
    fn parts_without_an_effect_are_named() {
        let template = "
Transform: AWS::Serverless-2016-10-31
Resources:
  Chat:
    Type: AWS::Serverless::WebSocketApi
    Properties:
      RouteSelectionExpression: $request.body.action
      Routes: { $default: { FunctionArn: !GetAtt Handler.Arn } }
      DefaultRouteSettings: { ThrottlingRateLimit: 5 }
  Handler:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src/
      Handler: app.handler
      Runtime: python3.13
  Site: { Type: AWS::S3::Bucket }
  Web:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Origins: [{ Id: site, DomainName: !GetAtt Site.RegionalDomainName }]
        DefaultCacheBehavior: { TargetOriginId: site }
";
        let files = BTreeMap::from([("template.yaml".to_owned(), template.to_owned())]);
        let app = read("template.yaml", &files, &serverless_app::Settings::default()).expect("well-formed");
        let mut settings = settings();
        let sentences = of(&app, &settings);
        let [limits, objects] = sentences.as_slice() else { panic!("{sentences:?}") };
        assert!(limits.starts_with("Chat: limits of routes"), "{limits}");
        assert!(objects.starts_with("Web: ") && objects.contains("--bucket Site=DIR"), "{objects}");
        settings.buckets = BTreeMap::from([("Site".to_owned(), "dist".into())]);
        assert_eq!(of(&app, &settings), std::slice::from_ref(limits));
        let names = ["Handler", "app-Handler", "Handlre"];
        settings.environment.single = names.map(|name| (name.to_owned(), BTreeMap::new())).into();
        let unknown = "--env: there is no function Handlre, so its variables have no effect";
        assert_eq!(of(&app, &settings), [unknown, limits.as_str()]);
    }

    #[test]
    fn services_that_are_not_those_of_the_account_are_named() {
        let function = "Chat: { Type: AWS::Lambda::Function, Properties: { Code: src/, Handler: a.b, Runtime: nodejs22.x } }";
        let queue = "Jobs: { Type: AWS::SQS::Queue }";
        let real = Credentials::Real {
            access_key_id: "id".into(),
            secret_access_key: "secret".into(),
            session_token: None,
        };
        let about = |resources: &[&str], credentials: &Credentials| {
            let settings = Settings { credentials: credentials.clone(), ..settings() };
            let template = format!("Resources: {{ {} }}", resources.join(", "));
            let files = BTreeMap::from([("template.yaml".to_owned(), template)]);
            let app =
                read("template.yaml", &files, &serverless_app::Settings::default()).expect("well-formed");
            of(&app, &settings)
        };
        let start = "--aws-profile: all requests to";
        assert_eq!(
            about(&[function], &real),
            [format!("{start} Lambda are answered here, so functions of other stacks are not found")]
        );
        assert_eq!(
            about(&[function, queue], &real),
            [format!(
                "{start} Lambda and SQS are answered here, so functions and queues of other stacks are not found"
            )]
        );
        assert_eq!(about(&[], &real), [""; 0]);
        assert_eq!(about(&[function, queue], &Credentials::Invented), [""; 0]);
    }
}
