//! Runs DynamoDB Local, whose tables are in memory.

use std::net::Ipv4Addr;
use std::process::Stdio;
use std::time::Duration;

use backend_aws::tables::TableNames;
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Command;
use tokio::time::{Instant, sleep};

use crate::arguments::Arguments;
use crate::error::LocalError;
use crate::process::Process;

/// Region that all AWS clients are configured with.
pub const REGION: &str = "eu-central-1";
pub const CONNECTIONS_TABLE: &str = "tickertape-connections";
pub const TOPICS_TABLE: &str = "tickertape-topics";
pub const HISTORY_TABLE: &str = "tickertape-history";

/// Time limit of the start. Java takes one second, and longer on a busy machine.
const TIMEOUT: Duration = Duration::from_secs(60);

/// A running DynamoDB Local.
pub struct DynamoDb {
    pub process: Process,
    pub url: String,
}

impl DynamoDb {
    /// Starts DynamoDB Local on a free port, and returns as soon as it accepts connections.
    pub async fn start(arguments: &Arguments) -> Result<Self, LocalError> {
        let port = free_port().await?;
        let mut command = Command::new(&arguments.java);
        command
            .args(["-Xmx512m", "-Djava.library.path=./DynamoDBLocal_lib", "-jar", "DynamoDBLocal.jar"])
            .args(["-inMemory", "-sharedDb", "-port", &port.to_string()])
            .current_dir(&arguments.dynamodb_local)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let mut process = Process::start("DynamoDB Local", &mut command)?;
        tokio::select! {
            listens = listens(port) => listens?,
            ended = process.ended() => return Err(ended.into()),
        }
        Ok(Self { process, url: format!("http://127.0.0.1:{port}") })
    }
}

/// Returns the names of the tables.
pub fn table_names() -> TableNames {
    TableNames {
        connections: CONNECTIONS_TABLE.into(),
        topics: TOPICS_TABLE.into(),
        history: HISTORY_TABLE.into(),
    }
}

/// Returns a port that is free at the moment. DynamoDB Local cannot choose a free port itself.
async fn free_port() -> Result<u16, LocalError> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?.local_addr()?.port())
}

async fn listens(port: u16) -> Result<(), LocalError> {
    let deadline = Instant::now() + TIMEOUT;
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.is_err() {
        if Instant::now() > deadline {
            return Err("DynamoDB Local did not start within 60 s".into());
        }
        sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}
