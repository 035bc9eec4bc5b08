//! Tests boards whose server requires a token: the ways in which the page receives a token, and the places that must
//! never contain it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use e2e::board::{BANNER, is_loaded, panel, seconds_pass, trouble_is_told};
use e2e::browser::{Browser, TIMEOUT};
use e2e::scripts::keep_notifications;
use e2e::server::Server;
use e2e::{setting, wait};
use serde_json::{Value, json};
use tempfile::TempDir;

const STATE: &str = "[data-testid=connection-state] b";
const REASON: &str = ".sign-in p";
const NOTICE: &str = "[data-testid=board-notice]";
/// Maximum time until the page reports that its token has expired. The token is valid for ten seconds, the server
/// tolerates another minute, and then the page tries to connect again.
const RUN_OUT: Duration = Duration::from_secs(150);
const FIELD: &str = ".sign-in input";

/// A server that requires tokens and publishes its machine's metrics, and a browser without a token.
struct Scene {
    server: Server,
    browser: Browser,
    folder: TempDir,
}

impl Scene {
    async fn set() -> Self {
        Self::set_with(&[], |_| setting("TICKERTAPE_SITE").into()).await
    }

    /// Starts the server with additional arguments, and with the page in the folder that `site` returns. The closure
    /// `site` receives the path of the server's secret.
    async fn set_with(arguments: &[&str], site: impl FnOnce(&Path) -> PathBuf) -> Self {
        let folder = TempDir::new().expect("a temporary directory");
        let secret = folder.path().join("secret");
        e2e::write_private(&secret, "a secret of thirty-two bytes or more, for tests");
        let site = site(&secret);
        let secret = secret.to_str().expect("a path in UTF-8");
        let server = Server::start_with_site(&site, &[&["--auth-secret-file", secret], arguments].concat());
        let browser = Browser::open(1440, 900).await;
        browser.listen_for_complaints().await;
        Self { server, browser, folder }
    }

    fn token(&self, ttl: &str) -> String {
        token(&self.folder.path().join("secret"), ttl)
    }

    async fn go(&self, rest: &str) {
        let address = format!("{}/{rest}", self.server.url());
        self.browser.driver.goto(address).await.expect("the page opens");
    }

    async fn publish(&self, topic: &str, data: &str) {
        let token = token_with(&["--publish", "*"], &self.folder.path().join("secret"), "1h");
        let post = reqwest::Client::new().post(format!("{}/topics/{topic}", self.server.url()));
        let answer = post.bearer_auth(token).body(json!(data).to_string()).send().await;
        assert_eq!(answer.expect("the server answers").status(), 200);
    }

    async fn is_live(&self) {
        self.browser.text_becomes(STATE, |text| text == "Live").await;
    }

    async fn asks(&self) -> bool {
        self.browser.value("document.querySelector('dialog.ask')?.open").await == json!(true)
    }

    /// Types a token into the page's dialog and presses Enter.
    async fn answer(&self, token: &str) {
        self.browser.appears(FIELD).await;
        let field = self.browser.driver.find(thirtyfour::By::Css(FIELD)).await.expect("a field");
        field.send_keys(token.to_owned() + "\n").await.expect("a field takes text");
    }

    /// Fails if `token` occurs in the page's address, title, HTML, input fields, history, local storage or console.
    /// Only the session storage of this tab may contain it.
    async fn keeps_to_itself(&self, token: &str) {
        let places = "[location.href, document.title, document.documentElement.outerHTML, \
            JSON.stringify(localStorage), JSON.stringify(history.state), \
            ...[...document.querySelectorAll('input')].map((field) => field.value)]";
        let mut seen = self.browser.value(places).await.as_array().expect("a list").clone();
        seen.extend(self.browser.console().await.into_iter().map(Value::from));
        for place in seen {
            assert!(!place.as_str().unwrap_or_default().contains(token), "{place}");
        }
    }
}

/// Copies the files of the page to `folder`, so that a test can add files to them.
fn copy_page(folder: &Path) {
    copy_folder(Path::new(&setting("TICKERTAPE_SITE")), folder);
}

fn copy_folder(from: &Path, to: &Path) {
    for file in std::fs::read_dir(from).expect("the page") {
        let file = file.expect("a file").path();
        let copy = to.join(file.file_name().expect("a name"));
        if file.is_dir() {
            std::fs::create_dir(&copy).expect("a folder");
            copy_folder(&file, &copy);
        } else {
            std::fs::copy(&file, copy).expect("a copy");
        }
    }
}

