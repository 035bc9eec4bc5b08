//! The state of the HTTP handlers.

use std::sync::Arc;
use std::time::Duration;

use apigw_websocket::Connections;

use super::large::LargeAnswers;
use super::page::Page;
use crate::app::App;
use crate::boards::ServerBoards;

/// The service, the connections and the page, to which every HTTP handler has access.
#[derive(Clone)]
pub struct Context {
    pub app: Arc<App>,
    pub boards: ServerBoards,
    pub connections: Connections,
    pub page: Arc<Page>,
    /// The large answers to clients whose token is valid.
    pub large: LargeAnswers,
    /// The large files of the page, which need no token.
    pub large_files: LargeAnswers,
    /// Maximum time that a request waits until its client has read earlier large answers.
    pub wait: Duration,
}
