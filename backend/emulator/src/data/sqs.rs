//! Runs moto with the queues of an app.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use serde_json::{Value, json};
use serverless_app::{App, Queue};
use tokio::process::Command;

use super::error::DataError;
use super::observer::{DataObserver, QueueDepth};
use super::options::DataOptions;
use super::process::{Process, free_port};
use super::service::{Service, ServiceError};
use super::{queues, tools};

pub(super) const NAME: &str = "moto";

/// Runs moto's server without a line for each request.
const QUIET_SERVER: &str = "import logging, sys
logging.getLogger('werkzeug').setLevel(logging.ERROR)
from moto.server import main
main(sys.argv[1:])";

/// A running moto with the queues of the app.
pub(super) struct Sqs {
    pub service: Service,
    pub process: Process,
}

impl Sqs {
    /// Starts moto and creates the queues.
    ///
    /// # Errors
    ///
    /// [`DataError`] if it cannot be started, or does not accept a queue.
    pub async fn start(
        app: &App,
        options: &DataOptions,
        observer: &Arc<dyn DataObserver>,
    ) -> Result<Self, DataError> {
        let python = tools::moto(options, observer).await?;
        let port = free_port(NAME).await?;
        let mut command = Command::new(python);
        // Without `-I`, modules of the current folder and of the user would take the place of those that moto imports.
        command.args(["-I", "-u", "-c", QUIET_SERVER, "--host", "127.0.0.1", "--port", &port.to_string()]);
        command.envs(app.queues.first().and_then(account).map(|account| ("MOTO_ACCOUNT_ID", account)));
        // moto would read the user's credentials otherwise.
        command.env_remove("AWS_PROFILE");
        let process = Process::start(NAME, command, port, observer).await?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let service = Service { address, name: "sqs", region: app.region.clone() };
        for queue in queues::in_order(&app.queues) {
            create(&service, queue).await?;
        }
        Ok(Self { service, process })
    }
}

/// Returns the account of a queue, which is the fifth part of its resource name.
fn account(queue: &Queue) -> Option<&str> {
    queue.arn.split(':').nth(4)
}

async fn create(service: &Service, queue: &Queue) -> Result<(), DataError> {
    let created = service.call("AmazonSQS.CreateQueue", &queues::create(queue)).await;
    created.map(drop).map_err(|error| DataError::Refused {
        place: queue.place.clone(),
        service: NAME,
        resource: format!("the queue {}", queue.name),
        message: error.to_string(),
    })
}

/// A queue, for mappings.
#[derive(Debug, Clone)]
pub(super) struct QueueClient {
    service: Service,
    url: String,
}

impl QueueClient {
    /// Creates a client for one queue of the app.
    pub fn new(service: Service, queue: &Queue) -> Self {
        Self { service, url: queue.url.clone() }
    }

    /// Receives at most ten messages. If there are none, waits for one for at most `wait_s` seconds.
    pub async fn receive(&self, most: usize, wait_s: u32) -> Result<Vec<Value>, ServiceError> {
        let request = json!({
            "MaxNumberOfMessages": most.clamp(1, 10),
            "WaitTimeSeconds": wait_s,
            "AttributeNames": ["All"],
            "MessageAttributeNames": ["All"],
        });
        let mut answer = self.call("ReceiveMessage", request).await?;
        Ok(answer["Messages"].as_array_mut().map(std::mem::take).unwrap_or_default())
    }

    /// Deletes messages by their handles. Returns the number of those that could not be deleted, for example because they are
    /// visible again.
    pub async fn delete(&self, receipts: &[String]) -> Result<usize, ServiceError> {
        let mut failed = 0;
        for receipts in receipts.chunks(10) {
            let entry =
                |(id, receipt): (usize, &String)| json!({"Id": id.to_string(), "ReceiptHandle": receipt});
            let entries: Vec<Value> = receipts.iter().enumerate().map(entry).collect();
            let answer = self.call("DeleteMessageBatch", json!({"Entries": entries})).await?;
            failed += answer["Failed"].as_array().map_or(0, Vec::len);
        }
        Ok(failed)
    }

    /// Sends a message to a standard queue.
    pub async fn send(&self, body: &Value) -> Result<(), ServiceError> {
        self.call("SendMessage", json!({"MessageBody": body.to_string()})).await.map(drop)
    }

    /// Returns the number of messages.
    pub async fn depth(&self) -> Result<QueueDepth, ServiceError> {
        let answer = self.call("GetQueueAttributes", json!({"AttributeNames": ["All"]})).await?;
        let number =
            |name: &str| answer["Attributes"][name].as_str().and_then(|text| text.parse().ok()).unwrap_or(0);
        Ok(QueueDepth {
            visible: number("ApproximateNumberOfMessages"),
            in_flight: number("ApproximateNumberOfMessagesNotVisible"),
            delayed: number("ApproximateNumberOfMessagesDelayed"),
        })
    }

    async fn call(&self, action: &str, mut request: Value) -> Result<Value, ServiceError> {
        request["QueueUrl"] = json!(self.url);
        self.service.call(&format!("AmazonSQS.{action}"), &request).await
    }
}
