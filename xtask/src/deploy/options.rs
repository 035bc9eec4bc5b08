//! The command-line options of `cargo xtask deploy` and `cargo xtask destroy`.

use crate::error::TaskError;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Name (stage) and region of a deployment. An AWS account can have many deployments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub stage: String,
    /// AWS region of the deployment. `None` means the region of the environment or, if it names none, that of the profile
    /// of `aws`.
    pub region: Option<String>,
}

/// The command-line options of `cargo xtask deploy`.
#[derive(Debug, PartialEq, Eq)]
pub struct Deploy {
    pub place: Place,
    /// Names and values of parameters of the SAM template. A parameter that is not in this list keeps its value from
    /// the last deployment.
    pub settings: Vec<(String, String)>,
    /// The directory with board documents to save in the deployment; `None` if none are saved.
    pub boards: Option<PathBuf>,
    /// True if the secret is replaced by a new one. All existing tokens then become invalid.
    pub rotates_secret: bool,
    pub dry_run: bool,
}

/// The command-line options of `cargo xtask destroy`.
#[derive(Debug, PartialEq, Eq)]
pub struct Destroy {
    pub place: Place,
    /// True if the deployment is deleted without confirmation by the user.
    pub yes: bool,
    pub dry_run: bool,
}

/// Parameters of the SAM template to which `deploy` gives their values. The user must not set them.
const OWN_SETTINGS: [&str; 3] = ["Stage", "SecretParameter", "SecretVersion"];

impl Place {
    /// Returns the name of the CloudFormation stack. The names of its functions and roles begin with this name.
    pub fn stack(&self) -> String {
        format!("tickertape-{}", self.stage)
    }

    /// Returns the name of the parameter in AWS Systems Manager that contains the secret.
    pub fn secret(&self) -> String {
        format!("/tickertape/{}/secret", self.stage)
    }
}

impl Deploy {
    /// Returns the options for a dry run of a deployment with this stage.
    pub fn dry_run_of(stage: &str) -> Self {
        let place = Place { stage: stage.to_owned(), region: None };
        Self { place, settings: Vec::new(), boards: None, rotates_secret: false, dry_run: true }
    }

    /// Parses the words after `cargo xtask deploy`.
    pub fn parse(words: &[&str]) -> Result<Self, TaskError> {
        let mut left = Words::of(words);
        let parsed = Self {
            place: left.place()?,
            settings: settings(left.values("--set", SETTING)?, &left.values("--allow-embed", EMBEDDER)?)?,
            boards: left.value("--boards", BOARDS)?.map(PathBuf::from),
            rotates_secret: left.flag("--rotate-secret"),
            dry_run: left.flag("--dry-run"),
        };
        left.require_none("deploy")?;
        if parsed.boards.is_some() && parsed.sets_identity_provider() {
            return Err(wrong("--boards", NO_PROVIDER));
        }
        Ok(parsed)
    }

    /// Returns true if an identity provider signs the tokens because of these options.
    fn sets_identity_provider(&self) -> bool {
        let last = self.settings.iter().rfind(|(name, _)| name == "JwksUrl");
        last.is_some_and(|(_, url)| !url.is_empty())
    }

    /// Returns an error if a setting of the user is not among `parameters`, the parameters of the SAM template. `sam`
    /// would ignore such a setting.
    pub fn require_known(&self, parameters: &[String]) -> Result<(), TaskError> {
        let settable = parameters.iter().filter(|name| !OWN_SETTINGS.contains(&name.as_str()));
        let settable: BTreeSet<&str> = settable.map(String::as_str).collect();
        match self.settings.iter().find(|(name, _)| !settable.contains(name.as_str())) {
            None => Ok(()),
            Some((name, _)) => Err(TaskError::Failed {
                summary: format!(
                    "unknown setting {name:?}; the settings are {}",
                    settable.into_iter().collect::<Vec<_>>().join(", ")
                ),
            }),
        }
    }
}

