// A real issuer for tests in other languages: reads a command a line, as JSON, and answers each with a line.
//
//   {"mint": {claims over the usual ones; null takes one away}, "kid", "expires"}  a token
//   {"add": kid, "alg"}   a key more
//   {"away": true|false}  stops, or starts again at the same port
//   {"asked": true}       how often its keys were asked for
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { OAuth2Server } from "oauth2-mock-server";

const issuer = new OAuth2Server();
await issuer.issuer.keys.generate("RS256", { kid: "key-1" });
let listener = null;
let port = 0;
let asked = 0;
const open = new Set();

// A listener of our own, since the package's ends only when the last kept connection does.
async function away(gone) {
  listener?.close();
  listener = null;
  for (const socket of open) socket.destroy();
  if (gone) return;
  listener = createServer((request, response) => {
    if (request.url === "/jwks") asked += 1;
    issuer.service.requestHandler(request, response);
  });
  listener.on("connection", (socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
  });
  await new Promise((resolve) => listener.listen(port, "127.0.0.1", resolve));
  port = listener.address().port;
}

function mint(command) {
  return issuer.issuer.buildToken({
    kid: command.kid ?? "key-1",
    expiresIn: command.expires ?? 3600,
    scopesOrTransform: (_header, payload) => {
      for (const [name, value] of Object.entries(command.mint)) {
        if (value === null) delete payload[name];
        else payload[name] = value;
      }
    },
  });
}

async function obey(command) {
  if ("away" in command) return away(command.away);
  if ("asked" in command) return asked;
  if (command.add) return void (await issuer.issuer.keys.generate(command.alg ?? "RS256", { kid: command.add }));
  return mint(command);
}

const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);
await away(false);
issuer.issuer.url = `http://127.0.0.1:${port}`;
say({ port, issuer: issuer.issuer.url });
for await (const line of createInterface({ input: process.stdin })) {
  try {
    say({ answer: (await obey(JSON.parse(line))) ?? null });
  } catch (fault) {
    say({ fault: String(fault) });
  }
}
process.exit(0);
