//! The document of the board in the page, and what the browser keeps of it.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use leptos::prelude::*;
use shared::board::{Board as Document, BoardName, Panel};
use shared::{Topic, TopicMeta};
use wasm_bindgen::JsCast;

use super::handle::{Boards, Functions};
use super::server::{self, Listed, NotSaved};
use super::together;
use crate::arrangement::Arrangement;
use crate::board::Board;
use crate::prefs;
use crate::recorder::Recorder;
use crate::signal::{Memo, RwSignal, StoredValue};
use board_model::document::settings::value_of;
use board_model::document::{Direction, Draft, Edit, Saved, edit, merge, size};
use board_model::kind::Kind;
use board_model::layout::{Group, Layout, group_name};
use board_model::placement::Size;
use board_model::query::Query;
use board_model::stream::Stream;

thread_local! {
    /// The document that is applied.
    static DOCUMENT: RefCell<Document> = RefCell::default();
    /// Index in the document of each panel that is shown.
    static SHOWN: RefCell<HashMap<Topic, usize>> = RefCell::default();
    /// The state of this part; `None` until it is loaded.
    static STATE: Cell<Option<State>> = const { Cell::new(None) };
    /// Functions of other parts that are called with the state as soon as there is one.
    static WAITING: RefCell<Vec<Wish>> = RefCell::default();
}

/// Something that another part of the page does with the document.
type Wish = Box<dyn FnOnce(State)>;

/// Calls `act` with the document of the board, now or as soon as the code for documents is loaded.
pub(crate) fn with_state(board: Board, act: impl FnOnce(State) + 'static) {
    match STATE.get() {
        Some(state) => act(state),
        None => {
            WAITING.with_borrow_mut(|waiting| waiting.push(Box::new(act)));
            board.boards.want();
        }
    }
}

/// Returns what the board is called: its title, or the name under which it is saved; `None` if it has neither.
pub(crate) fn title_of_board(board: Board) -> Option<String> {
    board.boards.track();
    STATE.get()?.draft.with(|draft| {
        let title = draft.board().title.clone();
        title.or_else(|| draft.saved().map(|saved| saved.name.to_string()))
    })
}

/// A handle to the document and to what the controls show. It can be copied.
#[derive(Clone, Copy)]
pub(crate) struct State {
    pub board: Board,
    /// Knows the server.
    recorder: Recorder,
    pub draft: RwSignal<Draft>,
    /// The message that the controls show.
    pub notice: RwSignal<Notice>,
    /// Topic of the panel that was chosen last.
    pub chosen: RwSignal<Option<Topic>>,
    /// Topic of the panel whose settings are open.
    pub sheet: RwSignal<Option<Topic>>,
    /// The boards of the server, for the list.
    pub listed: RwSignal<Vec<Listed>>,
    /// Text about the last change, for screen readers.
    pub said: RwSignal<String>,
    /// Parameter `board` of the address, under which the draft is kept in the browser.
    key: RwSignal<String>,
    /// True if the board that the address names could not be fetched.
    is_missed: StoredValue<bool>,
    /// True until the board that the address names was fetched, or could not be.
    is_awaited: StoredValue<bool>,
}

/// A message that the controls show.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Notice {
    /// There is no message.
    #[default]
    Nothing,
    /// Something has succeeded or failed.
    Words(String),
    /// Somebody else has saved the board since. Contains that board, and the name of whoever has saved it.
    Changed(Box<Saved>, String),
}

impl State {
    /// Applies the document that the page's address or the browser's storage has.
    pub fn start(board: Board) -> Self {
        let state = Self {
            board,
            recorder: expect_context(),
            draft: RwSignal::default(),
            notice: RwSignal::default(),
            chosen: RwSignal::new(None),
            sheet: RwSignal::new(None),
            listed: RwSignal::default(),
            said: RwSignal::default(),
            key: RwSignal::default(),
            is_missed: StoredValue::new(false),
            is_awaited: StoredValue::new(false),
        };
        state.open(prefs::board().unwrap_or_default());
        let boards = board.boards;
        Effect::new(move |_| {
            state.draft.track();
            board.with_layout(|_| ());
            untrack(|| state.arrange_panels());
        });
        let arrangement: Arrangement = expect_context();
        Effect::new(move |_| {
            board.now.track();
            untrack(|| together::ask_earlier(board, |key| arrangement.place(key).map(|place| place.width)));
        });
        Effect::new(move |_| match boards.is_arranging.get() {
            true => state.list(),
            false => state.sheet.set(None),
        });
        // The server is known after `config.json` was read.
        Effect::new(move |_| {
            boards.is_server_known.track();
            untrack(|| state.fetch());
        });
        let is_connected = Memo::new(move |_| board.link.with(|link| link.state.is_connected()));
        Effect::new(move |_| {
            if is_connected.get() {
                untrack(|| state.fetch_missed());
            }
        });
        STATE.set(Some(state));
        WAITING.take().into_iter().for_each(|act| act(state));
        state
    }

