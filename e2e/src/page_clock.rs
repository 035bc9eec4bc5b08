//! A clock of the page that a test can set forward, so that it need not wait as long as the page does.

use std::time::Duration;

use serde_json::json;

use crate::browser::Browser;

/// Time by which the clock advances before the page handles its timers. A clock that advances by half a minute at once
/// would look to the page like that of a machine that was asleep.
const STEP_MS: u32 = 250;

/// Replaces the page's clocks and timers. They run as before, and `window.passTime` sets them forward.
const SCRIPT: &str = "
(() => {
    const [monotonic, wall] = [performance.now.bind(performance), Date.now];
    const [start, stop] = [setTimeout.bind(window), clearTimeout.bind(window)];
    const timers = new Map();
    let [ahead, lastId] = [0, 0];
    performance.now = () => monotonic() + ahead;
    Date.now = () => wall() + ahead;
    const arm = (timer) => {
        stop(timer.handle);
        timer.handle = start(() => fire(timer), timer.due - performance.now());
    };
    const fire = (timer) => {
        if (timer.every === undefined) {
            timers.delete(timer.id);
        } else {
            timer.due += timer.every;
            arm(timer);
        }
        timer.call(...timer.args);
    };
    const add = (call, wait, every, args) => {
        const timer = { id: ++lastId, call, args, every, due: performance.now() + wait };
        timers.set(timer.id, timer);
        arm(timer);
        return timer.id;
    };
    const remove = (id) => {
        stop(timers.get(id)?.handle);
        timers.delete(id);
    };
    window.setTimeout = (call, wait = 0, ...args) => add(call, wait, undefined, args);
    window.setInterval = (call, every = 1, ...args) => add(call, every, every, args);
    [window.clearTimeout, window.clearInterval] = [remove, remove];
    window.passTime = async (ms, step) => {
        for (let left = ms; left > 0; left -= step) {
            ahead += Math.min(left, step);
            timers.forEach(arm);
            await new Promise((done) => start(done, 0));
        }
    };
})();";

impl Browser {
    /// Replaces the clock of every page that is opened from now on, so that [`pass_time`](Self::pass_time) can set it
    /// forward.
    ///
    /// # Panics
    ///
    /// If the browser does not answer.
    pub async fn replace_clock(&self) {
        self.devtools("Page.addScriptToEvaluateOnNewDocument", json!({"source": SCRIPT})).await;
    }

    /// Sets the page's clock forward. The page meanwhile handles the timers that become due. Returns after a request of
    /// the page has been answered, so that the server has received all requests that the page has sent before.
    ///
    /// # Panics
    ///
    /// If the clock was not replaced, or the page's server does not answer.
    pub async fn pass_time(&self, time: Duration) {
        let passed = format!(
            "(async () => {{
                await window.passTime({}, {STEP_MS});
                return (await fetch('/', {{ cache: 'no-store' }})).ok; }})()",
            time.as_millis()
        );
        assert_eq!(self.value(&passed).await, json!(true), "the page's server answers");
    }
}
