//! Tests deployments with scripts in place of the programs `aws` and `sam`. The scripts answer as AWS would, and record
//! their arguments.

#![cfg(unix)]

use super::*;
use crate::project::Priority;
use options::Place;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

const OUTPUTS: &str = r#"[
    {"OutputKey": "Site", "OutputValue": "https://d1.cloudfront.net/"},
    {"OutputKey": "WebSocket", "OutputValue": "wss://a1.execute-api.eu-central-1.amazonaws.com/dev"},
    {"OutputKey": "Ingest", "OutputValue": "https://u1.lambda-url.eu-central-1.on.aws/"},
    {"OutputKey": "Bucket", "OutputValue": "page"},
    {"OutputKey": "Distribution", "OutputValue": "E1"},
    {"OutputKey": "Issuer", "OutputValue": "secret"}
]"#;

const RESOURCES: &str = r#"[
    ["Connections", "dev-Connections", "CREATE_COMPLETE"],
    ["History", "dev-History", "CREATE_COMPLETE"],
    ["Site", "page", "CREATE_COMPLETE"],
    ["Topics", "dev-Topics", "UPDATE_COMPLETE"]
]"#;

/// The resources of a stack whose creation failed and was undone, except for the tables, which are protected. One of them was not created.
const RESOURCES_AFTER_FAILURE: &str = r#"[
    ["History", "dev-History", "CREATE_FAILED"],
    ["Site", "page", "DELETE_COMPLETE"],
    ["Topics", "dev-Topics", "DELETE_FAILED"],
    ["SocketDomainName", null, "DELETE_COMPLETE"]
]"#;

/// A folder with a small project and with scripts that take the place of `aws` and `sam`.
struct Account {
    project: Project,
    place: Place,
}

impl Account {
    /// Creates the folder with its scripts. If `secret_exists` is true, the script `aws` refuses to create the secret,
    /// as AWS Systems Manager would. The script `sam` exits with the status `sam_status`.
    fn new(name: &str, secret_exists: bool, sam_status: u8) -> Self {
        let root = std::env::temp_dir().join(format!("xtask-deploy-{}-{name}", std::process::id()));
        fs::create_dir_all(root.join("dist")).unwrap();
        fs::create_dir_all(root.join("target/xtask")).unwrap();
        fs::write(root.join("dist/index.html"), "page").unwrap();
        fs::write(root.join("outputs.json"), OUTPUTS).unwrap();
        fs::write(root.join("resources.json"), RESOURCES).unwrap();
        let (target, tools) = (root.join("target"), root.join("tools"));
        let project = Project { root, target, tools, priority: Priority::Usual };
        let account =
            Self { project, place: Place { stage: "dev".into(), region: Some("eu-central-1".into()) } };
        let refusal = "echo 'An error occurred (ParameterAlreadyExists)' >&2; exit 254";
        let put = if secret_exists { refusal } else { "cat > secret" };
        account.program("aws", &format!("case \"$*\" in\n*put-parameter*) {put} ;;\n*with-decryption*) cat secret ;;\n*get-parameter*) echo 3 ;;\n*describe-stacks*) cat outputs.json ;;\n*list-stack-resources*) cat resources.json ;;\nesac"));
        account.program("sam", &format!("exit {sam_status}"));
        account
    }

    fn program(&self, name: &str, script: &str) {
        let path = self.path(name);
        fs::write(&path, format!("#!/bin/sh\necho \"{name} $*\" >> calls\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.project.root.join(name)
    }

    fn cloud(&self) -> Cloud<'_> {
        Cloud::new(&self.project, &self.place, self.path("aws"), self.path("sam"), false)
    }

    /// Returns the text that a deployment prints at its end.
    fn closing_text(&self, token: Option<&str>) -> String {
        let cloud = self.cloud();
        let outputs = Outputs::read(&cloud).unwrap();
        closing_text(&cloud, &outputs, &self.path("target/debug/tickertape"), token)
    }

    fn options(&self, rotates_secret: bool) -> Deploy {
        let settings = vec![("LogDays".to_owned(), "30".to_owned())];
        Deploy { place: self.place.clone(), settings, boards: None, rotates_secret, dry_run: false }
    }

    fn release(&self, rotates_secret: bool) -> Result<(), TaskError> {
        release(&self.cloud(), &self.options(rotates_secret)).map(drop)
    }

    /// Returns the calls that the scripts have recorded, in order.
    fn calls(&self) -> Vec<String> {
        let calls = fs::read_to_string(self.path("calls")).unwrap_or_default();
        calls.lines().map(str::to_owned).collect()
    }

    fn call(&self, words: &str) -> String {
        self.calls().into_iter().find(|call| call.contains(words)).unwrap_or_default()
    }
}

impl Drop for Account {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.project.root).unwrap_or_default();
    }
}

