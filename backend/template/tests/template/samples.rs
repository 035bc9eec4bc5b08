//! Small apps as people write them, in `tests/apps/`, and the template of this project.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serverless_app::{App, Authorization, Integration, Route, Settings, read};

use crate::support::{function, missing, with_parameters};

/// Reads all text files of a folder.
fn folder(path: &str) -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let entries = fs::read_dir(&root).expect("the folder exists");
    let entries = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let files = entries.filter(|path| path.is_file()).filter_map(|path| {
        let name = path.file_name()?.to_string_lossy().into_owned();
        Some((name, fs::read_to_string(path).ok()?))
    });
    files.collect()
}

#[track_caller]
fn app(name: &str, settings: &Settings) -> App {
    read("", &folder(&format!("tests/apps/{name}")), settings).unwrap_or_else(|error| panic!("{error}"))
}

/// Returns each route with the name of its function.
fn routes(app: &App) -> Vec<(&str, &str)> {
    app.apis[0].routes.iter().map(|route| (route.key.as_str(), function_of(route))).collect()
}

fn function_of(route: &Route) -> &str {
    match &route.integration {
        Integration::Function { name, .. } => name,
        other => panic!("{other:?}"),
    }
}

#[test]
fn sam_in_python() {
    let app = app("sam-python", &Settings::default());
    let expected = [
        ("$connect", "app-OpenFunction"),
        ("$disconnect", "app-CloseFunction"),
        ("$default", "app-DrawFunction"),
    ];
    assert_eq!(routes(&app), expected);
    assert_eq!((app.functions.len(), app.tables.len(), app.queues.len()), (3, 1, 0));
    let open = function(&app, "OpenFunction");
    assert_eq!((open.handler.as_deref(), open.memory_mb), (Some("app.open"), 256));
    assert_eq!(open.environment["STROKES_TABLE"], "app-Strokes");
    assert_eq!(app.tables[0].key.range.as_deref(), Some("drawn"));
    assert_eq!(app.tables[0].ttl_attribute.as_deref(), Some("expires"));
    assert!(app.outputs["Address"].ends_with(".execute-api.us-east-1.amazonaws.com/Prod"));
    assert_eq!(missing(&app), [""; 0]);
}

#[test]
fn sam_in_node_with_authorizer_layer_condition_and_queue() {
    let with_index = app("sam-node", &Settings::default());
    let without = app("sam-node", &with_parameters([("FindByBidder", "no"), ("Stage", "test")]));
    let expected =
        [("$connect", "app-EnterFunction"), ("lot/bid", "app-BidFunction"), ("lot/list", "app-BidFunction")];
    for (app, indexes, stage) in [(&with_index, 1, "live"), (&without, 0, "test")] {
        assert_eq!(routes(app), expected);
        assert_eq!(app.tables[0].global_indexes.len(), indexes);
        assert_eq!(app.apis[0].stages[0].name, stage);
        let bid = function(app, "BidFunction");
        assert!(
            bid.environment["ENDPOINT"].ends_with(&format!(".execute-api.us-east-1.amazonaws.com/{stage}"))
        );
        assert_eq!(bid.environment["CLOSINGS"], app.queues[0].url);
        assert_eq!(bid.layers.len(), 1);
        assert_eq!(app.mappings[0].function, "app-CloseFunction");
        assert!(app.mappings[0].reports_partial_failures);
        assert_eq!(missing(app), [""; 0]);
    }
    let api = &with_index.apis[0];
    assert_eq!(api.route_selection_expression, "${request.body.area}/${request.body.verb}");
    assert_eq!(api.routes.iter().map(|route| route.replies).collect::<Vec<_>>(), [false, false, true]);
    let Authorization::Lambda(authorizer) = &api.routes[0].authorization else { panic!("no authorizer") };
    assert_eq!(authorizer.identity_sources, ["route.request.header.Sec-WebSocket-Protocol"]);
}

#[test]
fn cdk_with_two_stacks() {
    let app = app("cdk", &Settings::default());
    assert_eq!(
        routes(&app),
        [("$connect", "Tide-HandlerB2"), ("$disconnect", "Tide-HandlerB2"), ("measure", "Tide-HandlerB2")]
    );
    assert_eq!(function(&app, "HandlerB2").environment["WATCHERS"], "Store-Watchers");
    assert_eq!(app.mappings[0].function, "Tide-PusherC3");
    assert_eq!(missing(&app), Vec::<String>::new());
}

#[test]
fn a_service_of_the_serverless_framework() {
    let app = app("serverless", &Settings::default());
    let expected = ["$connect", "$disconnect", "players", "$default"].map(|key| (key, "lobby-dev-socket"));
    assert_eq!(routes(&app), expected);
    assert_eq!(app.region, "eu-west-1");
    assert_eq!(app.tables[0].name, "lobby-dev-players");
    let announce = function(&app, "AnnounceLambdaFunction");
    assert_eq!(announce.environment["PLAYERS"], "lobby-dev-players");
    let endpoint = format!("https://{}.execute-api.eu-west-1.amazonaws.com/dev", app.apis[0].id);
    assert_eq!(announce.environment["ENDPOINT"], endpoint);
    assert_eq!(app.mappings[0].function, announce.name);
    assert_eq!(missing(&app), [""; 0]);
}

#[test]
fn reading_twice_gives_the_same_app() {
    for name in ["sam-python", "sam-node", "cdk", "serverless"] {
        assert_eq!(app(name, &Settings::default()), app(name, &Settings::default()));
    }
}
