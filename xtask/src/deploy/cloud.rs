//! Runs the programs `aws` and `sam` or, in a dry run, only prints their calls.

use super::call::Call;
use super::options::Place;
use crate::error::TaskError;
use crate::project::Project;
use crate::step::{self, Outcome};
use crate::{terminal, tools};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Programs that a deployment needs. Each has the command that installs it.
const PROGRAMS: [(&str, &str); 2] =
    [("aws", "pipx install awscli        # then: aws configure"), ("sam", "pipx install aws-sam-cli")];

/// Environment variables that name the region, in the order in which version 2 of `aws` reads them.
const REGION_VARIABLES: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];

fn missing(are_here: [bool; 2]) -> TaskError {
    let missing: Vec<_> = PROGRAMS.iter().zip(are_here).filter(|(_, is_here)| !is_here).collect();
    let names: Vec<String> = missing.iter().map(|((name, _), _)| format!("`{name}`")).collect();
    let install: Vec<&str> = missing.iter().map(|((_, install), _)| *install).collect();
    TaskError::MissingProgram { what: names.join(" and "), install: install.join("\n    ") }
}

/// The programs `aws` and `sam`, with the name and the region of one deployment.
pub struct Cloud<'a> {
    pub project: &'a Project,
    pub place: &'a Place,
    /// AWS region of every call. `None` means the region in the profile of `aws`, which `sam` reads, too.
    region: Option<String>,
    aws: PathBuf,
    sam: PathBuf,
    /// True for a dry run: calls are printed and not made.
    pub is_dry: bool,
}

impl<'a> Cloud<'a> {
    /// Finds the programs `aws` and `sam` on the `PATH`, and reads the region from the environment. Returns an error if a
    /// program is missing, except in a dry run.
    pub fn open(project: &'a Project, place: &'a Place, is_dry: bool) -> Result<Self, TaskError> {
        let [aws, sam] = PROGRAMS.map(|(name, _)| tools::on_path(name));
        let (aws, sam) = match (aws, sam) {
            (Some(aws), Some(sam)) => (aws, sam),
            _ if is_dry => ("aws".into(), "sam".into()),
            (aws, sam) => return Err(missing([aws.is_some(), sam.is_some()])),
        };
        Ok(Self::new(project, place, aws, sam, is_dry).in_region_of(|name| std::env::var_os(name)))
    }

    /// Takes the region from the environment, unless an option names it. Not every version of `aws` and `sam` reads
    /// `AWS_REGION`, so that each call names the region. The closure `env` returns the value of an environment variable.
    pub fn in_region_of(mut self, env: impl Fn(&str) -> Option<OsString>) -> Self {
        let value_of = |name: &&str| env(name)?.into_string().ok().filter(|region| !region.is_empty());
        self.region = self.region.or_else(|| REGION_VARIABLES.iter().find_map(value_of));
        self
    }

    /// Checks that `aws` has credentials and a region. A deployment calls this first, because its other steps take
    /// minutes.
    pub fn require_account(&self) -> Result<(), TaskError> {
        self.require_region()?;
        self.run("AWS account", self.aws(["sts", "get-caller-identity"]))
    }

    /// Checks that a region is set: by `--region`, by the environment, or in the profile of `aws`.
    pub fn require_region(&self) -> Result<(), TaskError> {
        if self.region.is_some() {
            return Ok(());
        }
        match self.observe("region", self.aws(["configure", "get", "region"]), "")? {
            Some(asked) if asked.lines.join("").trim().is_empty() => Err(TaskError::Failed {
                summary: "no AWS region is set: add --region=NAME, for example --region=eu-central-1, or set a default with `aws configure`"
                    .to_owned(),
            }),
            Some(_) | None => Ok(()),
        }
    }

    /// Creates a value from the paths of the programs. Tests pass scripts that take the place of `aws` and `sam`.
    pub fn new(project: &'a Project, place: &'a Place, aws: PathBuf, sam: PathBuf, is_dry: bool) -> Self {
        Self { project, place, region: place.region.clone(), aws, sam, is_dry }
    }

    /// Returns a call of `aws` with these arguments and the region of the deployment.
    pub fn aws<Word: Into<String>>(&self, arguments: impl IntoIterator<Item = Word>) -> Call {
        self.here(&self.aws, arguments)
    }

    /// Returns a call of `sam` with these arguments and the region of the deployment.
    pub fn sam<Word: Into<String>>(&self, arguments: impl IntoIterator<Item = Word>) -> Call {
        self.here(&self.sam, arguments)
    }

    fn here<Word: Into<String>>(&self, program: &Path, arguments: impl IntoIterator<Item = Word>) -> Call {
        let region = self.region.iter().flat_map(|region| ["--region".to_owned(), region.clone()]);
        Call::new(program, arguments).with(region)
    }

    /// Makes the call, and shows it as the step `title`. Returns an error if the call fails. In a dry run, only prints
    /// the call.
    pub fn run(&self, title: &str, call: Call) -> Result<(), TaskError> {
        if self.is_dry {
            self.say(&call);
            return Ok(());
        }
        step::run(self.project, title, &mut self.command(&call)).map(drop)
    }

    /// Makes the call as [`Self::run`] does, with the token that `make_token` returns. The token is passed by the environment, so
    /// that no list of processes and no log shows it. In a dry run, no token is made.
    pub fn run_with_token(
        &self,
        title: &str,
        call: &Call,
        make_token: impl FnOnce() -> Result<String, TaskError>,
    ) -> Result<(), TaskError> {
        if self.is_dry {
            self.say(call);
            return Ok(());
        }
        step::run(self.project, title, self.command(call).env("TICKERTAPE_TOKEN", make_token()?)).map(drop)
    }

    /// Makes the call with `input` as standard input, and returns its outcome even if it failed. In a dry run, prints
    /// the call and returns `None`.
    pub fn observe(&self, title: &str, call: Call, input: &str) -> Result<Option<Outcome>, TaskError> {
        if self.is_dry {
            self.say(&call);
            return Ok(None);
        }
        step::observe_with(self.project, title, &mut self.command(&call), input).map(Some)
    }

    fn say(&self, call: &Call) {
        terminal::note(&format!("would run: {}", call.shown()));
    }

    /// Converts the call to a command. The caller has to start it.
    pub fn command(&self, call: &Call) -> Command {
        let mut command = self.project.command(&call.program);
        // Without this, the pager of `aws` would wait for a key press.
        command.args(&call.arguments).env("AWS_PAGER", "").env("SAM_CLI_TELEMETRY", "0");
        command
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_missing_programs_are_named_together_with_the_commands_that_install_them() {
        let both = missing([false, false]).to_string();
        assert!(both.starts_with("cannot find `aws` and `sam`"), "{both}");
        assert!(both.contains("pipx install awscli") && both.contains("\n    pipx install aws-sam-cli\n"));
        let one = missing([true, false]).to_string();
        assert!(one.starts_with("cannot find `sam`") && !one.contains("awscli"), "{one}");
    }
}
