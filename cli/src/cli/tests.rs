use std::time::Duration;

use clap::{CommandFactory, Parser};
use shared::client::Rewind;

use super::args::{FormatArg, Since};
use super::instant::Instant;
use super::*;
use tickertape_inputs::Format;

fn parse(words: &[&str]) -> Result<Command, clap::Error> {
    Cli::try_parse_from(std::iter::once(&"tickertape").chain(words)).map(|cli| cli.command)
}

#[test]
fn the_definitions_fit_together() {
    Cli::command().debug_assert();
}

#[test]
fn every_command_has_an_example_in_its_help() {
    for command in Cli::command().get_subcommands_mut() {
        let help = command.render_help().to_string();
        let name = command.get_name().to_owned();
        assert!(help.contains(&format!("tickertape {name}")), "{name}");
    }
}

#[test]
fn rewind_takes_a_count_or_a_time() {
    for (text, rewind) in [("100", Rewind::Count(100)), ("5m", Rewind::Ms(300_000))] {
        let Command::Watch(args) = parse(&["watch", "*", "--rewind", text]).unwrap() else {
            panic!("not watch")
        };
        assert_eq!(args.rewind, Some(rewind));
    }
    assert!(parse(&["watch", "*", "--rewind", "soon"]).is_err());
}

#[test]
fn rewind_is_refused_beyond_what_the_server_sends_and_the_help_says_how_much_that_is() {
    let most = shared::limits::REPLAY_ITEMS;
    for words in [&["watch", "*"][..], &["record", "a.ttr"]] {
        let rewound = |count: usize| {
            let count = count.to_string();
            parse(&[words, &["--rewind", count.as_str()][..]].concat())
        };
        assert!(rewound(most).is_ok(), "{words:?}");
        let error = rewound(most + 1).unwrap_err().to_string();
        assert!(error.contains(&format!("at most {most} ")), "{error}");
        let help = Cli::command().find_subcommand_mut(words[0]).unwrap().render_long_help().to_string();
        let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(help.contains(&format!("at most {most} of each topic")), "{help}");
    }
}

#[test]
fn since_takes_a_position_or_a_time() {
    let Command::History(args) = parse(&["history", "a", "--since", "9f86d081884c:17"]).unwrap() else {
        panic!("not history")
    };
    assert!(matches!(args.since, Some(Since::Position(at)) if at.offset == 17));
    let Command::History(args) = parse(&["history", "a", "--since", "5m"]).unwrap() else {
        panic!("not history")
    };
    assert_eq!(args.since, Some(Since::Ago(Duration::from_secs(300))));
}

#[test]
fn a_stretch_of_history_has_a_beginning_an_end_and_a_length_of_its_buckets() {
    let Command::History(args) =
        parse(&["history", "a", "--from", "2h ago", "--to", "1800000000000", "--step", "1m"]).unwrap()
    else {
        panic!("not history")
    };
    assert_eq!(args.from, Some(Instant::Ago(Duration::from_secs(7_200))));
    assert_eq!((args.to, args.step), (Some(Instant::At(1_800_000_000_000)), Some(Duration::from_secs(60))));
    for words in [
        &["--since", "5m", "--from", "1h"][..],
        &["--since", "5m", "--step", "1m"],
        &["--step", "1m", "--limit", "5"],
        &["--step", "0s"],
        &["--from", "yesterday"],
    ] {
        assert!(parse(&[&["history", "a"], words].concat()).is_err(), "{words:?}");
    }
}

#[test]
fn a_format_is_named_or_detected() {
    for (words, format) in [
        (["pipe", "a", "--format=auto"], FormatArg::Auto),
        (["pipe", "a", "--format=csv"], FormatArg::Named(Format::Csv)),
        (["pipe", "a", "--format=logfmt"], FormatArg::Named(Format::Pairs)),
    ] {
        let Command::Pipe(args) = parse(&words).unwrap() else { panic!("not pipe") };
        assert_eq!(args.format, format);
    }
    assert!(parse(&["pipe", "a", "--format", "xml"]).is_err());
}

#[test]
fn the_readme_and_the_help_of_pipe_list_every_format() {
    let readme = include_str!("../../../README.md");
    let mut command = Cli::command();
    let help = command.find_subcommand_mut("pipe").unwrap().render_long_help().to_string();
    for format in Format::ALL {
        let name = format.name();
        assert!(readme.contains(&format!("| `{name}` |")), "README: {name}");
        assert!(help.contains(&format!("- {name}:")), "{name} in {help}");
    }
}

#[test]
fn the_readme_and_the_help_of_pipe_say_the_same_about_units() {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let readme = words(include_str!("../../../README.md"));
    let help = words(&pipe_help());
    let (begin, end) = ("A unit after a number", "are powers of 1024.");
    let said = help.find(begin).zip(help.find(end)).map(|(from, to)| &help[from..to + end.len()]);
    assert!(said.is_some_and(|said| readme.contains(said)), "{said:?}");
}

#[test]
fn the_help_of_record_says_how_large_a_recording_may_be() {
    let mut command = Cli::command();
    let help = command.find_subcommand_mut("record").unwrap().render_long_help().to_string();
    let most = format!("at most {}MiB", shared::recording::MOST_BYTES >> 20);
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(help.contains(&most), "{help}");
    for size in ["1MB", "10MB", "64MB", "256MiB"] {
        assert!(parse(&["record", "a.ttr", "--max-bytes", size]).is_ok(), "{size}");
    }
}

#[test]
fn negative_numbers_are_data_and_not_flags() {
    let Command::Publish(args) = parse(&["publish", "a", "-3.5", "--unit", "C"]).unwrap() else {
        panic!("not publish")
    };
    assert_eq!((args.data, args.meta.unit.as_deref()), (vec!["-3.5".to_owned()], Some("C")));
}

#[test]
fn an_invalid_argument_is_refused_with_the_expected_form() {
    for (words, part) in [
        (&["publish", "a b", "1"][..], "only letters, digits"),
        (&["serve", "--keep-age", "24"], "expected a number and a unit"),
        (&["serve", "--allow-origin", "board.example"], "such as https://board.example"),
        (&["serve", "--allow-embed", "wiki.example"], "such as https://wiki.example"),
        (&["serve", "--allow-embed", "https://*.example; script-src *"], "such as https://wiki.example"),
        (&["serve", "--keep-count", "0"], "0 is not in"),
        (&["serve", "--keep-bytes", "1MB"], "at least 16MB"),
        (&["token", "--auth-secret-file", "secret.txt", "--ttl", "0s"], "at least 1s"),
        (&["token", "--auth-secret-file", "secret.txt", "--ttl", "500ms"], "at least 1s"),
        (&["record", "a.ttr", "--max-bytes", "500MB"], "at most 256MiB"),
    ] {
        let error = parse(words).unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }
}
