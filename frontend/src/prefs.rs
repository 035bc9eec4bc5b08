//! The reader's preferences. The stretch of time, the window and the search text are stored in the page's address, so
//! that a link contains them. The others are stored in the browser's local storage.

use std::ops::Range;

use shared::{Millis, Topic};
use web_sys::Storage;

use board_model::chart::Hidden;
use board_model::stretch_address::is_time;
use board_model::wall::Setting;
use board_model::window::Window;

/// Beginning of the storage key for the hidden series of a topic. The name of the topic follows it.
const HIDDEN_KEY: &str = "tickertape.hidden.";
/// File that `?demo` plays.
const DEMO: &str = "demo.ttr";
const THEME_KEY: &str = "tickertape.theme";
/// Storage key of the window, which `start.js` uses too.
pub(crate) const WINDOW_KEY: &str = "tickertape.window";
/// Beginning of the storage key for the document of a board. The parameter `board` of the address follows it.
const BOARD_KEY: &str = "tickertape.board.";
/// Storage key of the entries that were chosen recently in the palette, one on each line.
const RECENT_KEY: &str = "tickertape.recent";
/// Storage key of the moments that were marked in this browser alone, as JSON.
const MARKS_KEY: &str = "tickertape.marks";
/// Storage key of the wish for notifications. Its value is `on` or empty.
const NOTIFY_KEY: &str = "tickertape.notify";
const ZONE_KEY: &str = "tickertape.zone";
/// Value that is stored under [`ZONE_KEY`] for UTC.
const UTC: &str = "utc";

/// Colour scheme of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// The scheme that the operating system prefers.
    #[default]
    System,
    /// Dark text on a light background.
    Light,
    /// Light text on a dark background.
    Dark,
}

/// Time zone in which times are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Zone {
    /// The browser's time zone is used.
    #[default]
    Local,
    /// UTC is used, whatever the browser's time zone is.
    Utc,
}

/// The preferences that are stored in the page's address, such as
/// `?from=2026-11-27T14:02:00Z&to=2026-11-27T14:38:00Z#window=15&filter=host`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    /// Stretch of the past that is shown; `None` for live data.
    pub past: Option<Range<Millis>>,
    /// True if the address asks for a stretch, but its times are not valid.
    pub is_damaged: bool,
    /// Length of the range of time that charts show of live data; `None` if the address does not contain it.
    pub window: Option<Window>,
    /// Text in the search field.
    pub filter: String,
}

impl Theme {
    /// Returns the name of the theme, under which it is stored and set in the page.
    pub fn word(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Returns the theme with this name, or [`Theme::System`] for an unknown name.
    pub fn named(name: &str) -> Self {
        [Self::Light, Self::Dark].into_iter().find(|theme| theme.word() == name).unwrap_or_default()
    }

    /// Returns the theme that the button of the header selects next.
    pub fn next(self) -> Self {
        match self {
            Self::System => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::System,
        }
    }
}

impl Address {
    /// Parses the parts of the page's address after `?` and after `#`. Unknown parameters are ignored. `time` parses a
    /// time in ISO 8601.
    pub fn read(search: &str, hash: &str, time: impl Fn(&str) -> Option<Millis>) -> Self {
        let (mut address, mut from, mut to) = (Self::default(), None, None);
        for pair in parameters(search).chain(parameters(hash)) {
            match pair.split_once('=') {
                Some(("from", text)) => (from, address.is_damaged) = (time(&decode(text)), true),
                Some(("to", text)) => (to, address.is_damaged) = (time(&decode(text)), true),
                Some(("window", minutes)) => address.window = Window::of_minutes(minutes),
                Some(("filter", text)) => address.filter = decode(text),
                Some(_) | None => {}
            }
        }
        address.past = from.zip(to).map(|(from, to)| from..to).filter(|past| past.start <= past.end);
        address.is_damaged &= address.past.is_none();
        address
    }

