// A chart by uPlot with three series of one topic over a minute. It is drawn in each animation frame after new data, which is what
// programs with uPlot do. The width and the height of the chart are in the address.
const [width, height] = location.hash.slice(1).split("x").map(Number);
const KEPT_S = 60;
const rows = [[], [], [], []];
const series = [["a", "#2a78d6"], ["b", "#1a9a80"], ["c", "#d97a1c"]].map(([label, stroke]) => ({ label, stroke, width: 1.6 }));
const chart = new uPlot({ width, height, series: [{}, ...series], cursor: { show: false } }, rows, document.getElementById("chart"));
const values = [...document.querySelectorAll(".u-legend .u-value")].slice(1);
let isDue = false;

function draw() {
    isDue = false;
    const end = Date.now() / 1000;
    const old = rows[0].findIndex((ts) => ts >= end - KEPT_S);
    if (old > 0) rows.forEach((column) => column.splice(0, old));
    chart.setData(rows, false);
    chart.setScale("x", { min: end - KEPT_S, max: end });
    values.forEach((value, index) => { value.textContent = rows[index + 1].at(-1) ?? "–"; });
}

function take({ ts, data }) {
    [ts / 1000, data.a, data.b, data.c].forEach((value, column) => rows[column].push(value));
}

const socket = new WebSocket(`${location.origin.replace("http", "ws")}/ws`);
socket.onopen = () => {
    socket.send(JSON.stringify({ action: "subscribe", id: 1, filter: "bench/chart", rewind: { ms: KEPT_S * 1000 } }));
};
socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    (message.parts ?? [message]).flatMap((part) => part.items ?? []).forEach(take);
    if (!isDue) {
        isDue = true;
        requestAnimationFrame(draw);
    }
};
