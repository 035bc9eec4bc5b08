//! Runs the AWS topology on this machine for a test: `tickertape emulate infra/template.yaml`, with the real Lambda functions and
//! DynamoDB Local.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use test_support::process;
use tokio::sync::{Mutex, MutexGuard};

use crate::child;
use crate::{setting, wait};

/// Maximum time to wait for a response. The first invocation of a function has to start a process, and the very first
/// request to DynamoDB Local waits until Java has warmed up.
pub const TIMEOUT: Duration = Duration::from_secs(60);

/// The functions: their names in the template, and the folders of their programs.
const FUNCTIONS: [(&str, &str); 4] = [
    ("WebsocketFunction", "websocket"),
    ("AuthorizerFunction", "authorizer"),
    ("IngestFunction", "ingest"),
    ("BroadcastFunction", "broadcast"),
];

/// Settings of the functions that differ from those of the template. There is no Parameter Store with a secret, so that no token is
/// needed, and the log only has to show problems.
const SETTINGS: [&str; 2] = ["TICKERTAPE_SECRET=open", "AWS_LAMBDA_LOG_LEVEL=WARN"];

/// Name of the template's parameter without a default. The functions do not read it, because of [`SETTINGS`].
const SECRET_PARAMETER: &str = "SecretParameter=/tickertape/local/secret";

/// A lock that a running topology holds, so that only one runs at a time. A small machine cannot run more than one set
/// of Java, a gateway and a dozen functions.
static ALONE: Mutex<()> = Mutex::const_new(());

/// A running local copy of the AWS deployment, which is started as `cargo xtask lambda-local` does. All of its programs are
/// stopped when this value is dropped, even if the test fails.
pub struct Topology {
    /// The line of JSON that the emulator printed when it was ready.
    ready: Value,
    child: Child,
    /// Standard input of the emulator. Closing it makes the emulator end, with all programs that it has started.
    stdin: Option<ChildStdin>,
    /// A temporary folder for the files of the test.
    pub folder: TempDir,
    _alone: MutexGuard<'static, ()>,
}

impl Topology {
    /// Starts the topology. The closure `arguments` returns further arguments for `tickertape emulate`, and may write
    /// files into the folder that it receives.
    ///
    /// # Panics
    ///
    /// If the topology does not start.
    pub async fn start(arguments: impl FnOnce(&TempDir) -> Vec<String>) -> Self {
        Self::launch(&built(), &[], arguments).await
    }

    /// Starts the topology with the functions in the folder `functions`, instead of those that were built from this
    /// workspace.
    ///
    /// # Panics
    ///
    /// If the topology does not start.
    pub async fn start_from(functions: &Path, arguments: impl FnOnce(&TempDir) -> Vec<String>) -> Self {
        Self::launch(functions, &[], arguments).await
    }

    /// Starts the topology with additional settings of the functions, each in the form `NAME=VALUE`.
    ///
    /// # Panics
    ///
    /// If the topology does not start.
    pub async fn start_with(settings: &[&str], arguments: impl FnOnce(&TempDir) -> Vec<String>) -> Self {
        Self::launch(&built(), settings, arguments).await
    }

    async fn launch(
        functions: &Path,
        settings: &[&str],
        arguments: impl FnOnce(&TempDir) -> Vec<String>,
    ) -> Self {
        let alone = ALONE.lock().await;
        let folder = TempDir::new().expect("a temporary directory");
        let mut command = emulate(functions, settings, &folder);
        let mut child = command
            .args(arguments(&folder))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the emulator starts");
        let stdin = child.stdin.take();
        let lines = child::lines(&mut child);
        let ready = child::wait_for_line(&lines, 2 * TIMEOUT, |line| serde_json::from_str(line).ok());
        let topology = Self { ready, child, stdin, folder, _alone: alone };
        // The file with the addresses is uploaded after a deployment, too.
        let addresses = json!({"ws": topology.ws(), "http": topology.url()}).to_string();
        std::fs::write(topology.folder.path().join("site/config.json"), addresses).expect("written");
        topology
    }

    /// Returns the address of the web page, `http://127.0.0.1:PORT`.
    ///
    /// # Panics
    ///
    /// If the program has not printed it.
    pub fn page(&self) -> String {
        self.output("Site")
    }

    /// Returns the address of the HTTP API, which is the function URL of `ingest`: `http://127.0.0.1:PORT`.
    ///
    /// # Panics
    ///
    /// If the program has not printed it.
    pub fn url(&self) -> String {
        self.output("Ingest")
    }

    /// Returns the URL of the WebSocket, `ws://127.0.0.1:PORT/STAGE`.
    ///
    /// # Panics
    ///
    /// If the program has not printed it.
    pub fn ws(&self) -> String {
        self.output("WebSocket")
    }

