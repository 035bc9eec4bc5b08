// The peer of the benchmark for Bun: the hub of `ws-hub.mjs`, with the publishing that Bun's server has built in, uncompressed.
const kept = [];
const hub = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch: (request, server) => (server.upgrade(request) ? undefined : new Response(null, { status: 426 })),
  websocket: {
    perMessageDeflate: false,
    message(socket, text) {
      const { action, id, filter, since, topic, data } = JSON.parse(text);
      if (action === "subscribe") {
        socket.subscribe(filter);
        socket.send(JSON.stringify({ type: "subscribed", id }));
        if (since?.[filter]) for (const message of kept.slice(since[filter].offset)) socket.send(message);
      } else if (action === "publish") {
        const message = JSON.stringify({ type: "publications", items: [{ offset: kept.length + 1, data }] });
        kept.push(message);
        hub.publish(topic, message);
        socket.send(JSON.stringify({ type: "published", id }));
      }
    },
  },
});
console.log(`ws://127.0.0.1:${hub.port}`);
