//! The palette: a field, and below it the topics, boards and actions that match what is typed.

use leptos::ev;
use leptos::html;
use leptos::prelude::*;

use super::actor::Actor;
use super::dialog;
use super::entries::{Target, choose, entries};
use super::handle::Mode;
use super::link;
use crate::boards::server::{self, Listed};
use crate::follow::{click, effect, follow, parts};
use crate::prefs;
use crate::signal::{Memo, RwSignal};
use board_model::palette::{Found, Hit, Item, remember, search, step};
use board_model::pasted::Pasted;

/// The state of the open palette.
#[derive(Clone, Copy)]
struct Palette {
    actor: Actor,
    text: RwSignal<String>,
    /// The entries that are offered. They stay the same while the palette is open, so that nothing moves in it; only the boards of the
    /// server may arrive later.
    items: RwSignal<Vec<Item>>,
    boards: RwSignal<Vec<Listed>>,
    recent: RwSignal<Vec<String>>,
    found: Memo<Vec<Found>>,
    /// Place of the entry that Enter chooses, among all that are shown.
    chosen: RwSignal<usize>,
}

/// Shows the palette while it is open.
pub(super) fn show(actor: Actor) -> AnyView {
    let palette = Palette::new(actor);
    let (tools, node, field) = (actor.tools, NodeRef::<html::Dialog>::new(), NodeRef::<html::Input>::new());
    dialog::follow(node, move || tools.palette.with(Option::is_some));
    effect(move || {
        if let Some(mode) = tools.palette.get() {
            untrack(|| palette.open(mode));
            field.get_untracked().iter().for_each(|field| field.set_value(""));
        }
    });
    effect(move || {
        let place = palette.chosen.get();
        palette.found.track();
        // The entry may have to be scrolled into sight after it is in the page.
        request_animation_frame(move || scroll_to(place));
    });
    let placeholder = follow(move || words(tools.palette.get()));
    let label = follow(move || words(tools.palette.get()));
    view! {
        <dialog
            class="sheet palette"
            aria-label="Search"
            node_ref=node
            on:close=dialog::on_close(node, move || tools.palette.set(None))
            data-testid="palette"
        >
            <input
                class="palette-field"
                type="text"
                role="combobox"
                aria-label=label
                placeholder=placeholder
                aria-expanded=follow(move || (palette.count() > 0).to_string())
                aria-controls="palette-list"
                aria-autocomplete="list"
                aria-activedescendant=follow(move || (palette.count() > 0).then(|| option_id(palette.chosen.get())))
                autocomplete="off"
                spellcheck="false"
                on:input:target=move |event| palette.type_text(event.target().value())
                on:keydown=move |event| palette.press(&event)
                node_ref=field
                data-testid="palette-field"
            />
            <div class="palette-list" id="palette-list" role="listbox" aria-label="Found" tabindex="-1">
                {follow(move || palette.list())}
            </div>
            <p class="palette-words" role="status" data-testid="palette-words">{follow(move || palette.words())}</p>
        </dialog>
    }
    .into_any()
}

fn words(mode: Option<Mode>) -> &'static str {
    match mode {
        Some(Mode::Hide) => "Hide which topic on this board?",
        Some(Mode::Forget) => "Forget which topic, with its history?",
        Some(Mode::Take) => "Save or copy from which panel?",
        Some(Mode::Everything) | None => "Search topics, boards and actions, or paste a link",
    }
}

fn option_id(place: usize) -> String {
    ["palette-", &place.to_string()].concat()
}

/// Scrolls the list just so far that an entry is in sight, so that the others move little. Above the first entry is a heading.
fn scroll_to(place: usize) {
    let list = document().get_element_by_id("palette-list");
    let Some((option, list)) = document().get_element_by_id(&option_id(place)).zip(list) else { return };
    let (option, seen) = (option.get_bounding_client_rect(), list.get_bounding_client_rect());
    let below = (option.bottom() - seen.bottom()).max(0.0).ceil();
    let above = (option.top() - seen.top()).min(0.0).floor();
    list.set_scroll_top(if place == 0 { 0 } else { list.scroll_top() + (below + above) as i32 });
}

impl Palette {
    fn new(actor: Actor) -> Self {
        let (text, items) = (RwSignal::new(String::new()), RwSignal::new(Vec::<Item>::new()));
        let recent = RwSignal::new(prefs::recent());
        let found = Memo::new(move |_| {
            let is_link = text.with(|text| link::read(text)) != Pasted::Other;
            let find =
                |items: &Vec<Item>| recent.with(|recent| text.with(|text| search(items, text, recent)));
            if is_link { Vec::new() } else { items.with(find) }
        });
        Self { actor, text, items, boards: RwSignal::default(), recent, found, chosen: RwSignal::new(0) }
    }

    /// Offers the entries of this mode.
    fn open(self, mode: Mode) {
        self.text.set(String::new());
        self.chosen.set(0);
        self.recent.set(if mode == Mode::Everything { prefs::recent() } else { Vec::new() });
        self.boards.with(|boards| self.items.set(entries(self.actor, mode, boards)));
        if mode == Mode::Everything {
            crate::task::spawn(self.list_boards());
        }
    }

    /// Requests the boards of the server, which are offered as soon as they are known.
    async fn list_boards(self) {
        let Some(server) = self.actor.recorder.server() else { return };
        let Some(boards) = server::list(&server).await else { return };
        let is_new = self.boards.with_untracked(|known| *known != boards);
        self.boards.set(boards);
        if is_new && self.actor.tools.palette.get_untracked() == Some(Mode::Everything) {
            let items = self.boards.with_untracked(|boards| entries(self.actor, Mode::Everything, boards));
            self.offer(items);
        }
    }

