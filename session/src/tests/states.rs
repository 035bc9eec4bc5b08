//! Tests the transitions between states, and the durations after which they happen.

use super::Harness;
use crate::constants::{BANNER_MS, OFFLINE_RETRY_MS, OPEN_MS, STABLE_MS, SUSPEND_AFTER_MS};
use crate::{Cause, Event, Refusal, Session, SessionFailure, Settings, State};

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Lets all attempts to connect fail until the session is in `state`.
fn fail_until(harness: &mut Harness, state: State) {
    for _ in 0..1_000 {
        if harness.state() == state {
            return;
        }
        if harness.state() == State::Connecting {
            harness.close(1006);
        } else {
            harness.pass(1_000);
        }
    }
    panic!("{state} was not reached from {}", harness.state());
}

fn wait_for_attempt(harness: &mut Harness) {
    while harness.state() == State::Waiting {
        let at_ms = harness.session.poll_timeout().expect("the next attempt is planned");
        harness.pass(at_ms - harness.now.mono_ms);
    }
}

fn refuse(harness: &mut Harness, status: u16) {
    let (socket, refusal) = (harness.socket(), Refusal { status: Some(status), ..Refusal::default() });
    harness.act(|session, now| session.socket_refused(socket, refusal, now));
}

fn failure(harness: &mut Harness) -> Option<SessionFailure> {
    harness.take_events().into_iter().find_map(|event| match event {
        Event::Failed { failure } => Some(failure),
        _ => None,
    })
}

#[test]
fn an_idle_session_does_nothing_until_it_is_opened() {
    let mut harness = Harness::new();
    harness.pass(1_000_000);
    assert_eq!((harness.state(), harness.sockets.len()), (State::Idle, 0));
    harness.act(Session::open);
    assert_eq!((harness.state(), harness.sockets.len()), (State::Connecting, 1));
}

#[test]
fn the_viewer_speaks_first_and_is_connected_by_the_first_reply() {
    let mut harness = Harness::new();
    harness.watch("host/*");
    harness.act(Session::open);
    harness.accept();
    assert_eq!(harness.state(), State::Handshaking);
    harness.confirm(&[]);
    assert_eq!(harness.state(), State::Connected);
    assert!(
        harness.take_events().iter().any(|event| matches!(event, Event::Subscribed { viewers: Some(2), .. }))
    );
}

#[test]
fn a_session_that_watches_nothing_greets_with_a_ping() {
    let mut harness = Harness::new();
    harness.act(Session::open);
    harness.accept();
    harness.pong(&[]);
    assert_eq!(harness.state(), State::Connected);
}

#[test]
fn a_socket_that_does_not_open_in_ten_seconds_is_given_up() {
    let mut harness = Harness::new();
    harness.act(Session::open);
    harness.pass(OPEN_MS - 1);
    assert_eq!(harness.state(), State::Connecting);
    harness.pass(1);
    assert_eq!((harness.state(), harness.closed.len()), (State::Waiting, 1));
    let events = harness.take_events();
    assert!(events.iter().any(|e| matches!(e, Event::AttemptFailed { cause: Cause::OpenTimeout, .. })));
}

#[test]
fn a_first_reply_is_awaited_five_seconds_asked_for_again_and_awaited_ten() {
    let mut harness = Harness::new();
    harness.watch("*");
    harness.act(Session::open);
    harness.accept();
    harness.pass(4_999);
    assert_eq!(harness.take_subscribes().len(), 1);
    harness.pass(1);
    assert_eq!(harness.take_subscribes().len(), 1, "asked again");
    harness.pass(9_999);
    assert_eq!(harness.state(), State::Handshaking);
    harness.pass(1);
    assert_eq!((harness.state(), harness.closed.len()), (State::Waiting, 1));
}

#[test]
fn a_first_reply_to_the_second_asking_connects() {
    let mut harness = Harness::new();
    harness.watch("*");
    harness.act(Session::open);
    harness.accept();
    harness.pass(14_999);
    harness.confirm(&[]);
    assert_eq!(harness.state(), State::Connected);
}

