//! The token with which the page identifies its reader to the server.
//!
//! It is taken from the part of the address after `#`, from the sign-in dialog of this tab, or from `config.json`, in
//! this order. A token in the address is removed from the address when the code starts, before it does anything else. The token is stored
//! in the tab's session storage, so that it is kept when the page is loaded again, is deleted with the tab, and is
//! not visible to other tabs or sites. It is never put into an address, a title, a command to copy or a log. A
//! browser may store the addresses that it has opened, so a link with a token should contain one that expires soon.

use wasm_bindgen::JsValue;
use web_sys::Storage;

/// Key in the session storage, which `start.js` uses too.
pub(crate) const KEY: &str = "tickertape.token";
/// Text before the token in the part of the page's address after `#`.
const PARAMETER: &str = "token=";

/// Returns the token that is stored for this tab; `None` if there is none.
pub fn kept() -> Option<String> {
    storage()?.get_item(KEY).ok().flatten()
}

/// Stores a token in the tab's session storage, until the tab is closed.
pub fn keep(token: &str) {
    if let Some(storage) = storage() {
        // The storage is full or forbidden. The token then lasts until the page is loaded again.
        let _refused = storage.set_item(KEY, token);
    }
}

/// Removes the token from the page's address, stores it and returns it. Returns `None` if the address contains no
/// token.
pub fn take_from_address() -> Option<String> {
    let window = web_sys::window()?;
    let (token, rest) = split(&window.location().hash().ok()?)?;
    // With an empty string, the address would not be changed.
    let address = format!("#{rest}");
    let _refused = window.history().ok()?.replace_state_with_url(&JsValue::NULL, "", Some(&address));
    keep(&token);
    Some(token)
}

fn storage() -> Option<Storage> {
    web_sys::window()?.session_storage().ok().flatten()
}

/// Splits the part of the page's address after `#` into the token and the rest. Returns `None` if it contains no
/// token.
fn split(hash: &str) -> Option<(String, String)> {
    let (mut token, mut rest) = (None, String::new());
    for part in hash.trim_start_matches('#').split('&') {
        match part.strip_prefix(PARAMETER) {
            None if rest.is_empty() => rest += part,
            None => rest = rest + "&" + part,
            found => token = found,
        }
    }
    Some((token?.to_owned(), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_leaves_the_address_and_the_view_stays() {
        let split = |hash| split(hash).map(|(token, rest)| format!("{token} | {rest}"));
        assert_eq!(split("#token=a.b-c_d").as_deref(), Some("a.b-c_d | "));
        assert_eq!(
            split("#window=15&token=a.b.c&filter=host").as_deref(),
            Some("a.b.c | window=15&filter=host")
        );
        assert_eq!(split("#token=a&token=b").as_deref(), Some("b | "), "none stays behind");
    }

    #[test]
    fn an_address_without_a_token_is_left_alone() {
        for hash in ["", "#", "#window=15&filter=token", "#filter=token=x"] {
            assert_eq!(split(hash), None, "{hash}");
        }
    }
}
