//! Parts of the page whose code is loaded when they are opened.
//!
//! The page needs only some of its code for the first picture. The rest is marked with `part!`. `cargo xtask` builds
//! the page with the feature `split`, and puts the code that only a marked part uses into a file of its own. Without
//! the feature, all code is in one file, and a part is there at once.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use leptos::prelude::*;

use crate::follow::{click, follow};
use crate::signal::RwSignal;
use crate::{first_picture, http, turns};

/// The entrance of a part: it creates the view of the part from an argument.
pub type Part<A> = fn(A) -> AnyView;

/// A part whose code is loaded, with its argument. A call creates its view.
pub type Loaded = Arc<dyn Fn() -> AnyView + Send + Sync>;

/// The result of loading a part.
pub type Loading = Pin<Box<dyn Future<Output = Result<Loaded, NotLoaded>>>>;

/// A function that loads a part, or tries again.
pub type Load = Arc<dyn Fn() -> Loading + Send + Sync>;

/// The reason for which the code of a part could not be loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotLoaded {
    /// The server cannot be reached, or has failed.
    Failed,
    /// The server has another version of the page, and no longer has the parts of this one.
    Outdated,
}

#[cfg(split)]
impl From<wasm_split_helpers::SplitLoaderError> for NotLoaded {
    fn from(_: wasm_split_helpers::SplitLoaderError) -> Self {
        Self::Failed
    }
}

/// Declares a function that shows a part of the page. The arguments are its name, which begins with `load_`, the type
/// of the part's argument, and the function that creates the part's view. The code that is only used by the latter is
/// split off. The type of the argument implements `Copy`.
///
/// ```ignore
/// part!(load_help, RwSignal<bool>, help);
/// ```
///
/// With `quiet` as a fourth argument, nothing is shown while the code is being loaded, with `until` the view of the function that
/// follows, and with `before` that of a function of the part's argument.
macro_rules! part {
    ($load:ident, $argument:ty, $view:expr) => {
        $crate::late::part!(@ $load, $argument, $view, |_| $crate::late::waiting());
    };
    ($load:ident, $argument:ty, $view:expr, quiet) => {
        $crate::late::part!(@ $load, $argument, $view, |_| $crate::late::nothing());
    };
    ($load:ident, $argument:ty, $view:expr, until $placeholder:path) => {
        $crate::late::part!(@ $load, $argument, $view, |_| $placeholder());
    };
    ($load:ident, $argument:ty, $view:expr, before $placeholder:path) => {
        $crate::late::part!(@ $load, $argument, $view, $placeholder);
    };
    (@ $load:ident, $argument:ty, $view:expr, $placeholder:expr) => {
        $crate::late::entrance!($load, $crate::late::Part<$argument>, $view);

        fn $load(argument: $argument) -> AnyView {
            let placeholder: $crate::late::Part<$argument> = $placeholder;
            $crate::late::show(std::sync::Arc::new(move || placeholder(argument)), std::sync::Arc::new(move || {
                Box::pin(async move {
                    let part = $load::entrance().await?;
                    let loaded: $crate::late::Loaded = std::sync::Arc::new(move || part(argument));
                    Ok(loaded)
                })
            }))
        }
    };
}
pub(crate) use part;

/// Declares the module of a part, with the function `entrance`, which loads the code of the part and returns its value. The arguments are
/// the name of the module, which begins with `load_`, and the type and the expression of the value.
macro_rules! entrance {
    ($load:ident, $type:ty, $value:expr) => {
        mod $load {
            use super::*;

            #[cfg(split)]
            #[wasm_split_helpers::wasm_split($load, fallible)]
            pub fn entrance() -> Result<$type, $crate::late::NotLoaded> {
                Ok($crate::late::with_views($value))
            }

            #[cfg(not(split))]
            pub async fn entrance() -> Result<$type, $crate::late::NotLoaded> {
                Ok($value)
            }
        }
    };
}
pub(crate) use entrance;

/// Returns the value of a part, and makes the part use the code of the views. All parts are shown by the views. Because each of them uses
/// all code of the views, the splitter puts this code into one file, and not into a file for each set of parts that use the same of it.
#[cfg(split)]
#[inline(always)]
pub fn with_views<T>(value: T) -> T {
    std::hint::black_box(crate::views::mount as fn(crate::page::Page));
    value
}

/// Loads the code of a part that will probably be shown soon, after the first picture. `entrance` is the function of this name in the module
/// that `part!` declares. If the code cannot be loaded, it is loaded when the part is shown.
pub fn prepare<T>(entrance: impl Future<Output = Result<T, NotLoaded>> + 'static) {
    first_picture::then(move || load(entrance));
}

/// Loads the code of a part like [`prepare`], but at once.
pub fn load<T>(entrance: impl Future<Output = Result<T, NotLoaded>> + 'static) {
    crate::task::spawn(async move {
        let _loaded = entrance.await;
    });
}

/// Shows a part of the page, and loads its code first if necessary. Shows `placeholder` until then. If the code cannot be loaded, the
/// reader is told so and can try again, or load the page anew if it is older than that of the server. This function is not generic, so that
/// each part adds little code to the page.
pub fn show(placeholder: Loaded, load: Load) -> AnyView {
    let loaded = RwSignal::new(None);
    request(&load, loaded);
    let shown = follow(move || match loaded.get() {
        None => untrack(|| placeholder()),
        // The part is created once, whatever its function reads.
        Some(Ok(part)) => untrack(|| part()),
        Some(Err(reason)) => failed(load.clone(), loaded, reason),
    });
    shown.into_any()
}

/// Says that a part is being loaded.
pub fn waiting() -> AnyView {
    view! { <p class="late" role="status">"Loading…"</p> }.into_any()
}

/// Shows nothing.
pub fn nothing() -> AnyView {
    ().into_any()
}

/// The state of a part that is shown; `None` while it is being loaded.
type State = RwSignal<Option<Result<Loaded, NotLoaded>>>;

fn request(load: &Load, state: State) {
    state.set(None);
    let loading = load();
    crate::task::spawn(async move {
        let mut loaded = loading.await;
        if loaded.is_err() && is_outdated().await {
            loaded = Err(NotLoaded::Outdated);
        }
        // The same code may be loaded for many panels.
        turns::queue(Box::new(move || {
            // The part may have been closed in the meantime. Then there is nothing to show.
            let _closed = state.try_set(Some(loaded));
        }));
    });
}

/// Returns true if the server has another version of the page than this one. The names of its files contain a hash, so they differ.
async fn is_outdated() -> bool {
    let code = document().query_selector("link[rel=modulepreload]").ok().flatten();
    let name = code.and_then(|link| link.get_attribute("href"));
    let page = http::text("./").await;
    name.zip(page).is_some_and(|(name, page)| !page.contains(&name))
}

fn failed(load: Load, state: State, reason: NotLoaded) -> AnyView {
    let (words, offer) = match reason {
        NotLoaded::Failed => ("This part of the page could not be loaded. ", "Try again"),
        NotLoaded::Outdated => (
            "The server has a newer version of the page, and no longer has this part of the old one. ",
            "Load the new version",
        ),
    };
    let act = move || match reason {
        NotLoaded::Failed => request(&load, state),
        // This fails only for a page that is being closed.
        NotLoaded::Outdated => drop(window().location().reload()),
    };
    view! {
        <p class="late is-failed" role="alert">
            {words}
            <button class="tool" type="button" on:click=click(act)>{offer}</button>
        </p>
    }
    .into_any()
}
