//! Example page that shows the board in every state, with made-up data and without a server. It is opened in a
//! browser to judge style sheets and charts.
//!
//! Words after `#` in the address select a state: `#dark`, `#light`, `#wall`, `#add`, `#trouble` or `#empty`. Others
//! cause an action a moment after the page was loaded: `#point` shows the crosshair, `#table` opens a chart's table,
//! `#off` hides the first series, and `#turn` changes to the light theme. Several words are separated by commas.

mod synth;

use board_model::chart::draw::Shape;
use board_model::chart::{Bounds, Format, Look, SeriesSet, Unit, shapes};
use board_model::window::Window;
use frontend::chart::Chart;
use frontend::signal::{RwSignal, Signal};
use frontend::time::Time;
use leptos::prelude::*;
use std::time::Duration;
use synth::Feed;
use wasm_bindgen::JsCast;

const MINUTE_MS: i64 = 60_000;

fn main() {
    console_error_panic_hook::set_once();
    mount_to_body(Gallery);
}

/// Returns true if `word` is among the words after `#` in the page's address.
fn asked(word: &str) -> bool {
    window().location().hash().is_ok_and(|hash| hash.split(['#', ',']).any(|part| part == word))
}

fn set_root(attribute: &str, word: &str) {
    let root = document().document_element().expect("a page has a root");
    root.set_attribute(attribute, word).expect("a valid attribute name");
}

/// Clicks the first element that matches the CSS selector. Does nothing if no element matches.
fn press(selector: &str) {
    if let Ok(Some(element)) = document().query_selector(selector) {
        element.unchecked_into::<web_sys::HtmlElement>().click();
    }
}

/// Shows the crosshair on the first chart, by sending it the keys with which a reader would move it.
fn point() {
    let Ok(Some(plot)) = document().query_selector(".plot") else { return };
    let options = web_sys::KeyboardEventInit::new();
    options.set_bubbles(true);
    for key in ["End", "PageDown", "PageDown", "PageDown"] {
        options.set_key(key);
        let press = web_sys::KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &options);
        plot.dispatch_event(&press.expect("an event of a known kind")).expect("an event not yet sent");
    }
}

fn now_ms() -> i64 {
    js_sys::Date::now() as i64
}

#[component]
fn Gallery() -> impl IntoView {
    provide_context(Time::new(Window::default(), None));
    for (attribute, word) in [("data-theme", "dark"), ("data-theme", "light"), ("data-wall", "wall")] {
        if asked(word) {
            set_root(attribute, word);
        }
    }
    if asked("table") {
        set_timeout(|| press(".twin-switch"), Duration::from_millis(1_500));
    }
    if asked("off") {
        set_timeout(|| press(".legend .key"), Duration::from_millis(1_500));
    }
    if asked("turn") {
        set_timeout(|| set_root("data-theme", "light"), Duration::from_millis(1_500));
    }
    if asked("point") {
        set_timeout(point, Duration::from_millis(1_500));
    }
    let now = RwSignal::new(now_ms());
    let window_ms = RwSignal::new(5 * MINUTE_MS);
    let paused = RwSignal::new(false);
    let move_on = move || {
        paused.with_untracked(|paused| {
            if !paused {
                now.set(now_ms())
            }
        })
    };
    set_interval(move_on, Duration::from_secs(1));
    provide_context(Board { now, window_ms });
    view! {
        <Bar window_ms paused />
        {asked("trouble").then(trouble)}
        {if asked("empty") { empty().into_any() } else { view! { <Panels /> }.into_any() }}
        {asked("add").then(add_data)}
    }
}

#[derive(Clone, Copy)]
struct Board {
    now: RwSignal<i64>,
    window_ms: RwSignal<i64>,
}

