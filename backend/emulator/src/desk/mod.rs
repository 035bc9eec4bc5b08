//! Answers the calls of functions to AWS, in place of AWS.
//!
//! The runtime clients redirect connections to AWS's host names to the desk's port, which is a proxy for other programs. A TLS connection gets a certificate of our
//! own authority for the name that it asks for, and its bytes go to DynamoDB Local, to the emulator of queues, or to
//! the desk's HTTP server, which answers for the app's APIs and functions, and refuses everything else by its name.

pub mod authority;
pub mod listener;
pub mod proxy;
pub mod refusal;
pub mod service;
pub mod start;
