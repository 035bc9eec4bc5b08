//! The programs that speak to AWS, and whether they are to.

use super::call::Call;
use super::options::Place;
use crate::failure::Failure;
use crate::project::Project;
use crate::step::{self, Outcome};
use crate::{terminal, tools};
use std::path::{Path, PathBuf};
use std::process::Command;

/// `aws` and `sam`, for one deployment.
pub struct Cloud<'a> {
    pub project: &'a Project,
    pub place: &'a Place,
    aws: PathBuf,
    sam: PathBuf,
    /// Whether calls are printed instead of made.
    is_dry: bool,
}

impl<'a> Cloud<'a> {
    /// Finds the programs; a dry run needs none.
    pub fn open(project: &'a Project, place: &'a Place, is_dry: bool) -> Result<Self, Failure> {
        let find = |name: &str, install: &str| match tools::on_path(name) {
            Some(program) => Ok(program),
            None if is_dry => Ok(name.into()),
            None => Err(Failure::Missing { what: format!("`{name}`"), install: install.to_owned() }),
        };
        let aws = find("aws", "pipx install awscli        # then: aws configure")?;
        let sam = find("sam", "pipx install aws-sam-cli")?;
        Ok(Self::new(project, place, aws, sam, is_dry))
    }

    /// With these very programs.
    pub fn new(project: &'a Project, place: &'a Place, aws: PathBuf, sam: PathBuf, is_dry: bool) -> Self {
        Self { project, place, aws, sam, is_dry }
    }

    /// A call of `aws` where the deployment is.
    pub fn aws<Word: Into<String>>(&self, arguments: impl IntoIterator<Item = Word>) -> Call {
        self.here(&self.aws, arguments)
    }

    /// A call of `sam` where the deployment is.
    pub fn sam<Word: Into<String>>(&self, arguments: impl IntoIterator<Item = Word>) -> Call {
        self.here(&self.sam, arguments)
    }

    fn here<Word: Into<String>>(&self, program: &Path, arguments: impl IntoIterator<Item = Word>) -> Call {
        let region = self.place.region.iter().flat_map(|region| ["--region".to_owned(), region.clone()]);
        Call::new(program, arguments).with(region)
    }

    /// Makes the call and demands success.
    pub fn run(&self, title: &str, call: Call) -> Result<(), Failure> {
        if self.is_dry {
            self.say(&call);
            return Ok(());
        }
        step::run(self.project, title, &mut self.command(&call)).map(drop)
    }

    /// Makes the call, and leaves it to the caller what to make of a refusal. A dry run has no outcome.
    pub fn observe(&self, title: &str, call: Call, input: &str) -> Result<Option<Outcome>, Failure> {
        if self.is_dry {
            self.say(&call);
            return Ok(None);
        }
        step::observe_with(self.project, title, &mut self.command(&call), input).map(Some)
    }

    fn say(&self, call: &Call) {
        terminal::note(&format!("would run: {}", call.shown()));
    }

    /// The call, to be started by whoever wants to see it from closer by.
    pub fn command(&self, call: &Call) -> Command {
        let mut command = self.project.command(&call.program);
        // Without a pager, which waits for a key that nobody presses.
        command.args(&call.arguments).env("AWS_PAGER", "").env("SAM_CLI_TELEMETRY", "0");
        command
    }
}
