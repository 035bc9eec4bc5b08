//! Tests that the IAM role of each function permits exactly the AWS calls that the function's code makes.

use std::collections::{BTreeMap, BTreeSet};

use infra::{Sources, Statement, Template};
use serde_json::Value;

const ROLES: [&str; 4] = ["WebsocketRole", "AuthorizerRole", "IngestRole", "BroadcastRole"];

/// Calls of the AWS SDK as they appear in the code, each with the IAM action that it needs (Service Authorization
/// Reference). A transaction needs the actions of its parts.
const CALLS: [(&str, &str); 14] = [
    (".batch_get_item()", "dynamodb:BatchGetItem"),
    (" get_all(", "dynamodb:BatchGetItem"),
    (".batch_write_item()", "dynamodb:BatchWriteItem"),
    (" delete_all(", "dynamodb:BatchWriteItem"),
    (".delete_item()", "dynamodb:DeleteItem"),
    ("Delete::builder()", "dynamodb:DeleteItem"),
    (".get_item()", "dynamodb:GetItem"),
    (".put_item()", "dynamodb:PutItem"),
    ("Put::builder()", "dynamodb:PutItem"),
    (".query()", "dynamodb:Query"),
    (".update_item()", "dynamodb:UpdateItem"),
    ("Update::builder()", "dynamodb:UpdateItem"),
    ("ConditionCheck::builder()", "dynamodb:ConditionCheckItem"),
    (".scan()", "dynamodb:Scan"),
];

/// Returns the DynamoDB actions that the code in these files needs.
fn needed(files: &[&str]) -> BTreeSet<String> {
    let sources = Sources::read("backend/aws/src", files).expect("the adapters can be read");
    let done =
        CALLS.iter().filter(|(call, _)| sources.contains(call)).map(|(_, action)| (*action).to_owned());
    done.collect()
}

fn is_on(statement: &Statement, tables: &[&str]) -> bool {
    let names = statement.resources.iter().filter_map(|resource| resource["Fn::GetAtt"][0].as_str());
    names.into_iter().any(|name| tables.contains(&name))
}

/// Returns the DynamoDB actions that any role permits on these tables. The permission to read a table's stream is left
/// out.
fn allowed(tables: &[&str]) -> BTreeSet<String> {
    let template = Template::read();
    let statements = ROLES.iter().flat_map(|role| template.statements(role));
    let on_tables = statements.filter(|one| is_on(one, tables) && one.sid != "ReadStream");
    on_tables.flat_map(|statement| statement.actions).collect()
}

fn actions_of(role: &str) -> BTreeSet<String> {
    Template::read().statements(role).into_iter().flat_map(|statement| statement.actions).collect()
}

#[test]
fn on_connections_exactly_the_adapters_calls_are_permitted() {
    let mut done = needed(&["connections"]);
    // Only the function `all` scans a table. A server calls it when it ends, but no function does, so none has the permission.
    assert!(done.remove("dynamodb:Scan"));
    let functions = Sources::read("backend/lambda/src", &[""]).unwrap();
    assert!(!functions.contains("connections.all("));
    assert_eq!(allowed(&["Connections"]), done);
}

#[test]
fn on_topics_and_history_exactly_the_adapters_calls_are_permitted() {
    assert_eq!(allowed(&["Topics", "History"]), needed(&["log", "boards"]));
}

/// Tests which actions the code needs that both adapters share. The other tests find these actions by the names of the
/// shared functions, such as `get_all(`.
#[test]
fn the_actions_of_the_shared_code_are_known() {
    assert_eq!(
        needed(&["request"]),
        ["dynamodb:BatchGetItem", "dynamodb:BatchWriteItem"].map(str::to_owned).into()
    );
}

#[test]
fn no_function_may_scan_a_table() {
    assert!(ROLES.iter().all(|role| !actions_of(role).contains("dynamodb:Scan")));
}

#[test]
fn only_broadcast_writes_history() {
    let template = Template::read();
    let writes = |role: &str| {
        let on_history = template.statements(role).into_iter().filter(|one| is_on(one, &["History"]));
        on_history.flat_map(|one| one.actions).any(|action| action != "dynamodb:Query")
    };
    assert_eq!(ROLES.map(writes), [false, false, false, true]);
}