#[test]
fn a_lost_connection_is_made_again_within_half_a_second() {
    let mut harness = Harness::connected();
    harness.pass(STABLE_MS);
    harness.close(1006);
    assert_eq!(harness.state(), State::Waiting);
    harness.pass(500);
    assert_eq!((harness.state(), harness.sockets.len()), (State::Connecting, 2));
    harness.accept();
    harness.confirm(&[]);
    assert_eq!((harness.state(), harness.session.stats().reconnects), (State::Connected, 1));
}

#[test]
fn only_five_seconds_of_connection_end_a_run_of_failures() {
    let next_attempt = |stood_ms: u64| {
        let mut harness = Harness::connected();
        for _ in 0..8 {
            harness.close(1006);
            wait_for_attempt(&mut harness);
            harness.accept();
            harness.confirm(&[]);
        }
        harness.pass(stood_ms);
        harness.close(1006);
        wait_for_attempt(&mut harness);
        harness.take_events();
        harness.close(1006);
        harness.take_events().into_iter().find_map(|event| match event {
            Event::AttemptFailed { attempt, .. } => Some(attempt),
            _ => None,
        })
    };
    assert_eq!(next_attempt(STABLE_MS), Some(1));
    assert_eq!(next_attempt(STABLE_MS - 1), Some(10));
}

#[test]
fn two_minutes_without_success_make_attempts_rare() {
    let mut harness = Harness::new();
    harness.act(Session::open);
    fail_until(&mut harness, State::Suspended);
    assert!((SUSPEND_AFTER_MS..SUSPEND_AFTER_MS + 30_000).contains(&harness.now.mono_ms));
    let attempts = harness.sockets.len();
    harness.pass(23_999);
    assert_eq!(harness.sockets.len(), attempts);
    harness.pass(12_001);
    assert_eq!((harness.sockets.len(), harness.state()), (attempts + 1, State::Connecting));
    harness.close(1006);
    assert_eq!(harness.state(), State::Suspended);
}

#[test]
fn a_suspended_session_tries_at_once_when_there_is_reason_to() {
    let reasons: [fn(&mut Session, crate::Now); 3] = [
        |session, now| session.network(true, now),
        |session, now| {
            session.visibility(false, now);
            session.visibility(true, now);
        },
        Session::retry_now,
    ];
    for reason in reasons {
        let mut harness = Harness::new();
        harness.act(Session::open);
        fail_until(&mut harness, State::Suspended);
        harness.act(reason);
        assert_eq!(harness.state(), State::Connecting);
    }
}

#[test]
fn a_waiting_session_tries_at_once_when_online_shown_or_asked() {
    let mut harness = Harness::connected();
    harness.close(1006);
    harness.act(Session::retry_now);
    assert_eq!(harness.state(), State::Connecting);
}

#[test]
fn without_a_network_an_attempt_is_abandoned_and_repeated_every_thirty_seconds() {
    let mut harness = Harness::new();
    harness.act(Session::open);
    harness.act(|session, now| session.network(false, now));
    assert_eq!(harness.state(), State::Offline);
    harness.pass(OFFLINE_RETRY_MS - 1);
    assert_eq!(harness.state(), State::Offline);
    harness.pass(1);
    assert_eq!(harness.state(), State::Connecting, "the flag is not trusted alone");
    harness.close(1006);
    assert_eq!(harness.state(), State::Offline);
    harness.act(|session, now| session.network(true, now));
    assert_eq!(harness.state(), State::Connecting);
}

#[test]
fn a_mass_disconnect_brings_viewers_back_evenly_over_the_window() {
    let window_ms = 20_000;
    let mut moments: Vec<u64> = (0..500)
        .map(|seed| {
            let mut harness = Harness::with(Settings::default(), seed);
            harness.act(Session::open);
            harness.accept();
            harness.pong(&[]);
            harness.dismiss(3000, true, Some(window_ms));
            assert_eq!(harness.state(), State::Waiting);
            let start_ms = harness.now.mono_ms;
            wait_for_attempt(&mut harness);
            harness.now.mono_ms - start_ms
        })
        .collect();
    moments.sort_unstable();
    assert!(moments.iter().all(|ms| *ms <= window_ms));
    let in_quarter = |n: u64| moments.iter().filter(|ms| **ms / (window_ms / 4) == n).count();
    assert!((0..4).all(|n| (80..180).contains(&in_quarter(n))), "{moments:?}");
}

