//! Charts on a canvas: the component, and the drawing of the marks that [`board_model::chart`] computes.
//!
//! | files | contents |
//! |---|---|
//! | `theme`, `canvas`, `frame`, `stage` | colours, pixels, animation frames, size and visibility, by the browser |
//! | `state`, `view`, `legend`, `data_table` | the component, by Leptos |
//! | [`off_page`] | a chart that is not in the page, for a file or for paper |
//! | `advance` | the drawing of what is new in a picture |
//! | `reading`, `pointer`, `listener` | pointers, keys and the tooltip |
//! | `key_set`, `keys`, `list` | the buttons of the legend, and the list of all series that it opens |
//! | `events` | the place of events, such as deploys |

mod advance;
mod canvas;
mod data_table;
pub(crate) mod events;
pub mod frame;
mod key_set;
mod keys;
mod legend;
mod list;
mod listener;
pub mod off_page;
mod pointer;
mod reading;
mod spoken;
mod stage;
mod state;
mod theme;
mod view;

pub use canvas::{cap_em, font_px, text_em};
pub use state::Inputs;
pub use theme::{Palette, colour_of, current_palette};
pub use view::{Chart, prepare};
