//! Fields without a number that arrived before the first number of their series. Depends on [`super::moment`].

use super::moment::Moment;
use crate::field::Field;

/// Maximum number of fields that are remembered.
const MOST_PENDING: usize = 64;

/// Fields without a number, kept for series that do not exist yet: the history that contains the numbers of a series may be
/// loaded after these fields.
#[derive(Clone, Debug, Default)]
pub struct Pending {
    /// The name of the series, or `None` for every series, with the moment and the field. Sorted by the order of the
    /// publications.
    fields: Vec<(Option<String>, Moment, Field)>,
}

impl Pending {
    /// Creates an empty list.
    pub const fn new() -> Self {
        Self { fields: Vec::new() }
    }

    /// Remembers a field of the series `name`, or of every series if `name` is `None`.
    pub fn keep(&mut self, name: Option<String>, moment: Moment, field: &Field) {
        let place = self.fields.partition_point(|(_, kept, _)| kept.order < moment.order);
        let mut same = self.fields[place..].iter().take_while(|(_, kept, _)| kept.order == moment.order);
        if same.any(|(kept, ..)| *kept == name) {
            return;
        }
        self.fields.insert(place, (name, moment, field.clone()));
        if self.fields.len() > MOST_PENDING {
            self.fields.remove(0);
        }
    }

    /// Returns the fields that belong to the new series `name`, and forgets those that belong to this series only.
    pub fn of(&mut self, name: &str) -> Vec<(Moment, Field)> {
        let concerns = |kept: &Option<String>| kept.as_deref().is_none_or(|kept| kept == name);
        let found = self.fields.iter().filter(|(kept, ..)| concerns(kept));
        let found = found.map(|(_, moment, field)| (*moment, field.clone())).collect();
        self.fields.retain(|(kept, ..)| kept.as_deref() != Some(name));
        found
    }
}