pub(super) fn token(secret: &Path, ttl: &str) -> String {
    token_for("*", secret, ttl)
}

fn token_for(filter: &str, secret: &Path, ttl: &str) -> String {
    token_with(&["--subscribe", filter], secret, ttl)
}

fn token_with(permissions: &[&str], secret: &Path, ttl: &str) -> String {
    let output = Command::new(setting("TICKERTAPE_BIN"))
        .arg("token")
        .args(permissions)
        .args(["--ttl", ttl, "--auth-secret-file"])
        .arg(secret)
        .output()
        .expect("the program runs");
    String::from_utf8(output.stdout).expect("a token").trim().to_string()
}

#[tokio::test]
async fn a_token_in_the_address_is_taken_out_of_it_and_outlives_a_reload() {
    let scene = Scene::set().await;
    let token = scene.token("1h");
    scene.go(&format!("#window=15&token={token}&filter=host")).await;
    scene.is_live().await;
    let hash = scene.browser.value("location.hash").await;
    assert_eq!(hash, json!("#window=15&filter=host"));
    scene.keeps_to_itself(&token).await;
    scene.browser.driver.refresh().await.expect("the page opens");
    scene.is_live().await;
    assert!(!scene.asks().await);
    assert_eq!(scene.browser.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_token_pasted_over_the_address_of_an_open_page_is_taken_too() {
    let scene = Scene::set().await;
    scene.go("").await;
    scene.browser.text_becomes(BANNER, |text| text.contains("asks for a token")).await;
    let token = scene.token("1h");
    scene.go(&format!("#token={token}")).await;
    scene.is_live().await;
    assert!(!scene.asks().await, "the question goes by itself");
    scene.keeps_to_itself(&token).await;
}

#[tokio::test]
async fn a_token_that_is_pasted_over_another_one_replaces_the_topics_that_are_shown() {
    let scene = Scene::set_with(&["--no-host"], |_| setting("TICKERTAPE_SITE").into()).await;
    let (browser, secret) = (&scene.browser, scene.folder.path().join("secret"));
    scene.publish("host/fan", "on").await;
    scene.publish("shop/door", "open").await;
    let words = |filter: &str| format!("Your token allows {filter}. Other topics are not shown.");
    let pasted = [
        ("host/*", "ann", vec!["host/fan"], words("host/*")),
        ("*", "ann", vec!["host/fan", "shop/door"], String::new()),
        ("shop/*", "bob", vec!["shop/door"], words("shop/*")),
        ("host/*", "bob", vec!["host/fan"], words("host/*")),
        ("*", "ann", vec!["host/fan", "shop/door"], String::new()),
    ];
    for (index, (filter, name, topics, words)) in pasted.into_iter().enumerate() {
        let token = token_with(&["--subscribe", filter, "--sub", name], &secret, "1h");
        scene.go(&format!("#token={token}")).await;
        scene.is_live().await;
        let panels = "[...document.querySelectorAll('.panel')].map((panel) => panel.dataset.topic).sort()";
        browser.becomes("the panels", panels, topics).await;
        let note = "document.querySelector('[data-testid=allowed]')?.textContent ?? ''";
        browser.becomes("the note about the token", note, words).await;
        is_loaded(browser).await;
        assert_eq!(browser.value("(window.__pasted = (window.__pasted ?? 0) + 1)").await, json!(index + 1));
        scene.keeps_to_itself(&token).await;
    }
    scene.publish("shop/door", "closed").await;
    browser.text_becomes(&panel("shop/door"), |text| text.contains("closed")).await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn what_a_new_token_does_not_allow_is_removed_from_a_paused_board_and_from_the_past_too() {
    let scene = Scene::set_with(&["--no-host"], |_| setting("TICKERTAPE_SITE").into()).await;
    let (browser, secret) = (&scene.browser, scene.folder.path().join("secret"));
    scene.publish("host/fan", "on").await;
    scene.publish("shop/door", "open").await;
    let panels = "[...document.querySelectorAll('.panel')].map((panel) => panel.dataset.topic).sort()";
    let is_paused =
        "document.querySelector('[data-testid=connection-state]')?.textContent.includes('Paused at ')";
    for (key, is_done) in [("p", is_paused), ("ArrowLeft", "location.search.includes('from=')")] {
        scene.go(&format!("#token={}", token_for("*", &secret, "1h"))).await;
        scene.is_live().await;
        browser.becomes("the panels", panels, vec!["host/fan", "shop/door"]).await;
        is_loaded(browser).await;
        browser.press_key(key, 0).await;
        browser.is_true(is_done).await;
        // The address of the past is kept, so that the page is not loaded again.
        let narrow = token_for("host/*", &secret, "1h");
        browser.value(&format!("void (location.hash = 'token={narrow}')")).await;
        browser.becomes(&format!("the panels after {key}"), panels, vec!["host/fan"]).await;
        browser.press_key("n", 0).await;
        scene.is_live().await;
        assert_eq!(browser.value(panels).await, json!(["host/fan"]));
    }
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn without_a_token_the_page_asks_and_says_what_is_wrong_with_the_answer() {
    let scene = Scene::set().await;
    scene.go("").await;
    let (words, _) = scene.browser.text_becomes(REASON, |text| text.contains("tickertape token")).await;
    assert!(scene.asks().await, "{words}");
    let focus = scene.browser.value("document.activeElement.type").await;
    assert_eq!(focus, json!("password"), "ready to paste, and nobody reads along");
    pictures(&scene).await;

    scene.answer("not.a.token").await;
    scene.browser.text_becomes(REASON, |text| text.contains("did not take that one")).await;
    assert!(scene.asks().await, "the question stays");

    let token = scene.token("1h");
    scene.answer(&token).await;
    scene.is_live().await;
    wait::until("the question goes", TIMEOUT, || async { (!scene.asks().await).then_some(()) }).await;
    scene.browser.appears("[data-testid=panel]").await;
    scene.keeps_to_itself(&token).await;
    assert_eq!(scene.browser.complaints().await, Vec::<String>::new());
}

/// Takes screenshots of the dialog, for people.
async fn pictures(scene: &Scene) {
    for (name, scheme, width, height) in
        [("light", "light", 1440, 900), ("dark", "dark", 1440, 900), ("phone", "dark", 390, 844)]
    {
        scene.browser.resize(width, height, if width < 500 { 3.0 } else { 1.0 }).await;
        scene.browser.prefer(scheme).await;
        scene.browser.screenshot(&format!("sign-in-{name}")).await;
    }
}

#[tokio::test]
async fn a_viewer_who_declines_to_sign_in_can_do_it_later() {
    let scene = Scene::set().await;
    scene.go("").await;
    wait::until("the question comes", TIMEOUT, || async { scene.asks().await.then_some(()) }).await;
    press(&scene.browser, ".sign-in button[type=button]").await;
    assert!(!scene.asks().await);
    press(&scene.browser, &format!("{BANNER} button")).await;
    assert!(scene.asks().await);
}

/// Opens a page whose address names a board of the server, without a token. Returns a token with which the board can be saved.
async fn open_board(scene: &Scene) -> String {
    let permissions = ["--subscribe", "*", "--edit", "*"];
    let token = token_with(&permissions, &scene.folder.path().join("secret"), "1h");
    let board = json!({"version": 1, "new_topics": "hide", "panels": [{"sources": [{"topic": "host/cpu"}], "title": "Load"}]});
    let put = reqwest::Client::new().put(format!("{}/boards/shop", scene.server.url()));
    let saved = put.bearer_auth(&token).body(board.to_string()).send().await.expect("the server answers");
    assert_eq!(saved.status(), 200);
    scene.go("?board=shop").await;
    scene.browser.text_becomes(NOTICE, |text| text.contains("The board shop cannot be opened")).await;
    token
}

/// Waits until the board is shown as the server has it, and saves it.
async fn save_board(scene: &Scene) {
    scene.browser.text_becomes(&(panel("host/cpu") + " .name"), |text| text.contains("Load")).await;
    wait::until("the question and the notice go", TIMEOUT, || async {
        (!scene.asks().await && scene.browser.text(NOTICE).await.is_none()).then_some(())
    })
    .await;
    is_loaded(&scene.browser).await;
    scene.browser.press_key("e", 0).await;
    scene.browser.appears("[data-testid=boards] option[value=shop]").await;
    press(&scene.browser, "[data-testid=save-board]").await;
    scene.browser.text_becomes(NOTICE, |text| text.contains("Saved as shop")).await;
}

#[tokio::test]
async fn a_board_is_opened_listed_and_saved_with_the_token_that_was_entered() {
    let scene = Scene::set().await;
    let token = open_board(&scene).await;
    wait::until("the question comes", TIMEOUT, || async { scene.asks().await.then_some(()) }).await;
    scene.answer(&token).await;
    scene.is_live().await;
    save_board(&scene).await;
}

#[tokio::test]
async fn a_board_is_opened_listed_and_saved_with_a_token_that_was_pasted_over_the_address() {
    let scene = Scene::set().await;
    let token = open_board(&scene).await;
    scene.go(&format!("?board=shop#token={token}")).await;
    scene.is_live().await;
    save_board(&scene).await;
}

/// Makes the page believe that its reader wants notifications, and keeps them.
async fn want_notifications(browser: &Browser) {
    let script = json!({"source": keep_notifications(true)});
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", script).await;
}

/// The titles of the notifications.
const TOLD: &str = "window.__told.map(([title]) => title)";

#[tokio::test]
async fn trouble_that_was_there_before_the_reader_signed_in_is_not_told_as_new() {
    let scene = Scene::set_with(&["--no-host"], |_| setting("TICKERTAPE_SITE").into()).await;
    let browser = &scene.browser;
    scene.publish("door/back", "failed").await;
    scene.publish("door/front", "closed").await;
    want_notifications(browser).await;
    scene.go("").await;
    browser.is_true("document.title.startsWith('\u{26a0}')").await;
    scene.answer(&scene.token("1h")).await;
    scene.is_live().await;
    browser.appears(&panel("door/front")).await;
    browser.becomes("the title counts it", "document.title", json!("(1) Tickertape")).await;
    trouble_is_told(browser, async |state| scene.publish("door/front", state).await).await;
    assert_eq!(browser.value(TOLD).await, json!(["door/front: failed"]));
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn trouble_of_topics_that_a_new_token_does_not_allow_is_not_told_to_have_ended() {
    let scene = Scene::set_with(&["--no-host"], |_| setting("TICKERTAPE_SITE").into()).await;
    let (browser, secret) = (&scene.browser, scene.folder.path().join("secret"));
    scene.publish("host/fan", "on").await;
    scene.publish("shop/door", "closed").await;
    want_notifications(browser).await;
    scene.go(&format!("#token={}", token_for("*", &secret, "1h"))).await;
    scene.is_live().await;
    browser.appears(&panel("host/fan")).await;
    trouble_is_told(browser, async |state| scene.publish("host/fan", state).await).await;
    assert_eq!(browser.value(TOLD).await, json!(["host/fan: failed"]));

    scene.go(&format!("#token={}", token_for("shop/*", &secret, "1h"))).await;
    browser.is_gone(&panel("host/fan")).await;
    scene.is_live().await;
    // The end of trouble is told after five seconds.
    seconds_pass(browser, 8.0).await;
    trouble_is_told(browser, async |state| scene.publish("shop/door", state).await).await;
    assert_eq!(browser.value(TOLD).await, json!(["host/fan: failed", "shop/door: failed"]));
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_token_that_ran_out_leaves_the_board_in_sight_and_the_way_in_beside_it() {
    let scene = Scene::set().await;
    scene.go(&format!("#token={}", scene.token("10s"))).await;
    scene.is_live().await;
    scene.browser.appears("[data-testid=panel]").await;
    wait::until("the page asks to sign in", RUN_OUT, || async {
        scene.browser.text(BANNER).await.filter(|text| text.contains("Sign in again"))
    })
    .await;
    assert!(!scene.asks().await, "what was seen may be looked at further");
    scene.browser.text_becomes(STATE, |text| text == "Signed out").await;
    press(&scene.browser, &format!("{BANNER} button")).await;
    scene.browser.text_becomes(REASON, |text| text.contains("has run out")).await;
    scene.browser.screenshot("sign-in-again").await;
    scene.answer(&scene.token("1h")).await;
    scene.is_live().await;
    wait::until("the question goes", TIMEOUT, || async { (!scene.asks().await).then_some(()) }).await;
    assert_eq!(scene.browser.text(BANNER).await, None);
}

#[tokio::test]
async fn a_page_whose_server_is_elsewhere_asks_there_and_hears_why_it_was_refused() {
    let site = TempDir::new().expect("a temporary directory");
    copy_page(site.path());
    let page = Server::start_with_site(site.path(), &["--no-host"]);
    let origin = page.url();
    let scene = Scene::set_with(&["--allow-origin", &origin], |_| setting("TICKERTAPE_SITE").into()).await;
    let http = scene.server.url();
    let config = json!({"ws": http.replace("http", "ws") + "/ws", "http": http});
    std::fs::write(site.path().join("config.json"), config.to_string()).expect("written");
    scene.browser.driver.goto(origin).await.expect("the page opens");
    scene.browser.text_becomes(REASON, |text| text.contains("tickertape token")).await;
    scene.answer(&scene.token("1h")).await;
    scene.is_live().await;
    assert_eq!(scene.browser.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_board_for_everybody_has_its_token_in_its_settings() {
    let site = TempDir::new().expect("a temporary directory");
    copy_page(site.path());
    let scene = Scene::set_with(&[], |secret| {
        let config = json!({"token": token(secret, "1h")});
        std::fs::write(site.path().join("config.json"), config.to_string()).expect("written");
        site.path().to_owned()
    })
    .await;
    scene.go("").await;
    scene.is_live().await;
    assert!(!scene.asks().await);
    let kept = scene.browser.value("sessionStorage.getItem('tickertape.token')").await;
    assert_eq!(kept, Value::Null, "what everybody has needs no keeping");
}

#[tokio::test]
async fn commands_to_copy_name_a_variable_where_a_token_is_asked_for_and_only_there() {
    let scene = Scene::set().await;
    let token = scene.token("1h");
    scene.go(&format!("#token={token}")).await;
    scene.is_live().await;
    let commands = commands(&scene.browser).await;
    let curl = format!(
        "curl -d 21.5 {}/topics/kitchen/temp \\\n  -H \"Authorization: Bearer $TICKERTAPE_TOKEN\"",
        scene.server.url()
    );
    assert!(commands.contains(&curl) && !commands.contains(&token), "{commands}");
    scene.browser.screenshot("add-data-with-token").await;

    let open = Server::start(&["--no-host"]);
    scene.browser.driver.goto(open.url()).await.expect("the page opens");
    scene.is_live().await;
    let commands = self::commands(&scene.browser).await;
    assert!(commands.contains("curl -d 21.5 ") && !commands.contains("TICKERTAPE_TOKEN"), "{commands}");
}

#[tokio::test]
async fn a_board_on_this_machine_asks_for_nothing_and_leaves_the_console_empty() {
    let server = Server::start(&[]);
    let browser = Browser::open(1440, 900).await;
    browser.driver.goto(server.url()).await.expect("the page opens");
    browser.text_becomes(STATE, |text| text == "Live").await;
    browser.appears("[data-testid=panel]").await;
    assert_eq!(browser.console().await, Vec::<String>::new());
    assert_eq!(browser.value("sessionStorage.length").await, json!(0));
}

/// Presses a button as soon as it is there: the code of a dialog's content is loaded when the dialog is opened.
async fn press(browser: &Browser, selector: &str) {
    browser.appears(selector).await;
    let button = browser.driver.find(thirtyfour::By::Css(selector)).await.expect("a button");
    button.click().await.expect("it can be pressed");
}

/// Presses "Add data", and returns the text of the dialog that opens.
async fn commands(browser: &Browser) -> String {
    press(browser, "[data-testid=add-data]").await;
    browser.text_becomes("dialog:not(.ask)", |text| text.contains("curl -d ")).await.0
}

#[tokio::test]
async fn a_token_for_some_topics_shows_these_and_says_which_it_allows() {
    let scene = Scene::set().await;
    let narrow = token_for("host/cpu", &scene.folder.path().join("secret"), "1h");
    scene.go(&format!("#token={narrow}")).await;
    scene.is_live().await;
    scene.browser.appears("[data-topic='host/cpu']").await;
    let (words, _) = scene.browser.text_becomes("[data-testid=allowed]", |words| !words.is_empty()).await;
    assert_eq!(words, "Your token allows host/cpu. Other topics are not shown.");
    assert_eq!(scene.browser.text(BANNER).await, None);
    assert_eq!(scene.browser.value("document.querySelectorAll('.panel').length").await, json!(1));
}
