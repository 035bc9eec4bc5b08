//! Charts on canvas, drawn from ring buffers of plain arrays.
//!
//! | files | what they know | touch the page |
//! |---|---|---|
//! | `ring`, `spans`, `series` | the data: columns that forget, stretches of time, named series over one column of times | no |
//! | `hidden` | which series are switched off | no |
//! | `decimate` | which of many points a screen can show | no |
//! | `format`, `scale`, `clock` | numbers, axes of values, axes of time | no |
//! | `geometry`, `draw`, `reading` | places; a chart as marks; a chart in words | no |
//! | `theme`, `canvas`, `frame`, `stage` | colours, pixels, animation frames, size and sight | yes |
//! | `state`, `view`, `legend`, `twin` | the component | by Leptos |

mod canvas;
pub mod clock;
pub mod decimate;
pub mod draw;
pub mod format;
pub mod frame;
pub mod geometry;
pub mod hidden;
mod legend;
pub mod reading;
pub mod ring;
pub mod scale;
pub mod series;
pub mod spans;
mod stage;
mod state;
mod theme;
mod twin;
mod view;

pub use clock::LocalClock;
pub use draw::Look;
pub use format::{Format, Unit, duration};
pub use hidden::Hidden;
pub use scale::Bounds;
pub use series::SeriesSet;
pub use spans::Spans;
pub use state::provide_crosshair;
pub use view::{Chart, local_clock};
