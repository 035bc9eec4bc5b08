//! Converts between Lambda's events and the types of `backend-core`. If a field is optional in an event's type but
//! always present in a valid event, it is checked here once, so that no later code has to check it.
//!
//! Both the functions on Lambda and those that run inside `serve` use [`event()`], [`response()`] and [`authorize`].
//! The function of the HTTP API uses [`UrlRequest`] and [`url_response`]. The function of the table's stream uses
//! [`stream_records`] and [`stream_response`].
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
