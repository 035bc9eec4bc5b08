//! Dialogs over the board.

use leptos::html;
use leptos::prelude::*;
use web_sys::HtmlDialogElement;

/// Opens and closes a dialog with a signal.
pub fn follow(dialog: NodeRef<html::Dialog>, open: RwSignal<bool>) {
    Effect::new(move |_| {
        if let Some(dialog) = dialog.get() {
            show(&dialog, open.get());
        }
    });
}

fn show(dialog: &HtmlDialogElement, open: bool) {
    if open && !dialog.open() {
        // Fails only for a dialog that is open or not in the page.
        let _shown = dialog.show_modal();
    } else if !open {
        dialog.close();
    }
}
