//! Tests what a reader does with long lists: the series of a chart, the rows of a table, and the lines of a log.

use e2e::board::{open, panel};
use e2e::browser::{Browser, TIMEOUT};
use e2e::server::Server;
use e2e::wait;
use serde_json::{Map, Value, json};

/// The modifier of a key or a mouse that means that `Ctrl` is held, in the DevTools Protocol.
const CTRL: u64 = 2;

/// Returns a script for the texts of all elements that match the CSS selector, joined by commas.
fn texts(selector: &str) -> String {
    format!(
        "[...document.querySelectorAll({})].map((part) => part.textContent.trim()).join()",
        Value::from(selector)
    )
}

/// Moves the focus to the first element that matches the CSS selector.
async fn focus(browser: &Browser, selector: &str) {
    browser.appears(selector).await;
    browser.value(&format!("document.querySelector({}).focus()", Value::from(selector))).await;
}

/// Publishes forty series, whose values are their numbers.
async fn publish_forty(server: &Server) {
    let cores: Map<String, Value> = (0..40).map(|core| (format!("core {core}"), json!(core))).collect();
    for _ in 0..4 {
        server.publish("lab/cores", &Value::Object(cores.clone())).await;
    }
}

fn in_panel(topic: &str, selector: &str) -> String {
    format!("{} {selector}", panel(topic))
}

