//! Opens and closes the dialogs of the tools, and adds their styles to the page.

use leptos::prelude::*;
use leptos::{ev, html};

use crate::follow::effect;
use crate::late_style;

/// The styles of the tools. They are loaded with the code of the tools, because the first picture does not need them.
const STYLES: &str = include_str!("../../style/late/tools.css");

/// Opens the dialog while `is_open` is true, and closes it otherwise. The browser moves the focus into the dialog, and back when it is
/// closed.
pub(crate) fn follow(dialog: NodeRef<html::Dialog>, is_open: impl Fn() -> bool + 'static) {
    late_style::adopt(STYLES);
    effect(move || {
        let is_open = is_open();
        let Some(dialog) = dialog.get() else { return };
        if is_open && !dialog.open() {
            // This fails only for a dialog that is already open or not in the page.
            let _shown = dialog.show_modal();
        } else if !is_open && dialog.open() {
            dialog.close();
        }
    });
}

/// Calls `act` when the dialog was closed, also by the browser. The browser tells it later, so the dialog may be open again by then.
pub(crate) fn on_close(
    dialog: NodeRef<html::Dialog>,
    act: impl Fn() + 'static,
) -> impl Fn(ev::Event) + 'static {
    move |_| {
        let is_open = dialog.get_untracked().is_some_and(|dialog| dialog.open());
        if !is_open {
            act();
        }
    }
}
