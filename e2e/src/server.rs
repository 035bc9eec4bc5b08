//! A running `tickertape serve`, which can be killed and started again on the same port and with the same data.

use std::path::{Path, PathBuf};
use std::process::Command;

use futures_util::{StreamExt, stream};
use serde_json::Value;
use tempfile::TempDir;

use crate::child::Spawned;
use crate::setting;

/// Maximum number of requests that [`Server::publish_all`] sends at once.
const AT_ONCE: usize = 16;

/// A running `tickertape serve` with the real web page, on a port of its own and with its own data directory.
pub struct Server {
    process: Spawned,
    address: String,
    data: TempDir,
    site: PathBuf,
    arguments: Vec<String>,
}

impl Server {
    /// Starts `tickertape serve` with additional arguments, and waits until it listens.
    ///
    /// # Panics
    ///
    /// If the server does not start.
    pub fn start(arguments: &[&str]) -> Self {
        Self::start_with_site(Path::new(&setting("TICKERTAPE_SITE")), arguments)
    }

    /// Starts `tickertape serve` with the web page in the folder `site`, and waits until it listens.
    ///
    /// # Panics
    ///
    /// If the server does not start.
    pub fn start_with_site(site: &Path, arguments: &[&str]) -> Self {
        Self::start_in(TempDir::new().expect("a temporary directory"), site, arguments)
    }

    /// Starts `tickertape serve` with the data that is in the directory `data`, and waits until it listens.
    ///
    /// # Panics
    ///
    /// If the server does not start.
    pub fn start_with_data(data: TempDir, arguments: &[&str]) -> Self {
        Self::start_in(data, Path::new(&setting("TICKERTAPE_SITE")), arguments)
    }

    fn start_in(data: TempDir, site: &Path, arguments: &[&str]) -> Self {
        let arguments: Vec<_> = arguments.iter().map(ToString::to_string).collect();
        let (process, address) = spawn("127.0.0.1:0", &data, site, &arguments);
        Self { process, address, data, site: site.to_owned(), arguments }
    }

    /// Returns the address of the page, `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Kills the server with SIGKILL.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// Starts the server again on the same port and with the same data.
    pub fn restart(&mut self) {
        self.process.kill();
        self.process = spawn(&self.address, &self.data, &self.site, &self.arguments).0;
    }

    /// Sends a publication as `curl -d BODY URL/topics/TOPIC` does, and returns the response's JSON.
    ///
    /// # Panics
    ///
    /// If the server does not answer 200.
    pub async fn publish(&self, topic: &str, body: &Value) -> Value {
        self.publish_by(&reqwest::Client::new(), topic, body).await
    }

    /// Sends a publication to each of many topics, several at once.
    ///
    /// # Panics
    ///
    /// If the server does not answer 200 to one of them.
    pub async fn publish_all(&self, items: impl IntoIterator<Item = (String, Value)>) {
        let client = reqwest::Client::new();
        let publish = |(topic, body): (String, Value)| {
            let client = client.clone();
            async move { self.publish_by(&client, &topic, &body).await }
        };
        stream::iter(items).map(publish).buffer_unordered(AT_ONCE).for_each(|_| async {}).await;
    }

    async fn publish_by(&self, client: &reqwest::Client, topic: &str, body: &Value) -> Value {
        let url = format!("{}/topics/{topic}", self.url());
        let response = client.post(url).body(body.to_string()).send().await.expect("the server answers");
        let status = response.status();
        let reply: Value = response.json().await.expect("the reply is JSON");
        assert_eq!(status, 200, "{reply}");
        reply
    }
}

fn spawn(listen: &str, data: &TempDir, site: &Path, arguments: &[String]) -> (Spawned, String) {
    let process = Spawned::start(
        Command::new(setting("TICKERTAPE_BIN"))
            .args(["serve", "--json", "--listen", listen, "--data-dir"])
            .arg(data.path())
            .arg("--site")
            .arg(site)
            .args(arguments),
    );
    let address = process.line_with(|line| {
        let ready: Value = serde_json::from_str(line).ok()?;
        Some(ready["url"].as_str()?.trim_start_matches("http://").trim_end_matches('/').to_string())
    });
    (process, address)
}
