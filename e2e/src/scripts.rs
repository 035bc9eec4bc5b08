//! JavaScript programs that change what the browser gives to the page.

/// Returns a program that holds back the answers to some requests of the page until `window.release()` is called: those for which
/// `is_held` is true, an expression of `method` and `url`.
pub fn hold_answers(is_held: &str) -> String {
    format!(
        "{{
    const send = window.fetch;
    const released = new Promise((resolve) => {{ window.release = resolve; }});
    window.fetch = async (...request) => {{
        const answer = await send.apply(window, request);
        const url = String(request[0].url ?? request[0]);
        const method = request[1]?.method ?? request[0].method;
        if ({is_held}) await released;
        return answer;
    }};
}}"
    )
}

/// Returns a program that keeps the title and the tag of each notification in `window.__told`, and in `window.__asked` the number of times
/// that the page has asked for permission, which it gets. If `is_on` is true, the reader has switched notifications on before.
pub fn keep_notifications(is_on: bool) -> String {
    let (permission, before) = match is_on {
        true => ("granted", "localStorage.setItem('tickertape.notify', 'on');"),
        false => ("default", ""),
    };
    format!(
        "window.__told = []; {before}
    window.Notification = class {{
        constructor(title, options) {{ window.__told.push([title, options.tag]); }}
        static permission = '{permission}';
        static async requestPermission() {{
            window.__asked = (window.__asked ?? 0) + 1;
            Notification.permission = 'granted';
            return 'granted';
        }}
    }};"
    )
}
