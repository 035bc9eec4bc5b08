//! The title and the icon of the browser tab. They show a problem even while the reader looks at another tab.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlLinkElement;

use crate::board::Board;

const TITLE: &str = "Tickertape";

/// Updates the title and the icon of the tab whenever the state of the connection changes.
pub fn follow(board: Board) {
    let trouble = Memo::new(move |_| board.link.with(|link| link.banner.is_some().then(|| link.word())));
    Effect::new(move |_| {
        let trouble = trouble.get();
        document().set_title(&title(trouble.as_deref()));
        choose_icon(trouble.is_some());
    });
}

fn title(trouble: Option<&str>) -> String {
    trouble.map_or_else(|| TITLE.to_owned(), |word| format!("⚠ {word} · {TITLE}"))
}

/// Shows the icon for a problem if `trouble` is true, and otherwise the usual icon. A browser shows the link element
/// with the relation `icon`.
fn choose_icon(trouble: bool) {
    for link in icons() {
        let is_trouble = link.href().contains("trouble");
        link.set_rel(if is_trouble == trouble { "icon" } else { "x-icon" });
    }
}

fn icons() -> Vec<HtmlLinkElement> {
    let Ok(found) = document().query_selector_all("link[rel$=icon]") else { return Vec::new() };
    (0..found.length()).filter_map(|index| found.get(index)?.dyn_into().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_title_names_a_problem_and_nothing_else() {
        assert_eq!(title(None), "Tickertape");
        assert_eq!(title(Some("Reconnecting")), "⚠ Reconnecting · Tickertape");
    }
}
