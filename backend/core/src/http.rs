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
//! | `GET /boards` | the boards, without their documents |
//! | `GET /boards/{name}` | the document of a board |
//! | `PUT /boards/{name}` | that a board was saved, or the version that somebody else has saved since |
//! | `DELETE /boards/{name}` | that a board was deleted |
//! | `GET /healthz` | that the server is running |
//!
//! `HEAD` is answered like `GET`. The program that writes the answer to the socket leaves out the body.

mod answer;
mod board;
mod body;
mod request;
mod route;

pub use answer::{Answer, OPTIONS_HEADERS, SAFETY_HEADERS};
pub use board::{HttpBoard, HttpBoards};
pub(crate) use board::{board_changed, expected_of, quoted};
pub use body::{HttpBuckets, HttpForgotten, HttpHistory, HttpPublished, HttpTopic, HttpTopics};
pub use request::{RequestHead, check_type};
pub use route::{BoardRoute, Route};
