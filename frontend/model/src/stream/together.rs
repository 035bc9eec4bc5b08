//! The state of a panel that shows several topics. Depends on [`super`].

use serde_json::Value;
use shared::{Millis, Topic};

use super::{LEGEND_CHARS, LookBack, Stream, legend_chars};
use crate::chart::series::SeriesSet;
use crate::kind::Known;
use crate::lines::Lines;
use crate::order::Order;
use crate::things::{Keeper, Things};

impl Stream {
    /// Creates the state of a panel that shows several topics, or series that are computed. It is called by `key`, and has no data of
    /// its own.
    pub fn of_several(key: Topic) -> Self {
        Self::new(key)
    }

    /// Sets what the panel has of its topics: the losses of their data, and the paths of the fields that cannot be drawn. The
    /// numbers are in `series`. `expected` is the number of series that the panel will have at least.
    pub fn gather(
        &mut self,
        losses: Vec<(Millis, Millis)>,
        not_drawn: Vec<String>,
        series: &SeriesSet,
        expected: usize,
    ) {
        let count = series.series().len().max(expected);
        // A number is a vote for a panel that shows numbers.
        self.choice.observe(Order::at(0, 0), &Value::from(0), Known { series: count, states: 0 });
        self.is_wide |= legend_chars(series) > LEGEND_CHARS;
        self.loss.spans = losses;
        self.not_drawn = not_drawn;
    }

    /// Sets the lines and the states of the topics, and `look_back` if they are those of the past.
    pub fn gather_texts(&mut self, lines: Lines, things: Things, look_back: Option<LookBack>) {
        self.lines = lines;
        self.things = Some(Box::new((things, Keeper::DEFAULT)));
        self.look_back = look_back.map(Box::new);
    }
}
