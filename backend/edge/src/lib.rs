//! The one conversion between Lambda events and the types of backend-core: here every `Option` that cannot be
//! absent is checked, once, and from here on there is none.
//!
//! Lambda's functions and the embedded gateway's in-process ones are both made of these three:
//! [`event()`], [`response()`] and [`authorize`].

#![warn(missing_docs)]

mod authorizer;
mod event;
mod response;

pub use authorizer::{AuthorizerError, authorize};
pub use event::{EventError, event};
pub use response::response;
