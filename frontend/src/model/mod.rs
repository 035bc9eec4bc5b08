//! What the board knows, without a browser: times are arguments, and every rule is tested natively.
//!
//! | file | what it knows |
//! |---|---|
//! | `reading`, `kind` | what data says, and which panel suits it |
//! | `lines`, `states`, `table` | what logs, states and tables show |
//! | `arrival`, `chip` | how far a topic can be believed, and the words for it |
//! | `stream` | all of that for one topic |
//! | `standstill` | what comes of it while the reader has paused |
//! | `link` | the connection in words |
//! | `layout`, `query` | where panels stand, and which are looked for |
//! | `window`, `past`, `budget` | how much of the past is shown, asked for and kept |

pub mod arrival;
pub mod budget;
pub mod chip;
pub mod kind;
pub mod layout;
pub mod lines;
pub mod link;
pub mod past;
pub mod query;
pub mod reading;
pub mod standstill;
pub mod states;
pub mod stream;
pub mod table;
pub mod window;
