//! Starting without a service, or with one that cannot start.

use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use serverless_emulator::data::{Data, DataOptions, Endpoints};

use crate::app;
use crate::support::{Recorder, Services, folder, options};

#[tokio::test]
async fn an_app_without_tables_and_queues_starts_no_service() {
    let nothing = DataOptions {
        java: Some("/nowhere/java".into()),
        moto_python: Some("/nowhere/python".into()),
        ..options()
    };
    let services = Services::start(&app::read("Resources: {}"), &nothing).await;
    assert_eq!(services.endpoints, Endpoints::default());
}

#[tokio::test]
async fn a_program_that_is_missing_or_ends_is_told_with_its_output() {
    let (_folder, path) = folder();
    let program = path.join("java");
    std::fs::write(&program, "#!/bin/sh\necho 'Unsupported version' >&2\nexit 3\n").expect("a new file");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("an executable file");
    let cases = [
        (
            DataOptions { java: Some(program), ..options() },
            "it ended with exit status: 3\n  Unsupported version",
        ),
        (
            DataOptions { java: Some("/nowhere/java".into()), ..options() },
            "DynamoDB Local could not be started: /nowhere/java: ",
        ),
        (
            DataOptions { dynamodb_local: Some(path), ..options() },
            "DynamoDBLocal.jar, which was not found. Name the folder that contains it.",
        ),
    ];
    for (options, expected) in cases {
        let started = Data::start(&app::table(), &options, Arc::new(Recorder::default())).await;
        let Err(error) = started else { panic!("it cannot start") };
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[tokio::test]
async fn a_filter_that_is_not_valid_is_told_with_its_place() {
    let app = app::stream(
        "StartingPosition: LATEST, FilterCriteria: { Filters: [{ Pattern: '{\"eventName\": \"INSERT\"}' }] }",
    );
    let mut services = Services::start(&app, &options()).await;
    let function = crate::support::FakeFunction::unused();
    let error =
        services.data.run_mappings(Arc::new(function)).await.expect_err("it is not valid").to_string();
    assert!(error.starts_with("template.yaml:"), "{error}");
    assert!(
        error.ends_with("eventName has to be an array of values, such as {\"eventName\": [\"INSERT\"]}"),
        "{error}"
    );
}