impl Destroy {
    /// Parses the words after `cargo xtask destroy`.
    pub fn parse(words: &[&str]) -> Result<Self, TaskError> {
        let mut left = Words::of(words);
        let parsed = Self { place: left.place()?, yes: left.flag("--yes"), dry_run: left.flag("--dry-run") };
        left.require_none("destroy").map(|()| parsed)
    }
}

const STAGE: &str = "1 to 16 lower-case letters and digits, the first of them a letter, such as --stage=prod";
const REGION: &str = "an AWS region, such as --region=eu-central-1";
const SETTING: &str = "a parameter of infra/template.yaml and its value, such as --set LogDays=30";

const EMBEDDER: &str = "an origin, such as --allow-embed=https://wiki.example";
const BOARDS: &str = "a directory with board documents, such as --boards=boards";
const NO_PROVIDER: &str = "no --set JwksUrl beside it, because the identity provider signs the tokens then: deploy without --boards, and save them with `tickertape save-board` and a token of the provider that has the claim edit";

fn wrong(option: &str, expected: &str) -> TaskError {
    TaskError::InvalidOption { option: option.to_owned(), expected: expected.to_owned() }
}

/// Returns the settings of `--set`, and one that contains all origins of `--allow-embed`.
fn settings(set: Vec<String>, embedders: &[String]) -> Result<Vec<(String, String)>, TaskError> {
    if let Some(other) =
        embedders.iter().find(|origin| !origin.contains("://") || origin.contains([' ', ',']))
    {
        return Err(wrong("--allow-embed", &format!("{EMBEDDER}, and not {other:?}")));
    }
    let own = (!embedders.is_empty()).then(|| Ok(("AllowEmbed".to_owned(), embedders.join(","))));
    set.into_iter().map(setting).chain(own).collect()
}

fn setting(text: String) -> Result<(String, String), TaskError> {
    let (name, value) = text.split_once('=').ok_or_else(|| wrong("--set", SETTING))?;
    Ok((name.to_owned(), value.to_owned()))
}

/// The words of the command line that have not been parsed yet.
struct Words(Vec<String>);

impl Words {
    /// Creates the list of words. A word such as `--stage=prod` is split into the two words `--stage` and `prod`.
    fn of(words: &[&str]) -> Self {
        let halves = words.iter().flat_map(|word| match word.split_once('=') {
            Some((name, value)) if name.starts_with("--") => vec![name, value],
            _ => vec![*word],
        });
        Self(halves.map(str::to_owned).collect())
    }

    fn place(&mut self) -> Result<Place, TaskError> {
        let stage = self.value("--stage", STAGE)?.unwrap_or_else(|| "dev".to_owned());
        let is_name = stage.len() <= 16 && stage.starts_with(|c: char| c.is_ascii_lowercase());
        let is_plain = stage.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
        let region = self.value("--region", REGION)?;
        match region {
            _ if !is_name || !is_plain => Err(wrong("--stage", STAGE)),
            Some(region) if region.is_empty() => Err(wrong("--region", REGION)),
            region => Ok(Place { stage, region }),
        }
    }

