//! The bodies of the kinds of panels that somebody has to choose: their code is loaded when one of them is shown.

mod chart;
mod gauge;
mod heatmap;
mod list;
mod signals;
pub(super) mod timeline;

use leptos::prelude::*;

use super::shown::Shown;
use crate::{first_picture, late, late_style, list_style};
use board_model::chart::draw::Shape;
use board_model::chart::shapes;
use board_model::kind::Kind;

late::part!(load_drawn, (Kind, bool, Shown), drawn, quiet);

/// Shows the body of a panel. Its code is loaded first. `is_log` is true if the value axis is logarithmic.
pub(super) fn body(kind: Kind, is_log: bool, shown: Shown) -> AnyView {
    load_drawn((kind, is_log, shown))
}

fn drawn((kind, is_log, shown): (Kind, bool, Shown)) -> AnyView {
    // Lists and timelines are tables. The sheet of the kinds has to follow that of tables.
    list_style::adopt();
    first_picture::note();
    late_style::adopt(include_str!("../../../style/late/kinds.css"));
    match kind {
        Kind::Gauge => gauge::body(shown).into_any(),
        Kind::List => list::body(shown).into_any(),
        Kind::Heatmap => heatmap::body(shown).into_any(),
        Kind::Timeline => timeline::body(shown).into_any(),
        _ => chart::body(shown, kind, is_log, shape(kind, is_log)),
    }
}

/// Returns the way in which a chart of this kind draws its series. `is_log` is true if the value axis is logarithmic.
pub(super) fn shape(kind: Kind, is_log: bool) -> Shape {
    match kind {
        Kind::Area => shapes::area(is_log),
        Kind::Stacked => shapes::stacked(),
        Kind::Bars => shapes::bars(is_log),
        Kind::Step => shapes::step(is_log),
        Kind::Heatmap => shapes::heatmap(),
        _ => shapes::line(is_log),
    }
}
