//! Runs `tickertape serve --functions lambda`.

use std::io::Write;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tempfile::NamedTempFile;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{ChildStdout, Command};
use tokio::time::timeout;

use crate::arguments::Arguments;
use crate::dynamodb::{CONNECTIONS_TABLE, HISTORY_TABLE, REGION, TOPICS_TABLE};
use crate::error::LocalError;
use crate::process::Process;

/// Time limit of the start of the server.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A running `tickertape serve`.
pub struct Serve {
    pub process: Process,
    pub url: String,
    pub ws: String,
    /// The URL below which functions are invoked. It contains the secret key that permits this.
    pub functions_url: String,
    /// The line of JSON that the server printed when it started.
    announcement: Value,
    /// The file that the functions' settings are read from. It must exist as long as the server runs.
    _environment: NamedTempFile,
}

impl Serve {
    /// Starts the server, and returns as soon as it accepts connections.
    pub async fn start(arguments: &Arguments, dynamodb: &str) -> Result<Self, LocalError> {
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
        let stdout = process.stdout().ok_or("the standard output of tickertape serve is not piped")?;
        let announcement = timeout(TIMEOUT, announcement(stdout)).await??;
        let text =
            |key: &str| announcement[key].as_str().unwrap_or_default().trim_end_matches('/').to_owned();
        let (url, ws, functions_url) = (text("url"), text("ws"), text("functions_url"));
        Ok(Self { process, url, ws, functions_url, announcement, _environment: environment })
    }

    /// Prints the addresses of the server and of the tables.
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

/// Writes a file with the functions' settings: those that the template sets on AWS, followed by those of the command line
/// (`typed`). If a setting occurs twice, the last value counts.
fn environment(dynamodb: &str, typed: &[String]) -> Result<NamedTempFile, LocalError> {
    let mut file = NamedTempFile::new()?;
    for (name, value) in [
        ("TICKERTAPE_CONNECTIONS_TABLE", CONNECTIONS_TABLE),
        ("TICKERTAPE_TOPICS_TABLE", TOPICS_TABLE),
        ("TICKERTAPE_HISTORY_TABLE", HISTORY_TABLE),
        ("AWS_ENDPOINT_URL_DYNAMODB", dynamodb),
        ("AWS_REGION", REGION),
        // The board shows that the functions work, so the log only has to show problems.
        ("AWS_LAMBDA_LOG_LEVEL", "WARN"),
    ] {
        writeln!(file, "{name}={value}")?;
    }
    typed.iter().try_for_each(|setting| writeln!(file, "{setting}"))?;
    file.flush()?;
    Ok(file)
}

/// Reads the first line that the server prints, which is JSON.
async fn announcement(stdout: ChildStdout) -> Result<Value, LocalError> {
    let mut lines = BufReader::new(stdout).lines();
    let line = lines
        .next_line()
        .await?
        .ok_or("tickertape serve ended before it was ready; see its messages above")?;
    Ok(serde_json::from_str(&line)?)
}