#[test]
fn a_deployment_makes_the_secret_then_the_stack_then_uploads_the_page_and_clears_the_caches() {
    let account = Account::new("order", false, 0);
    account.release(false).unwrap();
    let order =
        ["ssm put", "ssm get", "sam deploy", "describe-stacks", "*.json", "*.html", "create-invalidation"];
    let calls = account.calls();
    assert_eq!(calls.len(), order.len(), "{calls:#?}");
    assert!(calls.iter().zip(order).all(|(call, words)| call.contains(words)), "{calls:#?}");
    assert!(calls.iter().all(|call| call.contains("--region eu-central-1")), "{calls:#?}");
}

#[test]
fn the_secret_is_in_no_argument_and_in_no_log() {
    let account = Account::new("secret", false, 0);
    account.release(false).unwrap();
    let secret = fs::read_to_string(account.path("secret")).unwrap();
    assert_eq!(secret.len(), 64);
    let logs = crate::stamp::files_below(&account.path("target")).unwrap();
    assert!(logs.len() > 5);
    for file in logs.into_iter().chain([account.path("calls")]) {
        assert!(!fs::read_to_string(&file).unwrap().contains(&secret), "{}", file.display());
    }
}

#[test]
fn the_token_for_the_board_is_signed_without_showing_the_secret() {
    let account = Account::new("token", false, 0);
    account.release(false).unwrap();
    account.program("tickertape", "echo signed-with-$(wc -c)");
    let token = token::to_watch(&account.cloud(), &account.path("tickertape")).unwrap();
    assert_eq!(token.replace(' ', ""), "signed-with-64");
    account.program("tickertape", "echo 'too short' >&2; exit 2");
    let failure = token::to_watch(&account.cloud(), &account.path("tickertape")).unwrap_err().to_string();
    assert!(failure.contains("too short"), "{failure}");
}

#[test]
fn a_deployment_prints_a_link_that_opens_the_board_and_commands_that_run_as_they_are() {
    let account = Account::new("closing-text", false, 0);
    let told = account.closing_text(Some("aaa.bbb.ccc"));
    for line in [
        "    https://d1.cloudfront.net/#token=aaa.bbb.ccc",
        "        target/debug/tickertape token --auth-secret-file - --publish '*')",
        "    curl -H \"Authorization: Bearer $TICKERTAPE_TOKEN\" -d 21.5 https://u1.lambda-url.eu-central-1.on.aws/topics/kitchen/temp",
        "    target/debug/tickertape host --url wss://a1.execute-api.eu-central-1.amazonaws.com/dev",
    ] {
        assert!(told.lines().any(|told| told == line), "{line}\n{told}");
    }
    let elsewhere = account.closing_text(None);
    assert!(elsewhere.contains("your identity provider: https://d1.cloudfront.net/\n"), "{elsewhere}");
    assert!(!elsewhere.contains("auth-secret-file"), "{elsewhere}");
}

#[test]
fn the_link_is_made_before_boards_are_saved_which_may_fail() {
    let account = Account::new("boards", false, 0);
    account.release(false).unwrap();
    account.program("tickertape", "case \"$*\" in\ntoken*) echo signed ;;\n*) exit 1 ;;\nesac");
    let outputs = Outputs::read(&account.cloud()).unwrap();
    let finish =
        |cloud: &Cloud| finish(cloud, &outputs, &account.path("tickertape"), &["/boards/desk.json".into()]);
    let failure = finish(&account.cloud()).unwrap_err();
    assert!(matches!(failure, TaskError::CommandFailed { step, .. } if step == "boards: save"));
    let calls: Vec<_> = account.calls().into_iter().filter(|call| call.starts_with("tickertape")).collect();
    let words = [
        "--subscribe *",
        "--edit *",
        "save-board --replace --url https://d1.cloudfront.net/ /boards/desk.json",
    ];
    assert!(
        calls.len() == words.len() && calls.iter().zip(words).all(|(call, words)| call.contains(words)),
        "{calls:#?}"
    );
    account.program("tickertape", "true");
    finish(&account.cloud()).unwrap();
}

