//! Converts a snapshot of the machine to publications.

use serde_json::{Map, Value, json};
use shared::topic::TopicError;
use shared::{Topic, TopicMeta};

use super::EVERY_MS;
use super::snapshot::{Disk, Memory, Network, Process, Snapshot};

const MIB: f64 = 1024.0 * 1024.0;
const GIB: f64 = 1024.0 * MIB;
/// Maximum number of disks in one panel. The lines of more disks could not be told apart.
const DISKS: usize = 50;

/// A publication of one kind of metrics to its topic.
#[derive(Debug, Clone, PartialEq)]
pub struct HostPublication {
    /// Topic to publish to.
    pub topic: Topic,
    /// Data of the publication.
    pub data: Value,
    /// Metadata of the topic.
    pub meta: TopicMeta,
}

/// Returns the publications of a snapshot, to topics below `prefix` (such as `host`). A metric that the machine does
/// not have gets no topic.
///
/// # Errors
///
/// [`TopicError`] if `prefix` is too long to have topics below it.
pub fn publications(prefix: &Topic, snapshot: &Snapshot) -> Result<Vec<HostPublication>, TopicError> {
    let parts = [
        Some(cpu(snapshot)),
        Some(memory(snapshot.memory)),
        snapshot.load.map(load),
        network(snapshot.network),
        disk(&snapshot.disks),
        Some(processes(&snapshot.processes)),
    ];
    parts.into_iter().flatten().map(|part| part.below(prefix)).collect()
}

struct Part {
    name: &'static str,
    label: String,
    data: Value,
    unit: Option<&'static str>,
    max: Option<f64>,
    panel: &'static str,
}

impl Part {
    fn below(self, prefix: &Topic) -> Result<HostPublication, TopicError> {
        let meta = TopicMeta {
            unit: self.unit.map(str::to_owned),
            label: Some(self.label),
            expect_every_ms: Some(EVERY_MS),
            min: (self.panel == "line").then_some(0.0),
            max: self.max,
            panel: Some(self.panel.to_owned()),
            ..TopicMeta::default()
        };
        Ok(HostPublication { topic: Topic::new(&format!("{prefix}/{}", self.name))?, data: self.data, meta })
    }
}

fn cpu(snapshot: &Snapshot) -> Part {
    let all = ("all".to_owned(), percent(snapshot.cpu_percent));
    let cores = snapshot.cores_percent.iter().enumerate();
    let fields = cores.map(|(n, used)| (format!("core {n}"), percent(*used)));
    Part {
        name: "cpu",
        label: "CPU".to_owned(),
        data: Value::Object(std::iter::once(all).chain(fields).collect()),
        unit: Some("%"),
        max: Some(100.0),
        panel: "line",
    }
}

/// Returns the memory in use. A machine with swap space has two numbers, which are shown as a chart. Otherwise there is
/// one number, which is shown with the total.
fn memory(memory: Memory) -> Part {
    let mut fields = Map::new();
    fields.insert("used".into(), rounded(memory.used_bytes as f64 / GIB, 2));
    if memory.swap_total_bytes > 0 {
        fields.insert("swap".into(), rounded(memory.swap_used_bytes as f64 / GIB, 2));
    }
    let total = memory.total_bytes as f64 / GIB;
    let panel = if fields.len() > 1 { "line" } else { "number" };
    Part {
        name: "memory",
        label: format!("used of {total:.1} GiB"),
        data: Value::Object(fields),
        unit: Some("GiB"),
        max: (total > 0.0).then_some((total * 100.0).round() / 100.0),
        panel,
    }
}

fn load([one, five, fifteen]: [f64; 3]) -> Part {
    let data = json!({"1m": rounded(one, 2), "5m": rounded(five, 2), "15m": rounded(fifteen, 2)});
    Part { name: "load", label: "Load".to_owned(), data, unit: None, max: None, panel: "line" }
}

