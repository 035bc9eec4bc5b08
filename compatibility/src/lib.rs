//! Recordings of each release: every message between its clients and its server, and the file of its store.
//!
//! Tests replay the recordings with today's code. So a change of the protocol or of the store that would not work with
//! an older version makes a test fail before it is released. The program `record` of this crate writes the folder of
//! each release; see `README.md`. The crate does not depend on the code with which the recordings are compared.
//!
//! ```
//! use compatibility::{Recording, Side};
//!
//! let release = compatibility::releases().into_iter().next().expect("a recorded release");
//! let watch = Recording::read(&release, "watch");
//! assert!(watch.lines.iter().any(|line| line.from == Side::Server && line.text().is_some()));
//! ```

mod recording;
mod shape;

pub use recording::{Content, Exchange, Line, Recording, Side, releases};
pub use shape::{differences, learn_epochs};

/// The secret with which the recorded servers checked tokens. It must not change, because a server needs the same
/// secret to accept the recorded tokens.
pub const SECRET: &str = "a secret that protects nothing but a recording";
