//! The subcommand `cargo xtask screenshots`, which takes screenshots of the board for people: the README's picture, and the set
//! that a designer looks at after a change of the page.

use crate::error::TaskError;
use crate::project::Project;
use crate::step;
use crate::terminal;
use crate::test;

/// Tests that take the screenshots. They are ignored in a usual run, because they check nothing.
const TESTS: [&str; 3] = [
    "screens::the_set_of_screenshots",
    "screens::the_kinds_of_panels",
    "picture::the_board_on_an_ordinary_day",
];

/// Builds the page, and takes all screenshots one after the other, so that charts of one do not wait for another.
pub fn take(project: &Project) -> Result<(), TaskError> {
    let mut command = test::browser_tests(project)?;
    command.args(["--", "--ignored", "--exact", "--test-threads=1"]).args(TESTS);
    step::run(project, "screenshots", &mut command)?;
    terminal::note(&format!("the pictures are in {}", project.root.join("target/screenshots").display()));
    Ok(())
}
