use core::net::{IpAddr, Ipv4Addr};

use super::*;

const SLOW: RateLimits = RateLimits {
    requests_per_second: 2,
    publications_per_second: 10,
    published_kb_per_second: 1,
    read_kb_per_second: 4,
    requests_of_all_per_second: 1_000_000,
    publications_of_all_per_second: 1_000_000,
    published_kb_of_all_per_second: 1_000_000,
    this_machine_has_all: false,
};

#[test]
fn requests_and_publications_are_limited_apart() {
    let mut rates = Rates::new(SLOW);
    assert_eq!(rates.take_publications(&payer("a"), small(20), 0), Ok(()));
    assert_eq!(rates.take_publications(&payer("a"), small(1), 0), Err(100));
    for _ in 0..4 {
        assert_eq!(rates.take_request(&payer("a"), 0), Ok(()));
    }
    assert_eq!(rates.take_request(&payer("a"), 0), Err(500));
}

/// Publications without data, of which only the number counts.
fn small(count: usize) -> Published {
    Published { count, bytes: 0 }
}

#[test]
fn large_publications_are_limited_by_their_size_and_a_refused_one_is_not_charged() {
    let large = |bytes| Published { count: 1, bytes };
    let mut rates = Rates::new(RateLimits { published_kb_of_all_per_second: 2, ..SLOW });
    assert_eq!(rates.take_publications(&payer("a"), large(2048), 0), Ok(()));
    for _ in 0..20 {
        assert_eq!(rates.take_publications(&payer("a"), large(1024), 0), Err(1000));
    }
    assert_eq!(
        rates.take_publications(&payer("a"), small(19), 0),
        Ok(()),
        "the refused ones were not counted"
    );
    assert_eq!(rates.take_publications(&payer("b"), large(2048), 0), Ok(()));
    assert!(rates.take_publications(&payer("c"), large(2048), 0).is_err(), "the rate of all is used up");
    assert_eq!(
        rates.take_publications(&payer("c"), large(1024), 0),
        Ok(()),
        "its part of the rate of all is left"
    );
}

