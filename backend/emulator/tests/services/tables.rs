//! Tables.

use std::sync::PoisonError;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::json;
use serverless_emulator::data::{Data, DataOptions};
use test_support::soon;

use crate::app;
use crate::support::{Recorder, Services, folder, options};

#[tokio::test]
async fn a_table_has_keys_index_stream_and_time_to_live() {
    let services = Services::start(&app::table(), &options()).await;
    let table = services.dynamodb("DescribeTable", json!({"TableName": "rooms"})).await["Table"].clone();
    assert_eq!(table["KeySchema"], json!([{"AttributeName": "id", "KeyType": "HASH"}]));
    assert_eq!(table["GlobalSecondaryIndexes"][0]["IndexName"], "byOwner");
    assert_eq!(
        table["StreamSpecification"],
        json!({"StreamEnabled": true, "StreamViewType": "NEW_AND_OLD_IMAGES"})
    );
    let ttl = services.dynamodb("DescribeTimeToLive", json!({"TableName": "rooms"})).await;
    assert_eq!(
        ttl["TimeToLiveDescription"],
        json!({"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"})
    );
    services.put("a", json!({"owner": {"S": "me"}})).await;
    let query = json!({
        "TableName": "rooms", "IndexName": "byOwner", "KeyConditionExpression": "#o = :o",
        "ExpressionAttributeNames": {"#o": "owner"}, "ExpressionAttributeValues": {":o": {"S": "me"}},
    });
    assert_eq!(services.dynamodb("Query", query).await["Count"], 1);
}

#[tokio::test]
async fn expired_items_are_deleted_and_no_others() {
    let services = Services::start(&app::table(), &options()).await;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a time after 1970").as_secs();
    let at = |seconds: u64| json!({"expires": {"N": seconds.to_string()}});
    services.put("expired", at(now - 10)).await;
    services.put("later", at(now + 3600)).await;
    services.put("never", json!({})).await;
    services.put("text", json!({"expires": {"S": (now - 10).to_string()}})).await;
    // AWS leaves such an item alone, because its attribute may not be a time.
    services.put("ancient", at(1000)).await;
    soon(async {
        while *services.observer.expired.lock().unwrap_or_else(PoisonError::into_inner) == 0 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
    let items = services.dynamodb("Scan", json!({"TableName": "rooms"})).await;
    let mut left: Vec<&str> = items["Items"]
        .as_array()
        .expect("items")
        .iter()
        .filter_map(|item| item["id"]["S"].as_str())
        .collect();
    left.sort_unstable();
    assert_eq!(left, ["ancient", "later", "never", "text"]);
}

#[tokio::test]
async fn data_in_the_data_folder_outlives_the_service_and_another_key_is_refused() {
    let (_folder, path) = folder();
    let options = DataOptions { data_dir: Some(path), ..options() };
    let services = Services::start(&app::table(), &options).await;
    services.put("a", json!({})).await;
    services.data.stop().await;
    let services = Services::start(&app::table(), &options).await;
    assert_eq!(services.dynamodb("Scan", json!({"TableName": "rooms"})).await["Count"], 1);
    services.data.stop().await;
    let changed = app::read(
        "Resources:
  Rooms:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: rooms
      AttributeDefinitions: [{ AttributeName: name, AttributeType: S }]
      KeySchema: [{ AttributeName: name, KeyType: HASH }]
      BillingMode: PAY_PER_REQUEST
",
    );
    let started = Data::start(&changed, &options, std::sync::Arc::new(Recorder::default())).await;
    let Err(error) = started else { panic!("the key is another one") };
    let error = error.to_string();
    assert!(error.starts_with("template.yaml:"), "{error}");
    assert!(
        error.contains("the table rooms in the data folder has another key than the description: delete "),
        "{error}"
    );
}

#[tokio::test]
async fn a_table_that_the_service_does_not_accept_is_told_with_its_place() {
    let app = app::read(
        "Resources:
  Rooms:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: rooms
      AttributeDefinitions: [{ AttributeName: id, AttributeType: S }, { AttributeName: unused, AttributeType: S }]
      KeySchema: [{ AttributeName: id, KeyType: HASH }]
      BillingMode: PAY_PER_REQUEST
",
    );
    let started = Data::start(&app, &options(), std::sync::Arc::new(Recorder::default())).await;
    let Err(error) = started else { panic!("an attribute is not used") };
    let error = error.to_string();
    assert!(
        error.starts_with("template.yaml:") && error.contains("does not accept the table rooms: "),
        "{error}"
    );
}
