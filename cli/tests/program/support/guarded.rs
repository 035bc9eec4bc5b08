//! Runs a server that requires tokens.

use std::path::PathBuf;

use tempfile::TempDir;

use super::{Server, Socket, run, write_private};

/// A server that requires tokens.
pub struct Guarded {
    pub server: Server,
    secret: PathBuf,
    _directory: TempDir,
}

impl Guarded {
    /// Starts the server with these further arguments.
    pub fn start(arguments: &[&str]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let secret = directory.path().join("secret.txt");
        write_private(&secret, "gWq8tnH2mB0zYx5cVf7kLr3pSd9aJe6u\n");
        let flags = [&["--auth-secret-file", secret.to_str().unwrap()], arguments].concat();
        Self { server: Server::start_with(&flags), secret, _directory: directory }
    }

    /// Returns a token that `tickertape token` makes with these arguments.
    pub fn token(&self, arguments: &[&str]) -> String {
        let secret = ["token", "--auth-secret-file", self.secret.to_str().unwrap()];
        let output = run("", &[&secret, arguments].concat());
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Connects with such a token.
    pub fn connect(&self, arguments: &[&str]) -> Socket {
        let list = format!("tickertape.v1, bearer.{}", self.token(arguments));
        let protocols = [("sec-websocket-protocol", list.as_str())];
        Socket::connect_with(self.server.address, &protocols).unwrap()
    }
}
