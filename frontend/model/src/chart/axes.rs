//! Value axes of a chart: one for each group of series whose units can be converted into each other. Depends on
//! [`super::scale`], [`super::series`] and [`super::geometry`].

use std::ops::Range;

use super::extent::Extent;
use super::format::Unit;
use super::geometry::{Plot, Surface};
use super::hidden::Hidden;
use super::scale::{Bounds, Scale};
use super::series::SeriesSet;

/// Maximum number of value axes in one chart. A series that would need a further axis is not drawn; the panel shows
/// the number of such series.
pub const MOST_AXES: usize = 6;

/// The value axes of a chart, from the top to the bottom. There is at least one.
///
/// Series share an axis if their units can be converted into each other, such as MiB and GiB, or ms and s. For
/// example, a chart with series in %, MiB and GiB has two axes: one from 0 to 100 %, and one in MiB.
#[derive(Clone, Debug, PartialEq)]
pub struct Axes(pub Vec<Axis>);

/// One value axis of a chart, with the series that are drawn on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// The ends of the axis, and the distance between its marks.
    pub scale: Scale,
    /// The series that are drawn on this axis: the index of each, and the factor that converts its values into the
    /// axis's unit.
    pub columns: Vec<(usize, f64)>,
}

/// A function that computes a value axis, as [`Axes::fit_by`] describes.
pub type ScaleOf = fn(&Wanted<'_>, &[(usize, f64)], &Unit, Bounds, usize) -> Scale;

/// The data and settings from which the axes of a chart are computed.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    /// The series of the chart.
    pub set: &'a SeriesSet,
    /// Series that the reader has switched off.
    pub hidden: &'a Hidden,
    /// Times of the left and right edge of the chart, in milliseconds since the Unix epoch.
    pub window: Range<i64>,
    /// Unit of the series that have no unit of their own.
    pub unit: &'a Unit,
    /// Ends of the value axis that the publisher has set, in `unit`. They apply to the axes of which [`given_factor`] says so.
    pub bounds: Bounds,
    /// Size of the canvas and of its text.
    pub surface: Surface,
}

impl Axes {
    /// Computes the value axes of a chart. `before` are the axes that are shown now: one of them is kept unchanged if
    /// the data still fills enough of it.
    pub fn fit(wanted: &Wanted<'_>, before: Option<&Self>) -> Self {
        Self::fit_by(wanted, before, |wanted, columns, unit, bounds, intervals| {
            Scale::fit(wanted.extent(columns), unit, bounds, intervals)
        })
    }

    /// Computes the value axes of a chart like [`Self::fit`], with axes that `scale` computes. It gets the series of the axis, the
    /// unit, the ends that the publisher has set, and the number of steps between marks.
    pub fn fit_by(wanted: &Wanted<'_>, before: Option<&Self>, scale: ScaleOf) -> Self {
        let mut groups = groups(wanted.set, wanted.set.shown(wanted.hidden), wanted.unit);
        groups.truncate(MOST_AXES);
        if groups.is_empty() {
            groups.push((wanted.unit.clone(), Vec::new()));
        }
        let intervals = wanted.surface.value_steps(groups.len());
        let is_alone = groups.len() == 1;
        let axis = |(unit, columns): (Unit, Vec<(usize, f64)>)| {
            let is_own = unit == *wanted.unit;
            let factor = given_factor(wanted.set, wanted.unit, &unit);
            let bounds = factor.map(|factor| wanted.bounds.times(factor)).unwrap_or_default();
            let scale = Scale {
                names_unit: !(is_alone && is_own),
                ..scale(wanted, &columns, &unit, bounds, intervals)
            };
            let old = before.and_then(|before| before.0.iter().find(|old| *old.scale.format.unit() == unit));
            Axis { scale: scale.settle(old.map(|old| &old.scale)), columns }
        };
        Self(groups.into_iter().map(axis).collect())
    }

    /// Creates a single axis on which the first `columns` series are drawn.
    pub fn one(scale: Scale, columns: usize) -> Self {
        Self(vec![Axis { scale, columns: (0..columns).map(|column| (column, 1.0)).collect() }])
    }

    /// Returns the part of the canvas in which the series of each axis are drawn, from the top to the bottom, with
    /// the times and values of its edges. If `is_bare` is true, there are no labels, and no room is left for them.
    pub fn plots(&self, surface: &Surface, window: &Range<i64>, is_bare: bool) -> Vec<Plot> {
        let labels = self.0.iter().flat_map(|axis| axis.scale.ticks().map(|tick| axis.scale.label(tick)));
        let widest = labels.map(|label| label.chars().count()).max().unwrap_or(0);
        let areas = if is_bare { surface.bare() } else { surface.areas(widest, self.0.len()) };
        let plot = |(area, axis): (_, &Axis)| Plot {
            area,
            window: window.clone(),
            min: axis.scale.min,
            max: axis.scale.max,
            is_log: axis.scale.is_log,
        };
        areas.into_iter().zip(&self.0).map(plot).collect()
    }

