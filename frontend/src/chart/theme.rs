//! Reads the colours of charts from the style sheet. They are read again when the theme changes.

use std::cell::RefCell;
use std::rc::Rc;

use board_model::chart::stroke::COLOURS;
use leptos::prelude::{ArcTrigger, Notify, Track};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{CssStyleDeclaration, Element, MutationObserver, MutationObserverInit};

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
    /// Colour of thresholds that mean a warning.
    pub late: String,
    /// Colour that marks ranges of time whose data was replayed after an interruption.
    pub accent: String,
    /// Colours of the first ten series, which are `--c1` to `--c10` in the style sheet. Further series use the same colours again.
    pub series: [String; COLOURS],
    /// Colour of series that have no colour of their own.
    pub other: String,
    /// Colour of the panel, which fills hollow markers.
    pub panel: String,
    /// Font families for the text of a chart.
    pub font: String,
}

thread_local! {
    static THEME: Theme = Theme::watch();
    /// The font families of the page, which are the same in all themes.
    static FONT: String = value(style().as_ref(), FONT_NAME);
}

/// Name of the property with the font families.
const FONT_NAME: &str = "--font";

/// Calls `read` with the font families of the page, and returns its result. Their use does not need the code of the colours.
pub fn with_font<T>(read: impl FnOnce(&str) -> T) -> T {
    FONT.with(|font| read(font))
}

/// Subscribes the running Leptos effect or memo to changes of the theme.
pub fn track() {
    THEME.with(|theme| theme.changed.track());
}

/// Returns the colours of the current theme. They are read from the style sheet only after the theme has changed.
pub fn palette() -> Rc<Palette> {
    THEME.with(|theme| Rc::clone(theme.palette.borrow_mut().get_or_insert_with(|| Rc::new(Palette::read()))))
}

/// Returns a copy of the colours of the current theme.
pub fn current_palette() -> Palette {
    Palette::clone(&palette())
}

/// Returns a colour of a panel, such as its `color` or its `background-color`, as a value that a canvas understands. Returns `None` if
/// there is no panel.
pub fn colour_of(property: &str) -> Option<String> {
    let window = web_sys::window()?;
    let panel = window.document()?.query_selector(".panel").ok()??;
    window.get_computed_style(&panel).ok()??.get_property_value(property).ok()
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
    for feature in ["(prefers-color-scheme: dark)", "(forced-colors: active)"] {
        let query = web_sys::window().and_then(|window| window.match_media(feature).ok().flatten());
        if let Some(query) = query {
            query.set_onchange(Some(callback));
            // The query must be kept: otherwise the browser may free it, because nothing refers to it.
            std::mem::forget(query);
        }
    }
}

impl Palette {
    /// Returns the colours for paper: black on white. Series differ by dashes and markers, as with forced colours.
    pub fn of_paper() -> Self {
        let colour = |colour: &str| colour.to_owned();
        Self {
            grid: colour("#ccc"),
            baseline: colour("#666"),
            muted: colour("#222"),
            bad: colour("#000"),
            accent: colour("#000"),
            series: std::array::from_fn(|_| colour("#000")),
            late: colour("#000"),
            other: colour("#777"),
            panel: colour("#fff"),
            font: with_font(str::to_owned),
        }
    }

    /// Returns true if the system has chosen the colours. The style sheet then gives all series the same one.
    pub fn is_forced(&self) -> bool {
        self.series[0] == self.series[1]
    }

    fn read() -> Self {
        let style = style();
        let read = |name: &str| value(style.as_ref(), name);
        Self {
            grid: read("--faint"),
            baseline: read("--axis"),
            muted: read("--muted"),
            bad: read("--bad"),
            late: read("--late"),
            accent: read("--accent"),
            series: std::array::from_fn(|index| read(&format!("--c{}", index + 1))),
            other: read("--other"),
            panel: read("--panel"),
            font: read(FONT_NAME),
        }
    }
}

/// Returns the style of the root element.
fn style() -> Option<CssStyleDeclaration> {
    root().zip(web_sys::window()).and_then(|(root, window)| window.get_computed_style(&root).ok()?)
}

/// Returns the value of a property.
fn value(style: Option<&CssStyleDeclaration>, name: &str) -> String {
    let value = style.and_then(|style| style.get_property_value(name).ok());
    value.map(|value| value.trim().to_owned()).unwrap_or_default()
}

fn root() -> Option<Element> {
    web_sys::window()?.document()?.document_element()
}
