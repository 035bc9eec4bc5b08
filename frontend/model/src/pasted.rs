//! Links that a person pastes into an open board. Depends on `shared` alone.

use shared::Topic;

/// The meaning of a text that was pasted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pasted {
    /// The text is not a link.
    Other,
    /// A link to this board, with the parts of its address after `?` and after `#`.
    Board {
        /// The part after `?`, without it.
        search: String,
        /// The part after `#`, without it.
        hash: String,
    },
    /// A link to a topic of this server's HTTP API.
    Topic(Topic),
    /// A link that is not followed, with the reason as a sentence.
    Refused(String),
}

/// Reads a text that was pasted. `here` is the address of the page without the parts after `?` and `#`, such as
/// `https://board.example/`.
pub fn read(text: &str, here: &str) -> Pasted {
    let text = text.trim();
    let is_link = ["http://", "https://"].iter().any(|scheme| text.starts_with(scheme));
    if !is_link || text.contains(char::is_whitespace) {
        return Pasted::Other;
    }
    let (rest, hash) = text.split_once('#').unwrap_or((text, ""));
    let (address, search) = rest.split_once('?').unwrap_or((rest, ""));
    let (site, path) = divide(address);
    let (own_site, own_path) = divide(here);
    if !site.eq_ignore_ascii_case(own_site) {
        let name = site.split_once("://").map_or(site, |(_, name)| name);
        // A name and a password may stand before the name of the site.
        let name = name.rsplit('@').next().unwrap_or_default();
        return Pasted::Refused(format!(
            "This link leads to another site, {name}, and is not followed. Open it in a tab of its own."
        ));
    }
    if let Some(topic) = path.strip_prefix("/topics/").and_then(|name| Topic::new(name).ok()) {
        return Pasted::Topic(topic);
    }
    if page(path) != page(own_path) {
        return Pasted::Refused(format!(
            "This link leads to {path} on this server, which is not this board. Open it in a tab of its own."
        ));
    }
    Pasted::Board { search: search.to_owned(), hash: hash.to_owned() }
}

/// Divides an address into the site (`https://board.example`) and the path.
fn divide(address: &str) -> (&str, &str) {
    let start = address.find("://").map_or(0, |at| at + 3);
    let end = address[start..].find('/').map_or(address.len(), |at| start + at);
    let (site, path) = address.split_at(end);
    (site, if path.is_empty() { "/" } else { path })
}

fn page(path: &str) -> &str {
    path.strip_suffix("index.html").unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const HERE: &str = "https://board.example/";

    fn board(search: &str, hash: &str) -> Pasted {
        Pasted::Board { search: search.to_owned(), hash: hash.to_owned() }
    }

    #[test]
    fn a_link_to_this_board_is_divided_into_its_parts() {
        for (link, expected) in [
            ("https://board.example/?from=1&to=2#window=5", board("from=1&to=2", "window=5")),
            ("  https://BOARD.example?board=shop \n", board("board=shop", "")),
            ("https://board.example/index.html#filter=a?b", board("", "filter=a?b")),
            ("https://board.example/topics/host/cpu", Pasted::Topic(Topic::new("host/cpu").unwrap())),
        ] {
            assert_eq!(read(link, HERE), expected, "{link}");
        }
    }

    #[test]
    fn a_link_to_another_site_is_refused_with_its_name_and_without_its_password() {
        for (link, name) in [
            ("https://evil.example/?board=shop", "evil.example"),
            ("http://board.example/", "board.example"),
            ("https://board.example:8443/", "board.example:8443"),
            ("https://board.example.evil.example/", "board.example.evil.example"),
            ("https://board.example@evil.example/", "evil.example"),
        ] {
            let Pasted::Refused(words) = read(link, HERE) else { panic!("{link} is followed") };
            assert!(words.contains(&format!("another site, {name}, and")), "{words}");
            assert!(!words.contains('@'), "{words}");
        }
    }

    #[test]
    fn another_page_of_this_server_is_refused() {
        let Pasted::Refused(words) = read("https://board.example/admin", HERE) else { panic!() };
        assert!(words.starts_with("This link leads to /admin on this server"), "{words}");
    }

    #[test]
    fn a_text_that_is_no_link_is_none() {
        for text in ["", "host/cpu", "javascript:alert(1)", "see https://board.example/", "https://a b"] {
            assert_eq!(read(text, HERE), Pasted::Other, "{text}");
        }
    }
}
