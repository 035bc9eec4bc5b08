//! Opens and closes the dialogs in front of the board.

use leptos::html;
use leptos::prelude::*;
use web_sys::HtmlDialogElement;

/// Opens the dialog when the signal `open` becomes true, and closes it when the signal becomes false.
pub fn follow(dialog: NodeRef<html::Dialog>, open: RwSignal<bool>) {
    Effect::new(move |_| {
        if let Some(dialog) = dialog.get() {
            show(&dialog, open.get());
        }
    });
}

fn show(dialog: &HtmlDialogElement, open: bool) {
    if open && !dialog.open() {
        // This fails only for a dialog that is already open or not in the page.
        let _shown = dialog.show_modal();
    } else if !open {
        dialog.close();
    }
}