#[tokio::test]
async fn one_of_forty_series_is_found_and_isolated_with_the_keyboard_alone() {
    let server = Server::start(&["--no-host"]);
    let browser = open(&server).await;
    publish_forty(&server).await;
    let list = in_panel("lab/cores", "[data-testid=all-series]:popover-open");
    // Before the code of charts is there, the panel has a plot without a canvas, which is then replaced.
    browser.appears(&in_panel("lab/cores", ".plot canvas")).await;
    focus(&browser, &in_panel("lab/cores", ".plot")).await;
    wait::until("the key L opens the list", TIMEOUT, || async {
        browser.press_key("l", 0).await;
        browser.text(&list).await.filter(|text| text.contains("40 series"))
    })
    .await;
    let names = format!("{list} tbody label");
    browser.text_becomes(&names, |text| text.contains("core 0")).await;
    let rows = format!(
        "[...document.querySelectorAll({})].slice(0, 3).map((row) => row.textContent.trim()).join()",
        Value::from(names.as_str())
    );

    // The second heading is that of the last values.
    focus(&browser, &format!("{list} thead th:nth-child(2) button")).await;
    browser.press_key("Enter", 0).await;
    browser.becomes("the highest values are first", &rows, json!("core 39,core 38,core 37")).await;
    let sort =
        format!("document.querySelector({}).ariaSort", Value::from(format!("{list} thead th:nth-child(2)")));
    assert_eq!(browser.value(&sort).await, json!("descending"));
    let cells = texts(&format!("{list} tbody tr:first-child td"));
    browser.becomes("last, min, mean and max", &cells, json!("39,39,39.0,39,only")).await;
    browser.screenshot("lists-forty").await;

    focus(&browser, &format!("{list} tbody input")).await;
    browser.press_key("ArrowDown", 0).await;
    browser.press_key("i", 0).await;
    let said = in_panel("lab/cores", ".legend > [role=status]");
    browser.text_becomes(&said, |text| text == "Only core 38 is shown").await;
    let legend = texts(&in_panel("lab/cores", ".keys .key span"));
    browser.becomes("the legend names what is shown", &legend, json!("core 38")).await;
    browser.screenshot("lists-isolated").await;
    browser.press_key("i", 0).await;
    browser.text_becomes(&said, str::is_empty).await;

    // The search leaves the rows that are found.
    focus(&browser, &format!("{list} input[type=search]")).await;
    browser.press_key("7", 0).await;
    let found = texts(&names);
    browser.becomes("found", &found, json!("core 37,core 27,core 17,core 7")).await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_press_on_a_name_shows_it_alone_and_with_ctrl_hides_it() {
    let server = Server::start(&["--no-host"]);
    let browser = open(&server).await;
    for n in 0..4 {
        server.publish("lab/net", &json!({"in": n, "out": 2 * n, "lost": 0})).await;
    }
    let key = |number: usize| in_panel("lab/net", &format!(".keys .key:nth-child({number})"));
    let pressed = format!(
        "[...document.querySelectorAll({})].map((key) => key.ariaPressed).join()",
        Value::from(in_panel("lab/net", ".keys .key"))
    );
    // What the buttons do is loaded after the first chart.
    browser.appears(&in_panel("lab/net", ".keys[role=group]")).await;
    browser.click_on(&key(2)).await;
    browser.becomes("only the second", &pressed, json!("false,true,false")).await;
    browser.click_on(&key(2)).await;
    browser.becomes("all again", &pressed, json!("true,true,true")).await;
    let middle = browser.middle_of(&key(1)).await;
    browser.drag(middle, middle, CTRL).await;
    browser.becomes("the first is hidden", &pressed, json!("false,true,true")).await;
    focus(&browser, &key(3)).await;
    browser.press_key("h", 0).await;
    browser.becomes("the third too", &pressed, json!("false,true,false")).await;
}

#[tokio::test]
async fn the_tooltip_lists_the_series_that_is_nearest_to_the_pointer_first() {
    let server = Server::start(&["--no-host"]);
    let browser = open(&server).await;
    publish_forty(&server).await;
    let plot = in_panel("lab/cores", ".plot");
    browser.appears(&in_panel("lab/cores", ".keys[role=group]")).await;
    let first = texts(&in_panel("lab/cores", ".tip li:first-child span"));
    let rect = format!(
        "(() => {{ const r = document.querySelector({}).getBoundingClientRect(); return [r.right, r.top, r.bottom]; }})()",
        Value::from(plot.as_str())
    );
    // The axis reaches from 0 to 40, and the newest values are at the right edge.
    let point = async |share: f64| {
        let rect = browser.value(&rect).await;
        let at = |index: usize| rect[index].as_f64().expect("a number");
        browser.point_at((at(0) - 6.0, at(1) + (at(2) - at(1)) * share)).await;
    };
    wait::until("a high series is first", TIMEOUT, || async {
        publish_forty(&server).await;
        point(0.06).await;
        let name = browser.value(&first).await;
        name.as_str().filter(|name| ["core 39", "core 38", "core 37"].contains(name)).map(str::to_owned)
    })
    .await;
    let more = in_panel("lab/cores", ".tip p");
    browser.text_becomes(&more, |text| text == "33 more: press L to list all").await;
    browser.screenshot("lists-tooltip").await;
    wait::until("a low series is first", TIMEOUT, || async {
        publish_forty(&server).await;
        point(0.80).await;
        let name = browser.value(&first).await;
        name.as_str()
            .and_then(|name| name.strip_prefix("core ")?.parse::<u32>().ok())
            .filter(|core| *core < 9)
    })
    .await;
}

#[tokio::test]
async fn a_table_is_sorted_and_searched_and_its_rows_do_not_move_under_the_pointer() {
    let server = Server::start(&["--no-host"]);
    let browser = open(&server).await;
    let queues = |depths: [i64; 10]| {
        let names =
            ["mail", "web", "exports", "reports", "billing", "search", "video", "push", "sync", "audit"];
        let rows: Vec<Value> = names
            .iter()
            .zip(depths)
            .map(|(name, depth)| json!({"queue": name, "depth": depth, "state": "up"}))
            .collect();
        json!({ "data": rows })
    };
    server.publish("lab/queues", &queues([14, 3, 211, 7, 0, 9, 5, 1, 2, 4])).await;
    let names = format!(
        "[...document.querySelectorAll({})].slice(0, 3).map((cell) => cell.textContent).join()",
        Value::from(in_panel("lab/queues", "tbody td:first-child"))
    );
    browser.becomes("as it was sent", &names, json!("mail,web,exports")).await;
    focus(&browser, &in_panel("lab/queues", "thead th:nth-child(2) button")).await;
    browser.press_key("Enter", 0).await;
    browser.becomes("the longest first", &names, json!("exports,mail,search")).await;
    let sort = format!(
        "document.querySelector({}).ariaSort",
        Value::from(in_panel("lab/queues", "thead th:nth-child(2)"))
    );
    assert_eq!(browser.value(&sort).await, json!("descending"));

    let middle = browser.middle_of(&in_panel("lab/queues", "tbody tr:nth-child(2)")).await;
    browser.point_at(middle).await;
    server.publish("lab/queues", &queues([14, 500, 211, 7, 0, 9, 5, 1, 2, 4])).await;
    let web = in_panel("lab/queues", "tbody td:nth-child(2)");
    browser.appears(&in_panel("lab/queues", ".trail svg path[d*=L]")).await;
    let depths = texts(&web);
    wait::until("the value is new", TIMEOUT, || async {
        browser.value(&depths).await.as_str().filter(|text| text.contains("500")).map(|_| ())
    })
    .await;
    assert_eq!(browser.value(&names).await, json!("exports,mail,search"), "the order is held");
    browser.screenshot("lists-table").await;
    browser.point_at((5.0, 5.0)).await;
    browser.becomes("and then renewed", &names, json!("web,exports,mail")).await;

    focus(&browser, &in_panel("lab/queues", "[data-testid=find-rows]")).await;
    for letter in ["o", "r"] {
        browser.press_key(letter, 0).await;
    }
    browser.becomes("found", &names, json!("exports,reports")).await;
    browser.text_becomes(&in_panel("lab/queues", ".foot"), |text| text.contains("2 of 10 rows")).await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_log_is_narrowed_by_level_and_text_and_a_line_opens_with_its_fields() {
    let server = Server::start(&["--no-host"]);
    let browser = open(&server).await;
    for (level, message, amount) in
        [("info", "order paid", "12.50"), ("error", "card refused", "7.00"), ("warn", "stock low", "1.0")]
    {
        let entry = format!("{{\"level\": \"{level}\", \"message\": \"{message}\", \"amount\": {amount}}}");
        let entry: Value = serde_json::from_str(&entry).expect("JSON");
        server.publish("lab/log", &entry).await;
    }
    let lines = texts(&in_panel("lab/log", ".log li span"));
    browser
        .becomes(
            "all",
            &lines,
            json!("stock low  amount=1.0,card refused  amount=7.0,order paid  amount=12.5"),
        )
        .await;
    let chips = texts(&in_panel("lab/log", ".level"));
    browser.becomes("counted", &chips, json!("1 error,1 warning,1 info")).await;
    browser.screenshot("lists-log").await;
    focus(&browser, &in_panel("lab/log", ".level:nth-of-type(3)")).await;
    browser.press_key("Enter", 0).await;
    browser.becomes("without info", &lines, json!("stock low  amount=1.0,card refused  amount=7.0")).await;
    browser
        .text_becomes(&in_panel("lab/log", ".foot .note"), |text| text.contains("2 of 3 lines match"))
        .await;
    browser.press_key("Enter", 0).await;

    focus(&browser, &in_panel("lab/log", "[data-testid=find-lines]")).await;
    for letter in "CARD".split("").filter(|letter| !letter.is_empty()) {
        browser.press_key(letter, 0).await;
    }
    browser.becomes("found", &texts(&in_panel("lab/log", ".log mark")), json!("card")).await;
    browser
        .text_becomes(&in_panel("lab/log", ".foot .note"), |text| text.contains("1 of 3 lines match"))
        .await;

    focus(&browser, &in_panel("lab/log", ".log")).await;
    browser.press_key("ArrowDown", 0).await;
    browser.press_key("Enter", 0).await;
    let entry = in_panel("lab/log", "[data-testid=entry][open]");
    browser.text_becomes(&entry, |text| text.contains("error") && text.contains("card refused")).await;
    let fields = texts(&format!("{entry} dl > *"));
    browser.becomes("fields", &fields, json!("level,error,message,card refused,amount,7.0")).await;
    browser.screenshot("lists-entry").await;
    browser.press_key("Escape", 0).await;
    let focused = "document.activeElement.closest('.log li') !== null".to_owned();
    browser.becomes("the focus is in the line again", &focused, json!(true)).await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_log_stands_still_while_a_line_has_the_focus_and_counts_newer_lines() {
    let server = Server::start(&["--no-host"]);
    let browser = open(&server).await;
    let say = async |n: usize| {
        server.publish("lab/log", &json!(format!("order number {n} has been paid by card, no receipt"))).await
    };
    for n in 0..3 {
        say(n).await;
    }
    let first = in_panel("lab/log", ".log li:first-child span");
    browser.text_becomes(&first, |text| text.contains("number 2 ")).await;
    focus(&browser, &in_panel("lab/log", ".log")).await;
    browser.press_key("ArrowDown", 0).await;
    for n in 3..5 {
        say(n).await;
    }
    let newer = in_panel("lab/log", "[data-testid=newer]");
    browser.text_becomes(&newer, |text| text == "2 newer lines").await;
    assert!(browser.text(&first).await.is_some_and(|text| text.contains("number 2 ")), "it stands still");
    browser.screenshot("lists-newer").await;
    browser.press_key("Escape", 0).await;
    browser.text_becomes(&first, |text| text.contains("number 4 ")).await;
    // The same by mouse: a log at which it points stands still until the button is pressed.
    let middle = browser.middle_of(&in_panel("lab/log", ".log li")).await;
    browser.point_at(middle).await;
    say(5).await;
    browser.text_becomes(&newer, |text| text == "1 newer line").await;
    browser.click_on(&newer).await;
    browser.text_becomes(&first, |text| text.contains("number 5 ")).await;
}

#[tokio::test]
async fn the_list_of_series_opens_on_a_wall_which_has_room_for_few() {
    let server = Server::start(&["--no-host"]);
    publish_forty(&server).await;
    let browser = Browser::open(1_920, 1_080).await;
    browser.driver.goto(format!("{}/?wall=3m", server.url())).await.expect("the page opens");
    let more = in_panel("lab/cores", ".more[data-hidden]");
    browser.appears(&more).await;
    browser.appears(&in_panel("lab/cores", ".keys[role=group]")).await;
    browser.click_on(&more).await;
    let list = in_panel("lab/cores", "[data-testid=all-series]:popover-open");
    browser.text_becomes(&list, |text| text.contains("40 series") && text.contains("core 39")).await;
    browser.screenshot("lists-wall").await;
}
