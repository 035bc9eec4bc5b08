//! `tickertape serve --functions lambda`.

use std::io::Write;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tempfile::NamedTempFile;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{ChildStdout, Command};
use tokio::time::timeout;

use crate::arguments::Arguments;
use crate::dynamodb::{CONNECTIONS_TABLE, HISTORY_TABLE, TOPICS_TABLE};
use crate::process::Process;
use crate::{Failure, REGION};

/// How long it may take to listen.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running server.
pub struct Serve {
    pub process: Process,
    pub url: String,
    pub ws: String,
    /// What it said about itself.
    announcement: Value,
    /// Functions are started with it as long as the server runs.
    _environment: NamedTempFile,
}

impl Serve {
    /// It listens when this returns.
    pub async fn start(arguments: &Arguments, dynamodb: &str) -> Result<Self, Failure> {
        let environment = environment(dynamodb, &arguments.env)?;
        let mut command = Command::new(&arguments.tickertape);
        command
            .args(["serve", "--json", "--functions", "lambda", "--function-dir"])
            .arg(&arguments.function_dir)
            .arg("--function-env")
            .arg(environment.path())
            .args(&arguments.serve)
            .env_remove("TICKERTAPE_DATA_DIR")
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        let mut process = Process::start("tickertape serve", &mut command)?;
        let stdout = process.stdout().ok_or("the server's output is not to be had")?;
        let announcement = timeout(PATIENCE, announcement(stdout)).await??;
        let text =
            |key: &str| announcement[key].as_str().unwrap_or_default().trim_end_matches('/').to_owned();
        let (url, ws) = (text("url"), text("ws"));
        Ok(Self { process, url, ws, announcement, _environment: environment })
    }

    /// Says where everything is.
    pub fn announce(&self, arguments: &Arguments, dynamodb: &str) {
        if arguments.json {
            let mut line = self.announcement.clone();
            line["dynamodb"] = dynamodb.into();
            line["connections_table"] = CONNECTIONS_TABLE.into();
            line["topics_table"] = TOPICS_TABLE.into();
            line["history_table"] = HISTORY_TABLE.into();
            line["pid"] = self.process.pid().into();
            return println!("{line}");
        }
        let Self { url, ws, .. } = self;
        let functions = arguments.function_dir.display();
        println!("board  {url}/");
        println!("ws     {ws}");
        println!("runs   {functions}");
        println!("tables {dynamodb} (DynamoDB Local; they end with this program)");
        let asks = arguments.asks_for_tokens();
        let token = if asks { r#"-H "Authorization: Bearer $TICKERTAPE_TOKEN" "# } else { "" };
        println!("try    curl {token}-d 21.5 {url}/topics/kitchen/temp");
    }
}

/// The settings that the template fills in on AWS, then those that were typed: the last one of a name counts.
fn environment(dynamodb: &str, typed: &[String]) -> Result<NamedTempFile, Failure> {
    let mut file = NamedTempFile::new()?;
    for (name, value) in [
        ("TICKERTAPE_CONNECTIONS_TABLE", CONNECTIONS_TABLE),
        ("TICKERTAPE_TOPICS_TABLE", TOPICS_TABLE),
        ("TICKERTAPE_HISTORY_TABLE", HISTORY_TABLE),
        ("AWS_ENDPOINT_URL_DYNAMODB", dynamodb),
        ("AWS_REGION", REGION),
        // What goes well is on the board.
        ("AWS_LAMBDA_LOG_LEVEL", "WARN"),
    ] {
        writeln!(file, "{name}={value}")?;
    }
    typed.iter().try_for_each(|setting| writeln!(file, "{setting}"))?;
    file.flush()?;
    Ok(file)
}

/// Its first line.
async fn announcement(stdout: ChildStdout) -> Result<Value, Failure> {
    let mut lines = BufReader::new(stdout).lines();
    let line = lines.next_line().await?.ok_or("tickertape serve did not start")?;
    Ok(serde_json::from_str(&line)?)
}