#[test]
fn a_terminal_refusal_is_one_attempt_and_words() {
    let cases = [
        (401, SessionFailure::SignIn, "This board asks for a token."),
        (403, SessionFailure::Forbidden, SessionFailure::Forbidden.words()),
        (
            404,
            SessionFailure::NotTickertape { status: 404 },
            "There is no Tickertape server at this address. Check the address.",
        ),
    ];
    for (status, expected, words) in cases {
        let mut harness = Harness::new();
        harness.act(Session::open);
        refuse(&mut harness, status);
        assert_eq!(failure(&mut harness), Some(expected));
        harness.pass(10_000_000);
        assert_eq!((harness.state(), harness.sockets.len()), (State::Failed, 1));
        let banner = harness.session.banner(harness.now).unwrap();
        assert_eq!(banner.words(), words);
    }
}

/// Closes the connection, and refuses the session's next attempt to connect with this HTTP status.
fn refuse_again(harness: &mut Harness, status: u16, is_from_server: bool) {
    harness.close(1006);
    wait_for_attempt(harness);
    let refusal = Refusal { status: Some(status), is_from_server, ..Refusal::default() };
    let socket = harness.socket();
    harness.act(|session, now| session.socket_refused(socket, refusal, now));
}

#[test]
fn after_a_connection_what_a_proxy_answers_in_place_of_the_server_is_tried_again() {
    for status in [200, 302, 401, 403, 404, 502, 503] {
        let mut harness = Harness::connected();
        refuse_again(&mut harness, status, false);
        assert_eq!((harness.state(), failure(&mut harness)), (State::Waiting, None), "{status}");
        wait_for_attempt(&mut harness);
        harness.accept();
        harness.confirm(&[]);
        assert_eq!(harness.state(), State::Connected, "{status}");
    }
}

#[test]
fn after_a_connection_the_servers_own_refusal_is_final() {
    for (status, expected) in [(401, SessionFailure::SignIn), (403, SessionFailure::Forbidden)] {
        let mut harness = Harness::connected();
        refuse_again(&mut harness, status, true);
        assert_eq!((harness.state(), failure(&mut harness)), (State::Failed, Some(expected)), "{status}");
    }
}

#[test]
fn the_attempts_behind_a_proxy_become_rare_and_never_end() {
    let mut harness = Harness::connected();
    refuse_again(&mut harness, 404, false);
    for _ in 0..200 {
        wait_for_attempt(&mut harness);
        refuse(&mut harness, 404);
    }
    assert_eq!((harness.state(), failure(&mut harness)), (State::Suspended, None));
    let banner = harness.session.banner(harness.now).unwrap();
    assert_eq!(
        banner.cause.unwrap().words(),
        "another program, such as a proxy, answers in place of the server"
    );
}

#[test]
fn a_refusal_that_may_pass_is_tried_again() {
    for status in [429, 500, 503] {
        let mut harness = Harness::new();
        harness.act(Session::open);
        refuse(&mut harness, status);
        assert_eq!(harness.state(), State::Waiting, "{status}");
    }
}

#[test]
fn the_server_decides_by_its_code_whether_to_come_back() {
    let cases = [
        (3000, true, None),
        (3500, false, Some(SessionFailure::SignIn)),
        (4000, false, Some(SessionFailure::Removed)),
    ];
    for (code, reconnect, expected) in cases {
        let mut harness = Harness::connected();
        harness.dismiss(code, reconnect, None);
        assert_eq!(failure(&mut harness), expected, "{code}");
        assert_eq!(harness.closed, [harness.sockets[0]]);
    }
}

#[test]
fn a_token_that_ran_out_ends_in_failed_and_a_new_one_starts_again() {
    let mut harness = Harness::connected();
    harness.refuse(None, 301, None);
    assert_eq!(failure(&mut harness), Some(SessionFailure::SignIn));
    harness.pass(60_000);
    assert_eq!(harness.sockets.len(), 1);
    harness.act(|session, now| session.set_token("fresh".into(), now));
    assert_eq!(harness.state(), State::Connecting);
    assert_eq!(harness.protocols[1], ["tickertape.v1", "bearer.fresh"]);
}

