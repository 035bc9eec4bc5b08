//! The wall: the board on a large screen across a room, which nobody operates. Depends on [`super::placement`].
//!
//! Type is as large as the distance of the readers requires. Panels that do not fit are shown on further pages, which
//! turn by themselves.
//!
//! | module | contents |
//! |---|---|
//! | `setting` | the part of the page's address that chooses the wall: `?wall=4m&diagonal=55in&night=22-6` |
//! | `length` | lengths such as `4m` and `55in` |
//! | `letters` | font sizes for a distance, from angles |
//! | `show` | the pages, the one that is shown, and when the next one follows |
//! | `rest` | protection of the screen: the picture moves a little, and is darker at night |

mod length;
mod letters;
mod rest;
mod setting;
mod show;

pub use letters::{Letters, Screen};
pub use rest::{Night, shift_px};
pub use setting::Setting;
pub use show::{PAGE_MS, Show};
