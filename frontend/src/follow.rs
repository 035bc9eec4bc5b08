//! Boxes the closures of views, so that they have few types.
//!
//! The compiler generates Leptos's code again for every type of closure in a view, about two kilobytes each. Boxed closures with
//! the same result share one type and its code, which makes the page a third smaller.

use std::sync::Arc;

use leptos::ev::MouseEvent;
use leptos::prelude::*;

/// A value in a view. It is computed again when a signal that it reads changes.
pub type Follow<T> = Box<dyn FnMut() -> T + Send>;

/// A handler of click events.
pub type Click = Box<dyn FnMut(MouseEvent)>;

/// Boxes a closure that computes a value of a view.
pub fn follow<T>(value: impl FnMut() -> T + Send + 'static) -> Follow<T> {
    Box::new(value)
}

/// Returns a view that shows `part` while `is_shown` is true.
pub fn when<V: IntoView + 'static>(
    is_shown: Memo<bool>,
    part: impl Fn() -> V + Send + 'static,
) -> Follow<Option<AnyView>> {
    follow(move || is_shown.get().then(|| part().into_any()))
}

/// Combines several parts of the page into one view.
pub fn parts<V: IntoView + 'static>(parts: impl IntoIterator<Item = V>) -> Vec<AnyView> {
    parts.into_iter().map(IntoAny::into_any).collect()
}

/// Boxes a closure that is called on a click.
pub fn click(act: impl FnMut() + 'static) -> Click {
    let mut act = act;
    Box::new(move |_| act())
}

/// Returns a view with `part` of each number below `count`. When `count` changes, parts are added or removed at the end.
pub fn numbered(
    count: Memo<usize>,
    part: impl Fn(usize) -> AnyView + Send + Sync + 'static,
) -> impl IntoView {
    let part: Arc<dyn Fn(usize) -> AnyView + Send + Sync> = Arc::new(part);
    view! { <For each=move || 0..count.get() key=|number| *number let:number>{part(number)}</For> }
}
