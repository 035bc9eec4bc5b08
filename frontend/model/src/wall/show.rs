//! The pages of the wall over time: which one is shown, and when the next one follows. Depends on
//! [`super::super::placement`].

use shared::Topic;

use crate::placement::{Head, Place, Placement, WallPanel, WallView, pages};

/// Time for which a page is shown, in milliseconds.
pub const PAGE_MS: u64 = 20_000;

/// The pages of the wall, and the one that is shown.
///
/// The panels are divided into pages when the page turns, so that nothing moves while a page is read. Only new panels,
/// panels of another size and another screen change the pages at once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Show {
    pages: Vec<Placement>,
    index: usize,
    /// Time for which the page has been shown, without the time in which it was held.
    shown_ms: u64,
    /// True if the page stays until the reader goes on.
    is_held: bool,
    /// Panels in trouble that have been on the page shown, since their trouble began.
    seen: Vec<Topic>,
    /// Index of the page that follows a page which was shown out of turn; `None` if the page is shown in its turn.
    resume: Option<usize>,
    view: WallView,
    /// The panels that have places, without regard to their trouble.
    panels: Vec<WallPanel>,
}

impl Show {
    /// Continues with the present panels, `elapsed_ms` after the last call. `panels` are in the order of the board.
    pub fn step(&mut self, mut panels: Vec<WallPanel>, view: &WallView, elapsed_ms: u64) {
        self.widen(&mut panels, view);
        let now = panels.clone();
        let in_trouble: Vec<Topic> =
            panels.iter().filter(|panel| panel.is_in_trouble).map(|panel| panel.topic.clone()).collect();
        self.seen.retain(|topic| in_trouble.contains(topic));
        let is_other = self.view != *view || !is_same(&self.panels, &panels);
        if !self.is_held {
            self.shown_ms += elapsed_ms;
        }
        if is_other {
            self.divide(panels, view);
        } else if !self.is_held && self.shown_ms >= PAGE_MS {
            self.divide(panels, view);
            self.follow(&in_trouble);
        }
        self.look(&now, in_trouble);
    }

    /// Turns to another page: by 1 to the next, by -1 to the previous one.
    pub fn turn(&mut self, by: isize) {
        self.index = moved(
            self.resume.take().map_or(self.index, |next| moved(next, -1, self.count())),
            by,
            self.count(),
        );
        self.shown_ms = 0;
    }

    /// Turns to the page of a topic, and holds it. Does nothing if the topic has no panel.
    pub fn turn_to(&mut self, topic: &Topic) {
        if let Some(page) = self.page_of(topic) {
            (self.index, self.resume, self.shown_ms, self.is_held) = (page, None, 0, true);
        }
    }

    /// Holds the page if it is not held, and otherwise goes on.
    pub fn hold(&mut self) {
        self.is_held = !self.is_held;
    }

    /// Returns the places of the panels on the page that is shown; `None` if there are no panels.
    pub fn page(&self) -> Option<&Placement> {
        self.pages.get(self.index)
    }

    /// Returns the number of pages.
    pub fn count(&self) -> usize {
        self.pages.len()
    }

    /// Returns the index of the page that is shown. The first has the index 0.
    pub fn index(&self) -> usize {
        self.index
    }

    /// Returns true if the page stays until the reader goes on.
    pub fn is_held(&self) -> bool {
        self.is_held
    }

    /// Returns the time until the next page in milliseconds.
    pub fn left_ms(&self) -> u64 {
        PAGE_MS.saturating_sub(self.shown_ms)
    }

    /// Returns the view for which the pages were made.
    pub fn view(&self) -> WallView {
        self.view
    }

    /// Returns true if a panel is in trouble.
    pub fn is_in_trouble(&self, topic: &Topic) -> bool {
        self.panels.iter().any(|panel| panel.topic == *topic && panel.is_in_trouble)
    }

    /// Returns the head of a panel at this place.
    pub fn head(&self, topic: &Topic, place: Place) -> Head {
        let panel = self.panels.iter().find(|panel| panel.topic == *topic);
        panel.map_or_else(Head::default, |panel| self.view.head(panel, place))
    }

    /// Returns the number of panels in trouble.
    pub fn troubles(&self) -> usize {
        self.panels.iter().filter(|panel| panel.is_in_trouble).count()
    }

    /// Makes panels as wide as they were, so that a figure that becomes shorter moves nothing.
    fn widen(&self, panels: &mut [WallPanel], view: &WallView) {
        if self.view != *view {
            return;
        }
        for panel in panels {
            if let Some(known) = self.panels.iter().find(|known| known.topic == panel.topic) {
                panel.figure_em = panel.figure_em.max(known.figure_em);
            }
        }
    }

    /// Divides the panels into pages. Stays on the page with the panel that was the first on the page shown.
    fn divide(&mut self, panels: Vec<WallPanel>, view: &WallView) {
        let first = self.page().and_then(|page| page.places().first()).map(|(topic, _)| topic.clone());
        self.pages = pages(&panels, view);
        let has_first = |page: &Placement| first.as_ref().is_some_and(|topic| page.place(topic).is_some());
        let same = self.pages.iter().position(has_first);
        self.index = same.unwrap_or(self.index).min(self.count().saturating_sub(1));
        (self.panels, self.view) = (panels, *view);
    }

    /// Turns to the next page in turn or, if a panel on another page has got into trouble, to that page. Two pages out
    /// of turn never follow each other, so that every page is shown at last.
    fn follow(&mut self, in_trouble: &[Topic]) {
        self.shown_ms = 0;
        let is_new = |topic: &&Topic| !self.seen.contains(topic);
        let urgent = in_trouble.iter().find(is_new).and_then(|topic| self.page_of(topic));
        let next =
            moved(self.resume.map_or(self.index, |next| moved(next, -1, self.count())), 1, self.count());
        let was_out_of_turn = self.resume.take().is_some();
        match urgent.filter(|page| *page != next && !was_out_of_turn) {
            Some(page) => (self.index, self.resume) = (page, Some(next)),
            None => self.index = next,
        }
    }

    /// Records that the trouble on the page shown has been seen, and the present states of all panels.
    fn look(&mut self, now: &[WallPanel], in_trouble: Vec<Topic>) {
        for panel in &mut self.panels {
            if let Some(now) = now.iter().find(|now| now.topic == panel.topic) {
                (panel.is_in_trouble, panel.chip_em) = (now.is_in_trouble, now.chip_em);
            }
        }
        let is_shown = |topic: &Topic| self.page().is_some_and(|page| page.place(topic).is_some());
        let new: Vec<Topic> =
            in_trouble.into_iter().filter(|topic| is_shown(topic) && !self.seen.contains(topic)).collect();
        self.seen.extend(new);
    }

    fn page_of(&self, topic: &Topic) -> Option<usize> {
        self.pages.iter().position(|page| page.place(topic).is_some())
    }
}

/// Returns the index that is `by` pages further, around the end.
fn moved(index: usize, by: isize, count: usize) -> usize {
    let count = count.max(1) as isize;
    (index as isize + by).rem_euclid(count) as usize
}

/// Returns true if both lists contain the same panels in the same order, without regard to their states.
fn is_same(before: &[WallPanel], now: &[WallPanel]) -> bool {
    let calm = |panel: &WallPanel| WallPanel { is_in_trouble: false, chip_em: 0.0, ..panel.clone() };
    before.len() == now.len() && before.iter().zip(now).all(|(before, now)| calm(before) == calm(now))
}

#[cfg(test)]
mod tests;
