//! Draws the plan of a schedule (simulated run) at random from its seed.

use shared::client::Rewind;
use shared::limits;

use super::{Act, ClientSetting, FILTERS, Keeps, Plan, Platform, Setting, StoreFault, TOPICS};
use crate::conditions::Conditions;
use crate::rng::Rng;

/// Number of acts that the function [`ending`] returns.
const ENDING: usize = 3;

impl Plan {
    /// Draws a random plan from the seed `seed`. The same seed always gives the same plan.
    pub fn draw(seed: u64) -> Self {
        let mut rng = Rng::new(seed);
        let setting = Setting { frame_every_ms: frame_every_ms(seed), ..setting(&mut rng) };
        let clients = setting.clients.len();
        let count = rng.between(8, 45);
        let mut acts: Vec<(u64, Act)> =
            (0..count).map(|_| (pause_ms(&mut rng), act(clients, &mut rng))).collect();
        acts.extend(ending(clients, &mut rng));
        if rng.percent(25) {
            // Inserted at a random place among the acts that were drawn before.
            let at = rng.index(acts.len() - ENDING);
            acts.splice(at..at, repeated_resets(clients, &mut rng));
        }
        insert_conflation(seed, clients, &mut acts);
        Self { seed, setting, acts }
    }
}

/// Inserts acts by which clients ask for conflated publications into a third of the plans. They have random numbers of their own, so
/// that the rest of a plan is the same as without them.
fn insert_conflation(seed: u64, clients: usize, acts: &mut Vec<(u64, Act)>) {
    let mut rng = Rng::new(seed ^ 0x5eed_c0f1_a7ed_0001);
    if !rng.percent(35) {
        return;
    }
    for _ in 0..rng.between(1, 8) {
        let client = rng.index(clients);
        let max_hz = rng.pick(&[Some(1), Some(1), Some(2), Some(20), None]);
        // The first client is subscribed to the first filter, and most acts concern it.
        let filter = if client == 0 { 0 } else { rng.index(FILTERS.len()) };
        let at = rng.index(acts.len() - ENDING);
        let flood = Act::Post { topic: rng.index(TOPICS.len()), items: rng.index(30) + 2 };
        acts.splice(at..at, [(0, Act::Conflate { client, filter, max_hz }), (0, flood)]);
    }
}

fn setting(rng: &mut Rng) -> Setting {
    let rotate_in_ms = if rng.percent(70) { rng.between(15_000, 240_000) } else { limits::LIFE_MS * 11 / 12 };
    let clients = rng.between(1, 3);
    Setting {
        platform: rng.pick(&[Platform::Laptop, Platform::Cloud]),
        tokens: rng.percent(15),
        rotate_in_ms,
        frame_every_ms: 0,
        life_ms: if rng.percent(80) { rotate_in_ms * 12 / 11 } else { rotate_in_ms.min(60_000) },
        idle_ms: if rng.percent(90) { limits::IDLE_MS } else { 75_000 },
        keep_items: rng.pick(&[5, 40, 1_000, 1_000]),
        keep_age_ms: rng.pick(&[60_000, 3_600_000, 360_000_000]),
        clients: (0..clients).map(|number| client(number == 0, rng)).collect(),
    }
}

/// Draws the time for which publications are collected. It has random numbers of its own, so that the rest of a plan is the same as
/// without it.
fn frame_every_ms(seed: u64) -> u64 {
    Rng::new(seed ^ 0x5eed_f4a3_e000_0001).pick(&[0, 0, 0, 1_000, 5_000, limits::FRAME_EVERY_MS])
}

fn client(watches_all: bool, rng: &mut Rng) -> ClientSetting {
    let filters =
        if watches_all { vec![0] } else { vec![rng.index(FILTERS.len()), rng.index(FILTERS.len())] };
    ClientSetting {
        watches: filters.into_iter().map(|filter| (filter, rewind(rng))).collect(),
        is_browser: rng.percent(60),
        skew_ms: rng.pick(&[0, 3_000, -3_000, 86_400_000]),
        queue_messages: rng.pick(&[4, 100]),
    }
}

fn rewind(rng: &mut Rng) -> Option<Rewind> {
    let count = Rewind::Count(rng.pick(&[0, 1, 3, 50]));
    rng.pick(&[None, Some(count), Some(Rewind::Ms(30_000))])
}

/// Draws the pause before an act, in milliseconds. It is mostly seconds, sometimes minutes, and rarely as long as the
/// maximum age of a connection.
fn pause_ms(rng: &mut Rng) -> u64 {
    match rng.between(0, 999) {
        0..600 => rng.between(0, 1_500),
        600..880 => rng.between(1_500, 12_000),
        880..985 => rng.between(12_000, 90_000),
        985..998 => rng.between(90_000, 400_000),
        _ => rng.between(400_000, 8_000_000),
    }
}

