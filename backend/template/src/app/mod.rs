//! The app that a description means.

mod api;
mod distribution;
mod function;
mod mapping;
mod note;
mod queue;
mod table;

pub use api::{
    Authorization, Authorizer, Domain, Integration, IntegrationResponse, Mock, Route, RouteLimits,
    ServiceCall, ServiceTarget, Stage, WebSocketApi,
};
pub use distribution::{AddedHeader, Behavior, Distribution, ErrorPage, Origin};
pub use function::{AsyncInvocation, Code, Cors, Destination, Function, FunctionUrl, Layer};
pub use mapping::{EventSource, EventSourceMapping, StartingPosition};
pub use note::{Note, NoteKind};
pub use queue::{Queue, Redrive};
pub use table::{Index, KeySchema, Table};

use std::collections::BTreeMap;

/// An app: what a description deploys, as far as it can run on one machine. Names are resolved: a function is named in
/// routes and mappings by [`Function::name`], a table by [`Table::name`] and a queue by [`Queue::name`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct App {
    /// Region in which the app pretends to be: that of a serverless.yml, otherwise that of the
    /// [`Surroundings`](crate::Surroundings).
    pub region: String,
    /// WebSocket APIs, in the order of the description, like all others.
    pub apis: Vec<WebSocketApi>,
    /// Lambda functions.
    pub functions: Vec<Function>,
    /// DynamoDB tables.
    pub tables: Vec<Table>,
    /// SQS queues.
    pub queues: Vec<Queue>,
    /// Streams and queues whose records invoke functions.
    pub mappings: Vec<EventSourceMapping>,
    /// CloudFront distributions.
    pub distributions: Vec<Distribution>,
    /// Names of S3 buckets in the description.
    pub buckets: Vec<String>,
    /// Values of the section `Outputs`. With several stacks, a name is `STACK.NAME`.
    pub outputs: BTreeMap<String, String>,
    /// Everything in the description that is not done or means nothing on one machine, in the order of the description.
    pub notes: Vec<Note>,
}

impl App {
    /// Returns the function with this name.
    pub fn function(&self, name: &str) -> Option<&Function> {
        self.functions.iter().find(|function| function.name == name)
    }

    /// Returns the notes about what is not done, without those about what means nothing on one machine.
    pub fn missing(&self) -> impl Iterator<Item = &Note> {
        self.notes.iter().filter(|note| note.kind == NoteKind::Missing)
    }
}
