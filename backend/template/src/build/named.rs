//! Finds functions, tables and queues by the names that other resources use for them.

use crate::app::{App, Destination, EventSource};

/// The names of an app's functions, tables and queues.
pub(super) struct Named {
    functions: Vec<String>,
    /// Names of tables, with their resource names.
    tables: Vec<(String, String)>,
    queues: Vec<(String, String)>,
}

impl Named {
    pub fn of(app: &App) -> Self {
        Self {
            functions: app.functions.iter().map(|function| function.name.clone()).collect(),
            tables: app.tables.iter().map(|table| (table.name.clone(), table.arn.clone())).collect(),
            queues: app.queues.iter().map(|queue| (queue.name.clone(), queue.arn.clone())).collect(),
        }
    }

    /// Returns the name and the qualifier of a function of the app. `text` is a name, a resource name, or one of them
    /// with a qualifier.
    pub fn function(&self, text: &str) -> Option<(String, Option<String>)> {
        let name = match text.strip_prefix("arn:") {
            Some(arn) => arn.split_once(":function:")?.1,
            None => text,
        };
        let (name, qualifier) = match name.split_once(':') {
            Some((name, qualifier)) => (name, Some(qualifier.to_owned())),
            None => (name, None),
        };
        self.functions.iter().any(|known| known == name).then(|| (name.to_owned(), qualifier))
    }

    /// Returns the function in the address of an integration or an authorizer:
    /// `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/FUNCTION/invocations`.
    pub fn invoked(&self, uri: &str) -> Option<(String, Option<String>)> {
        let (_, function) = uri.split_once("/functions/")?;
        self.function(function.strip_suffix("/invocations")?)
    }

    /// Returns the origin of records by its resource name.
    pub fn source(&self, arn: &str) -> Option<EventSource> {
        let table = arn.split_once("/stream/").map_or(arn, |(table, _)| table);
        let queue = self.queue(arn).map(EventSource::Queue);
        let table = self.tables.iter().find(|(_, known)| known == table);
        queue.or_else(|| table.map(|(name, _)| EventSource::TableStream(name.clone())))
    }

    fn queue(&self, arn: &str) -> Option<String> {
        self.queues.iter().find(|(_, known)| known == arn).map(|(name, _)| name.clone())
    }

    /// Returns true if the app has a table.
    pub fn has_tables(&self) -> bool {
        !self.tables.is_empty()
    }

    /// Returns true if the app has a queue, or one of this name.
    pub fn has_queue(&self, name: Option<&str>) -> bool {
        self.queues.iter().any(|(known, _)| name.is_none_or(|name| name == known))
    }

    pub fn destination(&self, arn: &str) -> Destination {
        let function = || Some(Destination::Function(self.function(arn)?.0));
        let found = self.queue(arn).map(Destination::Queue).or_else(function);
        found.unwrap_or_else(|| Destination::Unsupported(arn.to_owned()))
    }
}
