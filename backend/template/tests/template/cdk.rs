//! Output of CDK.

use serverless_app::{Code, EventSource, Settings, read};

use crate::support::{files, missing};

const DATA: &str = r#"{"Resources": {
  "Rooms": {"Type": "AWS::DynamoDB::Table", "Properties": {
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "StreamSpecification": {"StreamViewType": "NEW_IMAGE"}}}},
 "Outputs": {
  "Name": {"Value": {"Ref": "Rooms"}, "Export": {"Name": "Data:Name"}},
  "Stream": {"Value": {"Fn::GetAtt": ["Rooms", "StreamArn"]}, "Export": {"Name": {"Fn::Sub": "${AWS::StackName}:Stream"}}}}}"#;
const CODE: &str = r#"{"Resources": {
  "F": {"Type": "AWS::Lambda::Function", "Metadata": {"aws:asset:path": "asset.1", "aws:asset:property": "Code"}, "Properties": {
    "Code": {"S3Bucket": {"Fn::Sub": "cdk-${AWS::AccountId}"}, "S3Key": "1.zip"}, "Handler": "a.b", "Runtime": "nodejs22.x",
    "Environment": {"Variables": {"ROOMS": {"Fn::ImportValue": "Data:Name"}}}}},
  "G": {"Type": "AWS::Lambda::Function", "Properties": {
    "Code": {"S3Bucket": "b", "S3Key": "2.zip"}, "Handler": "a.b", "Runtime": "nodejs22.x"}},
  "Mapping": {"Type": "AWS::Lambda::EventSourceMapping", "Properties": {
    "FunctionName": {"Ref": "F"}, "EventSourceArn": {"Fn::ImportValue": "live-data:Stream"}}}}}"#;
const ASSETS: &str = r#"{"files": {
  "2": {"source": {"path": "asset.2", "packaging": "zip"}, "destinations": {"x": {"objectKey": "2.zip"}}},
  "3": {"source": {"executable": ["x"]}, "destinations": {"x": {"objectKey": "3.zip"}}}}}"#;
const MANIFEST: &str = r#"{"artifacts": {"Data": {"properties": {"stackName": "live-data"}}}}"#;

#[test]
fn stacks_import_values_from_each_other() {
    let all = files([
        ("cdk.out/Code.template.json", CODE),
        ("cdk.out/Code.assets.json", ASSETS),
        ("cdk.out/Data.template.json", DATA),
        ("cdk.out/Data.nested.template.json", "{"),
        ("cdk.out/manifest.json", MANIFEST),
        ("cdk.json", "{}"),
    ]);
    for path in ["cdk.out", "", "."] {
        let app = read(path, &all, &Settings::default()).unwrap();
        assert_eq!(app.tables[0].name, "live-data-Rooms");
        assert_eq!(app.functions[0].name, "Code-F");
        assert_eq!(app.functions[0].environment["ROOMS"], "live-data-Rooms");
        assert_eq!(app.mappings[0].source, EventSource::TableStream("live-data-Rooms".to_owned()));
        let names: Vec<&str> = app.outputs.keys().map(String::as_str).collect();
        assert_eq!(names, ["live-data.Name", "live-data.Stream"]);
        assert_eq!(missing(&app), [""; 0]);
    }
}

#[test]
fn code_is_the_folder_of_its_asset() {
    let all = files([
        ("out/Code.template.json", CODE),
        ("out/Code.assets.json", ASSETS),
        ("out/Data.template.json", DATA),
        ("out/manifest.json", MANIFEST),
    ]);
    let app = read("out", &all, &Settings::default()).unwrap();
    let code: Vec<&Code> = app.functions.iter().map(|function| &function.code).collect();
    assert_eq!(code, [&Code::Path("out/asset.1".to_owned()), &Code::Path("out/asset.2".to_owned())]);
}

#[test]
fn the_source_of_a_container_image_is_no_code() {
    let image = "1.dkr.ecr.us-east-1.amazonaws.com/assets:a";
    let package = r#""PackageType": "Image","#;
    for (property, package) in [
        (r#","aws:asset:property": "Code.ImageUri""#, package),
        ("", package),
        (r#","aws:asset:property": "Code.ImageUri""#, r#""Handler": "a.b", "Runtime": "nodejs22.x","#),
    ] {
        let template = format!(
            r#"{{"Resources": {{"F": {{"Type": "AWS::Lambda::Function",
                "Metadata": {{"aws:asset:path": "asset.1", "aws:asset:dockerfile-path": "Dockerfile" {property}}},
                "Properties": {{{package} "Code": {{"ImageUri": "{image}"}}}}}}}}}}"#
        );
        let all = files([("cdk.out/Code.template.json", template.as_str()), ("cdk.out/manifest.json", "{}")]);
        let app = read("cdk.out", &all, &Settings::default()).unwrap();
        assert_eq!(app.functions[0].code, Code::Elsewhere(image.to_owned()), "{property}");
        let words = "container images are not run, so invocations of this function fail";
        assert_eq!(missing(&app), [format!("Resources.F.Properties.Code.ImageUri: {words}")]);
    }
}

#[test]
fn stacks_of_a_stage_are_read_too() {
    let all = files([("cdk.out/assembly-live/Data.template.json", DATA), ("cdk.out/manifest.json", "{}")]);
    assert_eq!(read("cdk.out", &all, &Settings::default()).unwrap().tables.len(), 1);
}

#[test]
fn exports_that_need_each_other_are_told() {
    let stack = |own: &str, other: &str| {
        format!(
            r#"{{"Resources": {{}}, "Outputs": {{"A": {{"Value": {{"Fn::ImportValue": "{other}"}}, "Export": {{"Name": "{own}"}}}}}}}}"#
        )
    };
    let (one, two) = (stack("one", "two"), stack("two", "one"));
    let all = files([("One.template.json", &*one), ("Two.template.json", &*two)]);
    let message = read("", &all, &Settings::default()).unwrap_err().to_string();
    let words = "the export two depends on itself: remove one of the references of this circle";
    assert!(message.ends_with(words), "{message}");
}
