//! Charts on canvas, drawn from ring buffers of plain arrays.
//!
//! | file | what it knows |
//! |---|---|
//! | `ring`, `spans`, `series` | the data: columns that forget, stretches of time, named series over one column of times |
//! | `decimate` | which of many points a screen can show |
//! | `format`, `scale`, `clock` | numbers, axes of values, axes of time |

pub mod clock;
pub mod decimate;
pub mod format;
pub mod ring;
pub mod scale;
pub mod series;
pub mod spans;
