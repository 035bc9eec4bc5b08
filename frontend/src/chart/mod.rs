//! Charts on a canvas: the component, and the drawing of the marks that [`board_model::chart`] computes.
//!
//! | files | contents |
//! |---|---|
//! | `theme`, `canvas`, `frame`, `stage` | colours, pixels, animation frames, size and visibility, by the browser |
//! | `state`, `view`, `legend`, `data_table` | the component, by Leptos |

mod canvas;
mod data_table;
pub mod frame;
mod legend;
mod stage;
mod state;
mod theme;
mod view;

pub use canvas::{font_px, text_em};
pub use state::provide_crosshair;
pub use view::{Chart, local_clock};
