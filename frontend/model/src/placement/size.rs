//! The size that suits a kind of panel. Depends on [`crate::kind`].

use shared::Topic;

use crate::kind::Kind;

/// Weight of a panel whose contents need more width than is usual for its kind.
const WIDE_WEIGHT: f64 = 1.5;

/// One panel that needs a place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Panel<'a> {
    /// Topic that the panel shows.
    pub topic: &'a Topic,
    /// Name of the group to which the panel belongs. The panels of a group follow each other.
    pub group: &'a str,
    /// Size that suits the panel.
    pub size: Size,
}

/// Width and height that suit a panel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Size {
    /// Minimum width in columns.
    pub least: u32,
    /// Width in columns that suits the contents best.
    pub wish: u32,
    /// Width in columns from which a wider panel shows nothing more.
    pub most: u32,
    /// Height of the panel.
    pub height: Height,
    /// Factor for the share that the panel gets of columns that are left over. It is 1 for most panels.
    pub weight: f64,
}

/// Height of a panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Height {
    /// Half of a shelf, if another such panel of its group is there to share the shelf's height.
    Half,
    /// The height of a shelf.
    Whole,
    /// Twice the usual height of a shelf.
    Double,
}

impl Size {
    /// Returns the size that suits a panel of this kind.
    pub fn of(kind: Kind) -> Self {
        let (least, wish, most, height) = match kind {
            Kind::Number | Kind::State => (2, 2, 3, Height::Half),
            Kind::Gauge => (2, 2, 3, Height::Whole),
            Kind::List => (2, 2, 4, Height::Whole),
            Kind::Bars => (2, 3, 6, Height::Whole),
            Kind::Line
            | Kind::Area
            | Kind::Stacked
            | Kind::Step
            | Kind::Heatmap
            | Kind::Timeline
            | Kind::Log
            | Kind::Table => (3, 4, 8, Height::Whole),
        };
        Self { least, wish, most, height, weight: 1.0 }
    }

    /// Returns this size for a panel whose contents need more width than is usual for its kind.
    pub fn wide(self) -> Self {
        Self { wish: self.wish + 1, weight: WIDE_WEIGHT, ..self }
    }

    /// Returns this size with twice the usual height.
    pub fn double(self) -> Self {
        Self { height: Height::Double, ..self }
    }
}
