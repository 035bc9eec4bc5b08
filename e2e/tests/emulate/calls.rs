//! The calls of functions to AWS are answered here, however the SDK was told where to send them.

use serde_json::{Value, json};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use tokio::time::timeout;

use crate::app::{App, LIMIT, copy_of};

#[tokio::test(flavor = "multi_thread")]
async fn unmodified_sdks_post_by_domain_name_by_api_id_and_by_environment() {
    let app = App::start("sdks");
    let mut client = app.connect("").await;
    for (route, prefix) in
        [("v3", "v3"), ("esm", "esm"), ("v2", "v2"), ("py", "py"), ("api", "id"), ("env", "env")]
    {
        let message = json!({"action": route}).to_string();
        assert_eq!(client.ask(&message).await, format!("{prefix} {message}"));
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn the_sdk_for_rust_posts_by_domain_name_by_api_id_and_by_environment() {
    let folder = copy_of("rust");
    std::fs::create_dir(folder.path().join("code")).expect("a folder");
    let bootstrap = folder.path().join("code/bootstrap");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_rust-function"), bootstrap).expect("a link");
    let app = App::telling(folder, &["--no-board"]);
    app.says(&["provided.al2023: calls of AWS's own host names are answered here if", "HTTPS_PROXY"]);
    let mut client = app.connect("").await;
    for route in ["domain", "id", "env", "sdk"] {
        let message = json!({"action": route}).to_string();
        assert_eq!(client.ask(&message).await, format!("rust {message}"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_service_answers_501_with_its_name() {
    let app = App::start("shapes");
    let mut client = app.connect("").await;
    client.send(r#"{"action":"tell","what":"fetch"}"#).await;
    let answer = client.json().await;
    assert_eq!(answer["status"], 501);
    assert!(answer["text"].as_str().is_some_and(|text| text.contains("sts is not there")), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_function_invokes_another_by_its_name() {
    let app = App::start("shapes");
    let mut client = app.connect("").await;
    client.send(r#"{"action":"tell","what":"invoke"}"#).await;
    assert_eq!(client.json().await, json!({"heard": "tell"}));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_credentials_of_the_person_never_reach_a_function() {
    let app = App::start("shapes");
    let mut client = app.connect("").await;
    client.send(r#"{"action":"tell","what":"environment"}"#).await;
    let environment: Value = client.json().await;
    assert_eq!(environment["AWS_SECRET_ACCESS_KEY"], "local");
    assert_eq!(environment["AWS_SESSION_TOKEN"], "local");
    assert_eq!(environment["AWS_EXECUTION_ENV"], "AWS_Lambda_nodejs20.x");
    assert_eq!(environment["GREETING"], "hello");
    assert_eq!(environment.get("HOME"), None);
    for name in ["AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"] {
        let file = environment[name].as_str().expect("a file that replaces that of the person");
        assert_eq!(std::fs::read_to_string(file).expect("it exists"), "");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_profile_its_credentials_sign_requests_to_aws_and_the_apps_own_api_stays_here() {
    let aws = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let folder = copy_of("sdks");
    let write = |name: &str, text: String| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("written");
        path.display().to_string()
    };
    let keys =
        "aws_access_key_id = AKIDINVENTED\naws_secret_access_key = secret\naws_session_token = token\n";
    let credentials = write("credentials", format!("[other]\n{}[dev]\n{keys}", keys.replace("AKID", "XX")));
    // The service is in this test, so that no request leaves the machine.
    let address = aws.local_addr().expect("an address");
    let variables = write("local.env", format!("AWS_ENDPOINT_URL_STS=http://{address}\n"));
    let arguments = ["--no-board", "--aws-profile", "dev", "--env", &variables];
    let app = App::run_with(folder, &arguments, &[("AWS_SHARED_CREDENTIALS_FILE", &credentials)]);
    let not_done = app.ready["not_done"].to_string();
    assert!(not_done.contains("--aws-profile: all requests to Lambda"), "{not_done}");
    let mut client = app.connect("").await;
    let message = json!({"action": "v3"}).to_string();
    assert_eq!(client.ask(&message).await, format!("v3 {message}"));
    client.send(r#"{"action": "sts"}"#).await;
    let request = timeout(LIMIT, head(&aws)).await.expect("a request").to_ascii_lowercase();
    assert!(request.contains("credential=akidinvented/"), "{request}");
    assert!(request.contains("x-amz-security-token: token"), "{request}");
}

/// Returns the head of the next request.
async fn head(listener: &TcpListener) -> String {
    let (mut stream, _) = listener.accept().await.expect("a connection");
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.expect("a request"));
    }
    String::from_utf8(head).expect("text")
}

#[tokio::test(flavor = "multi_thread")]
async fn region_and_account_are_the_same_everywhere() {
    let app = App::start_with("shapes", &["--no-board", "--region", "eu-central-1"]);
    let mut client = app.connect("").await;
    let mut ask = async |what: &str| {
        client.send(&json!({"action": "tell", "what": what}).to_string()).await;
        client.json().await
    };
    let (context, event, environment) = (ask("context").await, ask("event").await, ask("environment").await);
    let arn = context["arn"].as_str().expect("an ARN");
    assert!(arn.starts_with("arn:aws:lambda:eu-central-1:123456789012:function:"), "{arn}");
    let domain = event["requestContext"]["domainName"].as_str().expect("a domain");
    assert!(domain.ends_with(".execute-api.eu-central-1.amazonaws.com"), "{domain}");
    assert_eq!(event["stageVariables"], json!({"colour": "blue"}));
    assert_eq!(environment["AWS_REGION"], "eu-central-1");
}
