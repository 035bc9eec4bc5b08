//! A function may do what its code does, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use infra::{Sources, Statement, Template};
use serde_json::Value;

const ROLES: [&str; 4] = ["WebsocketRole", "AuthorizerRole", "IngestRole", "BroadcastRole"];

/// Calls of the SDK and the permission each needs (Service Authorization Reference). A transaction needs the
/// permissions of its parts.
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

/// What the code does on the tables, as far as it stands in these files.
fn done(files: &[&str]) -> BTreeSet<String> {
    let sources = Sources::read("backend/aws/src", files).expect("the adapters can be read");
    let done =
        CALLS.iter().filter(|(call, _)| sources.contains(call)).map(|(_, action)| (*action).to_owned());
    done.collect()
}

fn on(statement: &Statement, tables: &[&str]) -> bool {
    let names = statement.resources.iter().filter_map(|resource| resource["Fn::GetAtt"][0].as_str());
    names.into_iter().any(|name| tables.contains(&name))
}

/// What any role may do on these tables.
fn allowed(tables: &[&str]) -> BTreeSet<String> {
    let template = Template::read();
    let statements = ROLES.iter().flat_map(|role| template.statements(role));
    let on_tables = statements.filter(|one| on(one, tables) && one.sid != "ReadStream");
    on_tables.flat_map(|statement| statement.actions).collect()
}

fn actions_of(role: &str) -> BTreeSet<String> {
    Template::read().statements(role).into_iter().flat_map(|statement| statement.actions).collect()
}

#[test]
fn on_connections_is_allowed_what_the_adapter_does() {
    let mut done = done(&["connections"]);
    // `all` alone, for a server that ends: on AWS none does, and no function may.
    assert!(done.remove("dynamodb:Scan"));
    let functions = Sources::read("backend/lambda/src", &[""]).unwrap();
    assert!(!functions.contains("connections.all("));
    assert_eq!(allowed(&["Connections"]), done);
}

#[test]
fn on_topics_and_history_is_allowed_what_the_adapter_does() {
    assert_eq!(allowed(&["Topics", "History"]), done(&["log"]));
}

/// What stands there for both is named by what it is called, above.
#[test]
fn what_the_adapters_share_is_known() {
    assert_eq!(
        done(&["request"]),
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
        let on_history = template.statements(role).into_iter().filter(|one| on(one, &["History"]));
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
fn posting_and_closing_are_allowed_as_the_adapter_does_them_and_looking_is_not() {
    let sources = Sources::read("backend/aws/src", &["management"]).unwrap();
    let methods =
        [(".post_to_connection()", "POST"), (".delete_connection()", "DELETE"), (".get_connection()", "GET")];
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
fn who_is_told_of_the_secret_may_read_it_and_nobody_else() {
    let template = Template::read();
    let sees: BTreeMap<&str, [bool; 2]> = ROLES
        .iter()
        .map(|role| {
            let function = role.replace("Role", "Function");
            let told = template.environment(&function).contains_key("TICKERTAPE_SECRET");
            (*role, [told, actions_of(role).contains("ssm:GetParameter")])
        })
        .collect();
    assert!(sees.values().all(|[told, may]| told == may), "{sees:?}");
    assert!(Sources::read("backend/aws/src", &["parameter"]).unwrap().contains(".get_parameter()"));
}

#[test]
fn who_is_told_of_a_table_may_use_it_and_nobody_else() {
    let template = Template::read();
    for role in ROLES {
        let function = role.replace("Role", "Function");
        let told: BTreeSet<String> = template
            .environment(&function)
            .into_iter()
            .filter(|(name, _)| name.ends_with("_TABLE"))
            .filter_map(|(_, value)| value["Ref"].as_str().map(str::to_owned))
            .collect();
        let tables = ["Connections", "Topics", "History"].map(str::to_owned);
        let may = tables.into_iter().filter(|table| {
            template.statements(role).iter().any(|one| on(one, &[table]) && one.sid != "ReadStream")
        });
        assert_eq!(told, may.collect(), "{role}");
    }
}

#[test]
fn only_what_has_no_resource_is_allowed_on_all() {
    let template = Template::read();
    for statement in ROLES.iter().flat_map(|role| template.statements(role)) {
        let is_all = statement.resources.iter().any(|resource| resource == "*");
        assert!(!is_all || statement.actions == ["dynamodb:ListStreams"], "{statement:?}");
        assert!(statement.actions.iter().all(|action| !action.contains('*')), "{statement:?}");
    }
}

#[test]
fn broadcast_invokes_nothing_but_itself() {
    let template = Template::read();
    let invoking = ROLES.iter().flat_map(|role| template.statements(role));
    let invoking: Vec<Statement> = invoking.filter(|one| one.actions == ["lambda:InvokeFunction"]).collect();
    let name =
        template.properties("BroadcastFunction")["FunctionName"]["Fn::Sub"].as_str().unwrap_or_default();
    assert_eq!(invoking.len(), 1);
    let arn = invoking[0].resources[0]["Fn::Sub"].as_str().unwrap_or_default();
    assert!(arn.ends_with(&format!(":function:{name}")), "{arn}");
}
