// What stands between the library and the server in these tests.
import http from "node:http";

// A Storage of its own.
export function shelf() {
  const kept = new Map();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => kept.set(key, value),
    removeItem: (key) => kept.delete(key),
    size: () => kept.size,
  };
}

// A proxy that loses answers, refuses streams, breaks them, or is down, as `rules` say.
export async function cut_proxy(origin) {
  const line = { rules: { lose_answer: 0, no_streams: false, down: false }, streams: [], polls: 0 };
  const open = new Set();
  const server = http.createServer((request, response) => {
    const is_stream = request.url.endsWith("/events");
    if (is_stream) line.streams.push(request);
    else if (request.method === "GET") line.polls += 1;
    if (line.rules.down || (is_stream && line.rules.no_streams)) return request.socket.destroy();
    const onward = http.request(origin + request.url, { method: request.method, headers: request.headers }, (answer) => {
      if (!is_stream && line.rules.lose_answer > 0) {
        line.rules.lose_answer -= 1;
        return request.socket.destroy();
      }
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => request.socket.destroy());
    response.on("close", () => { open.delete(request.socket); onward.destroy(); });
    if (is_stream) open.add(request.socket);
    request.pipe(onward);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return Object.assign(line, {
    origin: `http://127.0.0.1:${server.address().port}`,
    cut() { for (const socket of open) socket.destroy(); },
    stop() { server.close(); server.closeAllConnections(); },
  });
}