#[test]
fn the_size_of_a_request_is_that_of_its_data_and_its_metadata() {
    let items = [Item::now(1.5), Item::now("ab")];
    let meta = TopicMeta { unit: Some("V".into()), ..TopicMeta::default() };
    assert_eq!(Published::new(&items, None), Published { count: 2, bytes: "1.5".len() + "\"ab\"".len() });
    assert_eq!(Published::new(&items[..1], Some(&meta)).bytes, "1.5".len() + r#"{"unit":"V"}"#.len());
}

#[test]
fn one_principal_does_not_use_the_rate_of_another_nor_of_itself_elsewhere() {
    let mut rates = Rates::new(SLOW);
    assert_eq!(rates.take_publications(&payer("a"), small(20), 0), Ok(()));
    assert_eq!(rates.take_publications(&payer("b"), small(20), 0), Ok(()));
    let elsewhere: IpAddr = Ipv4Addr::new(192, 0, 2, 1).into();
    assert_eq!(rates.take_publications(&Payer::new("a", Some(elsewhere)), small(20), 0), Ok(()));
}

#[test]
fn a_large_answer_delays_the_next_request_to_read_and_nothing_else() {
    let mut rates = Rates::new(SLOW);
    assert_eq!(rates.check_read(&payer("a"), 0), Ok(()));
    rates.charge_read(&payer("a"), 20 * 1024, 0);
    assert_eq!(rates.check_read(&payer("a"), 0), Err(3000));
    assert_eq!(rates.take_request(&payer("a"), 0), Ok(()));
    assert_eq!(rates.take_publications(&payer("a"), small(1), 0), Ok(()));
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
    assert_eq!(rates.take_publications(&payer("a"), small(20), 0), Ok(()));
    assert_eq!(rates.take_publications(&payer("e"), small(20), 0), Err(2000));
    assert_eq!(rates.take_publications(&payer("e"), small(20), 2000), Ok(()), "all of its own were left");
}

#[test]
fn clients_that_use_up_the_rate_of_all_do_not_refuse_one_that_asks_for_little() {
    let limits = RateLimits { requests_per_second: 200, requests_of_all_per_second: 1_000, ..SLOW };
    for stranger in [false, true] {
        let mut rates = Rates::new(limits);
        let at = |number: u8| {
            let peer = Some(IpAddr::from([192, 0, 2, number]));
            if stranger { Payer::stranger(peer) } else { Payer::new("", peer) }
        };
        for now in 0..5_000 {
            for number in 1..=20 {
                let _ = rates.take_request(&at(number), now);
            }
            if now % 50 == 0 {
                assert_eq!(rates.take_request(&at(0), now), Ok(()), "after {now} ms");
            }
        }
    }
}

#[test]
fn strangers_are_limited_together_and_use_up_nothing_of_the_others() {
    let mut rates = Rates::new(RateLimits { requests_of_all_per_second: 100, ..SLOW });
    let peer = |number: u32| Payer::stranger(Some(Ipv4Addr::from_bits(number).into()));
    let taken = (0..1_000).filter(|number| rates.take_request(&peer(*number), 0).is_ok()).count();
    assert!((200..=400).contains(&taken), "{taken}");
    assert_eq!(rates.take_request(&payer("a"), 0), Ok(()));
}

#[test]
fn without_others_the_programs_of_this_machine_have_the_rate_of_all() {
    let limits = RateLimits { requests_of_all_per_second: 50, this_machine_has_all: true, ..SLOW };
    let mut rates = Rates::new(limits);
    let at = |address: [u8; 4]| Payer::new("anonymous", Some(address.into()));
    let taken = |rates: &mut Rates, payer: &Payer| {
        (0..1_000).filter(|_| rates.take_request(payer, 0).is_ok()).count()
    };
    assert!(taken(&mut rates, &at([127, 0, 0, 1])) >= 100);
    assert_eq!(taken(&mut rates, &at([127, 0, 0, 2])), 4);
}

#[test]
fn the_table_is_bounded_and_keeps_busy_principals() {
    let mut rates = Rates::new(SLOW);
    for number in 0..PAYERS {
        rates.take_publications(&payer(&format!("idle{number}")), small(1), 0).unwrap();
    }
    rates.take_publications(&payer("busy"), small(20), 100_000).unwrap();
    assert!(rates.known.by_payer.len() <= PAYERS && rates.known.by_age.len() <= PAYERS);
    assert_eq!(rates.take_publications(&payer("busy"), small(1), 100_000), Err(100));
}

#[test]
fn if_all_are_busy_the_one_whose_request_was_longest_ago_is_forgotten() {
    let mut rates = Rates::new(SLOW);
    for number in 0..=PAYERS {
        let name = format!("p{number}");
        rates.take_publications(&payer(&name), small(20), i64::from(number != 0)).unwrap();
    }
    assert_eq!((rates.known.by_payer.len(), rates.known.by_age.len()), (PAYERS, PAYERS));
    let is_known = |name: &str| rates.known.by_payer.contains_key(&payer(name));
    assert!(!is_known("p0") && is_known("p1"));
}

#[test]
fn clients_that_come_and_go_do_not_make_the_server_forget_one_that_stays() {
    let mut rates = Rates::new(SLOW);
    rates.take_publications(&payer("stays"), small(20), 0).unwrap();
    for number in 0..3 * PAYERS {
        rates.take_publications(&payer(&format!("p{number}")), small(1), 0).unwrap();
        if number % 1000 == 0 {
            // A different moment, so that it counts as used after its entry was added.
            assert!(
                rates.take_publications(&payer("stays"), small(20), number as i64 / 1000 % 7 + 1).is_err()
            );
        }
    }
    assert!(rates.known.by_payer.contains_key(&payer("stays")));
    assert_eq!(rates.known.by_payer.len(), rates.known.by_age.len());
}

fn payer(name: &str) -> Payer {
    Payer::new(name, None)
}