    /// Returns the axis on which the series with the index `column` is drawn; `None` if the series is not drawn.
    pub fn of(&self, column: usize) -> Option<&Axis> {
        self.0.iter().find(|axis| axis.columns.iter().any(|(shown, _)| *shown == column))
    }
}

impl Wanted<'_> {
    /// Returns the smallest and the largest number of some series in the window, each given with the factor that converts its
    /// values into the unit of their axis; `None` if there is none.
    pub fn extent(&self, columns: &[(usize, f64)]) -> Option<Extent> {
        let extents = columns
            .iter()
            .filter_map(|(column, factor)| Some(self.set.extent(*column, &self.window)?.times(*factor)));
        extents.reduce(Extent::with)
    }
}

/// Returns the number of series that are not drawn because the chart already has [`MOST_AXES`] axes for the series
/// before them. `unit` is the unit of series without one of their own.
pub fn without_axis(set: &SeriesSet, unit: &Unit) -> usize {
    let groups = groups(set, 0..set.series().len(), unit);
    groups.iter().skip(MOST_AXES).map(|(_, columns)| columns.len()).sum()
}

/// Returns the number of value axes that the series of a set need, at most [`MOST_AXES`]. `unit` is the unit of
/// series without one of their own.
pub fn count(set: &SeriesSet, unit: &Unit) -> usize {
    groups(set, 0..set.series().len(), unit).len().min(MOST_AXES)
}

/// Returns the factor that converts the ends and the target that a publisher has set into `unit`, in which some series of the set
/// are; `None` if they do not apply to these series. `panel` is the unit of the panel, in which they are meant. If it cannot be converted
/// into `unit`, they apply only if all series, also those that the reader has switched off, have the same axis.
pub fn given_factor(set: &SeriesSet, panel: &Unit, unit: &Unit) -> Option<f64> {
    panel.factor_to(unit).or_else(|| (count(set, panel) == 1).then_some(1.0))
}