/// Returns the network traffic in bytes per second. Returns `None` if no time has passed since the previous snapshot,
/// because no rate can be computed then.
fn network(network: Network) -> Option<Part> {
    let seconds = network.elapsed_ms as f64 / 1_000.0;
    let rate = |bytes: u64| rounded(bytes as f64 / seconds, 0);
    let data = json!({"in": rate(network.in_bytes), "out": rate(network.out_bytes)});
    let part =
        Part { name: "net", label: "Network".to_owned(), data, unit: Some("B/s"), max: None, panel: "line" };
    (network.elapsed_ms > 0).then_some(part)
}

/// Returns the use of the disks. If there are too many, the fullest are shown, and the others are counted in the label.
fn disk(disks: &[Disk]) -> Option<Part> {
    let used = |disk: &Disk| disk.used_bytes as f64 / disk.total_bytes.max(1) as f64 * 100.0;
    let mut shown: Vec<&Disk> = disks.iter().collect();
    shown.sort_by(|a, b| used(b).total_cmp(&used(a)));
    shown.truncate(DISKS);
    shown.sort_by(|a, b| a.mount.cmp(&b.mount));
    let left_out = disks.len() - shown.len();
    let label = match left_out {
        0 => "Disks, used".to_owned(),
        _ => format!("Disks, used; {left_out} less full are not shown"),
    };
    let fields: Map<_, _> = shown.iter().map(|disk| (disk.mount.clone(), percent(used(disk)))).collect();
    let part = Part {
        name: "disk",
        label,
        data: Value::Object(fields),
        unit: Some("%"),
        max: Some(100.0),
        panel: "line",
    };
    (!shown.is_empty()).then_some(part)
}

fn processes(processes: &[Process]) -> Part {
    let row = |process: &Process| {
        json!({
            "name": process.name,
            // The pid is sent as text, because the board would draw a number as a curve.
            "pid": process.pid.to_string(),
            "cpu %": percent(process.cpu_percent),
            "memory MiB": rounded(process.memory_bytes as f64 / MIB, 1),
        })
    };
    let data = Value::Array(processes.iter().map(row).collect());
    Part {
        name: "processes",
        label: "Busiest processes".to_owned(),
        data,
        unit: None,
        max: None,
        panel: "table",
    }
}

fn percent(value: f64) -> Value {
    rounded(value, 1)
}

