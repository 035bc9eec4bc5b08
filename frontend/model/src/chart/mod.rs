//! Charts: series of numbers, their axes and formats, and the marks that a canvas draws.
//!
//! | module | contents |
//! |---|---|
//! | [`series`] | several named series with common times |
//! | [`ring`], [`mod@column`], [`spans`], [`moment`], [`extent`], [`pending`] | the parts of a series |
//! | [`hidden`] | names of the series that are switched off |
//! | [`decimate`] | reduction of many samples to as many points as a screen can show |
//! | [`decimal`], [`format`](mod@format), [`scale`], [`clock`] | digits, numbers with units, value axes, time axes |
//! | [`geometry`], [`axes`] | positions in the plot; a value axis for each unit |
//! | [`draw`], [`readout`] | a chart as marks; a chart in words |

pub mod axes;
pub mod clock;
pub mod column;
pub mod decimal;
pub mod decimate;
pub mod draw;
pub mod extent;
pub mod format;
pub mod geometry;
pub mod hidden;
pub mod moment;
pub mod pending;
pub mod readout;
pub mod ring;
pub mod scale;
pub mod series;
pub mod spans;

pub use axes::Axes;
pub use clock::LocalClock;
pub use draw::Look;
pub use format::{Format, Unit, duration};
pub use hidden::Hidden;
pub use scale::Bounds;
pub use series::SeriesSet;
pub use spans::Spans;