/// Returns the last acts of a plan: a publication under poor conditions, since the loss of the last publication is the
/// hardest to notice.
fn ending(clients: usize, rng: &mut Rng) -> [(u64, Act); ENDING] {
    let worst = Conditions { lost_down: 70, ..Conditions::poor(rng) };
    let poor = (rng.between(0, 2_000), Act::Conditions(worst));
    let last = (rng.between(100, 2_000), publish(clients, rng));
    let end = (rng.between(50, 2_000), Act::Conditions(Conditions::GOOD));
    [poor, last, end]
}

/// Returns acts by which a topic's log is lost several times. Meanwhile messages are late and overtake each other, so
/// that clients receive the epochs of the logs in any order.
fn repeated_resets(clients: usize, rng: &mut Rng) -> Vec<(u64, Act)> {
    let topic = rng.index(TOPICS.len());
    let slowest_ms = rng.between(300, 4_000);
    let conditions = Conditions { slowest_ms, reordered: 80, doubled: 20, ..Conditions::poor(rng) };
    let mut acts = vec![(rng.between(0, 1_000), Act::Conditions(conditions))];
    for _ in 0..rng.between(2, 4) {
        if rng.percent(25) {
            let client = rng.index(clients);
            acts.push((0, Act::Freeze { client, ms: rng.between(300, 4_000) }));
        }
        let posts = rng.between(1, 3);
        acts.extend((0..posts).map(|_| (rng.between(0, 500), Act::Post { topic, items: 1 })));
        acts.push((rng.between(0, 800), Act::Reset { topic }));
    }
    acts.push((rng.between(0, 500), Act::Post { topic, items: 1 }));
    acts
}

fn publish(clients: usize, rng: &mut Rng) -> Act {
    let topic = rng.index(TOPICS.len());
    let items = if rng.percent(80) { 1 } else { rng.index(12) + 1 };
    if rng.percent(40) {
        return Act::Post { topic, items };
    }
    Act::Publish { client: rng.index(clients), topic, items, idempotent: rng.percent(70) }
}

fn act(clients: usize, rng: &mut Rng) -> Act {
    match rng.between(0, 99) {
        0..42 => publish(clients, rng),
        42..58 => trouble(rng.index(clients), rng),
        58..66 => Act::Conditions(if rng.percent(35) { Conditions::GOOD } else { Conditions::poor(rng) }),
        66..82 => fault(rng.index(TOPICS.len()), rng),
        82..98 => habit(rng.index(clients), rng),
        _ => Act::CountViewers,
    }
}

/// Draws a fault of a client's network or machine.
fn trouble(client: usize, rng: &mut Rng) -> Act {
    match rng.between(0, 9) {
        0..5 => Act::Cut { client, client_notices: rng.percent(60), server_notices: rng.percent(60) },
        5..7 => Act::Freeze { client, ms: rng.between(500, 40_000) },
        7 => Act::Unplug {
            client,
            ms: rng.between(1_000, 200_000),
            notified: rng.percent(60),
            sockets_survive: rng.percent(30),
        },
        _ => Act::Sleep {
            client,
            ms: rng.between(5_000, 900_000),
            clock_stops: rng.percent(50),
            sockets_survive: rng.percent(30),
        },
    }
}

/// Draws a fault of the server, such as a restart or a failing store.
fn fault(topic: usize, rng: &mut Rng) -> Act {
    match rng.between(0, 9) {
        0..4 => Act::Restart {
            down_ms: if rng.percent(80) { rng.between(50, 8_000) } else { rng.between(60_000, 200_000) },
            announced: rng.percent(50),
            keeps: rng.pick(&[Keeps::Rows, Keeps::Log, Keeps::Log, Keeps::Nothing]),
        },
        4..6 => match rng.between(0, 3) {
            0 => Act::Impersonate { topic },
            1 => Act::Crowd { topic, producers: rng.index(300) + 1 },
            2 => Act::Delete { topic },
            _ => Act::Reset { topic },
        },
        6..9 => Act::Evict { topic, keep: rng.between(0, 6) },
        _ => Act::BreakStore {
            ms: rng.between(200, 20_000),
            how: rng.pick(&[StoreFault::Refuses, StoreFault::Full, StoreFault::LosesAnswers]),
        },
    }
}

/// Draws an action of a user or of the program around a client's session.
fn habit(client: usize, rng: &mut Rng) -> Act {
    let filter = rng.index(FILTERS.len());
    match rng.between(0, 13) {
        0..3 => Act::Watch { client, filter, rewind: rewind(rng) },
        3..5 => Act::Unwatch { client, filter },
        5..8 => Act::Show { client, visible: rng.percent(50) },
        8 => Act::Close { client },
        9 => Act::Open { client },
        10 => Act::RetryNow { client },
        11 => Act::Forget { client },
        _ => Act::Token { client, good: rng.percent(60) },
    }
}
