//! AWS's own DynamoDB Local, in memory.

use std::net::Ipv4Addr;
use std::process::Stdio;
use std::time::Duration;

use backend_aws::tables::TableNames;
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Command;
use tokio::time::{Instant, sleep};

use crate::Failure;
use crate::arguments::Arguments;
use crate::process::Process;

pub const CONNECTIONS_TABLE: &str = "tickertape-connections";
pub const TOPICS_TABLE: &str = "tickertape-topics";
pub const HISTORY_TABLE: &str = "tickertape-history";

/// Java takes a second to start, and more on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running DynamoDB.
pub struct DynamoDb {
    pub process: Process,
    pub url: String,
}

impl DynamoDb {
    /// On any port. It is there when this returns.
    pub async fn start(arguments: &Arguments) -> Result<Self, Failure> {
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

/// The tables, as everything here calls them.
pub fn table_names() -> TableNames {
    TableNames {
        connections: CONNECTIONS_TABLE.into(),
        topics: TOPICS_TABLE.into(),
        history: HISTORY_TABLE.into(),
    }
}

/// It cannot be told to take any port; so here is one that was free just now.
async fn free_port() -> Result<u16, Failure> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?.local_addr()?.port())
}

async fn listens(port: u16) -> Result<(), Failure> {
    let deadline = Instant::now() + PATIENCE;
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.is_err() {
        if Instant::now() > deadline {
            return Err("DynamoDB Local does not listen".into());
        }
        sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}