/// Groups the series whose units can be converted into each other. Returns the unit of each group, with the index of
/// each of its series and the factor that converts the values of the series into this unit. The groups are in the
/// order in which their units first occur.
fn groups(
    set: &SeriesSet,
    columns: impl Iterator<Item = usize>,
    unit: &Unit,
) -> Vec<(Unit, Vec<(usize, f64)>)> {
    let mut groups: Vec<(Unit, Vec<(usize, f64)>)> = Vec::new();
    for column in columns {
        let own = set.unit(column).unwrap_or(unit);
        let found = groups.iter_mut().find_map(|(unit, columns)| Some((own.factor_to(unit)?, columns)));
        match found {
            Some((factor, columns)) => columns.push((column, factor)),
            None => groups.push((own.clone(), vec![(column, 1.0)])),
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const SURFACE: Surface =
        Surface { width: 400.0, height: 160.0, density: 1.0, font_px: 10.0, digit_px: 6.0 };

    fn set(series: &[(&str, &str, f64)]) -> SeriesSet {
        let mut set = SeriesSet::new(8);
        set.append(1_000, series.iter().map(|(name, _, value)| (*name, *value)));
        let units = series.iter().filter(|(_, unit, _)| !unit.is_empty());
        set.set_units(
            &units.map(|(name, unit, _)| ((*name).to_owned(), Unit::parse(unit))).collect::<Vec<_>>(),
        );
        set
    }

    fn fit(set: &SeriesSet, unit: &str, hidden: &Hidden, bounds: Bounds) -> Axes {
        let unit = Unit::parse(unit);
        Axes::fit(&Wanted { set, hidden, window: 0..5_000, unit: &unit, bounds, surface: SURFACE }, None)
    }

    /// Returns for each axis the label of its uppermost mark and the indices of its series.
    fn tops(axes: &Axes) -> Vec<(String, Vec<usize>)> {
        let top =
            |axis: &Axis| axis.scale.ticks().last().map(|tick| axis.scale.label(tick)).unwrap_or_default();
        let columns = |axis: &Axis| axis.columns.iter().map(|(column, _)| *column).collect();
        axes.0.iter().map(|axis| (top(axis).replace('\u{202f}', " "), columns(axis))).collect()
    }

    #[test]
    fn series_in_several_units_have_an_axis_for_each_unit_which_names_it() {
        let set = set(&[("gpu", "%", 37.0), ("power", "W", 71.2), ("fan", "", 1_200.0), ("mem", "%", 12.0)]);
        let axes = fit(&set, "", &Hidden::new(), Bounds::default());
        assert_eq!(
            tops(&axes),
            [("100 %".to_owned(), vec![0, 3]), ("100 W".to_owned(), vec![1]), ("2000".to_owned(), vec![2])]
        );
    }

    #[test]
    fn units_that_can_be_converted_share_an_axis_and_keep_their_proportions() {
        let set = set(&[("a", "MiB", 512.0), ("b", "GiB", 2.0), ("c", "ms", 500.0), ("d", "s", 1.0)]);
        let axes = fit(&set, "", &Hidden::new(), Bounds::default());
        let columns: Vec<_> = axes.0.iter().map(|axis| axis.columns.clone()).collect();
        assert_eq!(columns, [vec![(0, 1.0), (1, 1_024.0)], vec![(2, 1.0), (3, 1_000.0)]]);
        assert!(axes.0[0].scale.max >= 2_048.0 && axes.0[1].scale.max >= 1_000.0);
    }

    #[test]
    fn one_unit_has_one_axis_and_the_panel_that_names_it_does_so_alone() {
        let set = set(&[("in", "", 21.5), ("out", "", 4.0)]);
        assert_eq!(
            tops(&fit(&set, "°C", &Hidden::new(), Bounds::default())),
            [("30".to_owned(), vec![0, 1])]
        );
        let own = self::set(&[("in", "°C", 21.5)]);
        assert_eq!(tops(&fit(&own, "", &Hidden::new(), Bounds::default())), [("30 °C".to_owned(), vec![0])]);
    }

    #[test]
    fn an_axis_goes_with_its_last_series_and_no_series_at_all_has_an_axis_too() {
        let set = set(&[("gpu", "%", 37.0), ("power", "W", 71.2)]);
        let hidden = Hidden::from_iter(["gpu".to_owned()]);
        assert_eq!(tops(&fit(&set, "", &hidden, Bounds::default())), [("100 W".to_owned(), vec![1])]);
        assert_eq!(fit(&SeriesSet::new(4), "", &hidden, Bounds::default()).0.len(), 1);
    }

    #[test]
    fn ends_that_the_publisher_set_belong_to_the_axis_of_its_unit() {
        let set = set(&[("gpu", "", 37.0), ("power", "W", 71.2)]);
        let bounds = Bounds { min: Some(0.0), max: Some(50.0) };
        let axes = fit(&set, "°C", &Hidden::new(), bounds);
        assert_eq!((axes.0[0].scale.max, axes.0[1].scale.max), (50.0, 100.0));
    }

    #[test]
    fn ends_that_the_publisher_set_are_converted_into_the_unit_of_the_axis() {
        let set = set(&[("a", "ms", 37.0), ("b", "", 0.2)]);
        let axes = fit(&set, "s", &Hidden::new(), Bounds { min: Some(0.1), max: Some(0.5) });
        assert_eq!((axes.0.len(), axes.0[0].scale.min, axes.0[0].scale.max), (1, 100.0, 500.0));
    }

    #[test]
    fn ends_that_the_publisher_set_do_not_go_to_another_axis_when_theirs_is_switched_off() {
        let set = set(&[("gpu", "", 37.0), ("power", "W", 71.2)]);
        let (hidden, bounds) =
            (Hidden::from_iter(["gpu".to_owned()]), Bounds { min: Some(0.0), max: Some(50.0) });
        assert_eq!(tops(&fit(&set, "°C", &hidden, bounds)), [("100 W".to_owned(), vec![1])]);
        let alone = self::set(&[("power", "W", 37.0)]);
        assert_eq!(fit(&alone, "", &Hidden::new(), bounds).0[0].scale.max, 50.0, "the only axis has them");
    }

    #[test]
    fn what_the_publisher_set_applies_to_units_that_can_be_converted_and_to_the_only_one() {
        for (panel, units, factors) in [
            ("s", ["ms", "s"], [Some(1_000.0), Some(1.0)]),
            ("GiB", ["MiB", "%"], [Some(1_024.0), None]),
            ("°C", ["", "W"], [Some(1.0), None]),
            ("", ["%", "W"], [None, None]),
            ("", ["W", "W"], [Some(1.0), Some(1.0)]),
        ] {
            let set = set(&[("a", units[0], 1.0), ("b", units[1], 1.0)]);
            let panel = Unit::parse(panel);
            let factor = |column: usize| given_factor(&set, &panel, set.unit(column).unwrap_or(&panel));
            assert_eq!([factor(0), factor(1)], factors, "{panel:?} {units:?}");
        }
    }

    #[test]
    fn plots_stand_below_each_other_and_do_not_overlap() {
        let set = set(&[("gpu", "%", 37.0), ("power", "W", 71.2), ("fan", "rpm", 1_200.0)]);
        let axes = fit(&set, "", &Hidden::new(), Bounds::default());
        let plots = axes.plots(&SURFACE, &(0..5_000), false);
        assert_eq!(plots.len(), 3);
        assert!(plots.windows(2).all(|pair| pair[0].area.bottom() < pair[1].area.top));
        assert!(plots.iter().all(|plot| plot.area.left == plots[0].area.left && plot.area.height > 10.0));
        assert!(plots[2].area.bottom() < SURFACE.height);
    }

    #[test]
    fn series_of_too_many_units_are_counted() {
        let units = ["%", "W", "rpm", "V", "A", "lx", "hPa", "mm"];
        let set = set(&units.map(|unit| (unit, unit, 1.0)));
        assert_eq!((count(&set, &Unit::default()), without_axis(&set, &Unit::default())), (MOST_AXES, 2));
        assert_eq!(fit(&set, "", &Hidden::new(), Bounds::default()).0.len(), MOST_AXES);
    }
}
