//! Recordings of what each release said: every message between its clients and its server, and the file of its store.
//!
//! Tests replay them against today's code, so that a change of the protocol or of the store that an older peer would
//! not understand fails before it is released. The folder of each release is written by the program `record` of this
//! crate; see `README.md`. The crate depends on nothing that it is compared with.
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

/// The secret of the recorded servers that ask for tokens. It has to stay as it is: a server that is to accept the
/// recorded tokens needs it.
pub const SECRET: &str = "a secret that protects nothing but a recording";
