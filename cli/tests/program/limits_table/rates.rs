//! The limits of rates. The counters of the server are called with the real limits, at a time that stands still.

use std::net::{IpAddr, Ipv4Addr};

use backend_core::payer::Payer;
use backend_core::rates::{Published, RateLimits, Rates};
use shared::limits::{self, Limit};

/// Number of seconds for which a client may use its rate at once.
const BURST_SECONDS: u64 = 2;

fn client(number: u32) -> Payer {
    Payer::new(&format!("client {number}"), Some(address(number)))
}

fn address(number: u32) -> IpAddr {
    Ipv4Addr::from_bits(0xc000_0200 + number).into()
}

pub fn publications(limit: &Limit) {
    beyond_the_rates_of_publishing(limit, |count| Published { count, bytes: 0 });
}

pub fn published_data(limit: &Limit) {
    beyond_the_rates_of_publishing(limit, |kilobytes| Published { count: 1, bytes: kilobytes * 1024 });
}

/// Lets as many clients as the rate of all allows publish as much as each of them may.
fn beyond_the_rates_of_publishing(limit: &Limit, published: impl Fn(usize) -> Published) {
    let (one, all) = (limit.value * BURST_SECONDS, limit.all.unwrap() * BURST_SECONDS);
    let mut rates = Rates::new(RateLimits::default());
    let many = published(usize::try_from(one).unwrap());
    assert_eq!(rates.take_publications(&client(0), many, 0), Ok(()));
    assert!(rates.take_publications(&client(0), published(1), 0).is_err());
    for number in 1..u32::try_from(all / one).unwrap() {
        assert_eq!(rates.take_publications(&client(number), many, 0), Ok(()));
    }
    assert!(rates.take_publications(&client(1_000), many, 0).is_err(), "the rate of all is used up");
}

pub fn requests(limit: &Limit) {
    beyond_the_rates(limit, client);
}

pub fn strangers(limit: &Limit) {
    beyond_the_rates(limit, |number| Payer::stranger(Some(address(number))));
}

/// Lets more clients than the rate of all allows make all the requests that each of them may make.
fn beyond_the_rates(limit: &Limit, client: impl Fn(u32) -> Payer) {
    let (one, all) = (limit.value * BURST_SECONDS, limit.all.unwrap() * BURST_SECONDS);
    let mut rates = Rates::new(RateLimits::default());
    let mut taken =
        |number: u32| (0..=one).filter(|_| rates.take_request(&client(number), 0).is_ok()).count() as u64;
    assert_eq!(taken(0), one, "one more than a client may make");
    let clients = 3 * u32::try_from(all / one).unwrap();
    let together: u64 = (1..clients).map(&mut taken).sum();
    assert!(together < 2 * all, "{together} of {clients} clients, and {all} of all are allowed");
    assert!(taken(clients) < one, "when the rate of all is used up, a client has its part of it");
}

pub fn answers(limit: &Limit) {
    let mut rates = Rates::new(RateLimits::default());
    let burst = usize::try_from(limit.value * BURST_SECONDS).unwrap() * 1024;
    rates.charge_read(&client(0), burst, 0);
    assert_eq!(rates.check_read(&client(0), 0), Ok(()));
    rates.charge_read(&client(0), limits::FRAME_BYTES, 0);
    assert!(rates.check_read(&client(0), 0).is_err());
    assert_eq!(rates.check_read(&client(1), 0), Ok(()));
}
