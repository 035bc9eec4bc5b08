//! Notifications of the browser about trouble. The reader has to ask for them: the browser asks for permission then.

use leptos::prelude::*;
use shared::Topic;
use wasm_bindgen::{JsCast, JsValue};

use crate::board::Board;
use crate::follow::effect;
use crate::limits::handle as limits;
use crate::prefs;
use crate::signal::{Memo, StoredValue};
use crate::tools::Tools;
use board_model::trouble::{Beginning, CONNECTION, Notice, Trouble, Watch};

/// Tells trouble that begins and ends from now on, while the reader wants it.
pub(super) fn follow(
    board: Board,
    tools: Tools,
    troubles: Memo<Vec<Trouble>>,
    connection: Memo<Option<String>>,
) {
    tools.notifies.set(prefs::notifies() && permission().as_deref() == Some("granted"));
    let (watch, beginning) = (StoredValue::new(Watch::default()), StoredValue::new(Beginning::default()));
    let step = move |now| {
        let is_complete = is_complete(board, beginning) && has_thresholds(board);
        if !tools.notifies.get() {
            // Trouble that begins before the reader wants notifications is not told later.
            return watch.set_value(Watch::default());
        }
        let mut troubles = troubles.get();
        troubles.extend(connection.get().map(of_connection));
        let notices = watch.try_update_value(|watch| {
            watch.forget_unwatched(&troubles, |name| is_watched(board, name));
            watch.step(now, is_complete, &troubles)
        });
        let notices = notices.unwrap_or_default();
        for notice in notices {
            crate::task::spawn(show(notice));
        }
    };
    effect(move || {
        let now = board.now.get();
        // The clock alone causes a step. A document that has just come is in all panels by the next second.
        untrack(|| step(now));
    });
}

/// Returns true once the page has the data of the topics that the server had when the page subscribed to them.
fn is_complete(board: Board, beginning: StoredValue<Beginning>) -> bool {
    let cells = board.every_cell().into_iter();
    let has_data = cells.filter(|(_, cell)| cell.with_known(|stream, _| stream.last_received().is_some()));
    let known: Vec<Topic> = has_data.map(|(topic, _)| topic).collect();
    let (watched, now_ms) = (board.watched.get_value(), crate::now::now().mono_ms);
    beginning.try_update_value(|beginning| beginning.is_over(&watched, &known, now_ms)) == Some(true)
}

/// Returns true if the page can judge all thresholds: those of publishers, and those of the document of the board. When they come, what
/// crosses them may have done so for hours, like the data of older topics.
fn has_thresholds(board: Board) -> bool {
    let is_loaded = !board.has_limits.get_untracked() || limits::read().is_some();
    is_loaded && board.boards.is_settled()
}

/// Returns true if the page is subscribed to a topic, or to one of the topics of a panel.
fn is_watched(board: Board, name: &str) -> bool {
    let Ok(key) = Topic::new(name) else { return false };
    let topics = board.boards.topics(&key).unwrap_or_else(|| vec![key]);
    board.watched.with_value(|watched| topics.iter().any(|topic| watched.matches(topic)))
}

/// Returns the loss of the connection as trouble.
fn of_connection(words: String) -> Trouble {
    Trouble { name: CONNECTION.to_owned(), words }
}

/// Switches notifications on or off. The first time, the browser asks the reader for permission.
pub(crate) fn switch(tools: Tools) {
    if tools.notifies.get_untracked() {
        set(tools, false);
        return tools.say("Notifications are off");
    }
    crate::task::spawn(async move {
        let answer = request_permission().await;
        match answer.as_deref() {
            Some("granted") => {
                set(tools, true);
                tools.say("Notifications are on: this browser tells you when trouble begins and ends");
            }
            Some(_) => tools
                .say("The browser does not allow notifications for this page. Change that in its settings."),
            None => {
                tools.say("This browser has no notifications for this page. They need HTTPS or this machine.")
            }
        }
    });
}

fn set(tools: Tools, notifies: bool) {
    tools.notifies.set(notifies);
    prefs::keep_notifies(notifies);
}

/// Returns the browser's object for notifications; `None` if it has none.
fn class() -> Option<js_sys::Function> {
    js_sys::Reflect::get(&window(), &"Notification".into()).ok()?.dyn_into().ok()
}

/// Returns the permission of the page: `granted`, `denied` or `default`; `None` if the browser has no notifications.
fn permission() -> Option<String> {
    js_sys::Reflect::get(class()?.as_ref(), &"permission".into()).ok()?.as_string()
}

async fn request_permission() -> Option<String> {
    let class = class()?;
    let request = js_sys::Reflect::get(&class, &"requestPermission".into()).ok()?;
    let promise = request.dyn_into::<js_sys::Function>().ok()?.call0(&class).ok()?;
    let answer = wasm_bindgen_futures::JsFuture::from(js_sys::Promise::resolve(&promise)).await;
    answer.ok()?.as_string()
}

/// Shows a notification. It replaces an earlier one with the same tag, so that the end of trouble replaces its beginning.
async fn show(notice: Notice) {
    if try_to_show(&notice).is_err() {
        // Browsers of phones show notifications of a service worker only. If that fails too, the title tells the trouble still.
        let _shown = show_by_worker(&notice).await;
    }
}

fn try_to_show(notice: &Notice) -> Result<(), JsValue> {
    let class = class().ok_or(JsValue::NULL)?;
    let arguments = js_sys::Array::of2(&notice.title.as_str().into(), &options(notice)?);
    js_sys::Reflect::construct(&class, &arguments).map(drop)
}

async fn show_by_worker(notice: &Notice) -> Result<(), JsValue> {
    let worker = js_sys::Reflect::get(&window().navigator(), &"serviceWorker".into())?;
    let ready: js_sys::Promise = js_sys::Reflect::get(&worker, &"ready".into())?.dyn_into()?;
    let registration = wasm_bindgen_futures::JsFuture::from(ready).await?;
    let show: js_sys::Function =
        js_sys::Reflect::get(&registration, &"showNotification".into())?.dyn_into()?;
    show.call2(&registration, &notice.title.as_str().into(), &options(notice)?).map(drop)
}

fn options(notice: &Notice) -> Result<JsValue, JsValue> {
    let options = js_sys::Object::new();
    // A tag must not be empty, and those of other pages of this server are others.
    let tag = ["tickertape ", &notice.tag].concat();
    for (name, value) in [("body", notice.body.as_str()), ("tag", tag.as_str())] {
        js_sys::Reflect::set(&options, &name.into(), &value.into())?;
    }
    Ok(options.into())
}
