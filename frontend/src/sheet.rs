//! Opens and closes the dialogs in front of the board.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlDialogElement;

use crate::follow::effect;
use crate::signal::{Memo, RwSignal};

/// Opens the dialog whose heading has this id when the signal `open` becomes true, and closes it when the signal becomes false.
pub fn follow(heading: &'static str, open: RwSignal<bool>) {
    let selector = ["dialog[aria-labelledby=", heading, "]"].concat();
    effect(move || {
        let is_open = open.get();
        let dialog = document().query_selector(&selector).ok().flatten();
        if let Some(dialog) = dialog.and_then(|dialog| dialog.dyn_into().ok()) {
            show(&dialog, is_open);
        }
    });
}

/// Returns a memo that is true as soon as the signal `open` has been true once. The content of a dialog is created then,
/// and kept.
pub fn was_open(open: RwSignal<bool>) -> Memo<bool> {
    Memo::new(move |before: Option<&bool>| before.is_some_and(|before| *before) || open.get())
}

fn show(dialog: &HtmlDialogElement, open: bool) {
    if open && !dialog.open() {
        // This fails only for a dialog that is already open or not in the page.
        let _shown = dialog.show_modal();
    } else if !open {
        dialog.close();
    }
}
