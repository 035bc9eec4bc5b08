//! What a view follows, behind one type for each kind of value.
//!
//! For every closure in a view Leptos brings its machinery again, about two kilobytes of code. Boxed, all that give
//! words share one, and so do all that give parts of the page: a third less to load for a phone on a bad line.

use std::sync::Arc;

use leptos::ev::MouseEvent;
use leptos::prelude::*;

/// A value of a view that changes with the signals it reads.
pub type Follow<T> = Box<dyn FnMut() -> T + Send>;

/// What a click does.
pub type Click = Box<dyn FnMut(MouseEvent)>;

/// Follows the signals that `value` reads.
pub fn follow<T>(value: impl FnMut() -> T + Send + 'static) -> Follow<T> {
    Box::new(value)
}

/// `part` while `is_shown`, else nothing.
pub fn when<V: IntoView + 'static>(
    is_shown: Memo<bool>,
    part: impl Fn() -> V + Send + 'static,
) -> Follow<Option<AnyView>> {
    follow(move || is_shown.get().then(|| part().into_any()))
}

/// Parts of a page, one after the other.
pub fn parts<V: IntoView + 'static>(parts: impl IntoIterator<Item = V>) -> Vec<AnyView> {
    parts.into_iter().map(IntoAny::into_any).collect()
}

/// Does this on a click.
pub fn click(act: impl FnMut() + 'static) -> Click {
    let mut act = act;
    Box::new(move |_| act())
}

/// Parts for the numbers below `count`; more and fewer come and go at the end.
pub fn numbered(
    count: Memo<usize>,
    part: impl Fn(usize) -> AnyView + Send + Sync + 'static,
) -> impl IntoView {
    let part: Arc<dyn Fn(usize) -> AnyView + Send + Sync> = Arc::new(part);
    view! { <For each=move || 0..count.get() key=|number| *number let:number>{part(number)}</For> }
}
