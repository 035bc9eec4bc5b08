//! Prints the addresses of an app, its routes, tables and queues, and everything of its description that is not done.

use std::fmt::Write as _;
use std::io::{self, Write as _};

use serde_json::{Value, json};
use serverless_app::{
    App, Authorization, EventSource, EventSourceMapping, Integration, Note, NoteKind, Route,
};
use serverless_emulator::Addresses;

use crate::term::{Look, Paint, escaped_json};

/// An app that begins to run, with its addresses.
pub struct Announcement<'a> {
    /// The app.
    pub app: &'a App,
    /// Its addresses.
    pub addresses: &'a Addresses,
    /// Address of the board, if it runs.
    pub board: Option<&'a str>,
}

/// Prints an announcement to standard output, as one line of JSON or as text. Errors are ignored, so that the app runs if
/// standard output is closed.
pub fn print(announcement: &Announcement<'_>, as_json: bool) {
    let mut out = io::stdout().lock();
    let text = if as_json {
        escaped_json(&announcement.to_json().to_string()).into_owned()
    } else {
        announcement.to_words(Paint::stdout())
    };
    let _ = writeln!(out, "{}", text.trim_end()).and_then(|()| out.flush());
}

impl Announcement<'_> {
    fn to_json(&self) -> Value {
        let Self { app, addresses, board } = self;
        let named = |all: &[serverless_emulator::FunctionAddress]| -> Value {
            all.iter().map(|one| json!({"function": one.function, "url": one.url})).collect()
        };
        let routes = app.apis.iter().flat_map(|api| {
            api.routes
                .iter()
                .map(|route| json!({"api": api.logical_id, "route": route.key, "does": handler(route)}))
        });
        json!({
            "apis": addresses.apis.iter().map(|api| json!({"api": api.api, "stage": api.stage, "url": api.url})).collect::<Value>(),
            "routes": routes.collect::<Value>(),
            "function_urls": named(&addresses.function_urls),
            "distributions": addresses.distributions.iter().map(|one| json!({"distribution": one.distribution, "url": one.url})).collect::<Value>(),
            "services": {
                "lambda": addresses.services.lambda,
                "dynamodb": addresses.services.dynamodb,
                "sqs": addresses.services.sqs,
            },
            "outputs": addresses.outputs,
            "debuggers": named(&addresses.debuggers),
            "tables": app.tables.iter().map(|table| table.name.as_str()).collect::<Value>(),
            "queues": app.queues.iter().map(|queue| queue.name.as_str()).collect::<Value>(),
            "mappings": app.mappings.iter().map(mapping).collect::<Value>(),
            "board": board,
            "broken": addresses.broken,
            "not_done": addresses.not_done,
            "notes": app.notes.iter().map(note).collect::<Value>(),
            "pid": std::process::id(),
        })
    }

    fn to_words(&self, paint: Paint) -> String {
        let Self { app, addresses, board } = self;
        let mut lines = Lines { text: String::new(), paint };
        for api in &addresses.apis {
            lines.add("api", Look::Bold, &api.url);
        }
        let width =
            app.apis.iter().flat_map(|api| &api.routes).map(|route| route.key.len()).max().unwrap_or(0);
        for api in &app.apis {
            let prefix = if app.apis.len() > 1 { format!("{} ", api.logical_id) } else { String::new() };
            for route in &api.routes {
                lines.plain("route", &format!("{prefix}{:<width$}  {}", route.key, handler(route)));
            }
        }
        for (label, all) in [("url", &addresses.function_urls), ("debug", &addresses.debuggers)] {
            for one in all {
                lines.plain(label, &format!("{}  {}", one.url, one.function));
            }
        }
        for one in &addresses.distributions {
            lines.plain("site", &format!("{}  {}", one.url, one.distribution));
        }
        app.tables.iter().for_each(|table| lines.plain("table", &table.name));
        app.queues.iter().for_each(|queue| lines.plain("queue", &queue.name));
        let services = &addresses.services;
        let lambda = Some(services.lambda.clone());
        for (service, url) in [("lambda", &lambda), ("dynamodb", &services.dynamodb), ("sqs", &services.sqs)]
        {
            let Some(url) = url else { continue };
            lines.plain("aws", &format!("{url}  {service}, for --endpoint-url of AWS's tools"));
        }
        app.mappings.iter().for_each(|one| lines.plain("feeds", &mapping(one)));
        if let Some(board) = board {
            lines.add("board", Look::Bold, board);
        }
        for (function, reason) in &addresses.broken {
            lines.add("error", Look::Red, &format!("{function} cannot run: {reason}"));
        }
        self.notes(&mut lines);
        lines.text
    }

    fn notes(&self, lines: &mut Lines) {
        let of = |kind: NoteKind| self.app.notes.iter().filter(move |note| note.kind == kind);
        grouped(of(NoteKind::Build)).iter().for_each(|words| lines.add("build", Look::Yellow, words));
        grouped(of(NoteKind::Missing)).iter().for_each(|words| lines.add("not done", Look::Yellow, words));
        self.addresses.not_done.iter().for_each(|sentence| lines.add("not done", Look::Yellow, sentence));
        match of(NoteKind::Irrelevant).count() {
            0 => {}
            1 => lines.plain("ignored", "1 setting without effect on one machine (--json names it)"),
            count => {
                lines.plain(
                    "ignored",
                    &format!("{count} settings without effect on one machine (--json lists them)"),
                );
            }
        }
    }
}

