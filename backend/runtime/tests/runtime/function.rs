//! The function that the tests invoke. It is this test program, started with arguments that make it run as a Lambda
//! function.

mod raw;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::{Value, json};

/// Arguments with which this test program runs as a function.
pub const ARGUMENTS: [&str; 4] = ["--exact", "function::bootstrap", "--ignored", "--nocapture"];

static HANDLED: AtomicUsize = AtomicUsize::new(0);

#[test]
#[ignore = "not a test of its own: the function's process, which tests start"]
fn bootstrap() {
    if std::env::var_os("AWS_LAMBDA_RUNTIME_API").is_none() {
        return;
    }
    match std::env::var("MODE").as_deref() {
        Ok("slow-init") => std::thread::sleep(Duration::from_millis(400)),
        Ok("hang-in-init") => {
            eprintln!("this init hangs");
            std::thread::sleep(Duration::from_secs(30));
        }
        Ok("exit-in-init") => std::process::exit(4),
        Ok("later-ones-hang") => hang_unless_first(),
        Ok(mode) => return raw::run(mode),
        Err(_) => {}
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    // When the host ends, an error is expected.
    let _ = runtime.block_on(lambda_runtime::run(service_fn(handle)));
}

async fn handle(event: LambdaEvent<Value>) -> Result<Value, Error> {
    let (payload, context) = event.into_parts();
    if payload.get("requestContext").is_some() {
        return route(&payload);
    }
    let number = |key: &str| payload[key].as_u64().unwrap_or_default();
    match payload["do"].as_str() {
        Some("fail") => Err(payload["words"].as_str().unwrap_or_default().into()),
        Some("exit") => std::process::exit(number("code") as i32),
        Some("abort") => std::process::abort(),
        Some("large") => Ok("x".repeat(number("bytes") as usize).into()),
        Some("environment") => Ok(json!(std::env::vars().collect::<BTreeMap<_, _>>())),
        Some("print") => {
            println!("to stdout");
            eprintln!("to stderr");
            Ok(Value::Null)
        }
        Some("detach") => detached(&payload),
        Some("wait") => {
            until_exists(&payload["file"]).await;
            Ok(std::process::id().into())
        }
        Some(_) | None => {
            tokio::time::sleep(Duration::from_millis(number("sleep_ms"))).await;
            Ok(json!({
                "event": payload,
                "pid": std::process::id(),
                "handled": HANDLED.fetch_add(1, Ordering::Relaxed) + 1,
                "request_id": context.request_id,
                "arn": context.invoked_function_arn,
                "deadline_ms": context.deadline,
                "trace_id": context.xray_trace_id,
                "client_context": context.client_context.map(|context| json!(context)),
            }))
        }
    }
}

/// Hangs in the init phase, unless this is the first process that gets here. The first one creates the file `FIRST`.
fn hang_unless_first() {
    let path = std::env::var("FIRST").expect("the test names a file");
    if std::fs::File::create_new(path).is_err() {
        eprintln!("this init hangs");
        std::thread::sleep(Duration::from_secs(60));
    }
}

/// Waits until the test has created a file.
async fn until_exists(file: &Value) {
    let path = std::path::Path::new(file.as_str().expect("the event names a file"));
    while !path.exists() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Starts a process that leaves the process group, and returns its id. Its parent is this process or a shell that ends at once, and
/// it has the environment of this process or none.
fn detached(payload: &Value) -> Result<Value, Error> {
    use std::os::unix::process::CommandExt;
    let mut command = std::process::Command::new("/bin/sh");
    let script = match payload["orphan"].as_bool() {
        Some(true) => "/bin/sleep 600 >/dev/null 2>&1 & echo $!",
        Some(false) | None => "echo $$; exec /bin/sleep 600 >/dev/null",
    };
    command.args(["-c", script]).process_group(0).stdout(std::process::Stdio::piped());
    if payload["cleared"] == true {
        command.env_clear();
    }
    let mut line = String::new();
    let stdout = command.spawn()?.stdout.ok_or("no output")?;
    std::io::BufRead::read_line(&mut std::io::BufReader::new(stdout), &mut line)?;
    Ok(json!(line.trim().parse::<u64>()?))
}

/// Handles an event of API Gateway. The query string or the message says which answer to return.
fn route(event: &Value) -> Result<Value, Error> {
    println!("{event}");
    let query = &event["queryStringParameters"];
    if event["type"] == "REQUEST" {
        return authorize(query["token"].as_str().unwrap_or_default(), &event["methodArn"]);
    }
    match (query["answer"].as_str(), event["body"].as_str()) {
        (Some("null"), _) => Ok(Value::Null),
        (Some("throw"), _) | (_, Some("throw")) => Err("on purpose".into()),
        (Some(status), _) => Ok(json!({"statusCode": status.parse::<u16>()?})),
        (None, Some("null")) => Ok(Value::Null),
        (None, _) => Ok(json!({"statusCode": 200})),
    }
}

fn authorize(token: &str, arn: &Value) -> Result<Value, Error> {
    let effect = match token {
        "allow" | "long" => "Allow",
        "deny" => "Deny",
        "throw" => return Err("unauthorized, in a way".into()),
        _ => return Err("Unauthorized".into()),
    };
    let statement = json!({"Action": "execute-api:Invoke", "Effect": effect, "Resource": arn});
    let context = if token == "long" { json!({"long": "x".repeat(9000)}) } else { json!({"level": 3}) };
    Ok(json!({
        "principalId": "me",
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "context": context,
    }))
}
