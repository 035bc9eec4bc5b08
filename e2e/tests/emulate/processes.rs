//! The processes of functions, and those that they start.

use std::time::{Duration, Instant};

use crate::app::{App, LIMIT, copy_of};

#[tokio::test(flavor = "multi_thread")]
async fn the_children_of_a_function_end_with_it_beyond_its_time_out_and_at_the_end_of_the_program() {
    let mut app = App::telling(copy_of("mirror"), &["--no-board"]);
    let answer = invoke_family(&app).await;
    assert!(answer.contains("Task timed out after 1.00 seconds"), "{answer}");
    let of_the_first = children(&app);
    assert_eq!(of_the_first.len(), 3, "a shell and its children");
    wait_until_ended(&of_the_first);
    let url = family_url(&app);
    let hanging = tokio::spawn(async move { reqwest::Client::new().post(url).body("{}").send().await });
    app.says_times("children ", 2);
    app.end();
    // The program has ended, so that this is an error or the answer that the process was ended.
    drop(hanging.await);
    wait_until_ended(&children(&app));
}

async fn invoke_family(app: &App) -> String {
    let answer = reqwest::Client::new().post(family_url(app)).body("{}").send().await.expect("an answer");
    answer.text().await.expect("text")
}

fn family_url(app: &App) -> String {
    let base = app.ready["services"]["lambda"].as_str().expect("an address");
    format!("{base}/2015-03-31/functions/family/invocations")
}

/// Returns the ids of the processes that the functions have named so far.
fn children(app: &App) -> Vec<u32> {
    let lines = app.lines("children ");
    let words = lines.iter().filter_map(|line| line.split_once("children ")).map(|(_, ids)| ids);
    words.flat_map(str::split_whitespace).filter_map(|id| id.parse().ok()).collect()
}

fn wait_until_ended(processes: &[u32]) {
    let begun = Instant::now();
    while let Some(process) = processes.iter().find(|process| is_running(**process)) {
        assert!(begun.elapsed() < LIMIT, "process {process} is still there");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Returns true if a process exists and is not a zombie that waits for its parent.
fn is_running(process: u32) -> bool {
    let output = std::process::Command::new("ps").args(["-o", "stat=", "-p", &process.to_string()]).output();
    let state =
        output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default();
    !state.is_empty() && !state.starts_with('Z')
}
