//! Event source mappings: streams and queues whose records invoke functions.
//!
//! # Layout
//!
//! * Pure: `filter` matches patterns, `gather` collects batches, `delivery` decides about repetitions,
//!   `answer` reads what functions answer, `shards` orders shards, `stream_event`, `queue_event` and `destination` write JSON,
//!   `progress` knows which records are finished.
//! * With IO: `stream_mapping`, `reader`, `lane` and `checkpoints` for streams, `queue_mapping` for queues.

mod answer;
mod checkpoints;
mod context;
mod delivery;
mod destination;
mod filter;
mod gather;
mod lane;
mod progress;
mod queue_event;
mod queue_mapping;
mod reader;
mod shards;
mod stream;
mod stream_event;
mod stream_mapping;

pub(super) use checkpoints::Checkpoints;
pub use delivery::Condition;
pub use filter::FilterError;

use std::sync::Arc;

use serverless_app::{App, Destination, EventSource, EventSourceMapping};
use tokio::task::JoinSet;

use self::context::Context;
use self::filter::Filters;
use self::queue_mapping::QueueMapping;
use self::reader::Source;
use self::stream::Stream;
use self::stream_mapping::StreamMapping;
use super::error::DataError;
use super::invoke::Invoke;
use super::observer::DataObserver;
use super::service::Service;
use super::sqs::QueueClient;
use super::ttl::Expired;

/// Everything that mappings need of the running services.
pub(super) struct Services<'a> {
    pub app: &'a App,
    pub dynamodb: Option<&'a Service>,
    pub sqs: Option<&'a Service>,
    pub expired: &'a Expired,
    pub checkpoints: &'a Checkpoints,
    pub observer: &'a Arc<dyn DataObserver>,
    pub functions: &'a Arc<dyn Invoke>,
}

/// Starts all mappings of the app that are switched on, as tasks of `tasks`.
///
/// # Errors
///
/// [`DataError`] if a filter is not valid, or a stream or queue cannot be read.
pub(super) async fn start(services: &Services<'_>, tasks: &mut JoinSet<()>) -> Result<(), DataError> {
    for mapping in services.app.mappings.iter().filter(|mapping| mapping.is_enabled) {
        let context = services.context(mapping)?;
        match &mapping.source {
            EventSource::TableStream(table) => {
                let source = services.stream(context, table).await?;
                let prepared = StreamMapping::prepare(source).await;
                let prepared = prepared.map_err(|error| unreadable(mapping, &error.to_string()))?;
                tasks.spawn(prepared.run());
            }
            EventSource::Queue(queue) => {
                tasks.spawn(services.queue(context, queue)?.run());
            }
        }
    }
    Ok(())
}

impl Services<'_> {
    fn context(&self, mapping: &EventSourceMapping) -> Result<Context, DataError> {
        let filters = Filters::parse(&mapping.filters)
            .map_err(|error| DataError::Filter { place: mapping.place.clone(), error })?;
        Ok(Context {
            mapping: Arc::new(mapping.clone()),
            filters: Arc::new(filters),
            region: self.app.region.as_str().into(),
            functions: self.functions.clone(),
            observer: self.observer.clone(),
        })
    }

    async fn stream(&self, context: Context, name: &str) -> Result<Source, DataError> {
        let mapping = context.mapping.clone();
        let table = self.app.tables.iter().find(|table| table.name == name);
        let (Some(table), Some(dynamodb)) = (table, self.dynamodb) else {
            return Err(unreadable(&mapping, "the app has no such table"));
        };
        let stream = Stream::of_table(dynamodb.clone(), name).await;
        let stream = stream.map_err(|error| unreadable(&mapping, &error.to_string()))?;
        let stream = stream.ok_or_else(|| unreadable(&mapping, "the table has no StreamSpecification"))?;
        let function_arn = self.app.function(&mapping.function).map_or("", |function| &function.arn);
        Ok(Source {
            stream,
            table: Arc::new(table.clone()),
            function_arn: function_arn.into(),
            on_failure: self.on_failure(&context),
            expired: self.expired.clone(),
            checkpoints: self.checkpoints.clone(),
            context,
        })
    }

    fn queue(&self, context: Context, name: &str) -> Result<QueueMapping, DataError> {
        let queue = self.app.queues.iter().find(|queue| queue.name == name);
        let (Some(queue), Some(sqs)) = (queue, self.sqs) else {
            return Err(unreadable(&context.mapping, "the app has no such queue"));
        };
        let client = QueueClient::new(sqs.clone(), queue);
        Ok(QueueMapping { context, queue: Arc::new(queue.clone()), client })
    }

    /// Returns the queue for discarded records. A destination that is not a queue of the app is told to the log.
    fn on_failure(&self, context: &Context) -> Option<QueueClient> {
        let destination = context.mapping.on_failure.as_ref()?;
        let queue = match destination {
            Destination::Queue(name) => self.app.queues.iter().find(|queue| queue.name == *name),
            Destination::Function(_) | Destination::Unsupported(_) => None,
        };
        if queue.is_none() {
            context.log(&format!("nothing is sent to the destination for failures {destination:?}: it is not a queue of the app"));
        }
        Some(QueueClient::new(self.sqs?.clone(), queue?))
    }
}

fn unreadable(mapping: &EventSourceMapping, reason: &str) -> DataError {
    let from = match &mapping.source {
        EventSource::TableStream(table) => format!("the stream of the table {table}"),
        EventSource::Queue(queue) => format!("the queue {queue}"),
    };
    DataError::Unreadable {
        place: mapping.place.clone(),
        mapping: mapping.logical_id.clone(),
        from,
        reason: reason.to_owned(),
    }
}