    /// Offers other entries. The chosen one stays chosen wherever it stands then.
    fn offer(self, items: Vec<Item>) {
        let chosen = untrack(|| self.chosen_key());
        self.items.set(items);
        let shown = untrack(|| self.shown());
        let place = shown.iter().position(|(item, _)| chosen.as_ref() == Some(&item.key));
        place.into_iter().for_each(|place| self.chosen.set(place));
    }

    /// Returns the key of the entry that Enter chooses; `None` if nothing is found.
    fn chosen_key(self) -> Option<String> {
        self.shown().get(self.chosen.get()).map(|(item, _)| item.key.clone())
    }

    fn type_text(self, text: String) {
        self.chosen.set(0);
        self.text.set(text);
    }

    fn press(self, event: &ev::KeyboardEvent) {
        if event.is_composing() {
            return;
        }
        let count = untrack(|| self.count());
        if let Some(next) = step(&event.key(), self.chosen.get_untracked(), count) {
            event.prevent_default();
            self.chosen.set(next);
        } else if event.key() == "Enter" {
            event.prevent_default();
            self.enter();
        }
    }

    /// Chooses the entry, or follows the link that was pasted.
    fn enter(self) {
        let text = self.text.get_untracked();
        match link::read(&text) {
            Pasted::Other => {
                let key = untrack(|| self.chosen_key());
                key.iter().for_each(|key| self.choose(key));
            }
            // The words below the field say why.
            Pasted::Refused(_) => {}
            Pasted::Board { .. } | Pasted::Topic(_) => {
                self.actor.tools.palette.set(None);
                let _followed = link::follow(self.actor, &text);
            }
        }
    }

    fn choose(self, key: &str) {
        let mode = self.actor.tools.palette.get_untracked().unwrap_or(Mode::Everything);
        let Some(target) = Target::of(key) else { return };
        self.actor.tools.palette.set(None);
        if mode == Mode::Everything {
            let recent = self.recent.with_untracked(|recent| remember(recent, key));
            prefs::keep_recent(&recent);
        }
        // The palette has closed then, and the browser has moved the focus to where it was before.
        let actor = self.actor;
        request_animation_frame(move || choose(actor, mode, target));
    }

    /// Returns the number of entries that are shown.
    fn count(self) -> usize {
        self.found.with(|found| found.iter().map(|found| found.hits.len()).sum())
    }

    /// Returns the entries that are shown, in their order.
    fn shown(self) -> Vec<(Item, Hit)> {
        let hits =
            self.found.with(|found| found.iter().flat_map(|found| found.hits.clone()).collect::<Vec<_>>());
        self.items.with(|items| {
            hits.into_iter().filter_map(|hit| Some((items.get(hit.index)?.clone(), hit))).collect()
        })
    }

    /// Returns a sentence below the list: the number of entries, or what will happen to a link.
    fn words(self) -> String {
        match (self.text.with(|text| link::read(text)), self.count()) {
            (Pasted::Refused(words), _) => words,
            (Pasted::Board { .. } | Pasted::Topic(_), _) => "Press Enter to open this link here.".to_owned(),
            (Pasted::Other, 0) => "Nothing is found. Try fewer letters.".to_owned(),
            (Pasted::Other, 1) => "1 entry. Press Enter to choose it.".to_owned(),
            (Pasted::Other, count) => format!("{count} entries. Arrows choose, Enter opens, Esc closes."),
        }
    }

    fn list(self) -> Vec<AnyView> {
        let shown = self.shown();
        let mut place = 0;
        let section = |found: Found| {
            let from = place;
            place += found.hits.len();
            let entries = shown.iter().enumerate().skip(from).take(found.hits.len());
            let heading = ["palette-section-", &from.to_string()].concat();
            view! {
                <div role="group" aria-labelledby=heading.clone()>
                    <h3 id=heading.clone() role="presentation">{found.heading()}</h3>
                    {parts(entries.map(|(place, (item, hit))| self.option(place, item, hit)))}
                </div>
            }
            .into_any()
        };
        self.found.get().into_iter().map(section).collect()
    }

    fn option(self, place: usize, item: &Item, hit: &Hit) -> AnyView {
        let is_chosen = follow(move || (self.chosen.get() == place).to_string());
        let key = item.key.clone();
        view! {
            <div
                class="palette-entry"
                role="option"
                id=option_id(place)
                aria-selected=is_chosen
                on:click=click(move || self.choose(&key))
                data-key=item.key.clone()
                data-testid="palette-entry"
            >
                <span>{marked(&item.name, hit)}</span>
                " "<small>{item.about.clone()}</small>
                " "<kbd>{item.keys.clone()}</kbd>
            </div>
        }
        .into_any()
    }
}

/// Shows a name with the parts that match what is typed.
fn marked(name: &str, hit: &Hit) -> Vec<AnyView> {
    let mut at = 0;
    let mut shown = Vec::new();
    for range in &hit.ranges {
        let (before, found) = (name.get(at..range.start), name.get(range.clone()));
        shown.push(before.unwrap_or_default().to_owned().into_any());
        shown.push(view! { <mark>{found.unwrap_or_default().to_owned()}</mark> }.into_any());
        at = range.end;
    }
    shown.push(name.get(at..).unwrap_or_default().to_owned().into_any());
    shown
}
