//! The description is found at a path, or it is said what to run.

use serverless_app::{Code, Settings, read};

use crate::support::files;

const SAM: &str = "
Transform: AWS::Serverless-2016-10-31
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties: { CodeUri: src/, Handler: a::B, Runtime: dotnet8 }
";
const QUEUE: &str = "Resources: { Jobs: { Type: AWS::SQS::Queue } }";
const SERVICE: &str =
    "service: a\nprovider: { name: aws, runtime: nodejs22.x }\nfunctions: { f: { handler: a.b } }";

#[test]
fn a_folder_contains_a_description() {
    for (path, text, functions, queues) in [
        ("template.yaml", SAM, 1, 0),
        ("template.yml", SAM, 1, 0),
        ("template.json", r#"{"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}"#, 0, 1),
        ("serverless.yml", SERVICE, 1, 0),
        ("serverless.yaml", SERVICE, 1, 0),
        ("stack.yaml", QUEUE, 0, 1),
        (".aws-sam/build/template.yaml", SAM, 1, 0),
        (
            ".serverless/cloudformation-template-update-stack.json",
            r#"{"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}"#,
            0,
            1,
        ),
    ] {
        let inner = format!("app/{path}");
        for (path, all) in [("", files([(path, text)])), ("./app/", files([(&*inner, text)]))] {
            let app = read(path, &all, &Settings::default()).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!((app.functions.len(), app.queues.len()), (functions, queues), "{inner}");
        }
    }
}

#[test]
fn a_service_may_have_another_name() {
    let app = read("api.yml", &files([("api.yml", SERVICE)]), &Settings::default()).unwrap();
    assert_eq!(app.functions[0].name, "a-dev-f");
}

#[test]
fn paths_of_code_are_relative_to_the_template() {
    let app =
        read("apps/chat/template.yaml", &files([("apps/chat/template.yaml", SAM)]), &Settings::default());
    let app = app.unwrap();
    assert_eq!(app.functions[0].code, Code::Path("apps/chat/src".to_owned()));
    assert_eq!(app.functions[0].build.as_deref(), Some("sam build"));
}

#[test]
fn the_output_of_a_build_is_used() {
    let all = files([("chat/template.yaml", SAM), ("chat/.aws-sam/build/template.yaml", SAM)]);
    let beside = read("chat", &all, &Settings::default()).unwrap();
    assert_eq!(beside.functions[0].code, Code::Path("chat/.aws-sam/build/F".to_owned()));
    assert_eq!(beside.functions[0].build, None);
    let inside = read("chat/.aws-sam/build", &all, &Settings::default()).unwrap();
    assert_eq!(inside.functions[0].code, Code::Path("chat/.aws-sam/build/src".to_owned()));
    assert_eq!(inside.functions[0].build, None);
}

#[test]
fn the_archive_of_a_packaged_service_lies_beside_its_template() {
    let template = r#"{"Resources": {"F": {"Type": "AWS::Lambda::Function", "Properties": {"Handler": "a.b", "Runtime": "nodejs22.x",
        "Code": {"S3Bucket": {"Ref": "Bucket"}, "S3Key": "serverless/a/dev/1-2026/a.zip"}}}, "Bucket": {"Type": "AWS::S3::Bucket"}}}"#;
    let all = files([
        (".serverless/cloudformation-template-update-stack.json", template),
        (".serverless/a.zip", ""),
    ]);
    let app = read(".serverless", &all, &Settings::default()).unwrap();
    assert_eq!(app.functions[0].code, Code::Path(".serverless/a.zip".to_owned()));
}

#[test]
fn a_program_is_refused_with_the_command_that_makes_a_description() {
    let cases = [
        ("serverless.ts", "npx serverless package", ".serverless"),
        ("serverless.js", "npx serverless package", ".serverless"),
        ("cdk.json", "npx cdk synth", "cdk.out"),
    ];
    for (name, command, output) in cases {
        let all = files([(name, "x")]);
        for path in [name, ""] {
            let message = read(path, &all, &Settings::default()).unwrap_err().to_string();
            let advice = format!("run `{command}` beside it, and give the folder {output} that this writes");
            assert_eq!(message, format!("{name}: {name} is a program and no description: {advice}"));
        }
    }
}

#[test]
fn a_path_without_a_description_is_refused() {
    let words = "give the path of a SAM or CloudFormation template, a serverless.yml, cdk.out, .aws-sam/build, or a folder with one of them";
    let message = |path: &str, all: &[(&str, &str)]| {
        read(path, &files(all.iter().copied()), &Settings::default()).unwrap_err().to_string()
    };
    assert_eq!(message("chat", &[]), format!("chat: there is no such file or folder: {words}"));
    assert_eq!(message("", &[]), format!(".: the folder contains no description of an app: {words}"));
    let readme = [("readme.md", "")];
    assert_eq!(message("", &readme), format!(".: the folder contains no description of an app: {words}"));
    let two = [("a.yaml", QUEUE), ("b.yaml", QUEUE)];
    let several = "the folder contains several templates: a.yaml, b.yaml: give the path of one of them";
    assert_eq!(message("", &two), format!(".: {several}"));
}
