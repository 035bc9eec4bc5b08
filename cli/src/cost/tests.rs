use super::prices::{CONNECTION_MINUTES, MESSAGES, READ_UNITS, WRITE_UNITS};
use super::*;

fn load(viewers: u64, rate_hz: f64) -> Load {
    Load { viewers, rate_hz, bytes: 100, hours_a_day: 24.0, frame_every_ms: 0 }
}

fn line(estimate: &Estimate, what: &str) -> Line {
    estimate.lines.iter().find(|line| line.what == what).unwrap_or_else(|| panic!("no line {what}")).clone()
}

fn near(value: f64, expected: f64) -> bool {
    (value - expected).abs() < 0.005
}

#[test]
fn a_viewer_of_one_publication_a_second_is_two_and_a_half_million_messages() {
    let estimate = estimate(load(1, 1.0));
    let frames = line(&estimate, "publications to viewers");
    assert_eq!(frames.arithmetic, "1 viewer × 1 frame/s × 1 unit of 32 KB × 2,592,000 s");
    assert!(near(frames.usd, 2.59), "{frames:?}");
    let minutes = line(&estimate, "open connections");
    assert!(minutes.quantity == 43_200.0 && near(minutes.usd, 0.01), "{minutes:?}");
}

#[test]
fn messages_beyond_a_billion_cost_less_whichever_line_they_are_in() {
    assert!(near(MESSAGES.of(2_592e6), 1_000.0 + 1_592.0 * 0.80));
    let estimate = estimate(load(1_000, 1.0));
    let messages = estimate.lines.iter().filter(|line| *line.price == MESSAGES);
    let (quantity, usd) =
        messages.fold((0.0, 0.0), |(quantity, usd), line| (quantity + line.quantity, usd + line.usd));
    assert!(near(usd, MESSAGES.of(quantity)), "{usd}");
}

#[test]
fn more_publications_than_polls_share_frames_until_a_frame_is_full() {
    let frames = |rate_hz, bytes| {
        let estimate = estimate(Load { bytes, ..load(1, rate_hz) });
        line(&estimate, "publications to viewers").quantity / estimate.load.seconds()
    };
    assert_eq!((frames(2.0, 100), frames(4.0, 100), frames(100.0, 100)), (2.0, 4.0, 4.0));
    assert_eq!(frames(400.0, 1_000), 16.0, "100 of 1,060 bytes are four units");
}

#[test]
fn a_publication_is_two_writes_until_it_is_larger_than_one_unit() {
    let units = |bytes| {
        let estimate = estimate(Load { bytes, ..load(1, 1.0) });
        line(&estimate, "write head and history").quantity / estimate.load.seconds()
    };
    assert_eq!((units(100), units(500), units(1_000)), (2.0, 3.0, 4.0));
}

#[test]
fn rollups_cost_a_write_for_64_publications_and_a_seventh_for_the_levels_above() {
    let units = |what: &str, bytes| {
        let estimate = estimate(Load { bytes, ..load(1, 1.0) });
        line(&estimate, what).quantity / estimate.load.seconds() * 64.0
    };
    for (bytes, written, read) in
        [(100, 8.0 / 7.0, 5.0 + 2.0 / 7.0), (500, 4.0 * 8.0 / 7.0, 11.0 + 8.0 / 7.0)]
    {
        assert!(near(units("write blocks of rollup", bytes), written));
        assert!(near(units("read history for blocks of rollup", bytes), read), "{bytes}");
    }
}

#[test]
fn a_day_is_read_once_a_day_by_each_viewer_and_costs_what_was_measured() {
    let units = |load| line(&estimate(load), "read a day in buckets, once a day each").quantity;
    let one = Load { bytes: 5, ..load(1, 1.0) };
    assert!(near(units(one), 30.0 * 94.5));
    assert!(near(units(Load { viewers: 4, rate_hz: 10.0, hours_a_day: 12.0, ..one }), 30.0 * 94.5 * 20.0));
}

#[test]
fn subscribers_are_read_in_units_of_4_kb() {
    let units = |viewers| {
        let estimate = estimate(load(viewers, 1.0));
        line(&estimate, "read subscribers").quantity / estimate.load.seconds()
    };
    assert_eq!((units(1), units(31), units(32), units(1_000)), (3.0, 3.0, 4.0, 34.0));
}

