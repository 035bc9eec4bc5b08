// The peer of the benchmark: a hub as one writes it on Node's `ws`. What one client sends, all others get; who comes back
// and says since when is sent what it missed, from an array.
import { WebSocketServer } from "ws";

const hub = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false });
const kept = [];
hub.on("connection", (socket) => {
  socket.on("error", () => socket.terminate());
  socket.on("message", (data) => {
    // The same words as Tickertape's, so that one load generator serves both.
    const { action, id, filter, since, data: payload } = JSON.parse(data);
    if (action === "subscribe") {
      socket.watching = true;
      socket.send(JSON.stringify({ type: "subscribed", id }));
      if (since?.[filter]) for (const message of kept.slice(since[filter].offset)) socket.send(message);
    } else if (action === "publish") {
      const message = JSON.stringify({ type: "publications", items: [{ offset: kept.length + 1, data: payload }] });
      kept.push(message);
      for (const viewer of hub.clients) if (viewer.watching) viewer.send(message);
      socket.send(JSON.stringify({ type: "published", id }));
    }
  });
});
hub.on("listening", () => console.log(`ws://127.0.0.1:${hub.address().port}`));
