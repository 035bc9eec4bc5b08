//! The places of the panels on the page. They are computed again when panels or the page change.

use std::rc::Rc;

use leptos::prelude::*;
use shared::Topic;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

use crate::board::Board;
use crate::chart::font_px;
use crate::chart::frame::{FrameTask, Step};
use crate::signal::{Memo, RwSignal};
use crate::wall::handle::Wall;
use board_model::layout::Group;
use board_model::placement::{
    Arranged, Band, Head, Panel, Place, Rest, Situation, USUAL_FONT_PX, View, figure_px, is_low,
};

/// Distance between two panels in CSS pixels, at the usual font size.
const GAP_PX: f64 = 12.0;
/// Height of the heading of a group in CSS pixels, at the usual font size, with its distance to the panels.
const BAND_PX: f64 = 24.0;
/// A handle to the places of the panels on the page. It can be copied, and is shared as a Leptos context.
#[derive(Clone, Copy)]
pub struct Arrangement {
    /// The groups of the panels that are shown.
    pub groups: Memo<Vec<Group>>,
    /// The size of the part of the page that panels may use.
    pub(crate) view: RwSignal<View>,
    /// True while the reader points at a panel, so that nothing may move. It is kept up to date by the views.
    pub(crate) is_held: RwSignal<bool>,
    arranged: Memo<Arranged>,
    wall: Wall,
}

impl Arrangement {
    /// Arranges the panels of `groups`, and observes the size of the page until it is closed.
    pub fn new(board: Board, groups: Memo<Vec<Group>>, wall: Wall) -> Self {
        let (view, is_held) = (RwSignal::new(View::default()), RwSignal::new(false));
        let arranged = Memo::new(move |before: Option<&Arranged>| {
            let now = Situation {
                view: view.get(),
                search: board.filter.get(),
                is_held: is_held.get() && !board.boards.is_arranging(),
            };
            let next =
                |panels: &[Panel<'_>]| Arranged::next(before.unwrap_or(&Arranged::default()), panels, &now);
            board.resizes.track();
            groups.with(|groups| next(&panels(board, groups)))
        });
        observe(view, wall);
        Self { groups, view, is_held, arranged, wall }
    }

    /// Returns the place of the panel of a topic; `None` if it has no place, because it is on another page of a wall.
    pub fn place(self, topic: &Topic) -> Option<Place> {
        match self.wall.is_on() {
            true => self.wall.with_page(|page| page.place(topic)),
            false => self.arranged.with(|arranged| arranged.placement.place(topic)),
        }
    }

    /// Subscribes the running Leptos effect to changes of the places.
    pub fn track(self) {
        self.groups.track();
        self.arranged.track();
        self.wall.with_page(|_| ());
    }

    /// Returns the font size in CSS pixels of the figure of a panel, whose text has this width as a multiple of the font
    /// size.
    pub fn figure_px(self, topic: &Topic, place: Place, text_em: f64, rest: Rest) -> f64 {
        match self.wall.is_on() {
            true => self.wall.view().figure_px(text_em, rest, place, self.wall.head(topic, place).lines),
            false => figure_px(text_em, rest, place, self.scale()),
        }
    }

    /// Returns true if a panel has little height for its figure and the rest of its contents.
    pub fn is_low(self, topic: &Topic, place: Place) -> bool {
        match self.wall.is_on() {
            true => self.wall.view().is_low(place, self.wall.head(topic, place).lines),
            false => is_low(place, self.scale()),
        }
    }

    /// Returns the head of a panel of a wall; that of a page has one line.
    pub fn head(self, topic: &Topic, place: Place) -> Head {
        if self.wall.is_on() { self.wall.head(topic, place) } else { Head::default() }
    }

    /// Returns true if the page is a wall and the panel is in trouble.
    pub fn is_in_trouble(self, topic: &Topic) -> bool {
        self.wall.is_in_trouble(topic)
    }

    /// Returns true if the page is a wall.
    pub fn is_wall(self) -> bool {
        self.wall.is_on()
    }

    /// Returns the headings of groups on all shelves. A wall has none.
    pub fn bands(self) -> Vec<Band> {
        if self.wall.is_on() {
            return Vec::new();
        }
        self.arranged.with(|arranged| arranged.placement.bands.clone())
    }

    /// Returns the panels of a page that is no wall, with their places, whose upper edges are above this distance from the upper edge of the
    /// board in CSS pixels.
    pub fn above(self, bottom: i32) -> Vec<(Topic, Place)> {
        let is_above = |panel: &&(Topic, Place)| panel.1.top < bottom;
        self.arranged.with(|arranged| arranged.placement.places().iter().filter(is_above).cloned().collect())
    }

    /// Returns the distances of a panel's edges from those of the board, as a value of the style `inset`.
    pub fn inset(self, place: Place) -> String {
        let (width, height) = (self.view.with(|view| view.width.round() as i32), self.height());
        let [right, bottom] = [width - place.left - place.width, height - place.top - place.height];
        [place.top, right, bottom, place.left].map(px).join(" ")
    }

    /// Returns true if panels should be seen to move to their new places.
    pub fn is_seen_to_move(self) -> bool {
        !self.wall.is_on() && self.arranged.with(|arranged| arranged.is_seen_to_move)
    }

    /// Returns the height of all panels together in CSS pixels.
    pub fn height(self) -> i32 {
        match self.wall.is_on() {
            true => self.view.with(|view| view.height.max(0.0) as i32),
            false => self.arranged.with(|arranged| arranged.placement.height),
        }
    }

    /// Reads the size of the page again.
    pub(crate) fn measure(self) {
        update(self.view, self.wall);
    }

    /// Returns the font size of the page as a multiple of the usual one.
    pub fn scale(self) -> f64 {
        self.view.with(|view| view.scale)
    }
}

/// Returns a length in CSS pixels as a value of a style, such as `12px`.
pub fn px(length: i32) -> String {
    length.to_string() + "px"
}

fn panels(board: Board, groups: &[Group]) -> Vec<Panel<'_>> {
    // A panel without a size has just been removed.
    let size = |topic: &Topic| Some(board.boards.size(topic, board.shown_cell(topic)?.size()?));
    let panels = groups.iter().flat_map(|group| {
        let panel = |topic| Some(Panel { topic, group: &group.name, size: size(topic)? });
        group.topics.iter().filter_map(panel)
    });
    panels.collect()
}

