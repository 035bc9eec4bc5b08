//! Charts: series of numbers, their axes and formats, and the marks that a canvas draws.
//!
//! | module | contents |
//! |---|---|
//! | [`series`] | several named series with common times |
//! | [`ring`], [`mod@column`], [`spans`], [`moment`], [`extent`], [`pending`] | the parts of a series |
//! | [`band`] | buckets of a series |
//! | [`apart`] | facts that apply to one series of several topics alone |
//! | [`around`] | the usual time between samples at some time |
//! | [`hidden`] | names of the series that are switched off |
//! | [`stroke`] | colour, marker and dashes of each series |
//! | [`nearness`], [`statistics`] | the series that are nearest to a pointer; lowest, mean and highest values of a window |
//! | [`decimate`] | reduction of many samples to as many points as a screen can show |
//! | [`decimal`], [`format`](mod@format), [`scale`], [`clock`] | digits, numbers with units, value axes, time axes |
//! | [`geometry`], [`axes`] | positions in the plot; a value axis for each unit |
//! | [`threshold`], [`crossing`], [`limits`] | values from which a number counts as trouble |
//! | [`pace`], [`shift`] | how often new data is drawn; the part of the picture that is drawn then |
//! | [`draw`], [`readout`], [`keys`] | a chart as marks; a chart in words; the legend of a chart that stands still |
//! | [`shapes`] | areas, stacks, bars, steps, heat maps, and logarithmic axes |

pub mod apart;
pub mod around;
pub mod axes;
pub mod band;
pub mod clock;
pub mod column;
pub mod crossing;
pub mod decimal;
pub mod decimate;
pub mod draw;
pub mod extent;
pub mod format;
pub mod geometry;
pub mod hidden;
pub mod keys;
pub mod limits;
pub mod moment;
pub mod nearness;
pub mod pace;
pub mod pending;
pub mod readout;
pub mod ring;
pub mod scale;
pub mod series;
pub mod shapes;
pub mod shift;
pub mod spans;
pub mod statistics;
pub mod stroke;
pub mod threshold;

pub use axes::Axes;
pub use clock::LocalClock;
pub use draw::{Limits, Look};
pub use format::{Format, Unit, duration, length};
pub use hidden::Hidden;
pub use scale::Bounds;
pub use series::SeriesSet;
pub use spans::Spans;
pub use threshold::{Crossed, Means, Threshold};
