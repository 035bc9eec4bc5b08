//! The marks of events in a chart: a dashed vertical line with a flag, and the number of events if several are close together.

use std::ops::Range;

use super::{Event, Events};
use crate::chart::draw::{Align, Ink, Look, Mark, Scene};
use crate::chart::geometry::{Plot, Point};

/// Width and height of a flag, as a multiple of the font size.
const FLAG_EM: f64 = 0.8;
/// Distance up to which events share a flag, as a multiple of the font size.
const TOGETHER_EM: f64 = 1.6;
/// Length of a dash and of the gap after it in CSS pixels.
const DASH_PX: f64 = 3.0;
/// Font size in CSS pixels from which a chart is on a wall, where nobody points at a flag, so that its words are beside it.
const WALL_FONT_PX: f64 = 18.0;

/// Events that share a flag.
struct Flag<'a> {
    /// Position of the first event.
    x: f64,
    first: Event<'a>,
    count: usize,
}

/// Adds to `marks` those of the events in the window of the chart.
pub fn marks(events: &Events, scene: &Scene<'_>, marks: &mut Vec<Mark>) {
    let plot = scene.plot();
    let flags = flags(events, scene, &plot);
    let ends = flags.iter().skip(1).map(|flag| flag.x).chain([plot.area.right()]).collect::<Vec<_>>();
    for (flag, end) in flags.iter().zip(ends) {
        pole(flag.x, &plot, marks);
        if scene.look == Look::Line {
            cloth(flag, end, scene, &plot, marks);
        }
    }
}

/// Returns the events near the crosshair, the oldest first, or all in the window of the chart if `all` is true.
pub fn near<'a>(events: &'a Events, scene: &Scene<'_>, all: bool) -> Vec<Event<'a>> {
    if all {
        return events.within(&scene.window).collect();
    }
    let Some(at) = scene.crosshair.filter(|at| scene.window.contains(at)) else { return Vec::new() };
    let plot = scene.plot();
    // All events of a flag can be read from any place at it.
    let together_ms = plot.pixel_ms(1.0) * (scene.surface.font_px * TOGETHER_EM) as i64;
    let reach_ms = scene.reach_ms(&plot, 0).max(together_ms);
    let reach: Range<i64> = at.saturating_sub(reach_ms)..at.saturating_add(reach_ms).saturating_add(1);
    events.within(&reach).filter(|event| scene.window.contains(&event.ts_ms)).collect()
}

fn flags<'a>(events: &'a Events, scene: &Scene<'_>, plot: &Plot) -> Vec<Flag<'a>> {
    let together = scene.surface.font_px * TOGETHER_EM;
    let mut flags: Vec<Flag<'a>> = Vec::new();
    for event in events.within(&scene.window) {
        let x = plot.x(event.ts_ms);
        match flags.last_mut() {
            Some(flag) if x - flag.x < together => flag.count += 1,
            Some(_) | None => flags.push(Flag { x, first: event, count: 1 }),
        }
    }
    flags
}

/// Adds a dashed vertical line. The crosshair is a continuous one.
fn pole(x: f64, plot: &Plot, marks: &mut Vec<Mark>) {
    let mut y = plot.area.top;
    while y < plot.area.bottom() {
        let to = Point { x, y: (y + DASH_PX).min(plot.area.bottom()) };
        marks.push(Mark::Rule { ink: Ink::Crosshair, from: Point { x, y }, to });
        y += 2.0 * DASH_PX;
    }
}

/// Adds the flag, and beside it the number of its events. On a wall, the words of a single event are there if there is room up to
/// `end`.
fn cloth(flag: &Flag<'_>, end: f64, scene: &Scene<'_>, plot: &Plot, marks: &mut Vec<Mark>) {
    let (size, top) = (scene.surface.font_px * FLAG_EM, plot.area.top);
    // A flag at the right edge points to the left, so that it is not cut off.
    let is_left = flag.x + size > plot.area.right();
    let tip = if is_left { flag.x - size } else { flag.x + size };
    let points = [(flag.x, top), (tip, top + size / 2.0), (flag.x, top + size), (flag.x, top)];
    let points = points.map(|(x, y)| Point { x, y }).to_vec();
    marks.push(Mark::Line { ink: Ink::Crosshair, points });
    let is_wall = scene.surface.font_px >= WALL_FONT_PX;
    let text = match flag.count {
        1 if is_wall => flag.first.text.to_owned(),
        1 => return,
        count => count.to_string(),
    };
    let width = text.chars().count() as f64 * scene.surface.digit_px;
    let space = size * 0.4;
    let (x, align) = if is_left { (tip - space, Align::End) } else { (tip + space, Align::Start) };
    let has_room = is_left || x + width < end.max(flag.x + size * 3.0);
    if has_room {
        marks.push(Mark::Text { at: Point { x, y: top + size / 2.0 }, align, text });
    }
}

#[cfg(test)]
mod tests;