    /// Formats the address from the `?` on. Other parameters than the times are taken from `search`, the part of the
    /// present address after `?`. `iso` formats a time in ISO 8601.
    pub fn write(&self, search: &str, iso: impl Fn(Millis) -> String) -> String {
        let others = parameters(search).filter(|pair| !pair.starts_with("from=") && !pair.starts_with("to="));
        let times = self.past.iter().flat_map(|past| [("from", past.start), ("to", past.end)]);
        let times = times.map(|(name, ts_ms)| [name, "=", &iso(ts_ms)].concat());
        let search: Vec<String> = others.map(str::to_owned).chain(times).collect();
        let window = self.window.map(|window| format!("window={}", window.minutes()));
        let filter = (!self.filter.is_empty()).then(|| format!("filter={}", encode(&self.filter)));
        let hash: Vec<String> = window.into_iter().chain(filter).collect();
        let query = if search.is_empty() { String::new() } else { "?".to_owned() + &search.join("&") };
        [query, "#".to_owned(), hash.join("&")].concat()
    }
}

fn parameters(text: &str) -> impl Iterator<Item = &str> {
    text.trim_start_matches(['?', '#']).split('&').filter(|pair| !pair.is_empty())
}

/// Parses a time in ISO 8601 by the browser, because code that does it would make the page larger. Browsers also read other
/// texts, each in its own way, so the form of the text is checked here.
pub(crate) fn parse_time(text: &str) -> Option<Millis> {
    let ms = if is_time(text) { js_sys::Date::parse(text) } else { f64::NAN };
    ms.is_finite().then_some(ms as Millis)
}

/// Returns the times of the stretch for which the page's address asks, as they were written: that after `from=` and that after
/// `to=`.
pub(crate) fn times_in_address() -> [Option<String>; 2] {
    let [search, hash] = address_parts();
    ["from", "to"].map(|wanted| {
        let pairs = parameters(&search).chain(parameters(&hash));
        pairs
            .filter_map(|pair| pair.split_once('='))
            .filter(|(name, _)| *name == wanted)
            .last()
            .map(|(_, text)| decode(text))
    })
}

/// Returns the parts of the page's address after `?` and after `#`.
fn address_parts() -> [String; 2] {
    let location = web_sys::window().map(|window| window.location());
    let part = |read: fn(&web_sys::Location) -> Result<String, wasm_bindgen::JsValue>| {
        location.as_ref().and_then(|location| read(location).ok()).unwrap_or_default()
    };
    [part(web_sys::Location::search), part(web_sys::Location::hash)]
}

/// Formats a time in ISO 8601, in UTC, with milliseconds only if there are any.
fn iso(ts_ms: Millis) -> String {
    let text = String::from(js_sys::Date::new(&(ts_ms as f64).into()).to_iso_string());
    text.replace(".000Z", "Z")
}

/// Returns the theme that the page's address asks for, or that was chosen in this browser.
pub fn theme() -> Theme {
    Theme::named(&of_root("data-theme").or_else(|| read(THEME_KEY)).unwrap_or_default())
}

/// Returns the topic of the panel that is shown alone; `None` if the whole board is shown.
pub fn panel() -> Option<String> {
    of_root("data-panel")
}

/// Returns an attribute of the root element, which `start.js` has taken from the page's address.
fn of_root(name: &str) -> Option<String> {
    web_sys::window()?.document()?.document_element()?.get_attribute(name)
}

/// Stores the theme in the browser's local storage, for later visits.
pub fn keep_theme(theme: Theme) {
    keep(THEME_KEY, theme.word());
}

/// Returns the time zone that was chosen in this browser.
pub fn zone() -> Zone {
    if read(ZONE_KEY).as_deref() == Some(UTC) { Zone::Utc } else { Zone::Local }
}

/// Stores the time zone in the browser's local storage, for later visits.
pub fn keep_zone(zone: Zone) {
    keep(
        ZONE_KEY,
        match zone {
            Zone::Local => "",
            Zone::Utc => UTC,
        },
    );
}

/// Reads the page's address. If it contains no window, the one that was last chosen in this browser is used. A wall and a
/// panel that is shown alone do not use it, so that they show the same after each start.
pub fn address() -> Address {
    let [search, hash] = address_parts();
    let address = Address::read(&search, &hash, parse_time);
    let kept = if keeps_no_window() { None } else { read(WINDOW_KEY) };
    Address { window: address.window.or_else(|| Window::of_minutes(&kept?)), ..address }
}

/// Returns the text that is sought when the page is opened with this address.
pub fn sought(address: &Address) -> String {
    // A search for the whole name finds the panel that is shown alone, and no other.
    panel().map_or_else(|| address.filter.clone(), |panel| ["=", &panel].concat())
}

fn keeps_no_window() -> bool {
    chooses_wall() || panel().is_some()
}

/// Writes the page's address, without a new entry in the browser's history. The window is stored for later visits, unless the
/// page is a wall or shows a panel alone.
pub fn keep_address(address: &Address) {
    if let Some(window) = address.window.filter(|_| !keeps_no_window()) {
        keep(WINDOW_KEY, &window.minutes().to_string());
    }
    let Some(window) = web_sys::window() else { return };
    let location = window.location();
    let (path, search) = (location.pathname().unwrap_or_default(), location.search().unwrap_or_default());
    let text = path + &address.write(&search, iso);
    if let Ok(history) = window.history() {
        // Browsers refuse this after very many changes in a short time. A later change succeeds again.
        let _refused = history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&text));
    }
}

