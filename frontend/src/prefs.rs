//! The reader's preferences. The time window and the search text are stored in the page's address, so that a link
//! contains them. The others are stored in the browser's local storage.

use shared::Topic;
use web_sys::Storage;

use board_model::chart::Hidden;
use board_model::window::Window;

/// Beginning of the storage key for the hidden series of a topic. The name of the topic follows it.
const HIDDEN_KEY: &str = "tickertape.hidden.";
const THEME_KEY: &str = "tickertape.theme";
const WINDOW_KEY: &str = "tickertape.window";
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

/// The part of the preferences that is stored in the page's address after `#`, such as `window=15&filter=host`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct View {
    /// Length of the range of time that charts show; `None` if the address does not contain it.
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

impl View {
    /// Parses the part of the page's address after `#`. Unknown parameters are ignored.
    pub fn read(hash: &str) -> Self {
        let mut view = Self::default();
        for pair in hash.trim_start_matches('#').split('&') {
            match pair.split_once('=') {
                Some(("window", minutes)) => view.window = Window::of_minutes(minutes),
                Some(("filter", text)) => view.filter = decode(text),
                Some(_) | None => {}
            }
        }
        view
    }

    /// Formats the view as the part of the page's address after `#`. The text is empty if the reader has chosen
    /// nothing.
    pub fn write(&self) -> String {
        let window = self.window.map(|window| format!("window={}", window.minutes()));
        let filter = (!self.filter.is_empty()).then(|| format!("filter={}", encode(&self.filter)));
        window.into_iter().chain(filter).collect::<Vec<_>>().join("&")
    }
}

/// Returns the theme that was chosen in this browser.
pub fn theme() -> Theme {
    Theme::named(&read(THEME_KEY).unwrap_or_default())
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

/// Reads the view from the page's address. If the address contains no window, the one that was last chosen in this
/// browser is used.
pub fn view() -> View {
    let hash = web_sys::window().and_then(|window| window.location().hash().ok());
    let view = View::read(&hash.unwrap_or_default());
    let window = view.window.or_else(|| Window::of_minutes(&read(WINDOW_KEY)?));
    View { window, ..view }
}

/// Writes the view into the page's address, without a new entry in the browser's history.
pub fn keep_view(view: &View) {
    if let Some(window) = view.window {
        keep(WINDOW_KEY, &window.minutes().to_string());
    }
    let history = web_sys::window().and_then(|window| window.history().ok());
    let address = format!("#{}", view.write());
    if let Some(history) = history {
        // Browsers refuse this after very many changes in a short time. A later change succeeds again.
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

    #[test]
    fn a_view_reads_as_it_is_written() {
        let views = [
            View::default(),
            View { window: Some(Window::Quarter), filter: "host/*".into() },
            View { window: None, filter: "50 % & mehr: ä#".into() },
        ];
        for view in views {
            assert_eq!(View::read(&format!("#{}", view.write())), view);
        }
    }

    #[test]
    fn unknown_parts_of_an_address_are_left_out() {
        let view = View::read("#window=7&colour=red&filter=a%2&&x");
        assert_eq!(view, View { window: None, filter: "a%2".into() });
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
