//! The token: where it comes from, and where it stays.
//!
//! It comes from what follows `#` in the address, from what was typed in this tab, or from `config.json`; the first
//! of these that is there counts. From the address it is taken at once, before anything else is done with it. It
//! stays in the tab's session storage: there it outlives a reload and ends with the tab, and neither another tab nor
//! another site sees it. It is in no address, no title, nothing shared and nothing logged. A browser may remember an
//! address it was sent to with its token, so links with one are for tokens that soon run out.

use wasm_bindgen::JsValue;
use web_sys::Storage;

const KEY: &str = "tickertape.token";
/// What stands before the token in the part of the address after `#`.
const PARAMETER: &str = "token=";

/// The token this tab was given.
pub fn kept() -> Option<String> {
    storage()?.get_item(KEY).ok().flatten()
}

/// Remembers a token until the tab is closed.
pub fn keep(token: &str) {
    if let Some(storage) = storage() {
        // Full or forbidden: the token then holds until the page is loaded again.
        let _refused = storage.set_item(KEY, token);
    }
}

/// Takes the token out of the address and keeps it, if there is one.
pub fn take_from_address() -> Option<String> {
    let window = web_sys::window()?;
    let (token, rest) = split(&window.location().hash().ok()?)?;
    // An empty string would leave the address as it is.
    let address = format!("#{rest}");
    let _refused = window.history().ok()?.replace_state_with_url(&JsValue::NULL, "", Some(&address));
    keep(&token);
    Some(token)
}

fn storage() -> Option<Storage> {
    web_sys::window()?.session_storage().ok().flatten()
}

/// The token in what stands after `#`, and what else stands there.
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
    fn what_is_no_token_is_left_alone() {
        for hash in ["", "#", "#window=15&filter=token", "#filter=token=x"] {
            assert_eq!(split(hash), None, "{hash}");
        }
    }
}
