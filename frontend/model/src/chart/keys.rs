//! The legend of a chart that stands still, for a file or for paper. Depends on [`super::draw`] and [`super::readout`].

use super::draw::{Ink, Mark, Scene};
use super::readout::Readout;

/// An entry of the legend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Colour, marker and dashes of the series; `None` for an entry without them.
    pub ink: Option<Ink>,
    /// Name and value of the series.
    pub words: String,
}

/// Returns the entries of at most `most` series that are drawn, and the numbers of those that are left out. `marks` are those of the scene.
pub fn keys(scene: &Scene<'_>, marks: &[Mark], most: usize) -> Vec<Key> {
    let (readings, inks) = (Readout::of(scene).readings, inks(marks));
    let (drawn, others): (Vec<_>, Vec<_>) =
        readings.iter().enumerate().partition(|(column, _)| scene.axes.of(*column).is_some());
    let shown = drawn.iter().take(most).map(|(column, reading)| Key {
        ink: ink_of(scene, &inks, *column),
        words: [reading.name.as_str(), reading.text.as_str()].join(" "),
    });
    let more = drawn.len().saturating_sub(most);
    let more = (more > 0).then(|| format!("and {more} more series"));
    let not_drawn = (!others.is_empty()).then(|| format!("{} series not drawn", others.len()));
    let counts = more.into_iter().chain(not_drawn).map(|words| Key { ink: None, words });
    shown.chain(counts).collect()
}

/// Returns the colour in which a series is drawn; `None` if the place of its data in the chart identifies it, and not its colour.
fn ink_of(scene: &Scene<'_>, inks: &[Ink], column: usize) -> Option<Ink> {
    if scene.shape.is_some_and(|shape| !shape.has_keys) {
        return None;
    }
    let own = scene.ink(column);
    // A series without data in the window has no marks.
    let drawn = [own, Ink::Series(column), Ink::Other].into_iter().find(|ink| inks.contains(ink));
    drawn.or(Some(own))
}

/// Returns the colours of the marks that show data.
fn inks(marks: &[Mark]) -> Vec<Ink> {
    let mut inks = Vec::new();
    for mark in marks {
        if let Mark::Line { ink, .. }
        | Mark::Area { ink, .. }
        | Mark::Dot { ink, .. }
        | Mark::End { ink, .. }
        | Mark::Band { ink, .. }
        | Mark::Block { ink, .. } = mark
            && !inks.contains(ink)
        {
            inks.push(*ink);
        }
    }
    inks
}

#[cfg(test)]
mod tests {
    use super::super::apart::Apart;
    use super::super::axes::{Axes, Wanted};
    use super::super::draw::Shape;
    use super::super::format::Unit;
    use super::super::geometry::Surface;
    use super::super::hidden::Hidden;
    use super::super::scale::Bounds;
    use super::super::series::SeriesSet;
    use super::super::shapes;
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const SURFACE: Surface =
        Surface { width: 400.0, height: 160.0, density: 1.0, font_px: 10.0, digit_px: 6.0 };

    fn set(names: &[&str]) -> SeriesSet {
        let mut set = SeriesSet::new(64);
        for ts_ms in [0, 1_000, 2_000, 3_000, 4_000] {
            set.append(ts_ms, names.iter().map(|name| (*name, 2.0)));
        }
        set
    }

    /// Returns names of series from `a` on.
    fn names(count: usize) -> Vec<&'static str> {
        let all = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n"];
        all[..count].to_vec()
    }

    fn keys_of(set: &SeriesSet, hidden: &[&str], shape: Option<Shape>, most: usize) -> Vec<Key> {
        let (unit, window) = (Unit::default(), 0..5_000);
        let hidden: Hidden = hidden.iter().map(|name| (*name).to_owned()).collect();
        let (hidden, bounds) = (&hidden, Bounds::default());
        let wanted = Wanted { set, hidden, window: window.clone(), unit: &unit, bounds, surface: SURFACE };
        let axes = match shape {
            Some(shape) => (shape.fit)(&wanted, None),
            None => Axes::fit(&wanted, None),
        };
        let scene = Scene { shape, ..Scene::new(set, window, (&axes, &unit), SURFACE) };
        keys(&scene, &scene.marks(), most)
    }

    fn inks_of(keys: &[Key]) -> Vec<Option<Ink>> {
        keys.iter().map(|key| key.ink).collect()
    }

    #[test]
    fn a_series_at_an_earlier_time_has_the_colour_of_the_present_one_and_its_own_dashes() {
        let mut set = set(&["a", "b", "a, an hour ago"]);
        set.set_apart(2, Apart { like: Some(0), ..Apart::default() });
        let keys = keys_of(&set, &[], None, 40);
        assert_eq!(inks_of(&keys), [Ink::Series(0), Ink::Series(1), Ink::Earlier(0)].map(Some));
        assert!(keys[2].words.starts_with("a, an hour ago "), "{}", keys[2].words);
    }

    #[test]
    fn the_keys_have_the_colours_in_which_each_shape_draws_many_series() {
        let own: Vec<Option<Ink>> = (0..14).map(|column| Some(Ink::Series(column))).collect();
        let mut few = own.clone();
        few[8..].fill(Some(Ink::Other));
        let cases = [
            ("lines", None, few.clone()),
            ("lines of a kind", Some(shapes::line(false)), few.clone()),
            ("areas", Some(shapes::area(false)), few),
            ("steps", Some(shapes::step(false)), own.clone()),
            ("bars", Some(shapes::bars(false)), own.clone()),
            ("stacked areas", Some(shapes::stacked()), own),
            ("cells", Some(shapes::heatmap()), vec![None; 14]),
        ];
        for (words, shape, expected) in cases {
            assert_eq!(inks_of(&keys_of(&set(&names(14)), &[], shape, 40)), expected, "{words}");
        }
    }

    #[test]
    fn a_hidden_series_has_no_key_and_is_counted() {
        for hidden in names(4) {
            let keys = keys_of(&set(&names(4)), &[hidden], None, 40);
            let columns = (0..4).filter(|column| names(4)[*column] != hidden);
            let expected = columns.map(|column| Some(Ink::Series(column))).chain([None]);
            assert_eq!(inks_of(&keys), expected.collect::<Vec<_>>(), "{hidden}");
            assert!(keys[..3].iter().all(|key| !key.words.starts_with(hidden)), "{keys:?}");
            assert_eq!(keys[3].words, "1 series not drawn");
        }
    }

    #[test]
    fn what_finds_no_room_is_counted() {
        let keys = keys_of(&set(&names(9)), &["a", "b"], None, 3);
        let first_words: Vec<&str> = keys.iter().filter_map(|key| key.words.split(' ').next()).collect();
        assert_eq!(first_words, ["c", "d", "e", "and", "2"]);
        assert_eq!((&*keys[3].words, &*keys[4].words), ("and 4 more series", "2 series not drawn"));
        assert_eq!(keys_of(&set(&names(3)), &[], None, 3).len(), 3);
        assert!(keys_of(&SeriesSet::new(9), &[], None, 3).is_empty());
    }
}
