//! The tables, queues and event source mappings of an app.
//!
//! Tables are in DynamoDB Local and queues in moto, each a process of this machine that listens at 127.0.0.1 and ends with
//! [`Data`]. [`Data::run_mappings`] reads streams and queues and invokes functions with their records, as event source mappings do.
//!
//! # Layout
//!
//! * `dynamodb` and `sqs` run the two services, with `process` and `tools`. `tables` and `queues` are the requests that create
//!   what the description has. `ttl` deletes expired items.
//! * `mapping` has the event source mappings.
//! * [`DataObserver`] receives what happens, and [`Invoke`] calls functions.

mod destinations;
mod dynamodb;
mod error;
mod invoke;
mod mapping;
mod observer;
mod options;
mod process;
mod queues;
mod service;
mod sqs;
mod tables;
mod time;
mod tools;
mod ttl;

pub(crate) use destinations::Destinations;
pub(crate) use dynamodb::target as dynamodb_target;
pub(crate) use service::Service;

pub use error::DataError;
pub use invoke::{Invocation, Invoke};
pub use mapping::{Condition, FilterError};
pub use observer::{BatchReport, DataObserver, QueueDepth};
pub use options::DataOptions;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use serverless_app::App;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use self::dynamodb::DynamoDb;
use self::mapping::Checkpoints;
use self::sqs::{QueueClient, Sqs};
use self::ttl::{Expired, Sweeper};

/// Time between two reports of the number of messages in queues.
const DEPTH_INTERVAL: Duration = Duration::from_secs(1);

/// Time between two writes of the progress of mappings to the data folder.
const SAVE_INTERVAL: Duration = Duration::from_millis(500);

/// The running tables, queues and mappings of an app. Dropping it ends all of them.
pub struct Data {
    app: App,
    dynamodb: Option<DynamoDb>,
    sqs: Option<Sqs>,
    expired: Expired,
    checkpoints: Checkpoints,
    observer: Arc<dyn DataObserver>,
    tasks: JoinSet<()>,
}

/// The addresses of the services. They speak HTTP, not HTTPS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Endpoints {
    /// Address of DynamoDB and DynamoDB Streams, if the app has a table.
    pub dynamodb: Option<SocketAddr>,
    /// Address of SQS, if the app has a queue.
    pub sqs: Option<SocketAddr>,
}

/// Clients of the services that an app has.
#[derive(Debug, Clone, Default)]
pub(crate) struct Services {
    /// DynamoDB, if the app has a table.
    pub dynamodb: Option<Service>,
    /// SQS, if the app has a queue.
    pub sqs: Option<Service>,
}

impl Data {
    /// Starts DynamoDB Local if the app has a table, and moto if it has a queue, and creates the tables and queues.
    ///
    /// # Errors
    ///
    /// [`DataError`] if a service cannot be installed or started, or refuses a table or queue.
    pub async fn start(
        app: &App,
        options: &DataOptions,
        observer: Arc<dyn DataObserver>,
    ) -> Result<Self, DataError> {
        let dynamodb = async {
            match app.tables.is_empty() {
                true => Ok(None),
                false => DynamoDb::start(app, options, &observer).await.map(Some),
            }
        };
        let sqs = async {
            match app.queues.is_empty() {
                true => Ok(None),
                false => Sqs::start(app, options, &observer).await.map(Some),
            }
        };
        let (dynamodb, sqs) = tokio::try_join!(dynamodb, sqs)?;
        let checkpoints = Checkpoints::open(options.data_dir.as_deref())?;
        let (expired, tasks) = (Expired::default(), JoinSet::new());
        let mut data = Self { app: app.clone(), dynamodb, sqs, expired, checkpoints, observer, tasks };
        data.delete_expired(options.expiry_interval);
        data.watch_queues();
        Ok(data)
    }

    /// Returns the addresses of the services.
    pub fn endpoints(&self) -> Endpoints {
        Endpoints {
            dynamodb: self.dynamodb.as_ref().map(|dynamodb| dynamodb.service.address),
            sqs: self.sqs.as_ref().map(|sqs| sqs.service.address),
        }
    }

    /// Returns clients of the services.
    pub(crate) fn services(&self) -> Services {
        Services {
            dynamodb: self.dynamodb.as_ref().map(|dynamodb| dynamodb.service.clone()),
            sqs: self.sqs.as_ref().map(|sqs| sqs.service.clone()),
        }
    }

    /// Returns the destinations of asynchronous invocations.
    pub(crate) fn destinations(&self) -> Destinations {
        let sqs = self.sqs.as_ref().map(|sqs| &sqs.service);
        Destinations::new(&self.app, sqs, self.observer.clone())
    }

    /// Starts the event source mappings of the app. When this has returned, every record that is written invokes its function.
    ///
    /// # Errors
    ///
    /// [`DataError`] if a filter is not valid, or a stream or queue cannot be read.
    pub async fn run_mappings(&mut self, functions: Arc<dyn Invoke>) -> Result<(), DataError> {
        let services = mapping::Services {
            app: &self.app,
            dynamodb: self.dynamodb.as_ref().map(|dynamodb| &dynamodb.service),
            sqs: self.sqs.as_ref().map(|sqs| &sqs.service),
            expired: &self.expired,
            checkpoints: &self.checkpoints,
            observer: &self.observer,
            functions: &functions,
        };
        mapping::start(&services, &mut self.tasks).await?;
        self.tasks.spawn(save(self.checkpoints.clone(), self.observer.clone()));
        Ok(())
    }

    /// Waits until one of the services has ended by itself, which is an error. Runs until it is aborted if there is no service.
    pub async fn ended(&mut self) -> DataError {
        let dynamodb = async {
            match &mut self.dynamodb {
                Some(dynamodb) => dynamodb.process.ended().await,
                None => std::future::pending().await,
            }
        };
        let sqs = async {
            match &mut self.sqs {
                Some(sqs) => sqs.process.ended().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            error = dynamodb => error,
            error = sqs => error,
        }
    }

    /// Ends mappings and services. Invocations in flight continue.
    pub async fn stop(mut self) {
        self.tasks.shutdown().await;
    }

    fn delete_expired(&mut self, every: Duration) {
        let Some(dynamodb) = &self.dynamodb else { return };
        let sweeper = |table| Sweeper::of(&dynamodb.service, table, &self.expired, &self.observer);
        for sweeper in self.app.tables.iter().filter_map(sweeper) {
            self.tasks.spawn(sweeper.run(every));
        }
    }

    fn watch_queues(&mut self) {
        let Some(sqs) = &self.sqs else { return };
        for queue in &self.app.queues {
            let client = QueueClient::new(sqs.service.clone(), queue);
            self.tasks.spawn(watch(client, queue.name.clone(), self.observer.clone()));
        }
    }
}

impl Drop for Data {
    fn drop(&mut self) {
        // What is not saved is delivered once more after the next start, as the mapping does after a failure.
        let _ = self.checkpoints.save();
    }
}

/// Saves the progress of mappings at regular intervals, until the future is dropped.
async fn save(checkpoints: Checkpoints, observer: Arc<dyn DataObserver>) {
    let mut ticks = interval(SAVE_INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(error) = checkpoints.save() {
            observer.line("checkpoints", &format!("the progress of mappings cannot be saved: {error}"));
        }
    }
}

/// Reports the number of messages in a queue until the future is dropped. An error is not reported, because mappings report
/// it.
async fn watch(client: QueueClient, queue: String, observer: Arc<dyn DataObserver>) {
    let mut ticks = interval(DEPTH_INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Ok(depth) = client.depth().await {
            observer.queue_depth(&queue, depth);
        }
    }
}
