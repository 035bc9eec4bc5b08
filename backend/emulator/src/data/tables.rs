//! Converts the tables of a description to requests to DynamoDB. The module is pure.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use serverless_app::{Index, KeySchema, Table};

/// Returns the body of `CreateTable`. Capacity is always on demand, because reads and writes are not limited here.
pub(super) fn create(table: &Table) -> Value {
    let attributes: Vec<Value> = table
        .attributes
        .iter()
        .map(|(name, kind)| json!({"AttributeName": name, "AttributeType": kind}))
        .collect();
    let mut request = json!({
        "TableName": table.name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": attributes,
        "KeySchema": key(&table.key),
    });
    for (name, indexes) in
        [("GlobalSecondaryIndexes", &table.global_indexes), ("LocalSecondaryIndexes", &table.local_indexes)]
    {
        // DynamoDB refuses an empty list.
        if !indexes.is_empty() {
            request[name] = indexes.iter().map(index).collect();
        }
    }
    if table.stream.is_some() {
        request["StreamSpecification"] = stream(table);
    }
    request
}

/// Returns the stream specification of a table. Without a stream, the stream is disabled.
pub(super) fn stream(table: &Table) -> Value {
    match &table.stream {
        Some(view) => json!({"StreamEnabled": true, "StreamViewType": view}),
        None => json!({"StreamEnabled": false}),
    }
}

fn index(index: &Index) -> Value {
    let mut projection = json!({"ProjectionType": index.projection});
    if !index.attributes.is_empty() {
        projection["NonKeyAttributes"] = json!(index.attributes);
    }
    json!({"IndexName": index.name, "KeySchema": key(&index.key), "Projection": projection})
}

fn key(key: &KeySchema) -> Value {
    let mut elements = vec![json!({"AttributeName": key.hash, "KeyType": "HASH"})];
    elements.extend(key.range.as_ref().map(|range| json!({"AttributeName": range, "KeyType": "RANGE"})));
    json!(elements)
}

/// Returns a difference between a table of the description and the same one in the data folder, as the part of a sentence, or
/// `None` if they have the same keys and indexes. `described` is the answer to `DescribeTable`.
pub(super) fn difference(table: &Table, described: &Value) -> Option<String> {
    let request = create(table);
    let description = &described["Table"];
    if keys(&request["KeySchema"]) != keys(&description["KeySchema"]) {
        return Some("another key".into());
    }
    for (field, name) in
        [("GlobalSecondaryIndexes", "global indexes"), ("LocalSecondaryIndexes", "local indexes")]
    {
        if indexes(&request[field]) != indexes(&description[field]) {
            return Some(format!("other {name}"));
        }
    }
    None
}

fn keys(schema: &Value) -> BTreeSet<(String, String)> {
    let text = |element: &Value, name: &str| element[name].as_str().unwrap_or_default().to_owned();
    let elements = schema.as_array().into_iter().flatten();
    elements.map(|element| (text(element, "KeyType"), text(element, "AttributeName"))).collect()
}

type IndexShape = (String, BTreeSet<(String, String)>, String);

fn indexes(list: &Value) -> BTreeSet<IndexShape> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let shape = |index: &Value| {
        (text(&index["IndexName"]), keys(&index["KeySchema"]), text(&index["Projection"]["ProjectionType"]))
    };
    list.as_array().into_iter().flatten().map(shape).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn app(properties: &str) -> Table {
        let template = format!(
            "Resources: {{ T: {{ Type: 'AWS::DynamoDB::Table', Properties: {{ TableName: rooms, {properties} }} }} }}"
        );
        let files = BTreeMap::from([("template.yaml".to_owned(), template)]);
        let read = serverless_app::read("template.yaml", &files, &serverless_app::Settings::default());
        read.expect("a valid template").tables.remove(0)
    }

    const WITH_INDEX: &str = "
        AttributeDefinitions: [{ AttributeName: room, AttributeType: S }, { AttributeName: at, AttributeType: N }],
        KeySchema: [{ AttributeName: room, KeyType: HASH }, { AttributeName: at, KeyType: RANGE }],
        GlobalSecondaryIndexes: [{ IndexName: byTime, KeySchema: [{ AttributeName: at, KeyType: HASH }],
            Projection: { ProjectionType: INCLUDE, NonKeyAttributes: [text] } }],
        StreamSpecification: { StreamViewType: NEW_IMAGE }";

    #[test]
    fn a_table_is_created_with_keys_indexes_and_stream() {
        let expected = json!({
            "TableName": "rooms",
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [
                {"AttributeName": "at", "AttributeType": "N"}, {"AttributeName": "room", "AttributeType": "S"},
            ],
            "KeySchema": [{"AttributeName": "room", "KeyType": "HASH"}, {"AttributeName": "at", "KeyType": "RANGE"}],
            "GlobalSecondaryIndexes": [{
                "IndexName": "byTime",
                "KeySchema": [{"AttributeName": "at", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["text"]},
            }],
            "StreamSpecification": {"StreamEnabled": true, "StreamViewType": "NEW_IMAGE"},
        });
        assert_eq!(create(&app(WITH_INDEX)), expected);
    }

    #[test]
    fn a_table_of_the_data_folder_with_other_keys_or_indexes_is_noticed() {
        let table = app(WITH_INDEX);
        let mut described = json!({"Table": create(&table)});
        assert_eq!(difference(&table, &described), None);
        described["Table"]["GlobalSecondaryIndexes"] = json!(null);
        assert_eq!(difference(&table, &described).as_deref(), Some("other global indexes"));
        described["Table"]["KeySchema"] = json!([{"AttributeName": "id", "KeyType": "HASH"}]);
        assert_eq!(difference(&table, &described).as_deref(), Some("another key"));
    }
}