    /// Sends a publication as `curl -d BODY URL/topics/TOPIC` does, and returns the response's JSON.
    ///
    /// # Panics
    ///
    /// If the answer is not 200.
    pub async fn publish(&self, topic: &str, body: &Value) -> Value {
        let response = self.post(topic, body).await;
        let status = response.status();
        let reply = response.text().await.expect("a reply");
        assert_eq!(status, 200, "{reply}");
        serde_json::from_str(&reply).expect("the reply is JSON")
    }

    /// Sends a publication, and returns the response, even if its status is not 200.
    ///
    /// # Panics
    ///
    /// If there is no response.
    pub async fn post(&self, topic: &str, body: &Value) -> reqwest::Response {
        let url = format!("{}/topics/{topic}", self.url());
        let request = reqwest::Client::new().post(url).timeout(TIMEOUT).body(body.to_string());
        // The content type that curl sends. It causes the body to be passed to the function in base64.
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        request.send().await.expect("the server answers")
    }

    /// Returns the offset of the last publication in a topic's log, or `None` if there is none.
    ///
    /// # Panics
    ///
    /// If the server does not answer.
    pub async fn end_of_log(&self, topic: &str) -> Option<u64> {
        let url = format!("{}/topics/{topic}?limit=1", self.url());
        let request = reqwest::Client::new().get(url).timeout(TIMEOUT);
        let answer = request.send().await.expect("the server answers").text().await.expect("all of it");
        serde_json::from_str::<Value>(&answer).expect("JSON")["head"].as_u64()
    }

    /// Returns the ids of the connections that have a row in the connections table, sorted.
    ///
    /// # Panics
    ///
    /// If DynamoDB does not answer.
    pub async fn connections(&self) -> Vec<String> {
        let scan = json!({
            "TableName": self.table("Connections"),
            "ConsistentRead": true,
            "FilterExpression": "sk = :connection",
            "ExpressionAttributeValues": {":connection": {"S": "#"}},
        });
        let request = reqwest::Client::new()
            .post(self.service("dynamodb"))
            .header("content-type", "application/x-amz-json-1.0")
            .header("x-amz-target", "DynamoDB_20120810.Scan")
            // DynamoDB Local accepts any signature, but requires one.
            .header("authorization", "AWS4-HMAC-SHA256 Credential=local/20260101/local/dynamodb/aws4_request, SignedHeaders=host, Signature=00")
            .body(scan.to_string());
        let answer = request.send().await.expect("DynamoDB answers").text().await.expect("all of it");
        let answer: Value = serde_json::from_str(&answer).expect("JSON");
        let items = answer["Items"].as_array().unwrap_or_else(|| panic!("no items: {answer}"));
        let ids = items.iter().filter_map(|item| item["pk"]["S"].as_str()?.strip_prefix("C#"));
        let mut ids: Vec<String> = ids.map(str::to_string).collect();
        ids.sort();
        ids
    }

    /// Returns the id of the process of `tickertape emulate`, which contains the gateway and the host of the functions.
    ///
    /// # Panics
    ///
    /// If the program has not printed it.
    pub fn pid(&self) -> u64 {
        self.ready["pid"].as_u64().expect("the number of the process")
    }

    /// Returns the environment variables from which the functions read DynamoDB's address and the names of their
    /// tables.
    ///
    /// # Panics
    ///
    /// If the program has not printed them.
    pub fn tables(&self) -> Vec<(&'static str, String)> {
        vec![
            ("TICKERTAPE_CONNECTIONS_TABLE", self.table("Connections").to_owned()),
            ("TICKERTAPE_TOPICS_TABLE", self.table("Topics").to_owned()),
            ("TICKERTAPE_HISTORY_TABLE", self.table("History").to_owned()),
            ("AWS_ENDPOINT_URL_DYNAMODB", self.service("dynamodb").to_owned()),
        ]
    }

    /// Invokes a function through Lambda's Invoke API, as AWS's SDKs do, and returns its response.
    ///
    /// # Panics
    ///
    /// If it fails.
    pub async fn invoke(&self, function: &str, payload: &Value) -> Value {
        let name = deployed(function);
        let url = format!("{}/2015-03-31/functions/{name}/invocations", self.service("lambda"));
        let request = reqwest::Client::new().post(url).timeout(TIMEOUT).body(payload.to_string());
        let response = request.send().await.expect("the server answers");
        let failed = response.headers().contains_key("x-amz-function-error");
        let answer = response.text().await.expect("all of it");
        assert!(!failed, "{function} failed: {answer}");
        serde_json::from_str(&answer).expect("the answer is JSON")
    }

    /// Returns the ids of the processes that currently run the function `name`.
    #[cfg(target_os = "linux")]
    pub fn processes(&self, name: &str) -> Vec<u64> {
        let wanted = format!("AWS_LAMBDA_FUNCTION_NAME={}", deployed(name));
        let is_it = |pid: &u64| {
            let environment = std::fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
            environment.split(|byte| *byte == 0).any(|variable| variable == wanted.as_bytes())
        };
        child::children_of(self.pid()).into_iter().filter(is_it).collect()
    }

