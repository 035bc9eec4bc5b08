//! The state of the HTTP handlers.

use std::sync::Arc;

use apigw_websocket::Connections;

use super::large::LargeAnswers;
use crate::app::App;
use crate::site::Site;

/// The service, the connections and the page, to which every HTTP handler has access.
#[derive(Clone)]
pub struct Context {
    pub app: Arc<App>,
    pub connections: Connections,
    pub site: Arc<Site>,
    pub large: LargeAnswers,
}
