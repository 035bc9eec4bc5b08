//! The stretch of time that all charts show, the crosshair and the selected stretch, and the movements that change them.

use std::ops::Range;
use std::time::Duration;

use leptos::prelude::*;
use shared::Millis;

use crate::now::local_clock;
use crate::prefs::{self, Zone};
use crate::signal::{Memo, RwSignal};
use board_model::chart::clock::LocalClock;
use board_model::gesture::Move;
use board_model::timeline::Timeline;
use board_model::travel::Travel;
use board_model::view::View;
use board_model::window::Window;

/// Factor by which a key or a button makes the stretch shorter.
const ZOOM: f64 = 0.5;
/// Part of the stretch by which a key or a button moves it.
const QUARTER: Millis = 4;
/// Number of steps in which keys can select the whole stretch.
const BRUSH_STEPS: Millis = 40;
/// Pixels that a wheel has to turn to make the stretch twice as long.
const WHEEL_PX: f64 = 300.0;
/// Time for which the page says that a link was copied.
const NOTICE: Duration = Duration::from_secs(2);

/// A handle to the stretch of time that all charts show. It can be copied, and is shared as a Leptos context.
#[derive(Clone, Copy)]
pub struct Time {
    timeline: RwSignal<Timeline>,
    /// The stretch that is shown, or the window of live data.
    pub view: Memo<View>,
    /// Time at the right edge of every live chart, by the server's clock. It does not change while the board is
    /// paused.
    pub edge: RwSignal<Millis>,
    /// Time at which the crosshair of all charts stands; `None` if there is none.
    pub crosshair: RwSignal<Option<Millis>>,
    /// Stretch of time that the reader is selecting; `None` if none is selected.
    pub brush: RwSignal<Option<Range<Millis>>>,
    /// Time zone that the reader has chosen.
    pub zone: RwSignal<Zone>,
    /// Converts times to times of day in the time zone that the reader has chosen.
    pub clock: RwSignal<LocalClock>,
    /// Notified when the events that mark moments in charts have changed.
    pub events: Trigger,
    /// True for a moment after a link was copied.
    pub copied: RwSignal<bool>,
}

impl Time {
    /// Creates the time of a page that shows the stretch `past` or, if it is `None`, live data in `window`.
    pub fn new(window: Window, past: Option<Range<Millis>>) -> Self {
        let timeline = RwSignal::new(Timeline::new(window, past));
        let zone = prefs::zone();
        Self {
            timeline,
            view: Memo::new(move |_| timeline.with(Timeline::view)),
            edge: RwSignal::new(crate::now::now().wall_ms),
            crosshair: RwSignal::new(None),
            brush: RwSignal::new(None),
            zone: RwSignal::new(zone),
            clock: RwSignal::new(clock_of(zone)),
            events: Trigger::new(),
            copied: RwSignal::new(false),
        }
    }

    /// Returns the stretch of the past that is shown; `None` for live data.
    pub fn past(self) -> Option<Range<Millis>> {
        self.view.get().past()
    }

    /// Returns the times at the edges of the charts, without a margin for data that is ahead.
    pub fn stretch(self) -> Range<Millis> {
        self.view.get().stretch(self.edge.get())
    }

    /// Returns the length of the stretch in milliseconds.
    pub fn length_ms(self) -> Millis {
        let stretch = self.view.get().stretch(0);
        stretch.end - stretch.start
    }

    /// Returns the window of live data that was chosen last.
    pub fn window(self) -> Window {
        self.timeline.with_untracked(Timeline::window)
    }

    /// Returns the stretch that is shown now, without a subscription to its changes.
    pub fn stretch_untracked(self) -> Range<Millis> {
        self.view.get_untracked().stretch(self.edge.get_untracked())
    }

    /// Sets the time of receipt of the oldest data that the server keeps, and the time of the oldest that charts show.
    pub fn learn_oldest(self, kept: Option<Millis>, shown: Option<Millis>) {
        self.timeline.update_untracked(|timeline| timeline.learn_oldest(kept, shown));
    }

    /// Shows a stretch as long as `window`.
    pub fn choose(self, window: Window) {
        self.change(|timeline, edge| timeline.choose(window, edge));
    }

    /// Performs the movement of a button.
    pub fn press(self, travel: Travel) {
        let _is_done = self.perform(travel);
    }

