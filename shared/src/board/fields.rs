//! The fields of a board document: their names, types, bounds and meanings.
//!
//! [`BOARD`] is the only description. [`super::check()`] compares documents with it, and [`super::schema()`] writes it as a JSON
//! Schema.

use crate::limits;

/// An object of the document.
#[derive(Debug)]
pub struct Object {
    /// Meaning of the object, in a sentence.
    pub about: &'static str,
    /// The fields that the object may have.
    pub fields: &'static [Field],
    /// Fields of which exactly one must be present; empty if there is no such rule.
    pub one_of: &'static [&'static str],
    /// Fields of which the first must be less than the second, if both are present; `None` if there is no such rule.
    pub rising: Option<[&'static str; 2]>,
}

/// A field of an [`Object`].
#[derive(Debug)]
pub struct Field {
    /// Name of the field.
    pub name: &'static str,
    /// Type and bounds of the value.
    pub shape: Shape,
    /// True if the field must be present.
    pub is_required: bool,
    /// True if the page applies the field. Otherwise it is kept for later versions.
    pub is_applied: bool,
    /// Meaning of the field, in a sentence.
    pub about: &'static str,
}

/// Type and bounds of a value.
#[derive(Debug)]
pub enum Shape {
    /// A text with at most this many bytes.
    Text(usize),
    /// The name of a topic.
    Topic,
    /// A whole number between two bounds, which are both allowed.
    Whole(u64, u64),
    /// Any number.
    Number,
    /// A number between two bounds, which are both allowed.
    Between(f64, f64),
    /// `true` or `false`.
    Flag,
    /// One of these words. A newer version of the program may know more.
    Word(&'static [&'static str]),
    /// A list with at least and at most so many items.
    List(&'static Shape, usize, usize),
    /// An object.
    Object(&'static Object),
}

/// Kinds of panels that a document can choose.
pub const KINDS: &[&str] = &[
    "line", "area", "stacked", "bars", "step", "number", "gauge", "list", "heatmap", "state", "timeline",
    "log", "table",
];
/// Scales of the value axis that a document can choose.
pub const SCALES: &[&str] = &["linear", "log"];
/// Heights of panels that a document can choose.
pub const HEIGHTS: &[&str] = &["half", "whole", "double"];
/// Meanings of a crossed threshold.
pub const THRESHOLD_MEANINGS: &[&str] = &["warning", "bad"];
/// Times for which the rate of a counter is given.
pub const RATES: &[&str] = &["second", "minute", "hour"];
/// Ways to make one series from several.
pub const COMBINATIONS: &[&str] = &["sum", "difference"];
/// Largest number of steps of a derivation.
pub const MOST_STEPS: usize = 4;
/// Shortest and longest time over which a step of a derivation can be computed, in milliseconds.
pub const STEP_MS: [u64; 2] = [1_000, 86_400_000];
/// Shortest and longest time by which a panel can be compared with the past, in milliseconds.
pub const COMPARE_MS: [u64; 2] = [60_000, 31 * 86_400_000];
/// Largest number of columns that a panel can ask for.
pub const MOST_COLUMNS: u64 = 24;
/// Largest number of decimals that a panel can ask for.
pub const MOST_DECIMALS: u64 = 15;
/// Largest version that a document can have: the largest whole number that every JSON parser reads exactly.
const MOST_VERSION: u64 = (1 << 53) - 1;

/// The document.
pub const BOARD: Object = Object {
    about: "A board of Tickertape: which topics stand where, in which kind of panel, and with which thresholds.",
    fields: &[
        required("version", Shape::Whole(1, MOST_VERSION), "Version of the format. The present one is 1."),
        field("$schema", Shape::Text(1024), "Address of this schema, for editors."),
        field("title", Shape::Text(limits::BOARD_TEXT_BYTES), "Title of the board."),
        field(
            "new_topics",
            Shape::Word(&["show", "hide"]),
            "Decides whether topics that no panel names get panels, after the others. The default is show.",
        ),
        field(
            "panels",
            Shape::List(&Shape::Object(&PANEL), 0, limits::BOARD_PANELS),
            "The panels, in the order in which they are shown.",
        ),
    ],
    one_of: &[],
    rising: None,
};

/// A panel of the document.
pub const PANEL: Object = Object {
    about: "A panel. What it does not set is chosen from the data and metadata of its topics.",
    fields: &[
        required(
            "sources",
            Shape::List(&Shape::Object(&SOURCE), 1, limits::BOARD_SOURCES),
            "The topics that the panel shows, together in one chart. Names of series begin with the name of the topic if there are several.",
        ),
        field(
            "title",
            Shape::Text(limits::BOARD_TEXT_BYTES),
            "Title of the panel. The default is the name of its topic.",
        ),
        field(
            "derive",
            DERIVATION,
            "Steps by which series are computed from those of all sources together, one after the other. They follow those of each source.",
        ),
        field(
            "compare_ms",
            Shape::Whole(COMPARE_MS[0], COMPARE_MS[1]),
            "Each series is drawn once more, dashed, as it was this many milliseconds earlier: 86400000 for a day ago.",
        ),
        field("kind", Shape::Word(KINDS), "Kind of panel. The default suits the data."),
        field("columns", Shape::Whole(1, MOST_COLUMNS), "Wanted width in columns of the page."),
        field(
            "height",
            Shape::Word(HEIGHTS),
            "Wanted height: half of a shelf (a row of panels), a whole shelf, or twice a shelf's usual height.",
        ),
        field(
            "group",
            Shape::Text(limits::BOARD_TEXT_BYTES),
            "Name of the group. The default is the first segment of the topic.",
        ),
        field("hidden", Shape::Flag, "True if the panel is not shown. The default is false."),
        field(
            "unit",
            Shape::Text(limits::META_TEXT_BYTES),
            "Unit of the numbers. The default is that of the topic's metadata.",
        ),
        field(
            "decimals",
            Shape::Whole(0, MOST_DECIMALS),
            "Largest number of decimals: numbers that were sent with more are shown rounded. The default is as many as were sent.",
        ),
        field("min", Shape::Number, "Lowest value of the axis."),
        field("max", Shape::Number, "Highest value of the axis. It must be greater than min."),
        field(
            "scale",
            Shape::Word(SCALES),
            "Scale of the value axis of a line, an area, bars or steps: linear, or log for a logarithmic one, which leaves out values of 0 or below and counts them. The default is linear.",
        ),
        field("target", Shape::Number, "Value to reach or to keep below, which a gauge and a list mark."),
        field(
            "thresholds",
            THRESHOLDS,
            "Values from which a number counts as trouble, instead of those that the topic's publisher has set. With an empty list there are none.",
        ),
    ],
    one_of: &[],
    rising: Some(["min", "max"]),
};

const SOURCE: Object = Object {
    about: "A topic, or some of its series.",
    fields: &[
        required("topic", Shape::Topic, "Name of the topic, such as host/cpu."),
        field(
            "series",
            Shape::List(&Shape::Text(limits::META_SERIES_BYTES), 1, limits::META_UNITS),
            "Names of the series that are shown, such as user. The default is all.",
        ),
        field(
            "derive",
            DERIVATION,
            "Steps by which series are computed from those of this source, one after the other.",
        ),
    ],
    one_of: &[],
    rising: None,
};

const DERIVATION: Shape = Shape::List(&Shape::Object(&STEP), 1, MOST_STEPS);

const STEP: Object = Object {
    about: "A step of a derivation. No value is computed across a gap of the data.",
    fields: &[
        field(
            "rate",
            Shape::Word(RATES),
            "Rate of a counter for each second, minute or hour. A fall of the counter is a reset, for which there is no rate.",
        ),
        field(
            "moving_average_ms",
            Shape::Whole(STEP_MS[0], STEP_MS[1]),
            "Mean of the values of this many milliseconds before each value.",
        ),
        field(
            "percentile",
            Shape::Between(0.0, 100.0),
            "Value that so many percent of the values do not exceed, such as 95 or 99.9.",
        ),
        field(
            "over_ms",
            Shape::Whole(STEP_MS[0], STEP_MS[1]),
            "Time over which a percentile is computed, in milliseconds. The default is the length of the window that the page shows.",
        ),
        field(
            "combine",
            Shape::Word(COMBINATIONS),
            "One series from several: the sum of all, or the first without all others.",
        ),
    ],
    one_of: &["rate", "moving_average_ms", "percentile", "combine"],
    rising: None,
};

/// The list of thresholds of a panel, or of a topic's metadata.
pub(super) const THRESHOLDS: Shape = Shape::List(&Shape::Object(&THRESHOLD), 0, limits::BOARD_THRESHOLDS);

const THRESHOLD: Object = Object {
    about: "A value from which a number counts as trouble.",
    fields: &[
        field("above", Shape::Number, "The threshold is crossed while the value is greater than this."),
        field("below", Shape::Number, "The threshold is crossed while the value is less than this."),
        field("means", Shape::Word(THRESHOLD_MEANINGS), "Meaning of the threshold. The default is bad."),
        field(
            "words",
            Shape::Text(limits::META_TEXT_BYTES),
            "Words that the panel shows while the threshold is crossed, such as: too slow.",
        ),
        field(
            "series",
            Shape::Text(limits::META_SERIES_BYTES),
            "Name of the series that has the threshold, such as p99. The default is every series in the panel's unit.",
        ),
    ],
    one_of: &["above", "below"],
    rising: None,
};

const fn field(name: &'static str, shape: Shape, about: &'static str) -> Field {
    Field { name, shape, is_required: false, is_applied: true, about }
}

const fn required(name: &'static str, shape: Shape, about: &'static str) -> Field {
    Field { name, shape, is_required: true, is_applied: true, about }
}