/// Copies a link to a stretch of time, with the present search text, to the clipboard. The link contains no other
/// parameters of the page's address, and no token. Browsers permit this only to pages that use TLS or come from this
/// machine. On other pages, a dialog shows the link to be copied by hand, and this function returns false.
pub fn copy_link(stretch: &Range<Millis>) -> bool {
    let Some(window) = web_sys::window() else { return false };
    let (origin, path) = (window.location().origin(), window.location().pathname());
    let address = Address { past: Some(stretch.clone()), window: None, ..address() };
    let link = [origin.unwrap_or_default(), path.unwrap_or_default(), address.write("", iso)].concat();
    copy(link.trim_end_matches('#'), "Copy this link:")
}

/// Returns the address at which everybody sees a panel alone: with the board that is open, the stretch or the window that is shown,
/// and the theme that was chosen. It contains no token.
pub fn panel_address(panel: &str, past: Option<Range<Millis>>, window: Window) -> String {
    let theme = match theme() {
        Theme::System => String::new(),
        chosen => ["&theme=", chosen.word()].concat(),
    };
    page_address(past, window, &["panel=", &encode(panel), &theme].concat())
}

/// Returns the address of the whole board from which a panel is shown alone.
pub fn whole_address(past: Option<Range<Millis>>, window: Window) -> String {
    page_address(past, window, "")
}

/// Returns the address of this page with another stretch or window and with the parameters `own`. What else only belongs to a wall,
/// or to a panel that is shown alone, is left out.
fn page_address(past: Option<Range<Millis>>, window: Window, own: &str) -> String {
    let Some(location) = web_sys::window().map(|window| window.location()) else { return String::new() };
    let [origin, path, search] =
        [location.origin(), location.pathname(), location.search()].map(Result::unwrap_or_default);
    let search = Setting::erase(&search);
    let is_kept = |pair: &&str| !pair.starts_with("panel=") && !pair.starts_with("theme=");
    let own = Some(own).filter(|own| !own.is_empty());
    let search: Vec<&str> = own.into_iter().chain(parameters(&search).filter(is_kept)).collect();
    let window = Some(window).filter(|_| past.is_none());
    let address = Address { past, window, ..Address::default() };
    [origin, path, address.write(&search.join("&"), iso)].concat().trim_end_matches('#').to_owned()
}

/// Copies a text to the clipboard. On pages that may not, a dialog with the text and these words is shown instead, and this
/// function returns false.
pub fn copy(text: &str, words: &str) -> bool {
    let Some(window) = web_sys::window() else { return false };
    let is_secure = window.is_secure_context();
    if is_secure {
        let _copying = window.navigator().clipboard().write_text(text);
    } else {
        let _shown = window.prompt_with_message_and_default(words, text);
    }
    is_secure
}

/// Returns the value of a parameter in a part of an address after `?` or `#`, decoded; empty if it has no value, `None` if there is none.
pub(crate) fn parameter(text: &str, wanted: &str) -> Option<String> {
    let mut values = parameters(text).map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    values.find(|(name, _)| *name == wanted).map(|(_, value)| decode(value))
}

/// Returns the keys of the entries that were chosen recently in the palette, the last one first.
pub(crate) fn recent() -> Vec<String> {
    read(RECENT_KEY).unwrap_or_default().lines().map(str::to_owned).collect()
}

/// Stores the keys of the entries that were chosen recently in the palette.
pub(crate) fn keep_recent(keys: &[String]) {
    keep(RECENT_KEY, &keys.join("\n"));
}