#[test]
fn a_forbidden_filter_is_named_and_the_last_of_them_ends_the_session() {
    let mut harness = Harness::new();
    harness.watch("a/*");
    harness.watch("b/*");
    harness.act(Session::open);
    harness.accept();
    let requests = harness.take_subscribes();
    harness.refuse(Some(requests[0].id), 400, None);
    assert_eq!(harness.state(), State::Connected, "b/* may still be allowed");
    harness.refuse(Some(requests[1].id), 400, None);
    assert_eq!((harness.state(), failure(&mut harness)), (State::Failed, Some(SessionFailure::Forbidden)));
}

#[test]
fn close_code_1008_is_one_retry_with_a_fresh_token_and_then_the_end() {
    let mut harness = Harness::connected();
    harness.close(1008);
    assert!(harness.take_events().contains(&Event::TokenWanted));
    harness.act(|session, now| session.set_token("fresh".into(), now));
    assert_eq!(harness.protocols[1], ["tickertape.v1", "bearer.fresh"]);
    harness.accept();
    harness.close(1008);
    assert_eq!(failure(&mut harness), Some(SessionFailure::SignIn));
    harness.pass(1_000_000);
    assert_eq!(harness.sockets.len(), 2);
}

#[test]
fn a_blink_is_not_news_and_trouble_is_after_a_second_and_a_half() {
    let mut harness = Harness::connected();
    harness.close(1006);
    harness.take_events();
    harness.pass(BANNER_MS - 1);
    assert_eq!(harness.session.banner(harness.now), None);
    assert!(!harness.take_events().contains(&Event::BannerChanged));
    harness.pass(1);
    assert!(harness.take_events().contains(&Event::BannerChanged));
    let banner = harness.session.banner(harness.now).unwrap();
    assert_eq!(banner.words(), "Connection lost. Reconnecting\u{2026}");
    harness.accept();
    harness.confirm(&[]);
    assert_eq!(harness.session.banner(harness.now), None);
}

#[test]
fn close_ends_in_closed_from_every_state_and_open_starts_again() {
    let ways: [fn() -> Harness; 5] = [
        Harness::new,
        || {
            let mut harness = Harness::new();
            harness.act(Session::open);
            harness
        },
        Harness::connected,
        || {
            let mut harness = Harness::connected();
            harness.close(1006);
            harness
        },
        || {
            let mut harness = Harness::connected();
            harness.dismiss(4000, false, None);
            harness
        },
    ];
    for way in ways {
        let mut harness = way();
        harness.act(Session::close);
        harness.pass(10_000_000);
        assert_eq!(harness.state(), State::Closed);
        let sockets = harness.sockets.len();
        harness.act(Session::open);
        harness.close(1006);
        harness.pass(500);
        assert_eq!((harness.state(), harness.sockets.len()), (State::Connecting, sockets + 2));
    }
}

#[test]
fn a_closing_socket_is_awaited_for_two_seconds() {
    let mut harness = Harness::connected();
    harness.act(Session::close);
    assert_eq!(harness.state(), State::Closing);
    harness.close(1000);
    assert_eq!(harness.state(), State::Closed);
    let mut harness = Harness::connected();
    harness.act(Session::close);
    harness.pass(1_999);
    assert_eq!(harness.state(), State::Closing);
    harness.pass(1);
    assert_eq!(harness.state(), State::Closed);
}

#[test]
fn a_late_close_of_an_old_socket_is_not_a_loss_of_the_new() {
    let mut harness = Harness::connected();
    let old = harness.socket();
    harness.close(1006);
    harness.pass(500);
    harness.accept();
    harness.confirm(&[]);
    harness.act(|session, now| session.socket_closed(old, 1006, "", now));
    harness.publish(&[1]);
    assert_eq!(harness.state(), State::Connected);
    assert_eq!(harness.shown(), "1");
}

#[test]
fn garbage_is_counted_and_the_socket_kept() {
    let mut harness = Harness::connected();
    let socket = harness.socket();
    for text in ["", "{", "[]", "{\"type\":1}", "{\"message\":\"Internal server error\"}", "\u{0}"] {
        harness.act(|session, now| session.socket_message(socket, text, now));
    }
    harness.act(|session, now| session.socket_message(socket, "{\"type\":\"newer\"}", now));
    assert_eq!((harness.state(), harness.session.stats().protocol_errors), (State::Connected, 6));
}