/// Updates `view` when the size of the page or its font has changed, until the page is closed.
///
/// The page is measured in the next animation frame, because the observer's handler must not change the layout that
/// is observed.
fn observe(view: RwSignal<View>, wall: Wall) {
    let task = Rc::new(FrameTask::new(Step::Update, move || update(view, wall)));
    let on_change: Closure<dyn FnMut()> = Closure::new(move || task.request());
    let callback: &js_sys::Function = on_change.as_ref().unchecked_ref();
    window().set_onresize(Some(callback));
    // The body is as wide as the page. It changes its height with the header and with the font size.
    let observer = web_sys::ResizeObserver::new(callback).ok();
    let body = document().body();
    observer.iter().zip(body).for_each(|(observer, body)| observer.observe(&body));
    std::mem::forget(observer);
    on_change.forget();
}

/// Reads the size of the page again, and updates `view` if it has changed.
fn update(view: RwSignal<View>, wall: Wall) {
    let seen = wall.measure().unwrap_or_else(measure);
    let other = seen.filter(|seen| view.get_untracked() != *seen);
    other.into_iter().for_each(|seen| view.set(seen));
}

/// Reads the size of the part of the page that panels may use; `None` while the page is not complete.
fn measure() -> Option<View> {
    let find = |selector: &str| document().query_selector(selector).ok()?;
    let (root, bar, board) = (document().document_element()?, find(".bar")?, find(".board")?);
    let screen = window().inner_height().ok()?.as_f64()?;
    let scale = font_px(&root)? / USUAL_FONT_PX;
    // A panel that is shown alone fills the page.
    let fills = root.has_attribute("data-panel");
    let gap = if fills { 0.0 } else { GAP_PX * scale };
    Some(View {
        width: f64::from(board.client_width()),
        height: screen - f64::from(bar.client_height()) - 2.0 * gap,
        gap,
        band: if fills { 0.0 } else { BAND_PX * scale },
        scale,
        fills,
    })
}
