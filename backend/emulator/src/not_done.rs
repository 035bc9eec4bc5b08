//! Names the parts of an app that are read and have no effect.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use apigw_websocket::IdentitySource;
use serverless_app::{App, Origin, RouteLimits};

use crate::api::functions::authorizer_of;

/// Returns a sentence for each part of the app that is read and has no effect here. `folders` has the folders with the objects of
/// buckets.
pub fn of(app: &App, folders: &BTreeMap<String, PathBuf>) -> Vec<String> {
    let mut sentences = Vec::new();
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
            Origin::Bucket(name) => Some(name.clone()).filter(|name| !folders.contains_key(name)),
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serverless_app::{Settings, read};

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
        let app = read("template.yaml", &files, &Settings::default()).expect("it is well-formed");
        let sentences = super::of(&app, &BTreeMap::new());
        let [limits, objects] = sentences.as_slice() else { panic!("{sentences:?}") };
        assert!(limits.starts_with("Chat: limits of routes"), "{limits}");
        assert!(objects.starts_with("Web: ") && objects.contains("--bucket Site=DIR"), "{objects}");
        let folders = BTreeMap::from([("Site".to_owned(), "dist".into())]);
        assert_eq!(super::of(&app, &folders), std::slice::from_ref(limits));
    }
}
