//! The app that the template means, as `serverless-app` reads it.

use serverless_app::{App, Settings, WebSocketApi, read};
use std::collections::BTreeMap;

const TEMPLATE: &str = include_str!("../../template.yaml");

/// Reads the template. The only parameter without a default is the name of the secret's parameter.
pub fn app() -> App {
    let files = BTreeMap::from([("template.yaml".to_owned(), TEMPLATE.to_owned())]);
    let parameters = BTreeMap::from([("SecretParameter".to_owned(), "/tickertape/dev/secret".to_owned())]);
    let settings = Settings { parameters, ..Settings::default() };
    read("template.yaml", &files, &settings).unwrap_or_else(|error| panic!("{error}"))
}

/// Returns the only API of the template.
pub fn api() -> WebSocketApi {
    let [api] = app().apis.try_into().expect("the template has one API");
    api
}

#[test]
fn everything_that_the_emulator_leaves_out_concerns_the_page() {
    for note in app().missing() {
        let is_page = ["AWS::S3::", "AWS::CloudFront::"].iter().any(|service| note.path.contains(service));
        assert!(is_page, "{note}");
    }
}