#[component]
fn Bar(window_ms: RwSignal<i64>, paused: RwSignal<bool>) -> impl IntoView {
    let windows = [(1, "1 min"), (5, "5 min"), (15, "15 min"), (60, "1 h")];
    let segment = move |(minutes, label): (i64, &'static str)| {
        let length_ms = minutes * MINUTE_MS;
        view! {
            <button
                data-label=label
                aria-pressed=move || (window_ms.get() == length_ms).to_string()
                on:click=move |_| window_ms.set(length_ms)
            >
                {label}
            </button>
        }
    };
    let state = if asked("trouble") { ("state is-waiting", "Reconnecting") } else { ("state", "Live") };
    view! {
        <header class="bar">
            <span class="mark">"ticker"<i>"tape"</i></span>
            <input class="filter" type="search" placeholder="Filter topics" aria-label="Filter topics" />
            <span class="grow"></span>
            <span class=state.0 role="status">
                <span class="dot"></span><b>{state.1}</b>
                <span class="latency">"24 ms"</span><span class="viewers">"3 viewers"</span>
            </span>
            <span class="seg" role="group" aria-label="Time window">{windows.map(segment).collect_view()}</span>
            <button
                class="tool pause"
                aria-pressed=move || paused.get().to_string()
                on:click=move |_| paused.update(|paused| *paused = !*paused)
            >
                {move || if paused.get() { "Resume" } else { "Pause" }}
            </button>
            <button class="tool icon theme" aria-label="Dark or light"></button>
            <button class="tool icon wall" aria-label="Wall mode"></button>
            <button class="tool primary">"Add data"</button>
        </header>
    }
}

fn trouble() -> impl IntoView {
    view! {
        <div class="banner" role="alert">
            <b>"Connection lost"</b>
            <span>"Last data 10:42:07. Trying again in 4 s."</span>
            <button class="tool">"Try now"</button>
        </div>
    }
}

fn empty() -> impl IntoView {
    view! {
        <main>
            <div class="empty">
                <h2>"Nothing published yet"</h2>
                <p>"Send a number, and its panel appears here by itself."</p>
                {command("curl -d 21.5 http://127.0.0.1:8080/topics/kitchen/temp")}
            </div>
        </main>
    }
}

#[component]
fn Panels() -> impl IntoView {
    let to = now_ms() / 1_000 * 1_000;
    let from = to - 60 * MINUTE_MS;
    let all = |_| false;
    let cores: Vec<String> = (0..8).map(|core| format!("cpu{core}")).collect();
    let core_names: Vec<&str> = cores.iter().map(String::as_str).collect();
    let gap = to - 150_000..to - 109_000;
    let mut orders = Feed::new(29, &["orders"], 40.0, 95.0).fill(from, to, |ts| gap.contains(&ts));
    orders.lost_mut().add(gap);
    let mut replayed = Feed::new(31, &["in", "out"], 0.0, 42e6).fill(from, to, all);
    replayed.replayed_mut().add(to - 80_000..to - 20_000);
    let late = Feed::new(5, &["in", "out"], 0.0, 9_600_000.0).fill(from, to - 9_000, all);
    let stale = Feed::new(8, &["temperature"], 17.5, 19.5).fill(from, to - 100_000, all);
    let frost = Feed::new(12, &["inside", "outside"], -14.0, 22.0).fill(from, to, all);
    view! {
        <main>
            <h2 class="group">"host"</h2>
            <div class="grid">
                <Lines name="cpu" path="%" unit="%" wide=true feed=Feed::new(3, &["user", "system"], 2.0, 96.0) from to />
                <Figure name="memory" path="used of 23.4 GiB" unit="B" chip=("live", "live")
                    set=Feed::new(4, &["used"], 4.9e9, 6.1e9).fill(from, to, all) />
                <Still name="net" path="received, sent" unit="B/s" chip=("late", "late, 9 s") set=late />
                <Lines name="cores" path="8 of 8" unit="%" wide=true feed=Feed::new(40, &core_names, 0.0, 99.0) from to />
                <Still name="disk" path="sda, filled in" unit="B/s" chip=("replayed", "filled in, 60 s") set=replayed />
                <Lines name="load" path="1 min" unit="" feed=Feed::new(50, &["load"], 0.0, 3.1) from to />
            </div>
            <h2 class="group">"shop"</h2>
            <div class="grid">
                <Still name="orders" path="per minute" unit="" chip=("gap", "gap, 41 s lost") set=orders />
                {state_panel("checkout", "is-good", "open", "since 09:12, changed 3 times today")}
                <Figure name="cold-store" path="°C" unit="°C" chip=("stale", "stale, 100 s") set=stale />
                {queues()}
                {log()}
                <Still name="weather" path="°C" unit="°C" chip=("live", "live") set=frost />
                {state_panel("payments", "is-bad", "degraded", "since 10:40, changed 7 times today")}
                <Still name="returns" path="no data yet" unit="" chip=("waiting", "waiting") set=SeriesSet::new(8) />
            </div>
            <h2 class="group">"kinds"</h2>
            <div class="grid">
                {kinds(from, to).collect_view()}
            </div>
        </main>
    }
}

