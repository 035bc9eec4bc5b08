//! The commands of the page: one table from which the handler of keys, the palette and the list of keys are made.
//!
//! To add a command, add a variant of [`Command`] and a row of [`TABLE`]. The compiler then requires an arm in the page's
//! `commands.rs`, which performs it.
//! Depends on [`super::travel`].

use super::travel::Travel;

mod key;
mod table;

pub use key::{Key, Press};
pub use table::{ELSEWHERE, Elsewhere, TABLE};

/// An action of the page that a key or the palette causes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Opens the palette, in which topics, boards and actions are searched.
    Palette,
    /// Shows the list of all keys.
    Keys,
    /// Moves through time.
    Travel(Travel),
    /// Pauses the board, or resumes it.
    Pause,
    /// Lists all series of the chart that has the focus.
    ListSeries,
    /// Marks a moment in all charts.
    Mark,
    /// Begins to arrange the board, or ends it.
    Arrange,
    /// Saves the board on the server.
    Save,
    /// Copies the document of the board as JSON.
    CopyBoard,
    /// Hides a topic that the reader chooses next.
    Hide,
    /// Deletes a topic that the reader chooses next, with its history, on the server.
    Forget,
    /// Opens the details of a panel that the reader chooses next, from which its data, a picture, a value or its address is taken.
    Take,
    /// Prints the board.
    Print,
    /// Switches wall mode on or off.
    Wall,
    /// Starts a recording, or ends it and downloads it.
    Record,
    /// Selects the next theme.
    Theme,
    /// Switches between the browser's time zone and UTC.
    Zone,
    /// Shows commands with which data can be published.
    AddData,
    /// Switches notifications about trouble on or off.
    Notify,
}

/// A row of the table of commands.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The command.
    pub command: Command,
    /// Part of the list of keys to which the command belongs.
    pub group: Group,
    /// The command in words, as the palette and the list of keys show it.
    pub words: &'static str,
    /// Further words by which the palette finds the command.
    pub also: &'static str,
    /// The keys that cause the command; empty if there is none.
    pub keys: &'static [Key],
    /// True if the palette offers the command. The others make sense only with the crosshair of a chart.
    pub is_offered: bool,
}

/// A part of the list of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Commands that search and explain.
    Find,
    /// Commands that move through time.
    Time,
    /// Commands that change the board.
    Board,
    /// Commands that change how the page looks, and what it does.
    Page,
}

impl Group {
    /// Every part, in the order of the list.
    pub const ALL: [Self; 4] = [Self::Find, Self::Time, Self::Board, Self::Page];

    /// Returns the heading of the part.
    pub fn words(self) -> &'static str {
        match self {
            Self::Find => "Search and help",
            Self::Time => "Time",
            Self::Board => "Board",
            Self::Page => "Page",
        }
    }
}

impl Command {
    /// Returns true if the command works while an input field has the focus, in which other keys type text.
    pub fn works_in_fields(self, press: Press<'_>) -> bool {
        self == Self::Palette && press.has_ctrl
    }

    /// Returns true if the command makes sense for a panel that is shown alone.
    pub fn is_for_one_panel(self) -> bool {
        matches!(
            self,
            Self::Keys
                | Self::Travel(_)
                | Self::Pause
                | Self::ListSeries
                | Self::Print
                | Self::Theme
                | Self::Zone
        )
    }

    /// Returns true if the command can be performed now.
    pub fn is_possible(self, now: &Situation) -> bool {
        match self {
            Self::Record | Self::AddData | Self::Mark | Self::Notify => !now.is_recording,
            Self::Forget => !now.is_recording && now.may_forget,
            Self::Save | Self::CopyBoard | Self::Hide => !now.is_recording,
            Self::Travel(Travel::Now) => now.is_past || now.is_paused,
            Self::Pause => !now.is_past,
            Self::Palette | Self::Keys | Self::Travel(_) | Self::ListSeries | Self::Arrange | Self::Wall => {
                true
            }
            Self::Take | Self::Print | Self::Theme | Self::Zone => true,
        }
    }
}

/// The facts on which depends which commands can be performed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Situation {
    /// True if the board shows a recording.
    pub is_recording: bool,
    /// True if the board shows a stretch of the past.
    pub is_past: bool,
    /// True if the board is paused.
    pub is_paused: bool,
    /// True if the reader's token allows to delete a topic.
    pub may_forget: bool,
}

#[cfg(test)]
mod tests;
