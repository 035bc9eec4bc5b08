//! The subcommand `cargo xtask help`, which prints all subcommands and their options.

const HELP: &str = "\
Builds, tests and deploys Tickertape. Each command installs the tools it needs, and skips steps that are up to date.

    cargo xtask run [-- ARGS]     build the page and the program in release mode, start the server, open the browser;
                                  ARGS are passed to `tickertape serve`, e.g. -- --listen 127.0.0.1:9000
    cargo xtask dev               serve the page at http://127.0.0.1:8081, rebuild and reload it on every save;
                                  uses the server on port 8080, and starts one if none listens there
    cargo xtask test [--quick]    run all tests, including those in a real browser;
                                  --quick skips those in WebAssembly, in the browser and with DynamoDB Local
    cargo xtask check [--quick] [--advisories=DIR]
                                  check formatting, lints, docs, dependencies between crates and modules, packages,
                                  documents, licences and the AWS template; --quick skips the checks that compile the
                                  workspace. Dependencies are compared with the RustSec advisories in DIR, a clone of
                                  their database, or in that of cargo-audit or cargo-deny if there is one
    cargo xtask fuzz [TARGET]     feed every parser of outside data with mutated input, a minute each, or only one;
                                  inputs that break it are kept in fuzz/regressions, and replayed by the tests
    cargo xtask picture           draw the picture of the crates in ARCHITECTURE.md again
    cargo xtask screenshots       take the README's picture, and pictures of the board on phones, desks and walls,
                                  light, dark and with forced colours, into target/screenshots
    cargo xtask bench [-- NAME]   run all benchmarks in release mode, or the one called NAME: fanout, latency,
                                  recovery, memory, page, page-memory, board, hostile, kills, appends (of the store),
                                  durable (appends beside the disk's own sync), posts (to @connections), past (a day in
                                  buckets), screens (that boards need), schedules (of the simulation), units and
                                  websocket-units (billed by AWS), init (start-up time and size of the functions),
                                  broadcast (posts per CPU second), emulate (beside serverless-offline). Some are
                                  compared with Node and Bun, if npm is installed, and fanout with nchan, if nginx
                                  with it is installed or Debian's packages can be had
    cargo xtask soak [MINUTES]    test with injected faults over real sockets for MINUTES (default 10), printing a
                                  line a minute; then run 20,000 schedules of the simulation for each minute
    cargo xtask record            record the messages between this version's clients and server, and a store it wrote,
                                  into compatibility/VERSION: once for each release, for the tests of later versions
    cargo xtask lambda-local [-- ARGS]
                                  run the AWS topology on this machine: `tickertape emulate infra/template.yaml`
                                  with the page and with functions that are built for this machine; ARGS are
                                  passed to `tickertape emulate`
    cargo xtask deploy [--stage NAME] [--region NAME] [--set PARAMETER=VALUE]… [--boards DIR]
                 [--allow-embed ORIGIN]… [--rotate-secret] [--dry-run]
                                  build, deploy to AWS and print the address of the board. The default stage is
                                  dev. --set gives a parameter of infra/template.yaml a value, which later
                                  deployments keep. --boards saves the board documents of a directory.
                                  --allow-embed lets pages of an origin show the board or a panel in a frame.
                                  --dry-run runs the steps that need no AWS account, and
                                  prints the commands of the others
    cargo xtask destroy [--stage NAME] [--region NAME] [--yes] [--dry-run]
                                  delete the deployment and its data, after asking for confirmation
    cargo xtask help              print this text

Tools are installed once per user, into `tickertape/tools` in the cache folder. On Debian, as root, a missing browser,
Python or Java is installed with apt. The output of every step is kept in target/xtask.";

pub fn print() {
    println!("{HELP}");
}