    /// Copies the document as JSON. Returns false if a dialog shows it instead.
    pub fn copy(self) -> bool {
        let text = self.draft.with_untracked(|draft| draft.board().to_text());
        prefs::copy(&text, "Copy this document:")
    }

    /// Shows the controls of the board, and moves the focus to the field for its name, in which Enter saves it.
    pub fn begin_to_save(self) {
        self.boards().is_arranging.set(true);
        request_animation_frame(|| {
            let field = document().query_selector("[data-testid=board-name]").ok().flatten();
            let field = field.and_then(|field| field.dyn_into::<web_sys::HtmlElement>().ok());
            // This fails only for an element that is not in the page.
            let _focused = field.map(|field| field.focus());
        });
    }

    fn boards(self) -> Boards {
        self.board.boards
    }

    /// Opens what the parameter `board` of the address says: the name of a board, a whole document, or nothing.
    pub fn open(self, text: String) {
        let kept = prefs::kept_board(&text).and_then(|kept| Draft::read(&kept));
        let draft = match kept {
            Some(draft) => draft,
            None if text.starts_with('{') => match Document::read(&text) {
                Ok(document) => Draft::new(document),
                Err(fault) => {
                    self.notice
                        .set(Notice::Words(format!("The board in the address cannot be used: {fault}")));
                    Draft::default()
                }
            },
            None => Draft::default(),
        };
        self.boards().settle(false);
        self.is_awaited.set_value(BoardName::new(&text).is_ok());
        self.key.set(text);
        self.is_missed.set_value(false);
        self.draft.set(draft);
        self.apply();
        self.fetch();
    }

    /// Opens a board of the server, or with an empty text the board of this browser.
    pub fn choose(self, name: String) {
        self.notice.set(Notice::Nothing);
        prefs::keep_board_address(&name);
        self.open(name);
    }

    /// Fetches the board that the address names, once the server is known.
    fn fetch(self) {
        let name = self.key.with_untracked(|key| BoardName::new(key));
        let (Ok(name), Some(server)) = (name, self.recorder.server()) else { return };
        self.boards().settle(false);
        self.is_awaited.set_value(true);
        crate::task::spawn(async move {
            let outcome = server::fetch(&server, &name).await;
            if self.key.with_untracked(|key| key != name.as_str()) {
                // Another board was opened in the meantime.
                return;
            }
            let was_missed = self.is_missed.get_value();
            self.is_missed.set_value(outcome.is_err());
            self.is_awaited.set_value(false);
            match outcome {
                Ok(saved) => {
                    if was_missed {
                        self.notice.set(Notice::Nothing);
                    }
                    self.opened(saved);
                }
                Err(reason) => {
                    self.notice.set(Notice::Words(format!("The board {name} cannot be opened: {reason}")))
                }
            }
            untrack(|| self.arrange_panels());
        });
    }

    /// Fetches what the server refused because a token was missing, or could not send because it was not reached.
    fn fetch_missed(self) {
        if self.is_missed.get_value() {
            self.fetch();
        }
        if self.boards().is_arranging.get_untracked() {
            self.list();
        }
    }

    /// Shows a board of the server, unless this browser has changes of it that are not saved.
    fn opened(self, saved: Saved) {
        let (is_changed, seen) = self
            .draft
            .with_untracked(|draft| (draft.is_changed(), draft.saved().map(|seen| seen.version.clone())));
        if !is_changed {
            self.draft.set(Draft::of(saved));
            self.apply();
        } else if seen.as_ref() != Some(&saved.version) {
            self.notice.set(Notice::Changed(Box::new(saved), "Somebody".to_owned()));
            self.boards().is_arranging.set(true);
        }
    }

    /// Changes the document, shows the change at once, and keeps it in the browser.
    pub fn edit(self, change: &Edit) {
        let usual = untrack(|| self.usual());
        let changed = self.draft.try_update(|draft| {
            let board = edit(draft.board(), &usual, change);
            draft.change(board)
        });
        if changed == Some(true) {
            self.keep();
        }
        self.say(change);
    }

    /// Takes the last change back.
    pub fn undo(self) {
        self.draft.update(Draft::undo);
        self.keep();
    }