#[test]
fn the_authorizer_reads_the_secret_and_writes_its_log() {
    let wanted = ["logs:CreateLogStream", "logs:PutLogEvents", "ssm:GetParameter"];
    assert_eq!(actions_of("AuthorizerRole"), wanted.map(str::to_owned).into());
}

#[test]
fn posting_and_closing_are_permitted_as_the_adapter_needs_and_reading_is_not() {
    let sources = Sources::read("backend/aws/src", &["management"]).unwrap();
    // The adapter makes the requests of posts itself, and the others by the SDK's client.
    let methods = [
        (".post_to_connection()", "POST"),
        ("Method::POST", "POST"),
        (".delete_connection()", "DELETE"),
        (".get_connection()", "GET"),
    ];
    let done: BTreeSet<&str> =
        methods.iter().filter(|(call, _)| sources.contains(call)).map(|(_, method)| *method).collect();
    let template = Template::read();
    let statements = ROLES.iter().flat_map(|role| template.statements(role));
    let managing = statements.filter(|one| one.actions == ["execute-api:ManageConnections"]);
    let resources: Vec<Value> = managing.flat_map(|one| one.resources).collect();
    let allowed: BTreeSet<&str> = resources
        .iter()
        .filter_map(|resource| {
            resource["Fn::Sub"].as_str()?.split_once("/${Stage}/")?.1.strip_suffix("/@connections/*")
        })
        .collect();
    assert_eq!(allowed, done);
}

#[test]
fn exactly_the_functions_with_the_secrets_name_may_read_it() {
    let template = Template::read();
    let sees: BTreeMap<&str, [bool; 2]> = ROLES
        .iter()
        .map(|role| {
            let function = role.replace("Role", "Function");
            let named = template.environment(&function).contains_key("TICKERTAPE_SECRET");
            (*role, [named, actions_of(role).contains("ssm:GetParameter")])
        })
        .collect();
    assert!(sees.values().all(|[named, may]| named == may), "{sees:?}");
    assert!(Sources::read("backend/aws/src", &["parameter"]).unwrap().contains(".get_parameter()"));
}

#[test]
fn exactly_the_functions_with_a_tables_name_may_use_it() {
    let template = Template::read();
    for role in ROLES {
        let function = role.replace("Role", "Function");
        let named: BTreeSet<String> = template
            .environment(&function)
            .into_iter()
            .filter(|(name, _)| name.ends_with("_TABLE"))
            .filter_map(|(_, value)| value["Ref"].as_str().map(str::to_owned))
            .collect();
        let tables = ["Connections", "Topics", "History"].map(str::to_owned);
        let may = tables.into_iter().filter(|table| {
            template.statements(role).iter().any(|one| is_on(one, &[table]) && one.sid != "ReadStream")
        });
        assert_eq!(named, may.collect(), "{role}");
    }
}

#[test]
fn only_actions_without_a_resource_are_permitted_on_all_resources() {
    let template = Template::read();
    for statement in ROLES.iter().flat_map(|role| template.statements(role)) {
        let is_all = statement.resources.iter().any(|resource| resource == "*");
        assert!(!is_all || statement.actions == ["dynamodb:ListStreams"], "{statement:?}");
        assert!(statement.actions.iter().all(|action| !action.contains('*')), "{statement:?}");
    }
}

#[test]
fn broadcast_may_invoke_only_itself() {
    let template = Template::read();
    let invoking = ROLES.iter().flat_map(|role| template.statements(role));
    let invoking: Vec<Statement> = invoking.filter(|one| one.actions == ["lambda:InvokeFunction"]).collect();
    let name =
        template.properties("BroadcastFunction")["FunctionName"]["Fn::Sub"].as_str().unwrap_or_default();
    assert_eq!(invoking.len(), 1);
    let arn = invoking[0].resources[0]["Fn::Sub"].as_str().unwrap_or_default();
    assert!(arn.ends_with(&format!(":function:{name}")), "{arn}");
}
