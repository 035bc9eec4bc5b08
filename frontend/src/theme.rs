//! The theme of the page: light, dark, or the one that the operating system prefers.

use leptos::prelude::*;

use crate::follow::{click, current, effect, follow};
use crate::prefs::{self, Theme};
use crate::signal::Memo;
use crate::tools::Tools;

/// Applies the theme that was chosen in this browser before.
pub fn apply_kept() {
    apply(prefs::theme());
}

/// Shows the button that selects the next theme, and applies the selected theme to the page.
#[component]
pub fn ThemeSwitch() -> impl IntoView {
    let tools: Tools = expect_context();
    let theme = tools.theme;
    effect(move || apply(theme.get()));
    let choose = click(move || {
        theme.update(|theme| *theme = theme.next());
        prefs::keep_theme(theme.get_untracked());
    });
    let words = Memo::new(move |_| match theme.get() {
        Theme::System => "Theme: system".to_owned(),
        Theme::Light => "Theme: light".to_owned(),
        Theme::Dark => "Theme: dark".to_owned(),
    });
    view! {
        <button
            class="tool icon theme"
            class:is-light=follow(move || theme.get() == Theme::Light)
            class:is-dark=follow(move || theme.get() == Theme::Dark)
            type="button"
            title=current(words)
            aria-label=current(words)
            on:click=choose
            data-testid="theme"
        ></button>
    }
}

fn apply(theme: Theme) {
    let Some(root) = document().document_element() else { return };
    // This fails only for names of attributes that are not valid.
    let _applied = match theme {
        Theme::System => root.remove_attribute("data-theme"),
        Theme::Light | Theme::Dark => root.set_attribute("data-theme", theme.word()),
    };
}
