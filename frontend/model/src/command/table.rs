//! The table of commands, and the keys that other parts of the page handle.

use super::key::{Key, Press};
use super::{Command, Group, Row};
use crate::travel::Travel;
use crate::window::Window;

/// Every command, in the order of the list of keys and of the palette.
pub const TABLE: &[Row] = &[
    row(
        Command::Palette,
        Group::Find,
        "Search topics, boards and actions",
        &[Key::Ctrl("k"), Key::Typed("/")],
    )
    .without_offer(),
    row(Command::Keys, Group::Find, "Show all keys", &[Key::Typed("?")]).also("help shortcuts keyboard"),
    row(Command::Travel(Travel::Now), Group::Time, "Go to live data", &[Key::Typed("n")]).also("now present"),
    row(Command::Pause, Group::Time, "Pause or resume", &[Key::Typed("p")]).also("stop hold freeze"),
    row(
        Command::Travel(Travel::Earlier),
        Group::Time,
        "Earlier, by a quarter of the window",
        &[Key::Plain("ArrowLeft")],
    )
    .also("back past"),
    row(
        Command::Travel(Travel::Later),
        Group::Time,
        "Later, by a quarter of the window",
        &[Key::Plain("ArrowRight")],
    )
    .also("forward"),
    row(
        Command::Travel(Travel::ZoomIn),
        Group::Time,
        "Zoom in round the crosshair",
        &[Key::Typed("+"), Key::Typed("=")],
    ),
    row(
        Command::Travel(Travel::ZoomOut),
        Group::Time,
        "Zoom out round the crosshair",
        &[Key::Typed("-"), Key::Typed("_")],
    ),
    row(show(Window::Minute), Group::Time, "Show 1 minute", &[Key::Plain("1")]),
    row(show(Window::FiveMinutes), Group::Time, "Show 5 minutes", &[Key::Plain("2")]),
    row(show(Window::Quarter), Group::Time, "Show 15 minutes", &[Key::Plain("3")]),
    row(show(Window::Hour), Group::Time, "Show 1 hour", &[Key::Plain("4")]),
    row(show(Window::SixHours), Group::Time, "Show 6 hours", &[Key::Plain("5")]),
    row(show(Window::Day), Group::Time, "Show 1 day", &[Key::Plain("6")]),
    row(show(Window::Week), Group::Time, "Show 7 days", &[Key::Plain("7")]),
    row(
        Command::Travel(Travel::BrushEarlier),
        Group::Time,
        "Select from the crosshair, earlier",
        &[Key::Shift("ArrowLeft")],
    )
    .without_offer(),
    row(
        Command::Travel(Travel::BrushLater),
        Group::Time,
        "Select from the crosshair, later",
        &[Key::Shift("ArrowRight")],
    )
    .without_offer(),
    row(Command::Travel(Travel::ShowBrush), Group::Time, "Show what is selected", &[Key::Typed("Enter")])
        .without_offer(),
    row(Command::Travel(Travel::Undo), Group::Time, "Undo the last zoom or move", &[Key::Typed("Escape")])
        .also("return before"),
    row(Command::Travel(Travel::CopyLink), Group::Time, "Copy link to this moment", &[Key::Typed("c")])
        .also("share send address url"),
    row(Command::ListSeries, Group::Board, "List all series of a chart", &[Key::Typed("l")]).without_offer(),
    row(Command::Mark, Group::Board, "Mark a moment in all charts", &[Key::Typed("m")])
        .also("annotate annotation event deploy note"),
    row(Command::Arrange, Group::Board, "Arrange the board, or end arranging", &[Key::Typed("e")])
        .also("edit move resize rename group"),
    row(Command::Save, Group::Board, "Save the board on the server", &[]).also("store name publish"),
    row(Command::CopyBoard, Group::Board, "Copy the board as JSON", &[]).also("export document repository"),
    row(Command::Hide, Group::Board, "Hide a topic on this board", &[]).also("remove panel"),
    row(Command::Forget, Group::Board, "Forget a topic with its history", &[]).also("delete remove erase"),
    row(Command::Take, Group::Board, "Save or copy a panel: data, picture, value, address, HTML", &[])
        .also("export csv png download embed share frame"),
    row(Command::Print, Group::Page, "Print the board", &[]).also("paper pdf sheet"),
    row(Command::Wall, Group::Page, "Wall mode on or off", &[Key::Typed("w")]).also("full screen kiosk tv"),
    row(Command::Record, Group::Page, "Record, or end and save the recording", &[Key::Typed("r")])
        .also("export download replay"),
    row(Command::Theme, Group::Page, "Change the theme: system, light, dark", &[Key::Typed("t")])
        .also("colours night"),
    row(Command::Zone, Group::Page, "Show times in UTC, or in the browser's time zone", &[]),
    row(Command::Notify, Group::Page, "Notify me about trouble, or stop it", &[])
        .also("notification alert alarm bell"),
    row(Command::AddData, Group::Page, "Add data", &[]).also("publish curl pipe connect"),
];

