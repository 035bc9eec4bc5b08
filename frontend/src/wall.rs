//! Wall mode: the whole screen, large type, no controls.

use leptos::prelude::*;
use leptos::{ev, leptos_dom::helpers::window_event_listener};

use crate::follow::{click, follow};

/// Whether the board hangs on a wall.
#[derive(Clone, Copy)]
pub struct Wall(RwSignal<bool>);

impl Wall {
    /// Off, until somebody switches it on; leaving the full screen switches it off.
    pub fn new() -> Self {
        let wall = Self(RwSignal::new(false));
        Effect::new(move |_| wall.put_on());
        let fullscreenchange = ev::Custom::<ev::Event>::new("fullscreenchange");
        let left = window_event_listener(fullscreenchange, move |_| {
            if document().fullscreen_element().is_none() {
                wall.0.set(false);
            }
        });
        on_cleanup(move || left.remove());
        wall
    }

    /// Whether it is on.
    pub fn is_on(self) -> bool {
        self.0.get()
    }

    /// Switches it on or off, and the full screen with it where the browser allows it.
    pub fn toggle(self) {
        let on = !self.0.get_untracked();
        self.0.set(on);
        if !on {
            document().exit_fullscreen();
        } else if let Some(root) = document().document_element() {
            // Refused on some phones: the page then fills the window.
            let _refused = root.request_fullscreen();
        }
    }

    fn put_on(self) {
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

/// The button that hangs the board on the wall.
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
