//! The style of states, logs, tables and the list of all series. It is loaded with the code of any of them.

/// Adds the style sheet to the page, if it is not there yet.
pub fn adopt() {
    crate::late_style::adopt(include_str!("../style/late/lists.css"));
}
