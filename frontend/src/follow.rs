//! Boxes the closures of views, so that there are only a few types of closures.
//!
//! The compiler generates Leptos's code again for every type of closure in a view, about two kilobytes each. Boxed
//! closures with the same result share one type and its code, which makes the page a third smaller.

use std::sync::Arc;

use leptos::ev::MouseEvent;
use leptos::prelude::*;

use crate::signal::{Memo, Signal};

/// A closure that returns a value of a view. Leptos calls it again when a signal that it reads has changed.
pub type Follow<T> = Box<dyn FnMut() -> T + Send>;

/// A closure that handles click events.
pub type Click = Box<dyn FnMut(MouseEvent)>;

/// Boxes a closure that returns a value of a view, such as a text or a CSS class.
pub fn follow<T>(value: impl FnMut() -> T + Send + 'static) -> Follow<T> {
    Box::new(value)
}

/// Returns a value of a view that is always the current value of a signal.
pub fn current<T: Clone + Send + Sync + 'static>(signal: impl Into<Signal<T>>) -> Follow<T> {
    let signal = signal.into();
    follow(move || signal.get())
}

/// Returns a view that contains `part` while `is_shown` is true, and is empty otherwise.
pub fn when<V: IntoView + 'static>(
    is_shown: Memo<bool>,
    part: impl Fn() -> V + Send + 'static,
) -> Follow<Option<AnyView>> {
    follow(move || is_shown.get().then(|| part().into_any()))
}

/// Combines several parts of the same type into one view.
pub fn parts<V: IntoView + 'static>(parts: impl IntoIterator<Item = V>) -> Vec<AnyView> {
    parts.into_iter().map(IntoAny::into_any).collect()
}

/// Boxes a closure that handles a click and does not need the event.
pub fn click(act: impl FnMut() + 'static) -> Click {
    let mut act = act;
    Box::new(move |_| act())
}

/// Returns something that the app provides to all parts of the page.
pub fn context<T: Clone + 'static>() -> T {
    use_context().expect("the app provides it")
}

/// Runs a closure at once, and again whenever a signal that it reads has changed.
pub fn effect(run: impl FnMut() + 'static) {
    fn start(mut run: Box<dyn FnMut()>) {
        Effect::new(move |_| run());
    }
    start(Box::new(run));
}

/// An entry of a list: a key, which no other entry of the list has, and a function that creates its view.
#[derive(Clone)]
pub struct Entry {
    key: String,
    view: Arc<dyn Fn() -> AnyView + Send + Sync>,
}

impl Entry {
    /// Creates an entry. `view` is called when its key appears in the list.
    pub fn new<V: IntoView + 'static>(key: String, view: impl Fn() -> V + Send + Sync + 'static) -> Self {
        Self { key, view: Arc::new(move || view().into_any()) }
    }
}

/// Returns a view of a list. When the list changes, the views of entries whose keys were in it before are kept.
pub fn list(entries: impl Fn() -> Vec<Entry> + Send + Sync + 'static) -> AnyView {
    // All lists have one type, because the code that Leptos generates for every type of list is large.
    fn show(entries: Arc<dyn Fn() -> Vec<Entry> + Send + Sync>) -> AnyView {
        view! { <For each=move || entries() key=|entry| entry.key.clone() let:entry>{(entry.view)()}</For> }
            .into_any()
    }
    show(Arc::new(entries))
}

/// Returns a view that contains `part(0)`, `part(1)` and so on, `count` of them. When `count` changes, parts are
/// added or removed at the end.
pub fn numbered(
    count: Memo<usize>,
    part: impl Fn(usize) -> AnyView + Send + Sync + 'static,
) -> impl IntoView {
    let part: Arc<dyn Fn(usize) -> AnyView + Send + Sync> = Arc::new(part);
    list(move || {
        let entry = |number: usize| {
            let part = Arc::clone(&part);
            Entry::new(number.to_string(), move || part(number))
        };
        (0..count.get()).map(entry).collect()
    })
}
