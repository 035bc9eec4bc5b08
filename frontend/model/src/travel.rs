//! Movements through time, which keys, buttons and pointers cause. Depends on [`super::window`].

use super::window::Window;

/// A movement through time that a key or a button causes. The keys are in [`super::command`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Travel {
    /// Moves the stretch back by a quarter of its length.
    Earlier,
    /// Moves the stretch forward by a quarter of its length.
    Later,
    /// Zooms in round the crosshair.
    ZoomIn,
    /// Zooms out round the crosshair.
    ZoomOut,
    /// Shows live data.
    Now,
    /// Returns to the view before the last change.
    Undo,
    /// Shows a stretch of this length.
    Show(Window),
    /// Extends the selected stretch back, beginning at the crosshair.
    BrushEarlier,
    /// Extends the selected stretch forward, beginning at the crosshair.
    BrushLater,
    /// Shows the selected stretch.
    ShowBrush,
    /// Copies a link to the stretch that is shown.
    CopyLink,
}
