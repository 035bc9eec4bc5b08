//! The hands of a reader: a mouse, a keyboard and fingers. They act by input events of the browser, as real devices do, and never
//! by scripts in the page.

use serde_json::{Value, json};

use thirtyfour::prelude::{Key, TypingData};

use crate::browser::{Browser, TIMEOUT, has_focus};
use crate::wait;

/// The modifier of a key or a mouse that means that `Shift` is held, in the DevTools Protocol.
pub const SHIFT: u64 = 8;

/// A position on the screen in CSS pixels.
pub type Point = (f64, f64);

/// Number of events by which a pointer moves from one point to another.
const STEPS: u32 = 6;
/// Maximum number of presses of Tab from one element of a page to another.
const MOST_TABS: usize = 150;

impl Browser {
    /// Makes the screen that of a phone with this size: fingers instead of a mouse, and two device pixels for each CSS
    /// pixel.
    ///
    /// # Panics
    ///
    /// If the browser does not answer.
    pub async fn become_phone(&self, width: u32, height: u32) {
        let screen = json!({"width": width, "height": height, "deviceScaleFactor": 2, "mobile": true});
        self.devtools("Emulation.setDeviceMetricsOverride", screen).await;
        let fingers = json!({"enabled": true, "maxTouchPoints": 5});
        self.devtools("Emulation.setTouchEmulationEnabled", fingers).await;
    }

