//! Tests that the page reports a slow network as late, and that it waits for a server that is unreachable behind a
//! proxy for a while. A busy page is reported as behind, which is tested only in the board's model.

use std::time::Duration;

use e2e::board::{BANNER, open_at, panel};
use e2e::browser::Browser;
use e2e::proxy::{Proxy, Wire};
use e2e::server::Server;
use e2e::wait;
use serde_json::json;

const STATE: &str = "[data-testid=connection-state]";
/// Maximum time to wait for a change of the page, on a busy machine.
const LONG: Duration = Duration::from_secs(60);

/// A server, a proxy in front of it, and a browser whose page shows the topic `lab/n` live.
struct Scene {
    server: Server,
    wire: Proxy,
    browser: Browser,
}

impl Scene {
    async fn open() -> Self {
        let server = Server::start(&["--no-host"]);
        let wire = Proxy::before(&server.url()).await;
        let browser = open_at(&wire.url()).await;
        let scene = Self { server, wire, browser };
        scene.publish(1).await;
        scene.shows(1).await;
        scene.browser.text_becomes(STATE, |text| text.contains("Live")).await;
        scene
    }

    async fn publish(&self, n: u32) {
        self.server.publish("lab/n", &json!(n)).await;
    }

    async fn shows(&self, n: u32) {
        let figure = format!("{} [data-testid=value]", panel("lab/n"));
        let (_, _) = wait::until(&format!("the figure shows {n}"), LONG, || async {
            self.browser.text(&figure).await.filter(|text| text.trim() == n.to_string())
        })
        .await;
    }

    /// Waits until the header of the page contains `words`.
    async fn says(&self, words: &str) {
        wait::until(&format!("the header says {words:?}"), LONG, || async {
            self.browser.text(STATE).await.filter(|text| text.contains(words))
        })
        .await;
    }
}

#[tokio::test]
async fn a_slow_network_is_late_until_it_is_fast_again() {
    let scene = Scene::open().await;
    scene.wire.set(Wire::Frozen);
    scene.publish(2).await;
    tokio::time::sleep(Duration::from_secs(4)).await;
    scene.wire.set(Wire::Whole);
    scene.says("Late by").await;
    scene.shows(2).await;
    scene.says("Live").await;
}

#[tokio::test]
async fn a_proxy_that_forbids_for_a_while_is_not_the_end_of_a_page_that_was_connected() {
    let scene = Scene::open().await;
    scene.wire.set(Wire::Forbidden);
    let (said, _) =
        wait::until("the banner appears", LONG, || async { scene.browser.text(BANNER).await }).await;
    assert!(said.contains("Connection lost"), "{said}");
    scene.publish(2).await;
    tokio::time::sleep(Duration::from_secs(4)).await;
    let said = scene.browser.text(BANNER).await.unwrap_or_default();
    assert!(said.contains("econnecting") && !said.contains("may not"), "{said}");
    scene.wire.set(Wire::Whole);
    scene.shows(2).await;
    scene.says("Live").await;
    wait::until("the banner goes", LONG, || async {
        scene.browser.text(BANNER).await.is_none().then_some(())
    })
    .await;
}
