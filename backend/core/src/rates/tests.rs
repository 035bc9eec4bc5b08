use core::net::{IpAddr, Ipv4Addr};

use super::*;

const SLOW: RateLimits = RateLimits {
    requests_per_second: 2,
    publications_per_second: 10,
    read_kb_per_second: 4,
    requests_of_all_per_second: 1_000_000,
    publications_of_all_per_second: 1_000_000,
};

#[test]
fn requests_and_publications_are_limited_apart() {
    let mut rates = Rates::new(SLOW);
    assert_eq!(rates.take_publications(&payer("a"), 20, 0), Ok(()));
    assert_eq!(rates.take_publications(&payer("a"), 1, 0), Err(100));
    for _ in 0..4 {
        assert_eq!(rates.take_request(&payer("a"), 0), Ok(()));
    }
    assert_eq!(rates.take_request(&payer("a"), 0), Err(500));
}

#[test]
fn one_principal_does_not_use_the_rate_of_another_nor_of_itself_elsewhere() {
    let mut rates = Rates::new(SLOW);
    assert_eq!(rates.take_publications(&payer("a"), 20, 0), Ok(()));
    assert_eq!(rates.take_publications(&payer("b"), 20, 0), Ok(()));
    let elsewhere: IpAddr = Ipv4Addr::new(192, 0, 2, 1).into();
    assert_eq!(rates.take_publications(&Payer::new("a", Some(elsewhere)), 20, 0), Ok(()));
}

#[test]
fn a_large_answer_delays_the_next_request_to_read_and_nothing_else() {
    let mut rates = Rates::new(SLOW);
    assert_eq!(rates.check_read(&payer("a"), 0), Ok(()));
    rates.charge_read(&payer("a"), 20 * 1024, 0);
    assert_eq!(rates.check_read(&payer("a"), 0), Err(3000));
    assert_eq!(rates.take_request(&payer("a"), 0), Ok(()));
    assert_eq!(rates.take_publications(&payer("a"), 1, 0), Ok(()));
    assert_eq!(rates.check_read(&payer("b"), 0), Ok(()));
    assert_eq!(rates.check_read(&payer("a"), 3000), Ok(()));
}

#[test]
fn all_together_are_limited_and_what_was_refused_is_not_charged() {
    let limits = RateLimits { requests_of_all_per_second: 2, publications_of_all_per_second: 10, ..SLOW };
    let mut rates = Rates::new(limits);
    for name in ["a", "b", "c", "d"] {
        assert_eq!(rates.take_request(&payer(name), 0), Ok(()));
    }
    assert_eq!(rates.take_request(&payer("e"), 0), Err(500));
    assert_eq!(rates.take_publications(&payer("a"), 20, 0), Ok(()));
    assert_eq!(rates.take_publications(&payer("e"), 20, 0), Err(2000));
    assert_eq!(rates.take_publications(&payer("e"), 20, 2000), Ok(()), "all of its own were left");
}

#[test]
fn the_table_is_bounded_and_keeps_busy_principals() {
    let mut rates = Rates::new(SLOW);
    for number in 0..PAYERS {
        rates.take_publications(&payer(&format!("idle{number}")), 1, 0).unwrap();
    }
    rates.take_publications(&payer("busy"), 20, 100_000).unwrap();
    assert!(rates.payers.len() <= PAYERS);
    assert_eq!(rates.take_publications(&payer("busy"), 1, 100_000), Err(100));
}

#[test]
fn if_all_are_busy_the_one_whose_request_was_longest_ago_is_forgotten() {
    let mut rates = Rates::new(SLOW);
    for number in 0..=PAYERS {
        let name = format!("p{number}");
        rates.take_publications(&payer(&name), 20, i64::from(number != 0)).unwrap();
    }
    assert_eq!(rates.payers.len(), PAYERS);
    assert!(!rates.payers.contains_key(&payer("p0")) && rates.payers.contains_key(&payer("p1")));
}

fn payer(name: &str) -> Payer {
    Payer::new(name, None)
}