#[test]
fn viewers_ping_only_if_nothing_is_published() {
    let watching = estimate(load(10, 0.0));
    let pings = line(&watching, "pings without publications");
    assert_eq!(pings.quantity, 10.0 / 50.0 * 2.0 * 2_592_000.0);
    assert!(estimate(load(10, 0.1)).lines.iter().all(|line| !line.what.starts_with("pings")));
}

#[test]
fn no_load_costs_nothing() {
    assert_eq!(estimate(load(0, 0.0)).lines, []);
    assert_eq!(estimate(Load { hours_a_day: 0.0, ..load(50, 1.0) }).usd(), 0.0);
}

#[test]
fn half_the_hours_cost_half_as_much_below_a_billion_messages() {
    let half = estimate(Load { hours_a_day: 12.0, ..load(50, 1.0) }).usd();
    assert!(near(half * 2.0, estimate(load(50, 1.0)).usd()), "{half}");
}

#[test]
fn the_bill_is_the_sum_of_its_services() {
    let estimate = estimate(load(50, 1.0));
    assert!(near(Service::ALL.map(|service| estimate.usd_of(service)).iter().sum(), estimate.usd()));
    for service in Service::ALL {
        assert!(estimate.usd_of(service) > 0.0, "{service:?}");
    }
}

#[test]
fn every_line_shows_its_calculation() {
    let text = words(&estimate(load(50, 1.0)), str::to_owned);
    for part in [
        "50 viewers, 1 publication per second of 100 bytes, 24 hours per day for 30 days: 2,592,000 s",
        "50 viewers × 1 frame/s × 1 unit of 32 KB × 2,592,000 s = 129,600,000 messages of 32 KB, $1.00 per million",
        "$129.60  publications to viewers",
        "us-east-1, prices of 2026-11-22",
        "Free tiers are not subtracted",
        "$0.00",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

#[test]
fn an_estimate_says_that_shards_of_the_stream_do_not_share_frames() {
    let text = words(&estimate(load(50, 1.0)), str::to_owned).replace('\n', " ");
    assert!(
        text.contains("frames are not shared between them") && text.contains("probably has four"),
        "{text}"
    );
}

#[test]
fn a_table_has_a_row_for_each_load() {
    let table = markdown(&[load(1, 1.0), load(1_000, 1.0)]);
    assert_eq!(table.lines().count(), 4);
    assert!(table.starts_with("| viewers | API Gateway | Lambda |"), "{table}");
    assert!(table.contains("| 1,000 | $2,2"), "{table}");
}

#[test]
fn prices_are_per_unit() {
    assert!(near(CONNECTION_MINUTES.of(43.8e6), 10.95));
    assert!(near(WRITE_UNITS.of(1e6), 0.625) && near(READ_UNITS.of(1e6), 0.125));
}

#[test]
fn a_thousand_viewers_at_one_publication_a_second_cost_a_fifth_with_a_frame_in_five_seconds() {
    let frames = |frame_every_ms| {
        let estimate = estimate(Load { frame_every_ms, ..load(1_000, 1.0) });
        (line(&estimate, "publications to viewers").quantity / estimate.load.seconds(), estimate.usd())
    };
    let ((at_once, usd), (collected, less_usd)) = (frames(0), frames(5_000));
    assert!(near(at_once, 1_000.0) && near(collected, 200.0), "{at_once} {collected}");
    assert!((0.18..0.28).contains(&(less_usd / usd)), "{usd} {less_usd}");
}

#[test]
fn a_budget_is_met_by_the_shortest_time_that_fits() {
    let usd = |frame_every_ms| estimate(Load { frame_every_ms, ..load(1_000, 1.0) }).usd();
    let fit = |budget| within(load(1_000, 1.0), budget).map(|estimate| estimate.load.frame_every_ms);
    assert_eq!(fit(usd(0)), Some(0));
    assert_eq!(fit(usd(0) - 0.01), Some(2_000), "with 1 s and a publication a second nothing is collected");
    assert_eq!(fit(usd(5_000)), Some(5_000));
    assert_eq!(fit(usd(30_000) - 0.01), None);
}