/// Returns the moments that were marked in this browser alone, as JSON; empty if there are none.
pub(crate) fn marks() -> String {
    read(MARKS_KEY).unwrap_or_default()
}

/// Stores the moments that were marked in this browser alone, as JSON.
pub(crate) fn keep_marks(marks: &str) {
    keep(MARKS_KEY, marks);
}

/// Returns true if the reader wants notifications about trouble.
pub(crate) fn notifies() -> bool {
    read(NOTIFY_KEY).is_some_and(|text| text == "on")
}

/// Stores whether the reader wants notifications about trouble.
pub(crate) fn keep_notifies(notifies: bool) {
    keep(NOTIFY_KEY, if notifies { "on" } else { "" });
}

/// Returns the file that the page's address asks to play: `?demo=FILE`, or `demo.ttr` for `?demo`. Returns `None` if it asks
/// for none.
pub fn demo() -> Option<String> {
    let search = web_sys::window()?.location().search().ok()?;
    let parts = search.trim_start_matches('?').split('&');
    let mut values = parts.filter_map(|part| match part.split_once('=').unwrap_or((part, "")) {
        ("demo", file) => Some(file),
        _ => None,
    });
    values.next().map(|file| if file.is_empty() { DEMO.to_owned() } else { decode(file) })
}

/// Returns true if the page's address names a board, or the browser keeps the document of one without a name.
pub fn has_board() -> bool {
    let search = web_sys::window().and_then(|window| window.location().search().ok()).unwrap_or_default();
    // A panel that is shown alone looks the same for everybody, whatever this browser keeps.
    search.contains("board=") || panel().is_none() && kept_board("").is_some()
}

/// Returns the value of the parameter `board` of the page's address: the name of a board, or a document.
pub fn board() -> Option<String> {
    let search = web_sys::window()?.location().search().ok()?;
    let mut values = parameters(&search).filter_map(|pair| pair.strip_prefix("board="));
    values.next().map(decode)
}

/// Writes the name of a board into the page's address, or removes it if it is empty, without a new entry in the browser's history.
pub fn keep_board_address(name: &str) {
    let Some(window) = web_sys::window() else { return };
    let location = window.location();
    let part = |part: Result<String, wasm_bindgen::JsValue>| part.unwrap_or_default();
    let (path, search, hash) = (part(location.pathname()), part(location.search()), part(location.hash()));
    let others = parameters(&search).filter(|pair| !pair.starts_with("board=")).map(str::to_owned);
    let own = (!name.is_empty()).then(|| ["board=", &encode(name)].concat());
    let pairs: Vec<String> = others.chain(own).collect();
    let search = if pairs.is_empty() { String::new() } else { ["?", &pairs.join("&")].concat() };
    if let Ok(history) = window.history() {
        let address = path + &search + &hash;
        // Browsers refuse this after very many changes in a short time.
        let _refused = history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&address));
    }
}

/// Returns the changed document that this browser keeps of a board. `key` is the parameter `board` of the address.
pub fn kept_board(key: &str) -> Option<String> {
    read(&[BOARD_KEY, key].concat()).filter(|text| !text.is_empty())
}

/// Keeps the changed document of a board in this browser. An empty text removes it.
pub fn keep_board(key: &str, text: &str) {
    keep(&[BOARD_KEY, key].concat(), text);
}

/// Returns true if the page's address chooses wall mode.
pub fn chooses_wall() -> bool {
    let search = web_sys::window().and_then(|window| window.location().search().ok()).unwrap_or_default();
    search.split(['?', '&']).any(|part| part == "wall" || part.starts_with("wall="))
}

/// Reads the settings of wall mode from the page's address; `None` if the address does not choose wall mode.
pub fn wall() -> Option<Setting> {
    Setting::read(&web_sys::window()?.location().search().ok()?)
}

/// Writes the settings of wall mode into the page's address, or removes them, without a new entry in the browser's
/// history. So the page is the same after it has been loaded again.
pub fn keep_wall(setting: Option<&Setting>) {
    let Some(window) = web_sys::window() else { return };
    let location = window.location();
    let part = |part: Result<String, wasm_bindgen::JsValue>| part.unwrap_or_default();
    let (path, search, hash) = (part(location.pathname()), part(location.search()), part(location.hash()));
    let search =
        setting.map_or_else(|| Setting::erase(&search), |setting| setting.write(&Setting::erase(&search)));
    if let Ok(history) = window.history() {
        let address = path + &search + &hash;
        // Browsers refuse this after very many changes in a short time.
        let _refused = history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&address));
    }
}

