//! Wall mode: the page fills the screen, with large type and without controls, for a display that nobody operates.

use leptos::prelude::*;
use leptos::{ev, leptos_dom::helpers::window_event_listener};

use crate::follow::{click, follow};

/// Signal that is true while wall mode is on. In wall mode the page fills the screen, with large type and without
/// controls.
#[derive(Clone, Copy)]
pub struct Wall(RwSignal<bool>);

impl Wall {
    /// Creates the signal, with wall mode off. Wall mode is switched off when the browser leaves full screen.
    pub fn new() -> Self {
        let wall = Self(RwSignal::new(false));
        Effect::new(move |_| wall.apply());
        let fullscreenchange = ev::Custom::<ev::Event>::new("fullscreenchange");
        let left = window_event_listener(fullscreenchange, move |_| {
            if document().fullscreen_element().is_none() {
                wall.0.set(false);
            }
        });
        on_cleanup(move || left.remove());
        wall
    }

    /// Returns true if wall mode is on.
    pub fn is_on(self) -> bool {
        self.0.get()
    }

    /// Switches wall mode on or off. Full screen is switched with it if the browser permits this.
    pub fn toggle(self) {
        let on = !self.0.get_untracked();
        self.0.set(on);
        if !on {
            document().exit_fullscreen();
        } else if let Some(root) = document().document_element() {
            // Some phones refuse full screen. The page then fills the window.
            let _refused = root.request_fullscreen();
        }
    }

    fn apply(self) {
        if let Some(root) = document().document_element() {
            let _toggled = root.toggle_attribute_with_force("data-wall", self.0.get());
        }
    }
}

impl Default for Wall {
    fn default() -> Self {
        Self::new()
    }
}

/// Shows the button that switches wall mode on and off.
#[component]
pub fn WallSwitch() -> impl IntoView {
    let wall: Wall = expect_context();
    view! {
        <button
            class="tool icon wall"
            type="button"
            title="Wall mode (w)"
            aria-label="Wall mode"
            aria-keyshortcuts="w"
            aria-pressed=follow(move || wall.is_on().to_string())
            on:click=click(move || wall.toggle())
        ></button>
    }
}
