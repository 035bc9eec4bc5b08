//! The list of topics for which the board has no panel. Its code is loaded when there are such topics.

use leptos::prelude::*;
use shared::Topic;

use crate::board::Board;
use crate::follow::{click, context, follow, parts, when};
use crate::late::part;
use crate::signal::Memo;
use board_model::query::Query;

/// Maximum number of names in the list of topics for which the board has no panel.
const MOST_NAMES: usize = 500;

/// The topics that have no panel.
type Topics = Memo<Vec<Topic>>;

part!(load_left_out, Topics, list);

/// Shows the number and the names of the topics for which the board has no panel, because it already has the maximum
/// number of panels. A press on a name searches for the topic.
#[component]
pub fn LeftOut() -> impl IntoView {
    let board: Board = context();
    let topics = Memo::new(move |_| board.left_out_by(&Query::new(&board.filter.get())));
    let is_shown = Memo::new(move |_| topics.with(|topics| !topics.is_empty()));
    when(is_shown, move || load_left_out(topics))
}

fn list(topics: Topics) -> AnyView {
    let board: Board = context();
    let words = move || match topics.with(Vec::len) {
        1 => "1 more topic has no panel".to_owned(),
        count => format!("{count} more topics have no panel"),
    };
    let name = move |topic: Topic| {
        let name = topic.to_string();
        view! { <li><button type="button" on:click=click(move || board.look_for(topic.to_string()))>{name}</button></li> }
    };
    let names = move || {
        let listed = topics.with(|topics| topics.iter().take(MOST_NAMES).cloned().collect::<Vec<_>>());
        parts(listed.into_iter().map(name))
    };
    let unlisted = move || {
        let unlisted = topics.with(Vec::len).saturating_sub(MOST_NAMES);
        (unlisted > 0).then(|| format!("and {unlisted} more; search to find them"))
    };
    view! {
        <details class="left-out" data-testid="left-out">
            <summary>{follow(words)}</summary>
            <p>"A board shows at most 2,000 topics. Press a name, or search for it, to show its panel."</p>
            <ul>{follow(names)}</ul>
            <p>{follow(unlisted)}</p>
        </details>
    }
    .into_any()
}