    /// Returns the middle of the first element that matches the CSS selector, once the element is at rest and nothing
    /// lies over its middle, so that a reader can press it.
    ///
    /// # Panics
    ///
    /// If the element cannot be pressed within [`TIMEOUT`].
    pub async fn middle_of(&self, selector: &str) -> Point {
        let script = format!(
            "(async () => {{
                const rect = () => document.querySelector({selector})?.getBoundingClientRect();
                const before = rect();
                await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
                const now = rect();
                if (!before || !now || now.width === 0 || before.x !== now.x || before.y !== now.y) return null;
                const [x, y] = [now.x + now.width / 2, now.y + now.height / 2];
                const top = document.elementFromPoint(x, y);
                return top && top.closest({selector}) ? [x, y] : null; }})()",
            selector = Value::from(selector)
        );
        let what = format!("{selector} can be pressed");
        let found = wait::until(&what, TIMEOUT, || async {
            let middle = self.value(&script).await;
            Some((middle[0].as_f64()?, middle[1].as_f64()?))
        });
        found.await.0
    }

    /// Moves the mouse to a point.
    ///
    /// # Panics
    ///
    /// If the browser does not answer.
    pub async fn point_at(&self, to: Point) {
        self.mouse("mouseMoved", to, false, 0).await;
    }

    /// Clicks the first element that matches the CSS selector.
    ///
    /// # Panics
    ///
    /// If the element cannot be pressed.
    pub async fn click_on(&self, selector: &str) {
        let middle = self.middle_of(selector).await;
        self.point_at(middle).await;
        self.mouse("mousePressed", middle, true, 0).await;
        self.mouse("mouseReleased", middle, false, 0).await;
    }

    /// Drags the mouse from one point to another, with keys that are held.
    ///
    /// # Panics
    ///
    /// If the browser does not answer.
    pub async fn drag(&self, from: Point, to: Point, modifiers: u64) {
        self.mouse("mousePressed", from, true, modifiers).await;
        for point in between(from, to) {
            self.mouse("mouseMoved", point, true, modifiers).await;
        }
        self.mouse("mouseReleased", to, false, modifiers).await;
    }

    /// Turns the wheel of the mouse at a point, by a distance in CSS pixels.
    ///
    /// # Panics
    ///
    /// If the browser does not answer.
    pub async fn turn_wheel(&self, (x, y): Point, distance: f64) {
        let event = json!({"type": "mouseWheel", "x": x, "y": y, "deltaX": 0, "deltaY": distance});
        self.devtools("Input.dispatchMouseEvent", event).await;
    }

    async fn mouse(&self, kind: &str, (x, y): Point, is_pressed: bool, modifiers: u64) {
        let button = if kind == "mouseMoved" && !is_pressed { "none" } else { "left" };
        let event = json!({"type": kind, "x": x, "y": y, "button": button, "buttons": u64::from(is_pressed),
            "clickCount": 1, "modifiers": modifiers});
        self.devtools("Input.dispatchMouseEvent", event).await;
    }

    /// Presses and releases a key, given by its name in the browser's events, with keys that are held.
    ///
    /// # Panics
    ///
    /// If the browser does not answer.
    pub async fn press_key(&self, key: &str, modifiers: u64) {
        let (code, text) = match key {
            "Tab" => (9, ""),
            "Enter" => (13, "\r"),
            "Escape" => (27, ""),
            " " => (32, " "),
            "End" => (35, ""),
            "Home" => (36, ""),
            "ArrowLeft" => (37, ""),
            "ArrowUp" => (38, ""),
            "ArrowRight" => (39, ""),
            "ArrowDown" => (40, ""),
            typed if typed.chars().count() == 1 => (0, typed),
            _ => (0, ""),
        };
        for kind in ["keyDown", "keyUp"] {
            let event = json!({"type": kind, "key": key, "code": if key == " " { "Space" } else { key },
                "windowsVirtualKeyCode": code, "text": text, "modifiers": modifiers});
            self.devtools("Input.dispatchKeyEvent", event).await;
        }
    }

    /// Types keys and texts by WebDriver, into whatever has the focus.
    ///
    /// # Panics
    ///
    /// If the browser does not answer.
    pub async fn keys(&self, keys: impl Into<TypingData>) {
        self.driver.action_chain().send_keys(keys).perform().await.expect("the keys are pressed");
    }

    /// Waits for an element that matches the CSS selector, and presses Tab until one has the focus.
    ///
    /// # Panics
    ///
    /// If there is none within [`TIMEOUT`], or if the key does not reach it.
    pub async fn tab_to(&self, selector: &str) {
        self.appears(selector).await;
        let has_focus = has_focus(selector);
        for _ in 0..MOST_TABS {
            if self.value(&has_focus).await == json!(true) {
                return;
            }
            self.keys(Key::Tab + "").await;
        }
        panic!("the Tab key does not reach {selector}");
    }

    /// Sends a touch event with fingers at these points.
    ///
    /// # Panics
    ///
    /// If the browser does not answer.
    pub async fn touch(&self, kind: &str, fingers: &[Point]) {
        let points: Vec<_> =
            (0..).zip(fingers).map(|(id, (x, y))| json!({"x": x, "y": y, "id": id})).collect();
        self.devtools("Input.dispatchTouchEvent", json!({"type": kind, "touchPoints": points})).await;
    }

    /// Touches a point for a moment.
    ///
    /// # Panics
    ///
    /// If the browser does not answer.
    pub async fn tap_at(&self, point: Point) {
        self.touch("touchStart", &[point]).await;
        self.touch("touchEnd", &[]).await;
    }

    /// Touches the first element that matches the CSS selector for a moment.
    ///
    /// # Panics
    ///
    /// If the element cannot be pressed.
    pub async fn tap_on(&self, selector: &str) {
        let middle = self.middle_of(selector).await;
        self.tap_at(middle).await;
    }

    /// Moves a finger over the screen.
    ///
    /// # Panics
    ///
    /// If the browser does not answer.
    pub async fn swipe(&self, from: Point, to: Point) {
        self.touch("touchStart", &[from]).await;
        for point in between(from, to) {
            self.touch("touchMove", &[point]).await;
        }
        self.touch("touchEnd", &[]).await;
    }

    /// Spreads two fingers on both sides of a point, from one distance between them to another, in CSS pixels.
    ///
    /// # Panics
    ///
    /// If the browser does not answer.
    pub async fn spread(&self, (x, y): Point, from: f64, to: f64) {
        let fingers = |distance: f64| [(x - distance / 2.0, y), (x + distance / 2.0, y)];
        self.touch("touchStart", &fingers(from)[..1]).await;
        self.touch("touchStart", &fingers(from)).await;
        for (distance, _) in between((from, 0.0), (to, 0.0)) {
            self.touch("touchMove", &fingers(distance)).await;
        }
        self.touch("touchEnd", &[]).await;
    }
}

/// Returns the points over which a pointer moves from one point to another, without the first.
fn between(from: Point, to: Point) -> impl Iterator<Item = Point> {
    (1..=STEPS).map(move |step| {
        let share = f64::from(step) / f64::from(STEPS);
        (from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share)
    })
}
