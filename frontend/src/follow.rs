//! Closures of views, boxed into a few types.
//!
//! Leptos generates its code anew for every type of closure in a view, about two kilobytes each. Boxed closures with
//! the same result share that code, which makes the page a third smaller.

use std::sync::Arc;

use leptos::ev::MouseEvent;
use leptos::prelude::*;

/// A value in a view that is computed again when a signal that it reads changes.
pub type Follow<T> = Box<dyn FnMut() -> T + Send>;

/// A handler of a click.
pub type Click = Box<dyn FnMut(MouseEvent)>;

/// Boxes a closure whose value a view shows.
pub fn follow<T>(value: impl FnMut() -> T + Send + 'static) -> Follow<T> {
    Box::new(value)
}

/// Returns `part` while `is_shown` is true, else nothing.
pub fn when<V: IntoView + 'static>(
    is_shown: Memo<bool>,
    part: impl Fn() -> V + Send + 'static,
) -> Follow<Option<AnyView>> {
    follow(move || is_shown.get().then(|| part().into_any()))
}

/// Collects several parts of the page into one view.
pub fn parts<V: IntoView + 'static>(parts: impl IntoIterator<Item = V>) -> Vec<AnyView> {
    parts.into_iter().map(IntoAny::into_any).collect()
}

/// Boxes a closure that runs on a click.
pub fn click(act: impl FnMut() + 'static) -> Click {
    let mut act = act;
    Box::new(move |_| act())
}

/// Calls `part` for each number below `count`. When `count` changes, parts are added or removed at the end.
pub fn numbered(
    count: Memo<usize>,
    part: impl Fn(usize) -> AnyView + Send + Sync + 'static,
) -> impl IntoView {
    let part: Arc<dyn Fn(usize) -> AnyView + Send + Sync> = Arc::new(part);
    view! { <For each=move || 0..count.get() key=|number| *number let:number>{part(number)}</For> }
}
