//! The kinds of panels that tests of layouts place. Depends on [`crate::kind`].

use crate::kind::Kind;

/// Kinds of the panels of a board, in turn: a third are figures.
pub(super) const MIX: [Kind; 9] = [
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
