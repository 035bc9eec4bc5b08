//! Prints how many screens boards need, and how much of the width their panels use, for common sizes of screens. For
//! walls, prints the angles under which text and figures are seen, and the number of pages.
//!
//! ```sh
//! cargo run -p board-model --example screens
//! ```

use board_model::kind::Kind;
use board_model::placement::{Panel, Placement, Size, View, WallPanel, WallView, pages, place};
use board_model::wall::{Letters, Screen};
use shared::Topic;

/// Sizes of screens in CSS pixels.
const SCREENS: [(u32, u32); 5] = [(360, 740), (1280, 720), (1920, 1080), (2560, 1440), (3840, 2160)];
/// Numbers of panels.
const BOARDS: [usize; 4] = [1, 7, 50, 200];
/// Distances from which a wall is read, in metres.
const DISTANCES_M: [f64; 3] = [2.0, 4.0, 6.0];
/// Diagonal of the wall's screen in inches, and the size of an inch in millimetres.
const DIAGONAL_IN: f64 = 55.0;
const INCH_MM: f64 = 25.4;
/// Capital height of the font DejaVu Sans as a multiple of its font size.
const CAP_EM: f64 = 0.729;
/// Tangent of one minute of arc.
const TAN_OF_ARC_MINUTE: f64 = 0.000_290_888_2;
/// Kinds of the panels of a board, in turn.
const MIX: [Kind; 9] = [
    Kind::Line,
    Kind::Number,
    Kind::Log,
    Kind::Line,
    Kind::State,
    Kind::Table,
    Kind::Number,
    Kind::Line,
    Kind::Line,
];

fn main() {
    println!("screens needed, and least share of the width that panels use on a shelf");
    print!("{:>8}", "panels");
    SCREENS.iter().for_each(|(width, height)| print!("{:>14}", format!("{width}x{height}")));
    println!();
    for count in BOARDS {
        print!("{count:>8}");
        for screen in SCREENS {
            let view = view(screen);
            let placement = placed(count, &view);
            let screens = (f64::from(placement.height) + view.gap) / (view.height + view.gap);
            print!("{:>14}", format!("{screens:.1} {:3.0} %", 100.0 * least_used(&placement, &view)));
        }
        println!();
    }
    println!("\na wall of {DIAGONAL_IN} inches and 3840x2160 with 50 panels");
    println!("{:>8}{:>14}{:>16}{:>8}", "from", "text arcmin", "figures arcmin", "pages");
    for distance_m in DISTANCES_M {
        let letters = Letters::new(
            Screen { width: 3840.0, height: 2160.0 },
            CAP_EM,
            distance_m * 1e3,
            DIAGONAL_IN * INCH_MM,
        );
        let arc_minutes =
            |font_px: f64| font_px * CAP_EM * pixel_mm() / (distance_m * 1e3 * TAN_OF_ARC_MINUTE);
        let (text, figures) = (arc_minutes(letters.text_px), arc_minutes(letters.figure_px));
        println!("{distance_m:>6} m{text:>14.1}{figures:>16.1}{:>8}", wall_pages(&letters, 50));
    }
}

/// Returns the width of a CSS pixel of the wall in millimetres.
fn pixel_mm() -> f64 {
    DIAGONAL_IN * INCH_MM / f64::hypot(3840.0, 2160.0)
}

/// Returns the part of a screen that panels may use, beside the header and the margins of the page.
fn view((width, height): (u32, u32)) -> View {
    let edge = if width < 760 { 24.0 } else { 48.0 };
    let (width, height) = (f64::from(width) - edge, f64::from(height) - 76.0);
    View { width, height, gap: 12.0, band: 24.0, scale: 1.0, fills: false }
}

/// Returns the topics of a board, with the kinds of their panels, in groups of five.
fn board(count: usize) -> Vec<(Topic, String, Kind)> {
    let panel = |number: usize| {
        let group = format!("group{}", number / 5);
        let topic = Topic::new(&format!("{group}/{number}")).expect("the name is valid");
        (topic, group, MIX[number % MIX.len()])
    };
    (0..count).map(panel).collect()
}

fn placed(count: usize, view: &View) -> Placement {
    let board = board(count);
    let panel =
        |(topic, group, kind): &'_ (Topic, String, Kind)| (topic.clone(), group.clone(), Size::of(*kind));
    let owned: Vec<_> = board.iter().map(panel).collect();
    let panels: Vec<_> =
        owned.iter().map(|(topic, group, size)| Panel { topic, group, size: *size }).collect();
    place(&panels, view, None)
}

/// Returns the least share of the width that the panels and gaps of a shelf use.
fn least_used(placement: &Placement, view: &View) -> f64 {
    let places = || placement.places().iter().map(|(_, place)| place);
    let used = |top: i32| {
        let widths: Vec<i32> = places()
            .filter(|place| (place.top..place.top + place.height).contains(&top))
            .map(|place| place.width)
            .collect();
        let gaps = view.gap * widths.len().saturating_sub(1) as f64;
        (f64::from(widths.iter().sum::<i32>()) + gaps) / view.width
    };
    places().map(|place| used(place.top)).fold(f64::INFINITY, f64::min)
}

fn wall_pages(letters: &Letters, count: usize) -> usize {
    let em = letters.text_px;
    let view = WallView {
        width: 3840.0 - em,
        height: 2160.0 - 2.8 * em,
        gap: 0.35 * em,
        text_px: em,
        figure_px: letters.figure_px,
    };
    let panel = |(topic, _, kind): (Topic, String, Kind)| {
        let is_figure = matches!(kind, Kind::Number | Kind::State);
        let figure_em = if is_figure { 3.2 } else { 0.0 };
        WallPanel {
            topic,
            size: Size::of(kind),
            name_em: 4.0,
            group_em: 3.0,
            chip_em: 0.5,
            figure_em,
            is_in_trouble: false,
        }
    };
    pages(&board(count).into_iter().map(panel).collect::<Vec<_>>(), &view).len()
}