/// Returns a chart of each shape.
fn kinds(from: i64, to: i64) -> impl Iterator<Item = impl IntoView> {
    let gap = to - 150_000..to - 109_000;
    let shapes = [
        ("area", shapes::area(false)),
        ("stacked", shapes::stacked()),
        ("bars", shapes::bars(false)),
        ("step", shapes::step(false)),
        ("log", shapes::line(true)),
        ("heatmap", shapes::heatmap()),
    ];
    shapes.into_iter().map(move |(name, shape)| {
        let mut set =
            Feed::new(61, &["user", "system", "iowait"], 0.5, 40.0).fill(from, to, |ts| gap.contains(&ts));
        set.lost_mut().add(gap.clone());
        view! { <Shaped name shape set /> }
    })
}

/// Shows a chart whose series are not drawn as lines. Its data does not change.
#[component]
fn Shaped(name: &'static str, shape: Shape, set: SeriesSet) -> impl IntoView {
    let Board { now, window_ms } = expect_context();
    view! {
        <section class="panel">
            {top(name, "%", ("gap", "gap, 41 s lost"))}
            <Chart
                name=Signal::stored(name.to_owned())
                shape=Some(shape)
                series=RwSignal::new(set)
                now_ms=now
                window_ms
                unit=Signal::stored(Unit::parse("%"))
                bounds=Signal::stored(Bounds::default())
                hole_ms=Signal::stored(Some(5_000))
            />
        </section>
    }
}

/// Shows a line chart to which a made-up publication is added every second.
#[component]
fn Lines(
    name: &'static str,
    path: &'static str,
    unit: &'static str,
    #[prop(optional)] wide: bool,
    mut feed: Feed,
    from: i64,
    to: i64,
) -> impl IntoView {
    let set = RwSignal::new(feed.fill(from, to, |_| false));
    let feed = StoredValue::new(feed);
    set_interval(
        move || feed.update_value(|feed| set.update(|set| feed.publish(set, now_ms()))),
        Duration::from_secs(1),
    );
    view! { <ChartPanel name path unit wide chip=("live", "live") set /> }
}

/// Shows a line chart whose data does not change.
#[component]
fn Still(
    name: &'static str,
    path: &'static str,
    unit: &'static str,
    chip: (&'static str, &'static str),
    set: SeriesSet,
) -> impl IntoView {
    view! { <ChartPanel name path unit wide=false chip set=RwSignal::new(set) /> }
}

#[component]
fn ChartPanel(
    name: &'static str,
    path: &'static str,
    unit: &'static str,
    wide: bool,
    chip: (&'static str, &'static str),
    set: RwSignal<SeriesSet>,
) -> impl IntoView {
    let Board { now, window_ms } = expect_context();
    view! {
        <section class="panel" class:wide=wide>
            {top(name, path, chip)}
            <Chart
                name=Signal::stored(name.to_owned())
                series=set
                now_ms=now
                window_ms
                unit=Signal::stored(Unit::parse(unit))
                bounds=Signal::stored(Bounds::default())
                hole_ms=Signal::stored(Some(5_000))
            />
        </section>
    }
}

