//! Light, dark, or as the system has it.

use leptos::prelude::*;

use crate::follow::{click, follow};
use crate::prefs::{self, Theme};

/// The button that goes round the themes.
#[component]
pub fn ThemeSwitch() -> impl IntoView {
    let theme = RwSignal::new(prefs::theme());
    Effect::new(move |_| put_on(theme.get()));
    let choose = click(move || {
        theme.update(|theme| *theme = theme.next());
        prefs::keep_theme(theme.get_untracked());
    });
    let words = Memo::new(move |_| match theme.get() {
        Theme::System => "Colours: as the system".to_owned(),
        Theme::Light => "Colours: light".to_owned(),
        Theme::Dark => "Colours: dark".to_owned(),
    });
    view! {
        <button
            class="tool icon theme"
            class:is-light=follow(move || theme.get() == Theme::Light)
            class:is-dark=follow(move || theme.get() == Theme::Dark)
            type="button"
            title=words
            aria-label=words
            on:click=choose
            data-testid="theme"
        ></button>
    }
}

fn put_on(theme: Theme) {
    let Some(root) = document().document_element() else { return };
    // The name and the value are ours, and both are valid.
    let _put_on = match theme {
        Theme::System => root.remove_attribute("data-theme"),
        Theme::Light | Theme::Dark => root.set_attribute("data-theme", theme.word()),
    };
}
