//! Collects what the wall has to know about the panels of the board.

use leptos::prelude::*;
use shared::Topic;

use crate::board::Board;
use crate::cell::Cell;
use crate::chart::text_em;
use crate::figure::{figure_em, shape};
use board_model::arrival::Conditions;
use board_model::chart::Means;
use board_model::chip::{Chip, PanelState};
use board_model::figure::Figure;
use board_model::kind::Kind;
use board_model::layout::{Group, short_name};
use board_model::placement::{Rest, WallPanel};
use board_model::standing::is_in_trouble;

/// Width of the mark of a state and of the space after it, as a multiple of the font size. The style sheet has it too.
const MARK_EM: f64 = 0.65;

/// Returns the panels in the order of the board.
pub(super) fn panels(board: Board, groups: &[Group]) -> Vec<WallPanel> {
    let topics = groups.iter().flat_map(|group| &group.topics);
    let panel = |topic: &Topic| {
        let cell = untrack(|| board.shown_cell(topic))?;
        let chip = untrack(|| board.panel_chip(topic, &cell));
        let title = untrack(|| board.boards.title(topic));
        let group = topic.as_str().strip_suffix(short_name(topic)).filter(|_| title.is_none());
        Some(WallPanel {
            size: cell.size()?,
            name_em: text_em(title.as_deref().unwrap_or(short_name(topic))),
            group_em: text_em(group.unwrap_or_default()),
            chip_em: chip_em(&chip),
            figure_em: width_em(board, &cell),
            // A stretch of the past has no trouble of the present.
            is_in_trouble: match untrack(|| board.time.past()) {
                Some(_) => chip.state == PanelState::Gap || chip.crossed == Some(Means::Bad),
                None => match board.boards.topics(topic) {
                    Some(topics) => {
                        // The panel judges thresholds for the series that it shows.
                        let of_topic =
                            |topic| board.cell(topic).is_some_and(|cell| is_troubled(board, &cell, true));
                        chip.crossed == Some(Means::Bad) || topics.iter().any(of_topic)
                    }
                    None => is_troubled(board, &cell, false),
                },
            },
            topic: topic.clone(),
        })
    };
    topics.filter_map(panel).collect()
}

/// Returns the width of the words of a panel's state with their mark, as a multiple of the font size.
fn chip_em(chip: &Chip) -> f64 {
    match chip.state {
        // "Live" is said in the header.
        PanelState::Live => MARK_EM,
        _ => MARK_EM + text_em(&shape(&chip.text)),
    }
}

fn is_troubled(board: Board, cell: &Cell, is_unjudged: bool) -> bool {
    let (cut_off_since, frame_every_ms) =
        board.link.with_untracked(|link| (link.cut_off_since, link.frame_every_ms));
    let conditions = Conditions {
        now: board.now.get_untracked(),
        cut_off_since,
        paused_at: board.paused_at.get_untracked(),
        behind_ms: board.delay.get_untracked().behind_ms,
        is_recording: false,
        frame_every_ms,
        is_unjudged,
    };
    let window_ms = untrack(|| board.time.length_ms());
    cell.stream.with_untracked(|stream| {
        cell.series.with_untracked(|series| is_in_trouble(stream, series, window_ms, conditions))
    })
}

/// Returns the width of a panel's figure as a multiple of its font size; 0 if it has no figure.
fn width_em(board: Board, cell: &Cell) -> f64 {
    cell.stream.with_untracked(|stream| match stream.kind() {
        Some(Kind::Number) => cell.series.with_untracked(|series| {
            let figure = Figure::of(stream, series, board.clock.get_untracked());
            figure_em(Rest::Sparkline, &figure.text, &figure.unit, true)
        }),
        Some(Kind::State) => figure_em(Rest::States, stream.states().current().unwrap_or("–"), "", true),
        Some(_) | None => 0.0,
    })
}
