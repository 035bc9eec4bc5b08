//! `cargo xtask help`.

const HELP: &str = "\
Tickertape's tasks. Each sets up what it needs, and skips what is done.

    cargo xtask run [-- ARGS]     build the page and the program in release, serve, open the browser;
                                  ARGS go to `tickertape serve`, e.g. -- --listen 127.0.0.1:9000
    cargo xtask dev               the page rebuilt and reloaded on every save, at http://127.0.0.1:8081,
                                  in front of the server on port 8080 (started if none listens there)
    cargo xtask test [--quick]    every test there is, real browser included;
                                  --quick leaves out WebAssembly and the browser
    cargo xtask check             format, lints, docs, dependency directions, forbidden names, licences
    cargo xtask bench [-- NAME]   the figures, or those of one name: fanout, latency, recovery, memory, page,
                                  page-memory; appends (to the store), schedules (of the simulation); units and
                                  websocket-units (as AWS bills them), init (how the functions start, and their
                                  sizes), broadcast (its posts a CPU second). Beside them Node, if it is there
    cargo xtask soak [MINUTES]    chaos over real sockets, 10 minutes unless told, with a line a minute; then
                                  20,000 more schedules of the simulation for each of them
    cargo xtask lambda-local [-- ARGS]
                                  the AWS topology on this machine: the functions that are deployed, behind a
                                  gateway of ours, over DynamoDB Local; ARGS go to `tickertape serve`
    cargo xtask deploy [--stage NAME] [--region NAME] [--set PARAMETER=VALUE]… [--rotate-secret] [--dry-run]
                                  build for AWS, deploy there, print the board's address; the stage is called
                                  dev unless told. --set fills in a parameter of infra/template.yaml, and holds
                                  until it is set again; --dry-run does what needs no account, and prints the rest
    cargo xtask destroy [--stage NAME] [--region NAME] [--yes] [--dry-run]
                                  take it away again, with its data; asks before
    cargo xtask help              this

Tools are installed once per user into the cache folder (`tickertape/tools`); nothing else on the
machine changes, except that a missing browser is installed by apt where that is possible (Debian, as root).
The output of every step is kept in target/xtask.";

pub fn print() {
    println!("{HELP}");
}