/// Returns the series of a topic that the reader has switched off in this browser.
pub fn hidden(topic: &Topic) -> Hidden {
    read_hidden(&read(&hidden_key(topic)).unwrap_or_default())
}

/// Stores the series of a topic that the reader has switched off, for this browser.
pub fn keep_hidden(topic: &Topic, hidden: &Hidden) {
    keep(&hidden_key(topic), &write_hidden(hidden));
}

fn hidden_key(topic: &Topic) -> String {
    HIDDEN_KEY.to_owned() + topic.as_str()
}

/// Joins the names of hidden series to one text for storage: each is percent-encoded, with `=` before it. An encoded
/// name contains no `=`.
fn write_hidden(hidden: &Hidden) -> String {
    hidden.names().flat_map(|name| ["=".to_owned(), encode(name)]).collect()
}

fn read_hidden(text: &str) -> Hidden {
    text.split('=').skip(1).map(decode).collect()
}

fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}

fn read(key: &str) -> Option<String> {
    storage()?.get_item(key).ok().flatten()
}

fn keep(key: &str, value: &str) {
    if let Some(storage) = storage() {
        // The storage is full or forbidden. The choice then lasts until the page is closed.
        let _refused = storage.set_item(key, value);
    }
}

fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/*".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let escaped = after.get(..2).filter(|_| *first == b'%').and_then(hex);
        bytes.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex(digits: &[u8]) -> Option<u8> {
    u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Option<Millis> {
        text.parse().ok()
    }

    fn read(search: &str, hash: &str) -> Address {
        Address::read(search, hash, number)
    }

    #[test]
    fn an_address_reads_as_it_is_written() {
        let addresses = [
            Address::default(),
            Address { window: Some(Window::Quarter), filter: "host/*".into(), ..Address::default() },
            Address { filter: "50 % & mehr: ä#".into(), past: Some(1_000..2_000), ..Address::default() },
        ];
        for address in addresses {
            let text = address.write("", |ts_ms| ts_ms.to_string());
            let (search, hash) = text.split_once('#').unwrap();
            assert_eq!(read(search, hash), address);
        }
    }

    #[test]
    fn times_are_replaced_and_other_parameters_stay() {
        let past = Address { past: Some(5..9), ..Address::default() };
        assert_eq!(past.write("?wall=4m&from=1&to=2", |ts_ms| ts_ms.to_string()), "?wall=4m&from=5&to=9#");
        assert_eq!(Address::default().write("?from=1&to=2", |ts_ms| ts_ms.to_string()), "#");
    }

    #[test]
    fn unknown_parts_of_an_address_are_left_out() {
        let address = read("?demo", "#window=7&colour=red&filter=a%2&&x");
        assert_eq!(address, Address { filter: "a%2".into(), ..Address::default() });
    }

    #[test]
    fn an_address_whose_times_are_not_a_stretch_is_damaged() {
        for search in ["?from=x&to=7", "?from=3&to=", "?from=3", "?to=7", "?from=9&to=5", "?wall&from=&to="] {
            let address = read(search, "#window=15");
            assert!(address.is_damaged && address.past.is_none(), "{search}");
        }
        for search in ["", "?from=3&to=7", "?from=3&to=3", "?demo&wall=4m"] {
            assert!(!read(search, "").is_damaged, "{search}");
        }
    }

    #[test]
    fn hidden_series_read_as_they_are_written_whatever_they_are_called() {
        for names in [vec![], vec!["user"], vec!["a=b", "", "50 % ä", "in&out"]] {
            let hidden: Hidden = names.into_iter().map(str::to_owned).collect();
            assert_eq!(read_hidden(&write_hidden(&hidden)), hidden);
        }
    }

    #[test]
    fn the_theme_goes_round_and_an_unknown_one_is_the_systems() {
        assert_eq!(Theme::default().next().next().next(), Theme::System);
        assert_eq!(Theme::named("sepia"), Theme::System);
        assert_eq!(Theme::named(Theme::Dark.word()), Theme::Dark);
    }
}
