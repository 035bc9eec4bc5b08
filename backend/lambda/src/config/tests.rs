use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use backend_core::token::Expected;

use super::*;

/// Returns a complete environment, in which every variable has its example as the value.
fn examples() -> BTreeMap<&'static str, &'static str> {
    let mut examples: BTreeMap<_, _> =
        VARIABLES.iter().map(|variable| (variable.name, variable.example)).collect();
    examples.remove("TICKERTAPE_JWKS_URL");
    examples
}

fn lookup<'a>(values: &'a BTreeMap<&str, &str>) -> impl Fn(&str) -> Option<String> + 'a {
    |name| values.get(name).map(|value| (*value).to_owned())
}

/// Reads the settings of a Lambda function from the environment `env`, and returns the faults.
fn start(function: Function, env: impl Fn(&str) -> Option<String>) -> Vec<Fault> {
    let error = match function {
        Function::Websocket => WebsocketConfig::read(env).err(),
        Function::Authorizer => AuthorizerConfig::read(env).err(),
        Function::Ingest => IngestConfig::read(env).err(),
        Function::Broadcast => BroadcastConfig::read(env).err(),
    };
    error.map(|error| error.0).unwrap_or_default()
}

#[test]
fn every_function_starts_with_the_examples() {
    for function in Function::ALL {
        assert_eq!(start(function, lookup(&examples())), [], "{}", function.name());
    }
}

#[test]
fn every_function_reads_what_the_table_says_and_nothing_else() {
    for function in Function::ALL {
        let asked = RefCell::new(BTreeSet::new());
        start(function, |name| {
            asked.borrow_mut().insert(name.to_owned());
            None
        });
        let listed = VARIABLES.iter().filter(|variable| {
            variable.required_by.contains(&function) || variable.optional_for.contains(&function)
        });
        assert_eq!(asked.into_inner(), listed.map(|variable| variable.name.to_owned()).collect());
    }
}

#[test]
fn every_missing_variable_is_named_at_once_with_a_valid_value() {
    for function in Function::ALL {
        let faults = start(function, |_| None);
        let named: BTreeSet<_> = faults.iter().map(|fault| fault.name).collect();
        let required = VARIABLES.iter().filter(|variable| variable.required_by.contains(&function));
        assert_eq!(named, required.map(|variable| variable.name).collect(), "{}", function.name());
    }
    let error = IngestConfig::read(lookup(&BTreeMap::from([
        ("TICKERTAPE_TOPICS_TABLE", "topics"),
        ("TICKERTAPE_SECRET", "open"),
        ("TICKERTAPE_HISTORY_TABLE", " "),
    ])));
    assert_eq!(
        error.unwrap_err().to_string(),
        "TICKERTAPE_HISTORY_TABLE is not set; a valid value is for example tickertape-history"
    );
}

#[test]
fn an_invalid_value_is_shown_unless_it_may_be_a_secret() {
    for (name, value) in [
        ("TICKERTAPE_CONNECTIONS_TABLE", "a table"),
        ("TICKERTAPE_MANAGEMENT_ENDPOINT", "wss://abcd123.execute-api.eu-central-1.amazonaws.com/prod"),
        ("TICKERTAPE_KEEP_AGE_MS", "a day"),
        ("TICKERTAPE_KEEP_AGE_MS", "0"),
        ("TICKERTAPE_SHARD_SIZE", "0"),
    ] {
        let mut values = examples();
        values.insert(name, value);
        let faults = start(Function::Broadcast, lookup(&values));
        let [fault] = &faults[..] else { panic!("{name}={value}: {faults:?}") };
        assert!(fault.name == name && fault.to_string().contains(value), "{fault}");
    }
    let mut values = examples();
    values.insert("TICKERTAPE_SECRET", "hunter2hunter2hunter2hunter2hunter2");
    let faults = start(Function::Authorizer, lookup(&values));
    let [fault] = &faults[..] else { panic!("{faults:?}") };
    assert_eq!(fault.name, "TICKERTAPE_SECRET");
    assert!(!fault.to_string().contains("hunter2"), "{fault}");
}

#[test]
fn tokens_come_from_one_issuer() {
    let read = |changes: &[(&'static str, &'static str)]| {
        let mut values = examples();
        values.extend(changes.iter().copied());
        AuthorizerConfig::read(lookup(&values)).map(|config| config.tokens)
    };
    let named =
        Expected { issuer: Some("https://issuer.example.com/".into()), audience: Some("tickertape".into()) };
    let parameter = read(&[]).unwrap();
    assert_eq!(
        parameter,
        Tokens { source: TokenSource::Parameter("/tickertape/secret".into()), expected: named }
    );
    let file = read(&[("TICKERTAPE_SECRET", "file:/etc/secret"), ("TICKERTAPE_JWT_ISSUER", "")]).unwrap();
    assert_eq!((file.source, file.expected.issuer), (TokenSource::File("/etc/secret".into()), None));
    let url = "https://issuer.example.com/.well-known/jwks.json";
    let keys = read(&[("TICKERTAPE_SECRET", "none"), ("TICKERTAPE_JWKS_URL", url)]).unwrap();
    assert_eq!(keys.source, TokenSource::Jwks(url.into()));
    assert_eq!(read(&[("TICKERTAPE_SECRET", "open")]).unwrap().source, TokenSource::Open);
    assert!(read(&[("TICKERTAPE_JWKS_URL", url)]).is_err(), "two issuers");
    let open_line =
        read(&[("TICKERTAPE_SECRET", "none"), ("TICKERTAPE_JWKS_URL", "http://issuer.example.com/")]);
    assert!(open_line.is_err());
}

#[test]
fn no_address_of_keys_is_never_read_as_no_need_for_tokens() {
    for url in [None, Some(""), Some("  "), Some("\t\n")] {
        let mut values = examples();
        values.insert("TICKERTAPE_SECRET", "none");
        values.extend(url.map(|url| ("TICKERTAPE_JWKS_URL", url)));
        for function in [Function::Websocket, Function::Authorizer, Function::Ingest] {
            let faults = start(function, lookup(&values));
            let [fault] = &faults[..] else { panic!("{url:?}: {faults:?}") };
            assert_eq!(fault.name, "TICKERTAPE_JWKS_URL");
        }
    }
}

#[test]
fn with_keys_that_other_programs_share_issuer_and_audience_are_required() {
    let url = "https://issuer.example.com/.well-known/jwks.json";
    for (missing, blank) in [("TICKERTAPE_JWT_ISSUER", " "), ("TICKERTAPE_JWT_AUDIENCE", "")] {
        let mut values = examples();
        values.extend([("TICKERTAPE_SECRET", "none"), ("TICKERTAPE_JWKS_URL", url), (missing, blank)]);
        let faults = start(Function::Authorizer, lookup(&values));
        let [fault] = &faults[..] else { panic!("{missing}: {faults:?}") };
        assert_eq!(fault.name, missing);
    }
}
