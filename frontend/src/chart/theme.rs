//! Reads the colours of charts from the style sheet. They are read again when the theme changes.

use std::cell::RefCell;
use std::rc::Rc;

use leptos::prelude::{ArcTrigger, Notify, Track};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, MutationObserver, MutationObserverInit};

/// Number of colours for series in the style sheet: `--c1` to `--c6`.
pub const SERIES_COLOURS: usize = 6;

/// Colours and font of the charts, as CSS values.
#[derive(Clone, Debug, Default)]
pub struct Palette {
    /// Colour of grid lines.
    pub grid: String,
    /// Colour of the line below the plot.
    pub baseline: String,
    /// Colour of labels.
    pub muted: String,
    /// Colour that marks ranges of time whose data is lost.
    pub bad: String,
    /// Colour that marks ranges of time whose data was replayed after an interruption.
    pub accent: String,
    /// Colours of the first six series. Further series use the same colours again.
    pub series: [String; SERIES_COLOURS],
    /// Font families for the text of a chart.
    pub font: String,
}

thread_local! {
    static THEME: Theme = Theme::watch();
}

/// Subscribes the running Leptos effect or memo to changes of the theme.
pub fn track() {
    THEME.with(|theme| theme.changed.track());
}

/// Returns the colours of the current theme. They are read from the style sheet only after the theme has changed.
pub fn palette() -> Rc<Palette> {
    THEME.with(|theme| Rc::clone(theme.palette.borrow_mut().get_or_insert_with(|| Rc::new(Palette::read()))))
}

struct Theme {
    palette: Rc<RefCell<Option<Rc<Palette>>>>,
    changed: ArcTrigger,
}

impl Theme {
    /// Observes changes of the theme until the page is closed: the attributes of the root element, and the system's
    /// preference.
    fn watch() -> Self {
        let theme = Self { palette: Rc::default(), changed: ArcTrigger::new() };
        let (palette, changed) = (Rc::clone(&theme.palette), theme.changed.clone());
        let forget: Closure<dyn FnMut()> = Closure::new(move || {
            palette.take();
            changed.notify();
        });
        if let Some(callback) = forget.as_ref().dyn_ref() {
            watch_root(callback);
            watch_preference(callback);
        }
        forget.forget();
        theme
    }
}

fn watch_root(callback: &js_sys::Function) {
    let Some((root, observer)) = root().zip(MutationObserver::new(callback).ok()) else { return };
    let options = MutationObserverInit::new();
    options.set_attributes(true);
    // The browser refuses only options that contradict each other.
    let _observed = observer.observe_with_options(&root, &options);
}

fn watch_preference(callback: &js_sys::Function) {
    let query = web_sys::window()
        .and_then(|window| window.match_media("(prefers-color-scheme: dark)").ok().flatten());
    if let Some(query) = query {
        query.set_onchange(Some(callback));
        // The query must be kept: otherwise the browser may free it, because nothing refers to it.
        std::mem::forget(query);
    }
}

impl Palette {
    fn read() -> Self {
        let style =
            root().zip(web_sys::window()).and_then(|(root, window)| window.get_computed_style(&root).ok()?);
        let read = |name: &str| {
            let value = style.as_ref().and_then(|style| style.get_property_value(name).ok());
            value.map(|value| value.trim().to_owned()).unwrap_or_default()
        };
        Self {
            grid: read("--faint"),
            baseline: read("--axis"),
            muted: read("--muted"),
            bad: read("--bad"),
            accent: read("--accent"),
            series: std::array::from_fn(|index| read(&format!("--c{}", index + 1))),
            font: read("--font"),
        }
    }
}

fn root() -> Option<Element> {
    web_sys::window()?.document()?.document_element()
}
