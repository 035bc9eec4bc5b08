//! The one conversion between Lambda events and the types of backend-core: here every `Option` that cannot be
//! absent is checked, once, and from here on there is none.
//!
//! Lambda's functions and the embedded gateway's in-process ones are both made of [`event()`], [`response()`] and
//! [`authorize`]; the HTTP function has [`UrlRequest`] and [`url_response`], the one on the table's stream
//! [`stream_records`] and [`stream_response`].

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
