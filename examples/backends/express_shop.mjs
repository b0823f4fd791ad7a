// A shop in Express whose checkout only those with a pass reach.
//
// DOORWARD_URL=http://127.0.0.1:8080 DOORWARD_KEY=… PORT=9000 node express_shop.mjs
import express from "express";

const { DOORWARD_URL, DOORWARD_KEY, PORT = "9000" } = process.env;

// One call to Doorward, as a backend.
async function ask(method, path, body) {
  const answer = await fetch(`${DOORWARD_URL}/.doorward/v1${path}`, {
    method,
    headers: { "X-API-Key": DOORWARD_KEY, ...(body && { "Content-Type": "application/json" }) },
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(5000),
  });
  if (!answer.ok) throw new Error(`Doorward answered ${answer.status}: ${await answer.text()}`);
  return answer;
}

// Of a tenant's room the cookie is "doorward_pass_TENANT~ROOM".
function pass_of(request, room) {
  const cookies = Object.fromEntries((request.headers.cookie ?? "").split(/; */).map((pair) => pair.split("=", 2)));
  const asked = request.query.pass ?? cookies[`doorward_pass_${room}`] ?? cookies[`__Host-doorward_pass_${room}`];
  return typeof asked === "string" ? asked : null;
}

// Lets only those with a pass through. While Doorward does not answer, nobody.
export const gate = (room) => async (request, response, next) => {
  const pass = pass_of(request, room);
  if (!pass) return response.status(403).json({ title: "A pass is needed" });
  try {
    const verdict = await (await ask("POST", "/passes/verify", { pass, room })).json();
    if (!verdict.valid) return response.status(403).json({ title: "The pass is refused", reason: verdict.reason });
    request.doorward = verdict;
  } catch {
    return response.status(503).set("Retry-After", "1").json({ title: "Try again in a moment" });
  }
  next();
};

const app = express();
app.get("/health", (_, response) => response.json({ status: "up" }));
app.use("/checkout", gate("sale"));
app.get("/checkout", (request, response) => response.json({ ticket: request.doorward.ticket }));
app.post("/checkout", async (request, response) => {
  await ask("DELETE", `/sessions/${request.doorward.ticket}`); // the next one gets in
  response.json({ sold: true });
});
const server = app.listen(Number(PORT), "127.0.0.1", () => console.log(`listening on ${server.address().port}`));
