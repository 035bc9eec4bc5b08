//! Signals of values of all types, with one machinery.
//!
//! The compiler generates Leptos's code of a signal, of a memo and of a stored value again for every type of value, some kilobytes each.
//! The types of this module have the same names and functions, and keep their values in boxes of one type. So Leptos's code is in the
//! page once, and a further type of value adds only a few instructions.

mod arc;
mod content;
mod memo;
mod rw;
mod source;
mod stored;

pub use arc::ArcRwSignal;
pub use memo::Memo;
pub use rw::RwSignal;
pub use source::Signal;
pub use stored::StoredValue;