/// A key that another part of the page handles while it has the focus or is shown.
#[derive(Clone, Copy, Debug)]
pub struct Elsewhere {
    /// The situation in words.
    pub place: &'static str,
    /// The keys in words, with what they do.
    pub keys: &'static [(&'static str, &'static str)],
}

/// The keys that other parts of the page handle, for the list of keys.
pub const ELSEWHERE: &[Elsewhere] = &[
    Elsewhere {
        place: "In a chart",
        keys: &[
            ("\u{2190} \u{2192}", "Move the crosshair by a value"),
            ("Page Up, Page Down", "Move the crosshair by ten values"),
            ("Home, End", "Move the crosshair to the first or the last value"),
        ],
    },
    Elsewhere {
        place: "In a legend",
        keys: &[("Enter, i", "Show one series alone, or all again"), ("h", "Hide or show the series")],
    },
    Elsewhere {
        place: "In a log",
        keys: &[
            ("\u{2191} \u{2193}", "From line to line"),
            ("Enter", "Open the line with its fields"),
            ("Escape", "Go on to the newest lines"),
        ],
    },
    Elsewhere {
        place: "On a wall",
        keys: &[("Space", "Hold the page, or go on"), ("\u{2190} \u{2192}", "Turn the page")],
    },
    Elsewhere {
        place: "While arranging",
        keys: &[
            ("Tab", "From panel to panel"),
            ("Arrows", "Move the panel"),
            ("Shift arrows", "Resize the panel"),
            ("Enter, s", "Settings of the panel"),
            ("j, J", "Join the panel with the next, or with the one before"),
            ("u", "Split a panel of several topics"),
            ("h", "Hide the panel"),
        ],
    },
];

const fn row(command: Command, group: Group, words: &'static str, keys: &'static [Key]) -> Row {
    Row { command, group, words, also: "", keys, is_offered: true }
}

impl Row {
    const fn also(self, also: &'static str) -> Self {
        Self { also, ..self }
    }

    const fn without_offer(self) -> Self {
        Self { is_offered: false, ..self }
    }
}

impl Command {
    /// Returns the command that a press of a key causes; `None` if the key has none.
    pub fn of(press: Press<'_>) -> Option<Self> {
        let row = TABLE.iter().find(|row| row.keys.iter().any(|key| key.is_pressed(press)))?;
        Some(row.command)
    }

    /// Returns the row of the command.
    pub fn row(self) -> Option<&'static Row> {
        TABLE.iter().find(|row| row.command == self)
    }

    /// Returns a name that identifies the command in the browser's storage.
    pub fn name(self) -> &'static str {
        self.row().map_or("", |row| row.words)
    }

    /// Returns the command with this name.
    pub fn named(name: &str) -> Option<Self> {
        TABLE.iter().find(|row| row.words == name).map(|row| row.command)
    }
}

/// Returns the command that shows a stretch as long as `window`.
const fn show(window: Window) -> Command {
    Command::Travel(Travel::Show(window))
}