#[test]
fn the_account_is_checked_in_the_region_of_the_deployment() {
    let account = Account::new("account", false, 0);
    account.cloud().require_account().unwrap();
    assert_eq!(account.calls(), ["aws sts get-caller-identity --region eu-central-1"]);
    account.program("aws", "echo 'Unable to locate credentials' >&2; exit 253");
    let failure = account.cloud().require_account().unwrap_err();
    assert!(matches!(failure, TaskError::CommandFailed { step, .. } if step == "AWS account"));
}

#[test]
fn the_error_without_a_region_names_the_option() {
    let mut account = Account::new("region", false, 0);
    account.place.region = None;
    let require = |aws: &str, env: &[&str]| {
        account.program("aws", aws);
        let cloud = account.cloud().in_region_of(|name| env.contains(&name).then(|| "eu-central-1".into()));
        cloud.require_region()
    };
    assert!(require("exit 1", &[]).unwrap_err().to_string().contains("add --region="));
    assert!(require("exit 1", &["AWS_REGION"]).is_ok() && require("exit 1", &["AWS_DEFAULT_REGION"]).is_ok());
    assert!(require("echo eu-central-1", &[]).is_ok(), "a profile has one");
}

#[test]
fn the_region_is_that_of_the_option_or_else_of_the_environment() {
    let (newer, older) = (("AWS_REGION", "eu-west-1"), ("AWS_DEFAULT_REGION", "eu-west-2"));
    let mut account = Account::new("regions", false, 0);
    for (option, env, words) in [
        (Some("eu-central-1"), [newer, older].as_slice(), " --region eu-central-1"),
        (None, &[newer, older], " --region eu-west-1"),
        (None, &[newer], " --region eu-west-1"),
        (None, &[older], " --region eu-west-2"),
        (None, &[("AWS_REGION", ""), older], " --region eu-west-2"),
        (None, &[("AWS_REGION", "")], ""),
        (None, &[], ""),
    ] {
        account.place.region = option.map(str::to_owned);
        let cloud = account.cloud().in_region_of(|name| {
            let variable = env.iter().find(|(named, _)| *named == name);
            variable.map(|(_, value)| value.into())
        });
        assert_eq!(cloud.aws(["s3"]).shown(), format!("aws s3{words}"), "{env:?}");
        assert_eq!(cloud.sam(["deploy"]).shown(), format!("sam deploy{words}"), "{env:?}");
    }
}

#[test]
fn every_call_names_the_region_of_the_environment() {
    let mut account = Account::new("region-of-environment", false, 0);
    account.place.region = None;
    let cloud = account.cloud().in_region_of(|name| (name == "AWS_REGION").then(|| "eu-west-1".into()));
    release(&cloud, &account.options(false)).unwrap();
    destroy::delete(&cloud).unwrap();
    let calls = account.calls();
    assert!(calls.iter().all(|call| call.contains("--region eu-west-1")), "{calls:#?}");
}

#[test]
fn an_existing_secret_is_kept_and_its_version_is_passed_to_the_stack() {
    let account = Account::new("kept", true, 0);
    account.release(false).unwrap();
    assert!(!account.call("put-parameter").contains("--overwrite"));
    let deploy = account.call("sam deploy");
    assert!(
        deploy.ends_with("Stage=dev SecretParameter=/tickertape/dev/secret SecretVersion=3 LogDays=30"),
        "{deploy}"
    );
}

#[test]
fn a_secret_is_replaced_if_that_is_asked_for() {
    let account = Account::new("rotated", false, 0);
    account.release(true).unwrap();
    assert!(account.call("put-parameter").ends_with("--overwrite"), "{:#?}", account.calls());
}

