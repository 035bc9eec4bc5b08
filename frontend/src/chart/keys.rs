//! The buttons of a legend: a press shows one series alone, and a press with Ctrl, or the key H, hides or shows a series. A
//! series is brought out in the chart while the reader points at its name. The code is loaded after the first picture.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, KeyboardEvent, MouseEvent};

use super::key_set::KeySet;
use super::list;
use super::listener::Listener;
use crate::follow::{effect, follow, when};
use crate::signal::{Memo, RwSignal, StoredValue};

/// Events of a legend and of its list that are handled here.
const EVENTS: [&str; 6] = ["click", "keydown", "pointerover", "pointerleave", "focusin", "focusout"];
/// Name of the group of buttons, for screen readers.
const HELP: &str = "Series. A press shows one alone, with Ctrl it hides or shows it. The key L lists all.";

impl KeySet {
    fn handle(self, event: &Event) {
        let element = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let row = element.as_ref().and_then(|element| element.closest("[data-n]").ok()?);
        let column = row.as_ref().and_then(|row| row.get_attribute("data-n")?.parse().ok());
        match event.type_().as_str() {
            "click" => column.into_iter().for_each(|column| self.click(event, element.as_ref(), column)),
            "keydown" => column.into_iter().for_each(|column| self.key(event, row.as_ref(), column)),
            "pointerover" | "focusin" => self.state.bring_out(column),
            _ => self.state.bring_out(None),
        }
    }

    fn click(self, event: &Event, element: Option<&Element>, column: usize) {
        let is_in =
            |selector: &str| element.is_some_and(|element| matches!(element.closest(selector), Ok(Some(_))));
        let with_key = event
            .dyn_ref::<MouseEvent>()
            .is_some_and(|press| press.ctrl_key() || press.meta_key() || press.shift_key());
        match () {
            () if is_in(".only") || is_in(".key") && !with_key => self.isolate(column),
            () if is_in(".key") => self.toggle(column),
            // A checkbox in the list tells its own changes.
            () => {}
        }
    }

    fn key(self, event: &Event, row: Option<&Element>, column: usize) {
        let Some(key) = event.dyn_ref::<KeyboardEvent>() else { return };
        if key.ctrl_key() || key.meta_key() || key.alt_key() {
            return;
        }
        match key.key().as_str() {
            "i" => self.isolate(column),
            "h" => self.toggle(column),
            "ArrowUp" | "ArrowDown" if row.is_some_and(|row| row.tag_name() == "TR") => {
                let next = row.and_then(|row| match key.key().as_str() {
                    "ArrowUp" => row.previous_element_sibling(),
                    _ => row.next_element_sibling(),
                });
                focus_in(next.as_ref());
            }
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    }
}

/// Moves the focus to the checkbox of a row of the list.
fn focus_in(row: Option<&Element>) {
    let input = row.and_then(|row| row.query_selector("input").ok().flatten());
    let input = input.and_then(|input| input.dyn_into::<HtmlElement>().ok());
    // This fails only for an element that is not in the page.
    let _focused = input.map(|input| input.focus());
}

/// Handles the buttons of a legend, and shows the list of all series when it is opened.
pub(super) fn show(keys: KeySet) -> AnyView {
    let (pop, was_opened) = (NodeRef::<html::Div>::new(), RwSignal::new(false));
    let listener = StoredValue::new(None::<Listener>);
    effect(move || {
        let Some(pop) = pop.get() else { return };
        if let Some(legend) = pop.parent_element() {
            name_group(&legend);
            listener
                .set_value(Some(Listener::new(legend.clone(), &EVENTS, move |event| keys.handle(&event))));
            let more = legend.query_selector(".more").ok().flatten();
            // The button refers to the list itself and not to its id, which would have to differ on every chart.
            let _set = more.map(|more| js_sys::Reflect::set(&more, &"popoverTargetElement".into(), &pop));
        }
    });
    let is_shown = Memo::new(move |_| was_opened.get());
    view! {
        <div
            class="pop all-keys"
            popover="auto"
            node_ref=pop
            on:toggle=move |event| was_opened.set(is_open(&event))
            data-testid="all-series"
        >
            {when(is_shown, move || list::show(keys))}
        </div>
        <p class="visually-hidden" role="status">{follow(move || shown_words(keys))}</p>
    }
    .into_any()
}

/// Names the group of buttons for screen readers.
fn name_group(legend: &Element) {
    if let Ok(Some(group)) = legend.query_selector(".keys") {
        // These fail only for names that are not valid.
        let _told = (group.set_attribute("role", "group"), group.set_attribute("aria-label", HELP));
    }
}

fn is_open(event: &Event) -> bool {
    let pop = event.current_target().and_then(|target| target.dyn_into::<Element>().ok());
    pop.is_some_and(|pop| matches!(pop.matches(":popover-open"), Ok(true)))
}

/// Returns a sentence with the series that are switched off, for screen readers; `None` if there are none.
fn shown_words(keys: KeySet) -> Option<String> {
    let names = keys.names();
    let shown: Vec<&String> =
        keys.state.hidden().with(|hidden| names.iter().filter(|name| !hidden.has(name)).collect());
    match shown[..] {
        _ if shown.len() == names.len() => None,
        [] => Some("No series is shown".to_owned()),
        [name] => Some(format!("Only {name} is shown")),
        _ => Some(format!("{} of {} series are shown", shown.len(), names.len())),
    }
}
