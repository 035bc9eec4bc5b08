//! The wall over time. This file applies to the page what [`board_model::wall`] decides.

use std::time::Duration;

use leptos::prelude::*;
use leptos::{ev, leptos_dom::helpers::window_event_listener};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::handle::{Functions, Wall};
use super::{gather, legends, tables};
use crate::arrangement::Arrangement;
use crate::board::Board;
use crate::chart::{cap_em, font_px};
use crate::last_picture::kept;
use crate::prefs;
use crate::signal::StoredValue;
use board_model::placement::{USUAL_FONT_PX, View, WallView};
use board_model::wall::{Letters, Screen, Show, shift_px};

/// Time between two updates of the wall.
const TICK: Duration = Duration::from_secs(1);
/// Distance between two panels of a wall, as a multiple of the font size.
const WALL_GAP_EM: f64 = 0.35;
/// Height of the bar at the bottom of a wall, as a multiple of the font size.
const WALL_BAR_EM: f64 = 0.22;

/// Switches wall mode on until the Leptos owner that is running is removed, and records it in the page's address. It is
/// switched off when the browser leaves full screen.
pub(super) fn start(board: Board, wall: Wall, arrangement: Arrangement) {
    let setting = prefs::wall().or_else(|| wall.last.get_value()).unwrap_or_default();
    prefs::keep_wall(Some(&setting));
    // The address names the window too, so that the wall is the same after the page was loaded again.
    if !board.has_damaged_address.get_untracked() {
        board.keep_address();
    }
    wall.setting.set(Some(setting));
    wall.functions.set_value(Some(Functions { measure, handle_key }));
    kept::keep(board);
    arrangement.measure();
    update(board, wall, arrangement);
    let fullscreenchange = ev::Custom::<ev::Event>::new("fullscreenchange");
    let left = window_event_listener(fullscreenchange, move |_| {
        if document().fullscreen_element().is_none() {
            wall.is_chosen.set(false);
        }
    });
    on_cleanup(move || {
        left.remove();
        stop(wall, arrangement);
    });
}

fn stop(wall: Wall, arrangement: Arrangement) {
    prefs::keep_wall(None);
    wall.last.set_value(wall.setting.get_untracked());
    wall.functions.set_value(None);
    wall.setting.set(None);
    if let Some(root) = root() {
        // These fail only for names that are not valid.
        let _removed = (root.remove_attribute("data-wall"), root.style().remove_property("font-size"));
    }
    shift("", false);
    arrangement.measure();
}

/// Updates the wall when panels or the page change, and once a second.
fn update(board: Board, wall: Wall, arrangement: Arrangement) {
    // Time of the last update by the monotonic clock, in milliseconds.
    let stepped_ms = StoredValue::new(crate::now::now().mono_ms);
    let step = move || {
        let now_ms = crate::now::now().mono_ms;
        let elapsed_ms = now_ms.saturating_sub(stepped_ms.get_value());
        stepped_ms.set_value(now_ms);
        step(board, wall, arrangement, elapsed_ms);
    };
    Effect::new(move |_| {
        board.resizes.track();
        arrangement.view.track();
        arrangement.groups.track();
        step();
    });
    Effect::new(move |_| {
        wall.page.track();
        // The panels have their new places in the next frame.
        request_animation_frame(count_hidden);
    });
    let tick = move || {
        // A banner above the panels changes their height, which nothing else reports.
        arrangement.measure();
        step();
        protect(board, wall);
        count_hidden();
    };
    // This fails only if there is no window.
    if let Ok(running) = set_interval_with_handle(tick, TICK) {
        on_cleanup(move || running.clear());
    }
}

/// Counts what panels have no room for.
fn count_hidden() {
    legends::count_hidden();
    tables::cut();
}

fn handle_key(wall: Wall, key: &str) -> bool {
    match key {
        " " => wall.show.update(Show::hold),
        "ArrowRight" => wall.show.update(|show| show.turn(1)),
        "ArrowLeft" => wall.show.update(|show| show.turn(-1)),
        _ => return false,
    }
    true
}

fn root() -> Option<HtmlElement> {
    document().document_element()?.dyn_into().ok()
}

/// Sets the font size of the page for the present size of the window, and reads the size of the part of it that panels may
/// use; `None` while the page is not complete.
fn measure(wall: Wall) -> Option<View> {
    fit(wall)?;
    measure_wall()
}

/// Sets the font size of the page for the present size of the window.
fn fit(wall: Wall) -> Option<()> {
    let root = root()?;
    // This fails only for names that are not valid.
    let _set = root.toggle_attribute_with_force("data-wall", true);
    let length = |of: Result<wasm_bindgen::JsValue, _>| of.ok()?.as_f64();
    let screen = Screen { width: length(window().inner_width())?, height: length(window().inner_height())? };
    let letters = wall.setting.with_untracked(|setting| Some(setting.as_ref()?.letters(screen, cap_em())))?;
    if wall.letters.get_untracked() != letters {
        wall.letters.set(letters);
    }
    let size = format!("{}px", letters.text_px as u32);
    // Charts read their colours again whenever an attribute of the root element is written.
    if root.style().get_property_value("font-size").is_ok_and(|known| known != size) {
        let _set = root.style().set_property("font-size", &size);
    }
    Some(())
}

/// Reads the size of the part of a wall that panels may use; `None` while the page is not complete. The page does not
/// scroll, and whatever is above the panels takes some of their height.
fn measure_wall() -> Option<View> {
    let board = document().query_selector(".board").ok()??;
    let screen = window().inner_height().ok()?.as_f64()?;
    let font_px = font_px(&document().document_element()?)?;
    let top = board.get_bounding_client_rect().top() - document().body()?.get_bounding_client_rect().top();
    Some(View {
        width: f64::from(board.client_width()),
        height: screen - top - (WALL_GAP_EM + WALL_BAR_EM) * font_px,
        gap: (WALL_GAP_EM * font_px).round(),
        band: 0.0,
        scale: font_px / USUAL_FONT_PX,
        fills: true,
    })
}

fn step(board: Board, wall: Wall, arrangement: Arrangement, elapsed_ms: u64) {
    let (View { width, height, gap, fills, .. }, letters) =
        (arrangement.view.get_untracked(), wall.letters.get_untracked());
    if !fills {
        // The page has not been measured since wall mode was switched on.
        return;
    }
    let Letters { text_px, figure_px, .. } = letters;
    let view = WallView { width, height, gap, text_px, figure_px };
    let panels = arrangement.groups.with_untracked(|groups| gather::panels(board, groups));
    wall.show.update(|show| show.step(panels, &view, elapsed_ms));
}

/// Moves the picture by a pixel now and then, and makes it darker at night.
fn protect(board: Board, wall: Wall) {
    let now = board.now.get_untracked();
    let ((x, y), clock) = (shift_px(now), board.clock.get_untracked());
    let night = wall.setting.with_untracked(|setting| setting.as_ref().and_then(|setting| setting.night));
    let is_dark = night.is_some_and(|night| night.is_dark(now, clock));
    shift(&format!("{x}px {y}px"), is_dark);
}

/// Moves the page by a value of the style `translate`, and makes it darker if `is_dark` is true.
fn shift(translate: &str, is_dark: bool) {
    // These fail only for names that are not valid.
    let _moved = document().body().map(|body| body.style().set_property("translate", translate));
    let _toggled = root().map(|root| root.toggle_attribute_with_force("data-dark", is_dark));
}