#[test]
fn the_page_gets_the_addresses_of_the_server() {
    let account = Account::new("settings", false, 0);
    account.release(false).unwrap();
    let settings = fs::read_to_string(account.path("target/xtask/site/plain/config.json")).unwrap();
    let settings: serde_json::Value = serde_json::from_str(&settings).unwrap();
    assert_eq!(settings["ws"], "wss://a1.execute-api.eu-central-1.amazonaws.com/dev");
    assert_eq!(settings["http"], "https://u1.lambda-url.eu-central-1.on.aws");
}

#[test]
fn the_page_is_not_uploaded_if_the_stack_fails() {
    let account = Account::new("refused", false, 1);
    assert!(matches!(account.release(false), Err(TaskError::CommandFailed { step, .. }) if step == "stack"));
    assert_eq!(account.call("s3 cp"), "");
}

#[test]
fn a_dry_run_makes_no_calls() {
    let account = Account::new("dry", false, 0);
    let cloud = Cloud::new(&account.project, &account.place, account.path("aws"), account.path("sam"), true);
    let outputs = release(&cloud, &Deploy::dry_run_of("dev")).unwrap();
    finish(&cloud, &outputs, &account.path("tickertape"), &["desk.json".into()]).unwrap();
    destroy::delete(&cloud).unwrap();
    assert_eq!(account.calls(), [""; 0]);
}

#[test]
fn the_bucket_is_emptied_and_the_tables_lose_their_protection_before_the_stack_is_deleted() {
    let account = Account::new("destroyed", false, 0);
    destroy::delete(&account.cloud()).unwrap();
    let calls = account.calls();
    let words = [
        "list-stack-resources --stack-name tickertape-dev",
        "s3 rm s3://page --recursive",
        "dynamodb update-table --table-name dev-Topics --no-deletion-protection-enabled",
        "dynamodb wait table-exists --table-name dev-Topics",
        "dynamodb update-table --table-name dev-History --no-deletion-protection-enabled",
        "dynamodb wait table-exists --table-name dev-History",
        "sam delete --no-prompts",
    ];
    assert!(
        calls.len() == words.len() && calls.iter().zip(words).all(|(call, words)| call.contains(words)),
        "{calls:#?}"
    );
}

#[test]
fn a_deployment_that_failed_when_it_was_created_is_deleted_without_what_does_not_exist() {
    let account = Account::new("failed-first", false, 0);
    fs::write(account.path("outputs.json"), "null").unwrap();
    fs::write(account.path("resources.json"), RESOURCES_AFTER_FAILURE).unwrap();
    let missing =
        "echo 'An error occurred (ResourceNotFoundException): Table: dev-History not found' >&2; exit 254";
    let script = "*describe-stacks*) cat outputs.json ;;\n*list-stack-resources*) cat resources.json ;;";
    account.program("aws", &format!("case \"$*\" in\n*dev-History*) {missing} ;;\n{script}\nesac"));
    destroy::delete(&account.cloud()).unwrap();
    let calls = account.calls();
    let words = [
        "list-stack-resources --stack-name tickertape-dev",
        "update-table --table-name dev-Topics --no-deletion-protection-enabled",
        "wait table-exists --table-name dev-Topics",
        "update-table --table-name dev-History --no-deletion-protection-enabled",
        "sam delete --no-prompts",
    ];
    assert!(
        calls.len() == words.len() && calls.iter().zip(words).all(|(call, words)| call.contains(words)),
        "{calls:#?}"
    );
}

#[test]
fn the_stack_is_not_deleted_if_the_protection_of_a_table_cannot_be_removed() {
    let account = Account::new("protected", false, 0);
    let refused = "echo 'An error occurred (AccessDeniedException)' >&2; exit 254";
    let script = format!("*update-table*) {refused} ;;\n*list-stack-resources*) cat resources.json ;;");
    account.program("aws", &format!("case \"$*\" in\n{script}\nesac"));
    let failure = destroy::delete(&account.cloud()).unwrap_err();
    assert!(matches!(failure, TaskError::CommandFailed { step, .. } if step == "protection of a table"));
    assert_eq!(account.call("sam delete"), "");
}
