//! Finds cycles in a directed graph whose nodes are files.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Directed edges between files. Each edge has a reason, the first use in the code from which it follows.
#[derive(Debug, Default)]
pub struct Graph {
    edges: BTreeMap<String, BTreeMap<String, String>>,
}

impl Graph {
    pub fn add(&mut self, from: &str, to: &str, reason: String) {
        self.edges.entry(from.to_owned()).or_default().entry(to.to_owned()).or_insert(reason);
    }

    /// Returns one text for every group of files that all reach each other. The text contains a shortest cycle of the
    /// group.
    pub fn cycles(&self) -> Vec<String> {
        let reached: BTreeMap<&str, BTreeSet<&str>> =
            self.edges.keys().map(|file| (file.as_str(), self.reached_from(file))).collect();
        let reaches = |from: &str, to: &str| reached.get(from).is_some_and(|all| all.contains(to));
        let mut told: BTreeSet<&str> = BTreeSet::new();
        let mut cycles = Vec::new();
        for file in reached.keys().copied().filter(|file| reaches(file, file)) {
            if told.contains(file) {
                continue;
            }
            let group: Vec<&str> =
                reached[file].iter().copied().filter(|other| reaches(other, file)).collect();
            let shortest = group.iter().map(|start| self.shortest_cycle(start)).min_by_key(Vec::len);
            cycles.push(self.description(&group, &shortest.unwrap_or_default()));
            told.extend(group);
        }
        cycles
    }

    fn next(&self, file: &str) -> impl Iterator<Item = &str> {
        self.edges.get(file).into_iter().flatten().map(|(to, _)| to.as_str())
    }

    fn reached_from(&self, file: &str) -> BTreeSet<&str> {
        let mut reached = BTreeSet::new();
        let mut open: Vec<&str> = self.next(file).collect();
        while let Some(file) = open.pop() {
            if reached.insert(file) {
                open.extend(self.next(file));
            }
        }
        reached
    }

    /// Returns the files of the shortest path from `start` back to `start`, found by breadth-first search. The list is
    /// empty if there is no such path.
    fn shortest_cycle<'a>(&'a self, start: &'a str) -> Vec<&'a str> {
        let mut came_from: BTreeMap<&str, &str> = BTreeMap::new();
        let mut open = VecDeque::from([start]);
        while let Some(file) = open.pop_front() {
            for next in self.next(file) {
                if next == start {
                    let mut way = vec![file];
                    while let Some(before) = came_from.get(way[way.len() - 1]) {
                        way.push(before);
                    }
                    way.reverse();
                    return way;
                }
                if !came_from.contains_key(next) {
                    came_from.insert(next, file);
                    open.push_back(next);
                }
            }
        }
        Vec::new()
    }

    fn description(&self, group: &[&str], cycle: &[&str]) -> String {
        let next = cycle.iter().cycle().skip(1);
        let steps = cycle.iter().zip(next).map(|(from, to)| {
            let reason = &self.edges[*from][*to];
            format!("\n    {from} uses {to} ({reason})")
        });
        let others: Vec<&str> = group.iter().copied().filter(|file| !cycle.contains(file)).collect();
        let others = match others.as_slice() {
            [] => String::new(),
            others => format!("\n    also in this group: {}", others.join(", ")),
        };
        format!("these modules import each other:{}{others}", steps.collect::<String>())
    }
}
