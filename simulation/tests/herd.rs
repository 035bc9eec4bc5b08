//! Tests ten thousand clients that lose their connection at the same moment.

use shared::server::Disconnect;
use shared::{DisconnectCode, ServerMessage, limits};
use simulation::herd::{Herd, announcement, by_table, sessions};

const CLIENTS: usize = 10_000;

#[test]
fn ten_thousand_clients_dropped_together_come_back_at_most_three_hundred_a_second() {
    let announcement = announcement(CLIENTS);
    for seed in 0..5 {
        let herd = sessions(CLIENTS, &announcement, seed);
        println!("Tickertape, seed {seed}: {herd:?}");
        assert!(herd.peak_per_second <= 300, "{herd:?}");
        assert!(herd.window_ms > 0 && herd.all_back_ms <= herd.window_ms + 5_000, "{herd:?}");
        assert_eq!(herd.handshakes, CLIENTS, "nobody had to call twice: {herd:?}");
    }
}

#[test]
fn without_a_window_the_same_clients_would_run_into_the_gateways_limit() {
    let code = DisconnectCode::Shutdown;
    let without = Disconnect { code, reason: String::new(), reconnect: true, window_ms: None };
    let hintless = sessions(CLIENTS, &ServerMessage::Disconnect(without).to_json(), 0);
    // leptos-use waits 3 s before every attempt; phoenix.js follows its published table of `reconnectAfterMs`.
    let fixed = by_table(CLIENTS, &[3_000]);
    let phoenix = by_table(CLIENTS, &[10, 50, 100, 150, 200, 250, 500, 1_000, 2_000, 5_000]);
    print(&[("no window", hintless), ("fixed 3 s", fixed), ("phoenix.js", phoenix)]);
    for herd in [hintless, fixed, phoenix] {
        assert!(herd.peak_per_second > limits::CONNECTS_PER_SECOND as usize, "{herd:?}");
    }
}

fn print(herds: &[(&str, Herd)]) {
    for (name, herd) in herds {
        println!("{name}: {herd:?}");
    }
}