struct Lines {
    text: String,
    paint: Paint,
}

impl Lines {
    fn plain(&mut self, label: &str, words: &str) {
        let label = self.paint.paint(Look::Dim, format!("{label:<8}"));
        // Writing to a text cannot fail.
        let _ = writeln!(self.text, "{label} {}", crate::term::escaped(words));
    }

    fn add(&mut self, label: &str, look: Look, words: &str) {
        let label = self.paint.paint(Look::Dim, format!("{label:<8}"));
        let _ = writeln!(self.text, "{label} {}", self.paint.paint(look, words));
    }
}

/// Describes notes. Those with the same place and meaning, such as those about a setting of all functions, are described once.
fn grouped<'a>(notes: impl Iterator<Item = &'a Note>) -> Vec<String> {
    let mut groups: Vec<(&Note, usize)> = Vec::new();
    for note in notes {
        let is_same =
            |(first, _): &&mut (&Note, usize)| (&first.place, &first.meaning) == (&note.place, &note.meaning);
        match groups.iter_mut().find(is_same) {
            Some((_, count)) => *count += 1,
            None => groups.push((note, 1)),
        }
    }
    let words = |(note, count): (&Note, usize)| match count {
        1 => note.to_string(),
        count => format!("{note} (and {} more like this)", count - 1),
    };
    groups.into_iter().map(words).collect()
}

/// Describes what handles the messages of a route.
fn handler(route: &Route) -> String {
    let mut words = match &route.integration {
        Integration::Function { name, qualifier: None, .. } => name.clone(),
        Integration::Function { name, qualifier: Some(qualifier), .. } => format!("{name}:{qualifier}"),
        Integration::Service(call) => call.name.clone(),
        Integration::Mock(_) => "a fixed answer (MOCK)".to_owned(),
        Integration::Unsupported { name } => format!("not done, answers 501: {name}"),
    };
    match &route.authorization {
        Authorization::None => {}
        Authorization::Iam => words.push_str(", without the check of AWS_IAM"),
        Authorization::Lambda(authorizer) => {
            let _ = write!(words, ", if {} allows it", authorizer.function);
        }
    }
    if route.replies {
        words.push_str(", and its answer is sent");
    }
    words
}

fn mapping(mapping: &EventSourceMapping) -> String {
    let source = match &mapping.source {
        EventSource::TableStream(table) => format!("stream of {table}"),
        EventSource::Queue(queue) => format!("queue {queue}"),
    };
    let off = if mapping.is_enabled { "" } else { ", switched off" };
    format!("{source} to {}{off}", mapping.function)
}

fn note(note: &Note) -> Value {
    let kind = match note.kind {
        NoteKind::Missing => "missing",
        NoteKind::Build => "build",
        NoteKind::Irrelevant => "irrelevant",
    };
    json!({"kind": kind, "path": note.path, "meaning": note.meaning, "place": note.place.to_string()})
}