    /// Returns the topics that have a panel without a document.
    pub fn usual(self) -> Vec<Group> {
        self.board.with_layout(|layout| layout.groups().to_vec())
    }

    /// Returns the topics that the document hides.
    pub fn hidden(self) -> Vec<Topic> {
        self.draft.with(|draft| merge(draft.board(), &self.usual()).hidden)
    }

    /// Returns the panel of the document that shows a topic.
    pub fn panel(self, topic: &Topic) -> Panel {
        self.draft.with(|draft| {
            shown_panel(draft.board(), topic).cloned().unwrap_or_else(|| Panel::of(topic.clone()))
        })
    }

    /// Saves the document under a name.
    pub fn save(self, name: &str) {
        let (Ok(name), Some(server)) = (BoardName::new(name.trim()), self.recorder.server()) else {
            let words = "Enter a name of letters, digits, dots, underscores and hyphens, such as shop-floor";
            return self.notice.set(Notice::Words(words.to_owned()));
        };
        let (document, seen) = self.draft.with_untracked(|draft| {
            let seen = draft.saved().filter(|saved| saved.name == name);
            (draft.board().clone(), seen.map(|saved| saved.version.clone()))
        });
        let key = self.key.get_untracked();
        crate::task::spawn(async move {
            let outcome = server::save(&server, &name, document, seen.as_deref()).await;
            if self.key.with_untracked(|open| *open != key) {
                return self.note_elsewhere(&key, &name, outcome);
            }
            match outcome {
                Ok(saved) => self.note_saved(saved),
                Err(NotSaved::Changed(Some((theirs, by)))) => {
                    self.notice.set(Notice::Changed(Box::new(theirs), by))
                }
                Err(NotSaved::Changed(None)) => {
                    let words =
                        format!("The board {name} was deleted by somebody else. Save again to create it.");
                    self.draft.update(|draft| *draft = Draft::new(draft.board().clone()));
                    self.notice.set(Notice::Words(words));
                }
                Err(NotSaved::Refused(reason)) => {
                    self.notice.set(Notice::Words(format!("The board {name} was not saved: {reason}")));
                }
            }
        });
    }

    /// Notes the outcome of a save after another board was opened, which stays as it is. `key` is that of the board that was saved.
    fn note_elsewhere(self, key: &str, name: &BoardName, outcome: Result<Saved, NotSaved>) {
        let words = match outcome {
            Ok(saved) => {
                // What was changed after the save began is still kept.
                if let Some(mut draft) = prefs::kept_board(key).and_then(|kept| Draft::read(&kept)) {
                    draft.note_saved(saved);
                    prefs::keep_board(key, &text_to_keep(&draft));
                }
                self.list();
                format!("Saved as {name}")
            }
            Err(NotSaved::Changed(Some((_, by)))) => {
                format!("The board {name} was not saved: {by} has saved it since you opened it")
            }
            Err(NotSaved::Changed(None)) => {
                format!("The board {name} was not saved: it was deleted by somebody else")
            }
            Err(NotSaved::Refused(reason)) => format!("The board {name} was not saved: {reason}"),
        };
        self.notice.set(Notice::Words(words));
    }

    fn note_saved(self, saved: Saved) {
        let name = saved.name.to_string();
        self.draft.update(|draft| draft.note_saved(saved));
        self.rename(&name);
        self.notice.set(Notice::Words(format!("Saved as {name}")));
        self.list();
    }

    /// Discards the changes of this browser, and shows the board that somebody else has saved.
    pub fn take_theirs(self, theirs: Saved) {
        let name = theirs.name.to_string();
        self.notice.set(Notice::Nothing);
        self.draft.set(Draft::of(theirs));
        self.rename(&name);
    }

    /// Keeps the changes of this browser. The next save replaces the board that somebody else has saved.
    pub fn keep_mine(self, theirs: Saved) {
        let name = theirs.name.to_string();
        self.notice.set(Notice::Nothing);
        self.draft.update(|draft| draft.note_saved(theirs));
        self.rename(&name);
        self.save(&name);
    }

    /// Keeps the draft under the name of another board, in the address and in the browser.
    fn rename(self, name: &str) {
        self.key.with_untracked(|key| prefs::keep_board(key, ""));
        self.key.set(name.to_owned());
        // If the board of the former name comes after this, it is not shown.
        self.is_awaited.set_value(false);
        prefs::keep_board_address(name);
        self.keep();
    }

    fn list(self) {
        let Some(server) = self.recorder.server() else { return };
        crate::task::spawn(async move {
            self.listed.set(server::list(&server).await.unwrap_or_default());
        });
    }

