//! Computes the position and the size of every panel on the page. Depends on [`super::kind`].
//!
//! The page is divided into columns of the same width. Panels stand in rows that are called shelves, and each shelf
//! is as wide as the page. The number of columns, the breaks between shelves and the widths of panels are chosen so
//! that panels get the widths that suit their kinds, groups stay together, and panels keep their places when a new
//! one appears.
//!
//! | module | contents |
//! |---|---|
//! | `size` | the size that suits a kind of panel |
//! | `view` | the part of the page that panels may use |
//! | `cell` | panels that take a whole shelf's height, or two that share it |
//! | `breaks`, `widths` | the cells of each shelf, and the columns of each cell |
//! | `page` | the number of columns and the height of shelves |
//! | `placed` | the result: rectangles, headings of groups, and the breaks to keep |
//! | `place` | all of the above for a page; the single column of a phone |
//! | `arranged` | the layout over time: it waits while the reader points at a panel |
//! | `steps` | the font size of a figure |
//! | `wall` | the pages of a wall |

mod arranged;
mod breaks;
mod cell;
#[cfg(test)]
mod mix;
mod page;
mod place;
mod placed;
mod size;
mod steps;
mod view;
mod wall;
mod widths;

pub use arranged::{Arranged, Situation};
pub use place::{append, place};
pub use placed::{Band, Kept, Place, Placement};
pub use size::{Height, Panel, Size};
pub use steps::{Rest, figure_px, is_low};
pub use view::View;
pub use wall::{Head, WallPanel, WallView, pages};

/// Font size of the page in CSS pixels for which lengths are given in this module.
pub const USUAL_FONT_PX: f64 = 14.0;