    /// Performs a movement. Returns false if there was nothing to do.
    pub fn perform(self, travel: Travel) -> bool {
        let (brush, now) = (self.brush.get_untracked(), self.stretch_untracked());
        match travel {
            Travel::Earlier => self.pan((now.start - now.end) / QUARTER),
            Travel::Later => self.pan((now.end - now.start) / QUARTER),
            Travel::ZoomIn => self.zoom(self.middle(), ZOOM),
            Travel::ZoomOut => self.zoom(self.middle(), 1.0 / ZOOM),
            Travel::Now => {
                self.change(|timeline, _| timeline.go_live());
                // Without a pointer that leaves, nothing else would remove the crosshair of the past.
                self.crosshair.set(None);
            }
            Travel::Undo if brush.is_some() => self.brush.set(None),
            Travel::Undo => return self.undo(),
            Travel::Show(window) => self.choose(window),
            Travel::BrushEarlier => self.brush_by(-1),
            Travel::BrushLater => self.brush_by(1),
            Travel::ShowBrush => {
                let Some(brush) = brush else { return false };
                self.make(Move::Brushed(brush));
            }
            Travel::CopyLink => self.copy_link(),
        }
        true
    }

    /// Performs the movement of a pointer.
    pub fn make(self, movement: Move) {
        match movement {
            Move::Nothing => {}
            Move::Brushing(stretch) => self.brush.set(Some(stretch)),
            Move::Brushed(stretch) => {
                self.brush.set(None);
                self.change(|timeline, edge| timeline.show(stretch, edge, false));
            }
            Move::Show { stretch, is_continued } => {
                self.change(|timeline, edge| timeline.show(stretch, edge, is_continued));
            }
        }
    }

    /// Zooms by a wheel that has turned by `pixels`; the time `around` keeps its place.
    pub fn wheel(self, around: Millis, pixels: f64) {
        // The exponential function is computed by a square of a linear one, because its code would make the page larger.
        let factor = (1.0 + (pixels / WHEEL_PX / 2.0).clamp(-0.5, 1.0)).powi(2);
        self.zoom(around, factor);
    }

    /// Moves the stretch by `by_ms`.
    pub fn pan(self, by_ms: Millis) {
        self.change(|timeline, edge| timeline.pan(by_ms, edge));
    }

    /// Changes the time zone in which times are shown, and stores it in this browser.
    pub fn choose_zone(self, zone: Zone) {
        self.zone.set(zone);
        prefs::keep_zone(zone);
        self.update_clock();
    }

    /// Switches between the browser's time zone and UTC.
    pub fn switch_zone(self) {
        self.choose_zone(match self.zone.get_untracked() {
            Zone::Utc => Zone::Local,
            Zone::Local => Zone::Utc,
        });
    }

    /// Reads the browser's time zone again. It may change while the page is open, because of daylight saving time or
    /// because the reader travels.
    pub fn update_clock(self) {
        let clock = clock_of(self.zone.get_untracked());
        if self.clock.get_untracked() != clock {
            self.clock.set(clock);
        }
    }

    fn zoom(self, around: Millis, factor: f64) {
        let at = crate::now::now().mono_ms;
        self.change(|timeline, edge| timeline.zoom(around, factor, edge, at));
    }

    /// Returns the time of the crosshair, or the middle of the stretch if there is none in it.
    fn middle(self) -> Millis {
        let now = self.stretch_untracked();
        let crosshair = self.crosshair.get_untracked().filter(|at| now.contains(at));
        crosshair.unwrap_or(now.start + (now.end - now.start) / 2)
    }

    /// Moves the free end of the selected stretch by a step. Without one, the selection begins at the crosshair, which
    /// then is the free end.
    fn brush_by(self, steps: Millis) {
        let (now, at) = (self.stretch_untracked(), self.middle());
        let to = (at + steps * (now.end - now.start) / BRUSH_STEPS).clamp(now.start, now.end);
        let brush = self.brush.get_untracked().unwrap_or(at..at);
        let fixed = if brush.start == at { brush.end } else { brush.start };
        self.brush.set(Some(fixed.min(to)..fixed.max(to)));
        self.crosshair.set(Some(to));
    }

    fn undo(self) -> bool {
        self.timeline.try_update(Timeline::undo).unwrap_or_default()
    }

    fn copy_link(self) {
        let crosshair = self.crosshair.get_untracked();
        let is_copied = prefs::copy_link(&self.stretch_untracked());
        // The dialog with the link takes the focus from a chart, which then hides its crosshair.
        if self.crosshair.get_untracked() != crosshair {
            self.crosshair.set(crosshair);
        }
        if is_copied {
            self.copied.set(true);
            set_timeout(move || self.copied.set(false), NOTICE);
        }
    }

    fn change(self, change: impl FnOnce(&mut Timeline, Millis)) {
        let edge = self.edge.get_untracked();
        self.timeline.update(|timeline| change(timeline, edge));
    }
}

fn clock_of(zone: Zone) -> LocalClock {
    match zone {
        Zone::Local => local_clock(),
        Zone::Utc => LocalClock::default(),
    }
}
