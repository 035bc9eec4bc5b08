//! Tests that the tables in the template are exactly those that the DynamoDB adapters read and write.

use backend_aws::tables::{Kind, TTL, Table, TableNames, tables};
use infra::Template;
use serverless_app::EventSource;

use crate::app::app;

/// Returns the tables as the DynamoDB adapters describe them, with the names that they have in the template.
fn wanted() -> [Table; 3] {
    tables(&TableNames {
        connections: "Connections".into(),
        topics: "Topics".into(),
        history: "History".into(),
    })
}

/// Returns the table of the template that has this name.
fn found(name: &str) -> serverless_app::Table {
    let table = app().tables.into_iter().find(|table| table.logical_id == name);
    table.unwrap_or_else(|| panic!("the template has no table {name}"))
}

#[test]
fn the_tables_are_those_that_the_adapters_use() {
    let found: Vec<String> = app().tables.into_iter().map(|table| table.logical_id).collect();
    assert_eq!(found, wanted().map(|table| table.name));
}

#[test]
fn the_keys_are_those_that_the_adapters_use() {
    for table in wanted() {
        let found = found(&table.name);
        let (sort_key, kind) = table.sort_key;
        assert_eq!(found.key.hash, table.partition_key, "{}", table.name);
        assert_eq!(found.key.range.as_deref(), Some(sort_key), "{}", table.name);
        let kind = match kind {
            Kind::Text => "S",
            Kind::Number => "N",
        };
        let types =
            [(table.partition_key.to_owned(), "S".to_owned()), (sort_key.to_owned(), kind.to_owned())];
        assert_eq!(found.attributes, types.into(), "{}", table.name);
    }
}

#[test]
fn items_that_expire_are_deleted_by_the_attribute_that_the_adapters_write() {
    for table in wanted() {
        let expected = table.expires.then_some(TTL);
        assert_eq!(found(&table.name).ttl_attribute.as_deref(), expected, "{}", table.name);
    }
}

#[test]
fn changes_of_the_topics_table_are_streamed_to_broadcast() {
    for table in wanted() {
        let expected = table.streams.then_some("NEW_IMAGE");
        assert_eq!(found(&table.name).stream.as_deref(), expected, "{}", table.name);
    }
    let app = app();
    let [mapping] = app.mappings.as_slice() else { panic!("{:?}", app.mappings) };
    assert_eq!(mapping.source, EventSource::TableStream(found("Topics").name));
    let function = app.function(&mapping.function).map(|function| function.logical_id.as_str());
    assert_eq!(function, Some("BroadcastFunction"));
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
