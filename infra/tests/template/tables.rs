//! Tests that the tables in the template are exactly those that the DynamoDB adapters read and write.

use backend_aws::tables::{Kind, TTL, Table, TableNames, tables};
use infra::Template;
use serde_json::{Value, json};

/// Returns the tables as the DynamoDB adapters describe them, with the names that they have in the template.
fn wanted() -> [Table; 3] {
    tables(&TableNames {
        connections: "Connections".into(),
        topics: "Topics".into(),
        history: "History".into(),
    })
}

fn key(name: &str, kind: &str) -> Value {
    json!({"AttributeName": name, "KeyType": kind})
}

#[test]
fn the_tables_are_those_that_the_adapters_use() {
    let template = Template::read();
    let found: Vec<&str> = template.of_type("AWS::DynamoDB::Table").map(|(name, _)| name).collect();
    assert_eq!(found, wanted().map(|table| table.name));
}

#[test]
fn the_keys_are_those_that_the_adapters_use() {
    let template = Template::read();
    for table in wanted() {
        let properties = template.properties(&table.name);
        let (sort_key, kind) = table.sort_key;
        let keys = json!([key(table.partition_key, "HASH"), key(sort_key, "RANGE")]);
        assert_eq!(properties["KeySchema"], keys, "{}", table.name);
        let kind = match kind {
            Kind::Text => "S",
            Kind::Number => "N",
        };
        let attributes = json!([
            {"AttributeName": table.partition_key, "AttributeType": "S"},
            {"AttributeName": sort_key, "AttributeType": kind},
        ]);
        assert_eq!(properties["AttributeDefinitions"], attributes, "{}", table.name);
    }
}

#[test]
fn items_that_expire_are_deleted_by_the_attribute_that_the_adapters_write() {
    let template = Template::read();
    for table in wanted() {
        let ttl = &template.properties(&table.name)["TimeToLiveSpecification"];
        let expected =
            if table.expires { json!({"AttributeName": TTL, "Enabled": true}) } else { Value::Null };
        assert_eq!(*ttl, expected, "{}", table.name);
    }
}

#[test]
fn changes_of_the_topics_table_are_streamed_to_broadcast() {
    let template = Template::read();
    for table in wanted() {
        let stream = &template.properties(&table.name)["StreamSpecification"];
        let expected = if table.streams { json!({"StreamViewType": "NEW_IMAGE"}) } else { Value::Null };
        assert_eq!(*stream, expected, "{}", table.name);
    }
    let events = &template.properties("BroadcastFunction")["Events"];
    assert_eq!(
        events["Publications"]["Properties"]["Stream"],
        json!({"Fn::GetAtt": ["Topics", "StreamArn"]})
    );
}

#[test]
fn every_table_is_billed_by_use_and_can_be_restored() {
    for (name, table) in Template::read().of_type("AWS::DynamoDB::Table") {
        assert_eq!(table["BillingMode"], "PAY_PER_REQUEST", "{name}");
        let recovery = &table["PointInTimeRecoverySpecification"];
        assert_eq!(recovery["PointInTimeRecoveryEnabled"], true, "{name}");
    }
}

#[test]
fn topics_and_history_are_not_deleted_by_accident() {
    let template = Template::read();
    for table in ["Topics", "History"] {
        assert_eq!(template.properties(table)["DeletionProtectionEnabled"], true, "{table}");
    }
}