/// Shows a panel with a number in large type above a sparkline.
#[component]
fn Figure(
    name: &'static str,
    path: &'static str,
    unit: &'static str,
    chip: (&'static str, &'static str),
    set: SeriesSet,
) -> impl IntoView {
    let Board { now, window_ms } = expect_context();
    let (_, value) = set.latest(0, i64::MAX).expect("a figure");
    let unit = Unit::parse(unit);
    let format = Format::for_value(&unit, value);
    let stale = chip.0 == "stale";
    view! {
        <section class="panel" class:is-stale=stale>
            {top(name, path, chip)}
            <div class="big">{format.number(value)}" "<small>{format.suffix().to_owned()}</small></div>
            <Chart
                name=Signal::stored(name.to_owned())
                look=Look::Sparkline
                series=RwSignal::new(set)
                now_ms=now
                window_ms
                unit=Signal::stored(unit)
                hole_ms=Signal::stored(Some(5_000))
                stale=Signal::stored(stale)
            />
        </section>
    }
}

fn top(name: &'static str, path: &'static str, (kind, words): (&'static str, &'static str)) -> impl IntoView {
    view! {
        <div class="top">
            <span class="name">{name}</span><span class="path">{path}</span>
            <span class=format!("chip {kind}")>{words}</span>
        </div>
    }
}

fn state_panel(
    name: &'static str,
    kind: &'static str,
    state: &'static str,
    note: &'static str,
) -> impl IntoView {
    view! {
        <section class="panel">
            {top(name, "", ("live", "live"))}
            <div class=format!("state-big {kind}")>{state}</div>
            <div class="note">{note}</div>
        </section>
    }
}

fn queues() -> impl IntoView {
    let rows = [
        ("mail", "14", "2.1 s"),
        ("invoices", "3", "0.4 s"),
        ("thumbnails", "211", "38 s"),
        ("webhooks", "0", "–"),
    ];
    let row = |(queue, depth, oldest)| view! { <tr><td>{queue}</td><td>{depth}</td><td>{oldest}</td></tr> };
    view! {
        <section class="panel">
            {top("queues", "", ("live", "live"))}
            <div class="rows" tabindex="0">
                <table>
                    <thead><tr><th scope="col">"queue"</th><th scope="col">"depth"</th><th scope="col">"oldest"</th></tr></thead>
                    <tbody>{rows.map(row).collect_view()}</tbody>
                </table>
            </div>
        </section>
    }
}

fn log() -> impl IntoView {
    let lines = [
        ("10:42:07.114", "order 88213 paid, 48.90 EUR"),
        ("10:42:05.871", "order 88212 paid, 12.00 EUR"),
        ("10:42:03.020", "stock low: filter paper, 14 left"),
        ("10:41:58.446", "order 88211 refunded"),
        ("10:41:52.309", "courier picked up 7 parcels"),
        ("10:41:49.780", "order 88211 paid, 33.50 EUR"),
        ("10:41:44.002", "till 2 opened"),
    ];
    let line = |(time, text)| view! { <li><time>{time}</time><span>{text}</span></li> };
    view! {
        <section class="panel wide">
            {top("log", "12 lines a minute", ("live", "live"))}
            <ul class="log" tabindex="0">{lines.map(line).collect_view()}</ul>
        </section>
    }
}

fn add_data() -> impl IntoView {
    let recipes = [
        (
            "With curl",
            "A number, a string, or an object: each field becomes a series.",
            "curl -d 21.5 http://127.0.0.1:8080/topics/kitchen/temp",
        ),
        (
            "A pipe",
            "Any lines: numbers, key=value, JSON, logfmt or CSV.",
            "vmstat 1 | tickertape pipe lab/vmstat",
        ),
        ("This machine", "CPU, memory, load, network, disks; every second.", "tickertape host"),
    ];
    let recipe = |(title, words, line)| {
        view! { <section class="recipe"><h3>{title}</h3><p>{words}</p>{command(line)}</section> }
    };
    let dialog = NodeRef::<leptos::html::Dialog>::new();
    dialog.on_load(|dialog| dialog.show_modal().expect("a dialog in the page"));
    view! {
        <dialog class="sheet" node_ref=dialog>
            <div class="sheet-top"><h2>"Add data"</h2><button class="tool">"Close"</button></div>
            <div class="sheet-body">
                <p>"Whatever is published appears on the board by itself. These commands use this page's own address."</p>
                {recipes.map(recipe).collect_view()}
            </div>
        </dialog>
    }
}

fn command(line: &'static str) -> impl IntoView {
    view! { <div class="command"><pre><code>{line}</code></pre><button class="tool">"Copy"</button></div> }
}