    fn flag(&mut self, name: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|word| word != name);
        self.0.len() < before
    }

    /// Removes the option `name` and its value from the words, and returns the value. Returns `None` if the option is
    /// absent, and an error if it is given twice or has no value.
    fn value(&mut self, name: &str, expected: &str) -> Result<Option<String>, TaskError> {
        let mut values = self.values(name, expected)?;
        if values.len() < 2 { Ok(values.pop()) } else { Err(wrong(name, &format!("{expected}; only once"))) }
    }

    fn values(&mut self, name: &str, expected: &str) -> Result<Vec<String>, TaskError> {
        let mut values = Vec::new();
        while let Some(at) = self.0.iter().position(|word| word == name) {
            self.0.remove(at);
            if self.0.get(at).is_none_or(|value| value.starts_with("--")) {
                return Err(wrong(name, expected));
            }
            values.push(self.0.remove(at));
        }
        Ok(values)
    }

    fn require_none(&self, subcommand: &str) -> Result<(), TaskError> {
        if self.0.is_empty() {
            return Ok(());
        }
        Err(TaskError::Usage { words: format!("{subcommand} {}", self.0.join(" ")) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deploy(line: &str) -> Result<Deploy, TaskError> {
        Deploy::parse(&line.split_whitespace().collect::<Vec<_>>())
    }

    #[test]
    fn without_words_it_is_the_stage_dev_in_the_usual_region() {
        let parsed = deploy("").unwrap();
        assert_eq!(parsed.place, Place { stage: "dev".into(), region: None });
        assert_eq!(
            (parsed.place.stack(), parsed.place.secret()),
            ("tickertape-dev".into(), "/tickertape/dev/secret".into())
        );
        assert!(!parsed.dry_run && !parsed.rotates_secret);
    }

    #[test]
    fn both_ways_to_write_a_value_are_understood_in_any_order() {
        let spaced = deploy("--dry-run --set AlarmEmail=a@b.example --stage prod --set LogDays=30").unwrap();
        assert_eq!(
            spaced,
            deploy("--stage=prod --set=AlarmEmail=a@b.example --set LogDays=30 --dry-run").unwrap()
        );
        assert_eq!(spaced.settings[0], ("AlarmEmail".to_owned(), "a@b.example".to_owned()));
        assert_eq!(spaced.settings[1], ("LogDays".to_owned(), "30".to_owned()));
    }

    #[test]
    fn all_origins_that_may_embed_the_board_are_one_setting() {
        let parsed =
            deploy("--allow-embed https://a.example --set LogDays=30 --allow-embed=http://b.example")
                .unwrap();
        let settings = [("LogDays", "30"), ("AllowEmbed", "https://a.example,http://b.example")];
        assert_eq!(parsed.settings, settings.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    #[test]
    fn an_invalid_option_is_named_with_an_example_of_a_valid_one() {
        for (line, words) in [
            ("prod", "unknown command: `cargo xtask deploy prod`"),
            ("--yes", "unknown command: `cargo xtask deploy --yes`"),
            ("--stage", "--stage: expected 1 to 16 lower-case letters"),
            ("--stage --dry-run", "such as --stage=prod"),
            ("--stage a --stage b", "; only once"),
            ("--stage Prod", "--stage: expected"),
            ("--stage a-b", "--stage: expected"),
            ("--region", "such as --region=eu-central-1"),
            ("--region=", "such as --region=eu-central-1"),
            ("--boards", "such as --boards=boards"),
            ("--boards b --set JwksUrl=https://id.example/keys", "`tickertape save-board` and a token"),
            ("--set X", "such as --set LogDays=30"),
            ("--allow-embed wiki.example", "such as --allow-embed=https://wiki.example"),
        ] {
            let failure = deploy(line).unwrap_err();
            assert!(failure.to_string().contains(words), "{line}: {failure}");
            assert_eq!(failure.exit_code(), 2, "{line}");
        }
    }

    #[test]
    fn boards_may_be_saved_when_the_identity_provider_is_removed() {
        assert!(deploy("--boards b --set JwksUrl=").is_ok());
        assert!(deploy("--boards b --set JwksUrl=https://id.example/keys --set JwksUrl=").is_ok());
    }

    #[test]
    fn the_error_for_an_unknown_setting_lists_the_known_ones() {
        let parsed = deploy("--set AlarmMail=a@b.example").unwrap();
        let failure = parsed.require_known(&["AlarmEmail".into(), "Stage".into()]).unwrap_err().to_string();
        assert_eq!(failure, "unknown setting \"AlarmMail\"; the settings are AlarmEmail");
    }

    #[test]
    fn a_parameter_that_deploy_sets_itself_cannot_be_set() {
        let parsed = deploy("--set Stage=other").unwrap();
        assert!(parsed.require_known(&["Stage".into()]).is_err());
    }

    #[test]
    fn destroying_may_be_confirmed_beforehand() {
        assert!(Destroy::parse(&["--stage", "prod", "--yes"]).unwrap().yes);
        assert!(Destroy::parse(&["--set", "A=b"]).is_err());
    }
}