/// Rounds a value to `digits` decimals. Further decimals would not be visible on the board, but would be sent every
/// second.
fn rounded(value: f64, digits: i32) -> Value {
    let scale = 10_f64.powi(digits);
    json!((value * scale).round() / scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapshot() -> Snapshot {
        let gib = 1024 * 1024 * 1024;
        Snapshot {
            cpu_percent: 12.34,
            cores_percent: vec![20.04, 4.66],
            memory: Memory { used_bytes: 3 * gib / 2, total_bytes: 8 * gib, ..Memory::default() },
            load: Some([0.5, 0.25, 0.125]),
            network: Network { in_bytes: 3_000_000, out_bytes: 500, elapsed_ms: 2_000 },
            disks: vec![Disk { mount: "/".into(), used_bytes: gib, total_bytes: 4 * gib }],
            processes: vec![Process {
                pid: 7,
                name: "a".into(),
                cpu_percent: 99.96,
                memory_bytes: 1_572_864,
            }],
        }
    }

    fn published(snapshot: &Snapshot) -> Vec<(String, Value)> {
        let all = publications(&Topic::new("host").unwrap(), snapshot).unwrap();
        all.into_iter().map(|p| (p.topic.to_string(), p.data)).collect()
    }

    #[test]
    fn every_part_has_its_topic_in_the_unit_it_names() {
        let expected = [
            ("host/cpu", json!({"all": 12.3, "core 0": 20.0, "core 1": 4.7})),
            ("host/memory", json!({"used": 1.5})),
            ("host/load", json!({"1m": 0.5, "5m": 0.25, "15m": 0.13})),
            ("host/net", json!({"in": 1_500_000.0, "out": 250.0})),
            ("host/disk", json!({"/": 25.0})),
            ("host/processes", json!([{"name": "a", "pid": "7", "cpu %": 100.0, "memory MiB": 1.5}])),
        ];
        assert_eq!(published(&snapshot()), expected.map(|(topic, data)| (topic.to_owned(), data)));
    }

    #[test]
    fn memory_is_one_number_with_the_total_and_a_chart_with_swap() {
        let dry = snapshot();
        let swapping = Snapshot {
            memory: Memory { swap_used_bytes: 1, swap_total_bytes: 1024 * 1024 * 1024, ..dry.memory },
            ..snapshot()
        };
        for (snapshot, panel) in [(dry, "number"), (swapping, "line")] {
            let all = publications(&Topic::new("host").unwrap(), &snapshot).unwrap();
            let meta = &all.iter().find(|p| p.topic.as_str() == "host/memory").unwrap().meta;
            assert_eq!(
                (meta.panel.as_deref(), meta.label.as_deref()),
                (Some(panel), Some("used of 8.0 GiB"))
            );
        }
    }

    #[test]
    fn the_fullest_disks_are_shown_and_the_others_are_counted() {
        // The disk number 60 is 1 % full, and each one before it is 1 % fuller.
        let disk = |number: u64| Disk {
            mount: format!("/disk{number:02}"),
            used_bytes: 61 - number,
            total_bytes: 100,
        };
        for (count, shown, label) in [
            (1, 1, "Disks, used"),
            (20, 20, "Disks, used"),
            (50, 50, "Disks, used"),
            (60, 50, "Disks, used; 10 less full are not shown"),
        ] {
            let snapshot = Snapshot { disks: (1..=count).map(disk).collect(), ..snapshot() };
            let all = publications(&Topic::new("host").unwrap(), &snapshot).unwrap();
            let told = all.into_iter().find(|p| p.topic.as_str() == "host/disk").unwrap();
            assert_eq!(told.meta.label.as_deref(), Some(label));
            let mounts: Vec<String> = told.data.as_object().unwrap().keys().cloned().collect();
            assert_eq!(mounts, (1..=shown).map(|number| disk(number).mount).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_metric_that_the_machine_does_not_have_gets_no_topic() {
        let bare = Snapshot::default();
        let topics: Vec<String> = published(&bare).into_iter().map(|(topic, _)| topic).collect();
        assert_eq!(topics, ["host/cpu", "host/memory", "host/processes"]);
    }

    #[test]
    fn every_topic_declares_its_interval_and_is_accepted_by_the_server() {
        for publication in publications(&Topic::new("web-1").unwrap(), &snapshot()).unwrap() {
            assert_eq!(publication.meta.expect_every_ms, Some(EVERY_MS));
            assert_eq!(publication.meta.check(), Ok(()));
            assert_eq!(shared::Data::from(publication.data).check(), Ok(()));
        }
    }

    #[test]
    fn a_prefix_without_room_below_it_is_refused() {
        let deep = Topic::new("1/2/3/4/5/6/7/8").unwrap();
        assert!(matches!(publications(&deep, &snapshot()), Err(TopicError::TooDeep { .. })));
    }

    #[test]
    fn this_machines_metrics_are_plausible() {
        let mut probe = super::super::Probe::new().unwrap();
        let snapshot = probe.read();
        assert!(snapshot.memory.used_bytes > 0 && snapshot.memory.used_bytes <= snapshot.memory.total_bytes);
        assert!(!snapshot.cores_percent.is_empty());
        assert!(snapshot.cores_percent.iter().all(|used| (0.0..=100.5).contains(used)));
        assert!(snapshot.processes.len() <= 8 && !snapshot.processes.is_empty());
    }
}
