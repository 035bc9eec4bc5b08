//! The conversion between Lambda's events and the types of backend-core. Every `Option` of an event that has to be present
//! is checked here, once, so that no later code has to.
//!
//! The functions on Lambda and those that run inside `serve` both use [`event()`], [`response()`] and [`authorize`]. The
//! function for HTTP uses [`UrlRequest`] and [`url_response`], the one on the table's stream [`stream_records`] and
//! [`stream_response`].
//!
//! ```
//! use backend_edge::{EventError, event};
//!
//! // An event without a connection does not come from a WebSocket API.
//! let missing = event(Default::default()).unwrap_err();
//! assert_eq!(missing, EventError::Missing { field: "requestContext.connectionId" });
//! ```

#![warn(missing_docs)]

mod authorizer;
mod event;
mod response;
mod stream;
mod url;

pub use authorizer::{AuthorizerError, authorize, token};
pub use event::{EventError, event};
pub use response::response;
pub use stream::{StreamRecord, stream_records, stream_response};
pub use url::{UrlRequest, url_response};
