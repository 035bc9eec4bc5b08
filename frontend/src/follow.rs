//! Boxes the closures of views, so that there are only a few types of closures.
//!
//! The compiler generates Leptos's code again for every type of closure in a view, about two kilobytes each. Boxed
//! closures with the same result share one type and its code, which makes the page a third smaller.

use std::sync::Arc;

use leptos::ev::MouseEvent;
use leptos::prelude::*;

/// A closure that returns a value of a view. Leptos calls it again when a signal that it reads has changed.
pub type Follow<T> = Box<dyn FnMut() -> T + Send>;

/// A closure that handles click events.
pub type Click = Box<dyn FnMut(MouseEvent)>;

/// Boxes a closure that returns a value of a view, such as a text or a CSS class.
pub fn follow<T>(value: impl FnMut() -> T + Send + 'static) -> Follow<T> {
    Box::new(value)
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

/// Returns a view that contains `part(0)`, `part(1)` and so on, `count` of them. When `count` changes, parts are
/// added or removed at the end.
pub fn numbered(
    count: Memo<usize>,
    part: impl Fn(usize) -> AnyView + Send + Sync + 'static,
) -> impl IntoView {
    let part: Arc<dyn Fn(usize) -> AnyView + Send + Sync> = Arc::new(part);
    view! { <For each=move || 0..count.get() key=|number| *number let:number>{part(number)}</For> }
}
