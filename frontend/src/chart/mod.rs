//! Charts on canvas: the component, and the pixels for the marks that [`board_model::chart`] computes.
//!
//! | files | contents |
//! |---|---|
//! | `theme`, `canvas`, `frame`, `stage` | colours, pixels, animation frames, size and visibility, by the browser |
//! | `state`, `view`, `legend`, `twin` | the component, by Leptos |

mod canvas;
pub mod frame;
mod legend;
mod stage;
mod state;
mod theme;
mod twin;
mod view;

pub use state::provide_crosshair;
pub use view::{Chart, local_clock};