    /// Shows the document, and keeps it in the browser if it is not saved.
    fn keep(self) {
        let text = self.draft.with_untracked(text_to_keep);
        self.key.with_untracked(|key| prefs::keep_board(key, &text));
        self.apply();
    }

    fn apply(self) {
        let document = self.draft.with_untracked(|draft| draft.board().clone());
        DOCUMENT.set(document);
        self.refresh();
        self.announce();
    }

    /// Tells the page that the document or its panels have changed.
    fn announce(self) {
        self.board.chip_of_several.set_value(Some(together::chip));
        self.boards().apply(Functions {
            arrange,
            size: size_of,
            title,
            model: together::cell,
            topics: together::topics,
            holders: together::holders,
            answer: together::answer,
            crossed: together::crossed_now,
        });
    }

    /// Finds out which panels are shown, and creates those of several topics. Returns true if something has changed.
    fn refresh(self) -> bool {
        let usual = untrack(|| self.usual());
        DOCUMENT.with_borrow(|document| {
            let merged = merge(document, &usual);
            let shown: HashMap<Topic, usize> =
                merged.panels().filter_map(|panel| Some((panel.key.clone(), panel.index?))).collect();
            let is_changed = SHOWN.with_borrow(|before| *before != shown);
            SHOWN.set(shown);
            together::apply(self.board, document, &merged, meta_of) || is_changed
        })
    }

    /// Returns the key of the panel before or after another one.
    pub fn neighbour(self, key: &Topic, direction: Direction) -> Option<Topic> {
        let groups = arrange(&Layout::of(untrack(|| self.usual())), &Query::new(""));
        let keys: Vec<&Topic> = groups.iter().flat_map(|group| &group.topics).collect();
        let place = keys.iter().position(|other| *other == key)?;
        let place = match direction {
            Direction::Earlier => place.checked_sub(1)?,
            Direction::Later => place + 1,
        };
        keys.get(place).map(|key| (*key).clone())
    }

    /// Puts the topics of a panel into another one. Numbers can be put together with numbers, and texts with texts; otherwise the
    /// reader is told why nothing happens.
    pub fn join(self, key: &Topic, onto: &Topic) -> bool {
        let refusal = refusal(self.board, [key, onto]);
        match &refusal {
            Some(words) => {
                self.said.set(words.clone());
                self.notice.set(Notice::Words(words.clone()));
            }
            None => self.edit(&Edit::Join(key.clone(), onto.clone())),
        }
        refusal.is_none()
    }

    /// Returns true if a panel shows several topics.
    pub fn is_joined(self, key: &Topic) -> bool {
        self.draft.track();
        together::topics(key).is_some_and(|topics| topics.len() > 1)
    }

    /// Makes all panels as the document wants them.
    fn arrange_panels(self) {
        if self.refresh() {
            self.announce();
        }
        self.arrange_cells();
        self.boards().settle(!self.is_awaited.get_value());
    }

    /// Sets the kinds, units and axes that the document wants. A topic that has come back after it was deleted has none yet.
    fn arrange_cells(self) {
        let (is_paused, mut is_changed) = (self.board.paused.get_untracked(), false);
        for (topic, cell) in self.board.every_cell() {
            let wanted =
                self.draft.with(|draft| plain_panel(draft.board(), &topic).map(meta_of).unwrap_or_default());
            if cell.with_known(|stream, _| stream.wanted()) != wanted {
                is_changed = true;
                cell.change_every(&mut |stream, series| {
                    stream.arrange(wanted.clone(), series);
                    stream.settle_size(series);
                });
                // This notifies the panel if it shows live data.
                self.board.note_change(&topic, &cell);
                if is_paused {
                    cell.notify();
                }
            }
        }
        if is_changed {
            self.board.resizes.update(|resizes| *resizes += 1);
            self.board.past_loaded.notify();
        }
    }

    /// Tells screen readers the place of the panel that was changed.
    fn say(self, change: &Edit) {
        let topic = match change {
            Edit::Hide(topic) => return self.said.set(format!("{topic} is hidden")),
            Edit::Join(topic, onto) => {
                let topics = together::topics(onto).unwrap_or_default();
                let names: Vec<&str> = topics.iter().map(Topic::as_str).collect();
                return self.said.set(format!("{topic} is joined: the panel shows {}", names.join(", ")));
            }
            Edit::Split(topic) => {
                return self.said.set(format!("{topic} is split: each topic has its panel"));
            }
            Edit::Set(topic, name, _) => return self.said.set(format!("{topic}: {}", words_of(name))),
            Edit::Step(topic, _)
            | Edit::Drop(topic, ..)
            | Edit::Columns(topic, _)
            | Edit::Height(topic, _) => topic,
            Edit::Title(topic, _) | Edit::Group(topic, _) | Edit::Show(topic) => topic,
        };
        let shown: Vec<(String, Topic)> = arrange(&Layout::of(untrack(|| self.usual())), &Query::new(""))
            .iter()
            .flat_map(|group| {
                group.topics.iter().map(|topic| (group.name.clone(), topic.clone())).collect::<Vec<_>>()
            })
            .collect();
        if let Some(place) = shown.iter().position(|(_, shown)| shown == topic) {
            let (group, count) = (&shown[place].0, shown.len());
            self.said.set(format!("{topic}: panel {} of {count}, group {group}", place + 1));
        }
    }
}

