//! Tests of `tickertape cost`.

use serde_json::Value;

use crate::support::run;

#[test]
fn an_estimate_is_the_sum_of_lines_with_their_price_and_its_source() {
    let output = run("", &["cost", "--viewers", "50", "--rate", "1", "--json"]);
    assert!(output.status.success(), "{output:?}");
    let estimate: Value = serde_json::from_slice(&output.stdout).unwrap();
    let lines = estimate["lines"].as_array().unwrap();
    let sum: f64 = lines.iter().map(|line| line["usd"].as_f64().unwrap()).sum();
    assert!((sum - estimate["usd"].as_f64().unwrap()).abs() < 1e-9);
    assert!(lines.iter().all(|line| !line["price"]["source"].as_str().unwrap().is_empty()));
}

#[test]
fn an_invalid_load_is_refused_with_the_reason() {
    for (arguments, part) in [
        (["cost", "--viewers", "1", "--rate", "-1"].as_slice(), "from 0 up"),
        (&["cost", "--viewers", "few", "--rate", "1"], "invalid digit"),
        (&["cost", "--viewers", "1", "--rate", "1", "--budget", "0"], "above 0"),
        (&["cost", "--viewers", "1", "--rate", "1", "--every", "1m"], "at most 30 s"),
    ] {
        let output = run("", arguments);
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8(output.stderr).unwrap().contains(part), "{arguments:?}");
    }
}

#[test]
fn a_budget_is_answered_with_the_setting_that_fits() {
    let load = ["cost", "--viewers", "1000", "--rate", "1", "--budget"];
    let words = |budget: &str| {
        let output = run("", &[&load[..], &[budget]].concat());
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(words("3000").contains("send publications at once"));
    assert!(words("600").contains("FrameEveryMs=5000"));
    assert!(words("1").contains("not enough"));
    let output = run("", &[&load[..], &["600", "--every", "5s", "--json"]].concat());
    let estimate: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(estimate["budget"]["frame_every_ms"], 5_000);
    assert_eq!(estimate["budget"]["cost_usd"], estimate["usd"]);
}
