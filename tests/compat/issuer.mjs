// A real issuer for tests in other languages: reads a command a line, as JSON, and answers each with a line.
//
//   {"mint": {claims over the usual ones; null takes one away}, "kid", "expires"}  a token
//   {"add": kid, "alg"}   a key more
//   {"away": true|false}  ends every connection at once, or answers again
//   {"asked": true}       how often its keys were asked for
//
// With the files of a certificate and its key as arguments it speaks TLS.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { createInterface } from "node:readline";
import { OAuth2Server } from "oauth2-mock-server";

const issuer = new OAuth2Server();
await issuer.issuer.keys.generate("RS256", { kid: "key-1" });
let is_away = false;
let asked = 0;
const open = new Set();

// A listener of our own, which keeps its port while it is away.
const handle = (request, response) => {
  if (request.url === "/jwks") asked += 1;
  issuer.service.requestHandler(request, response);
};
const [cert, key] = process.argv.slice(2).map((path) => readFileSync(path));
const listener = cert ? createTlsServer({ cert, key }, handle) : createServer(handle);
listener.on("connection", (socket) => {
  if (is_away) return void socket.destroy();
  open.add(socket);
  socket.on("close", () => open.delete(socket));
});

function away(gone) {
  is_away = gone;
  if (gone) for (const socket of open) socket.destroy();
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
await new Promise((resolve) => listener.listen(0, "127.0.0.1", resolve));
const { port } = listener.address();
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
