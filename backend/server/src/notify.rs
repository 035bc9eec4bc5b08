//! Messages for the operator while the server runs.

use std::fmt;
use std::sync::Arc;

/// A function that receives messages for the operator. Each message is one line, without a line break.
#[derive(Clone)]
pub struct Notify(Arc<dyn Fn(&str) + Send + Sync>);

impl Notify {
    /// Creates a `Notify` that calls `notify` with each message.
    pub fn new(notify: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self(Arc::new(notify))
    }

    pub(crate) fn notify(&self, message: &str) {
        (self.0)(message);
    }
}

impl fmt::Debug for Notify {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Notify")
    }
}