/// Returns the text that the browser keeps of a draft; empty if the server has this document.
fn text_to_keep(draft: &Draft) -> String {
    if draft.is_changed() { draft.to_text() } else { String::new() }
}

/// Returns a sentence about a field of the document that was changed.
fn words_of(name: &str) -> String {
    match name {
        "derive" => "what is computed is changed".to_owned(),
        "sources" => "the series are changed".to_owned(),
        "thresholds" => "the thresholds are changed".to_owned(),
        name => [name, " is set"].concat(),
    }
}

/// Returns what the document says about a panel in the form of a topic's metadata.
fn meta_of(panel: &Panel) -> TopicMeta {
    TopicMeta {
        unit: panel.unit.clone(),
        min: panel.min,
        max: panel.max,
        panel: panel.kind.clone(),
        decimals: panel.decimals,
        thresholds: Some(Box::new(value_of(panel))).filter(|thresholds| !thresholds.is_null()),
        scale: panel.scale.clone(),
        target: panel.target,
        ..TopicMeta::default()
    }
}

/// Returns the panel of the document with a key.
fn shown_panel<'a>(document: &'a Document, key: &Topic) -> Option<&'a Panel> {
    let index = SHOWN.with_borrow(|shown| shown.get(key).copied())?;
    document.panels.get(index)
}

/// Returns the panel of the document that shows a topic as it is.
fn plain_panel<'a>(document: &'a Document, topic: &Topic) -> Option<&'a Panel> {
    shown_panel(document, topic).filter(|_| together::cell(topic).is_none())
}

/// Returns a sentence about two panels that cannot be joined; `None` if they can.
fn refusal(board: Board, keys: [&Topic; 2]) -> Option<String> {
    let kind = |key: &Topic| board.shown_cell(key).and_then(|cell| cell.stream.with_untracked(Stream::kind));
    let kinds = keys.map(kind);
    let is_other = |kind: &Option<Kind>| kind.is_none_or(|kind| kind == Kind::Table);
    if let Some(other) = kinds.iter().position(is_other) {
        let words = kinds[other].map_or("has no data yet", |_| "is a table");
        return Some(format!("{} {words}, so it cannot be joined with another panel", keys[other]));
    }
    let has_numbers = kinds.map(|kind| kind.is_some_and(Kind::has_numbers));
    let without = has_numbers.iter().position(|has_numbers| !has_numbers)?;
    let is_mixed = has_numbers[0] != has_numbers[1];
    is_mixed
        .then(|| format!("{} has no numbers, so it cannot be joined with a panel of numbers", keys[without]))
}

/// Returns the keys of the panels that the document shows and a search finds.
fn arrange(layout: &Layout, query: &Query) -> Vec<Group> {
    DOCUMENT.with_borrow(|document| {
        let merged = merge(document, layout.groups());
        let groups = merged.groups.into_iter().map(|group| {
            let found =
                group.panels.into_iter().filter(|panel| panel.topics.iter().any(|topic| query.finds(topic)));
            // A second panel that shows the same as another one has no key of its own only if all numbers are taken.
            Group { name: group.name, topics: found.map(|panel| panel.key).collect() }
        });
        groups.filter(|group| !group.topics.is_empty()).collect()
    })
}

fn size_of(key: &Topic, usual: Size) -> Size {
    DOCUMENT.with_borrow(|document| shown_panel(document, key).map_or(usual, |panel| size(panel, usual)))
}

/// Returns the title of a panel. One that stands in another group than usual is called by its whole topic, and one of several topics by
/// their names.
fn title(key: &Topic) -> Option<String> {
    DOCUMENT.with_borrow(|document| {
        let panel = shown_panel(document, key)?;
        let is_elsewhere = panel.group.as_deref().is_some_and(|group| group != group_name(key));
        let usual = together::title(key).or_else(|| is_elsewhere.then(|| key.to_string()));
        panel.title.clone().or(usual)
    })
}
