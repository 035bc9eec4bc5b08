//! The app that the template means, as `serverless-app` reads it.

use serverless_app::{App, Origin, Settings, WebSocketApi, read};
use std::collections::BTreeMap;

const TEMPLATE: &str = include_str!("../../template.yaml");

/// Reads the template. The only parameter without a default is the name of the secret's parameter.
pub fn app() -> App {
    app_with(&[])
}

/// Reads the template with values for some parameters.
fn app_with(set: &[(&str, &str)]) -> App {
    let files = BTreeMap::from([("template.yaml".to_owned(), TEMPLATE.to_owned())]);
    let secret = ("SecretParameter", "/tickertape/dev/secret");
    let all = set.iter().copied().chain([secret]);
    let parameters = all.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let settings = Settings { parameters, ..Settings::default() };
    read("template.yaml", &files, &settings).unwrap_or_else(|error| panic!("{error}"))
}

/// Returns the only API of the template.
pub fn api() -> WebSocketApi {
    let [api] = app().apis.try_into().expect("the template has one API");
    api
}

#[test]
fn everything_that_the_emulator_leaves_out_concerns_the_bucket() {
    for note in app().missing() {
        assert!(note.path.contains("AWS::S3::"), "{note}");
    }
}

#[test]
fn the_distribution_serves_the_bucket_with_the_policies_of_the_page() {
    let app = app();
    let [distribution] = app.distributions.as_slice() else { panic!("{:?}", app.distributions) };
    let [behavior] = distribution.behaviors.as_slice() else { panic!("{:?}", distribution.behaviors) };
    assert_eq!(behavior.origin, Origin::Bucket("Site".to_owned()));
    let names: Vec<&str> = behavior.headers.iter().map(|header| header.name.as_str()).collect();
    for name in ["content-security-policy", "x-content-type-options", "x-frame-options", "referrer-policy"] {
        assert!(names.contains(&name), "{name} is not in {names:?}");
    }
}

#[test]
fn only_the_pages_that_a_deployment_names_may_embed_the_board() {
    let headers = |set: &[(&str, &str)]| {
        let app = app_with(set);
        let all = app.distributions[0].behaviors[0].headers.clone();
        let value =
            |name: &str| all.iter().find(|header| header.name == name).map(|found| found.value.clone());
        (value("content-security-policy").unwrap_or_default(), value("x-frame-options"))
    };
    let (policy, frames) = headers(&[]);
    assert!(policy.contains("; frame-ancestors 'none';"), "{policy}");
    assert_eq!(frames.as_deref(), Some("DENY"));
    let (policy, frames) = headers(&[("AllowEmbed", "https://a.example,https://b.example")]);
    assert!(policy.contains("; frame-ancestors https://a.example https://b.example;"), "{policy}");
    assert_eq!(frames, None);
}
