//! The HTTP API without its sockets: the paths, the head of a request, and the form of an answer. The program
//! `tickertape serve` and the Lambda function `ingest` both answer with [`Service::http`](crate::Service::http), so
//! that their answers cannot differ.
//!
//! | request | answer |
//! |---|---|
//! | `POST /topics/{topic}` | the position of the publication, once durable |
//! | `DELETE /topics/{topic}` | that the topic and its history are gone |
//! | `GET /topics` | the topics that may be read, with their last publication |
//! | `GET /topics/{topic}` | a part of a topic's log |
//! | `GET /healthz` | that the server is running |
//!
//! `HEAD` is answered like `GET`. The program that writes the answer to the socket leaves out the body.

mod answer;
mod body;
mod request;
mod route;

pub use answer::{Answer, OPTIONS_HEADERS, SAFETY_HEADERS};
pub use body::{HttpForgotten, HttpHistory, HttpPublished, HttpTopic, HttpTopics};
pub use request::{RequestHead, check_type};
pub use route::Route;