    /// Kills the processes of one function with SIGKILL, and returns their number. It waits until they have ended,
    /// because an event that is passed to a dying process would fail, as on Lambda.
    #[cfg(target_os = "linux")]
    pub async fn kill_function(&self, name: &str) -> usize {
        let processes = self.processes(name).into_iter();
        let killed: Vec<u64> = processes.filter(|pid| child::signal(*pid, "KILL")).collect();
        wait::until("killed processes are gone", TIMEOUT, || async {
            killed.iter().all(|pid| process::has_ended(*pid)).then_some(())
        })
        .await;
        killed.len()
    }

    /// Returns an output of the template, without a slash at the end.
    fn output(&self, name: &str) -> String {
        self.text(&["outputs", name]).trim_end_matches('/').to_owned()
    }

    fn service(&self, name: &str) -> &str {
        self.text(&["services", name])
    }

    /// Returns the name of a table by its name in the template.
    fn table(&self, resource: &str) -> &str {
        let tables = self.ready["tables"].as_array().expect("the tables");
        let mut names = tables.iter().filter_map(Value::as_str);
        names.find(|name| name.ends_with(resource)).unwrap_or_else(|| panic!("no {resource} in {tables:?}"))
    }

    fn text(&self, path: &[&str]) -> &str {
        let value = path.iter().fold(&self.ready, |value, key| &value[*key]);
        value.as_str().unwrap_or_else(|| panic!("no {path:?} in {}", self.ready))
    }

    /// Waits until the emulator has ended. Returns false if it still runs after `limit`.
    async fn ends(&mut self, limit: Duration) -> bool {
        let began = std::time::Instant::now();
        while began.elapsed() < limit {
            if self.child.try_wait().is_ok_and(|status| status.is_some()) {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        false
    }

    /// Makes the emulator end, and waits until it and all processes that it started have ended.
    ///
    /// # Panics
    ///
    /// If they do not end in time.
    pub async fn end(mut self) {
        drop(self.stdin.take());
        assert!(self.ends(TIMEOUT).await, "the topology does not end");
    }
}

impl Drop for Topology {
    /// Makes the emulator end the processes that it started. Kills the program if it does not end within
    /// [`TIMEOUT`].
    fn drop(&mut self) {
        drop(self.stdin.take());
        for _ in 0..TIMEOUT.as_millis() / 50 {
            if self.child.try_wait().is_ok_and(|status| status.is_some()) {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        // This fails only if the process has already ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns the command that runs the topology with the functions in the folder `functions`. `folder` is for the files that it needs.
///
/// # Panics
///
/// If the files cannot be written.
pub fn emulate(functions: &Path, settings: &[&str], folder: &TempDir) -> Command {
    let site = folder.path().join("site");
    copy_page(Path::new(&setting("TICKERTAPE_SITE")), &site);
    let settings = [&SETTINGS, settings].concat().join("\n");
    let mut command = Command::new(setting("TICKERTAPE_BIN"));
    command.arg("emulate").arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("../infra/template.yaml"));
    command.args(["--json", "--no-board", "--until-eof", "--listen", "127.0.0.1:0"]);
    command.args(["--param", SECRET_PARAMETER]);
    command.arg("--bucket").arg(format!("Site={}", site.display()));
    command.arg("--env").arg(file(folder, "functions.env", &settings));
    for (resource, name) in FUNCTIONS {
        command.arg("--code").arg(format!("{resource}={}", functions.join(name).display()));
    }
    command.env_remove("AWS_REGION");
    command
}

/// Returns the folder of the functions that were built from this workspace.
pub fn built() -> PathBuf {
    PathBuf::from(setting("TICKERTAPE_FUNCTION_DIR"))
}

/// Returns the name under which a function is deployed. The emulator's stack has the name `app`.
fn deployed(function: &str) -> String {
    format!("app-{function}")
}

/// Copies the built page, without the compressed copies of its files, which are for other servers.
fn copy_page(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("the page was built").flatten() {
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy_page(&path, &target);
        } else if path.extension().is_none_or(|end| end != "br") {
            std::fs::copy(path, target).expect("a file");
        }
    }
}

/// Writes a file into a temporary folder, and returns the path of the file.
///
/// # Panics
///
/// If it cannot be written.
pub fn file(folder: &TempDir, name: &str, content: &str) -> String {
    let path = folder.path().join(name);
    let mut file = std::fs::File::create(&path).expect("a file");
    file.write_all(content.as_bytes()).expect("written");
    path.display().to_string()
}

/// Waits until the connections table contains `count` connections, and returns their ids.
///
/// # Panics
///
/// If that does not happen in time.
pub async fn until_connections(topology: &Topology, count: usize) -> Vec<String> {
    let what = format!("{count} connections are in the table");
    wait::until(&what, TIMEOUT, || async {
        let ids = topology.connections().await;
        (ids.len() == count).then_some(ids)
    })
    .await
    .0
}
