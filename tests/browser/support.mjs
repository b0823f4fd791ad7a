// Starts the program under test, a small shop behind it, and a Chromium before it.
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const admin_token = "admin-token-of-the-tests-0123456789";
const start_ms = 60000;

export async function start_shop() {
  const sold = [];
  const server = http.createServer((request, response) => {
    if (request.method === "POST") {
      sold.push(request.headers["x-doorward-subject"] ?? "");
      request.resume();
      response.writeHead(303, { Location: "/buy/thanks" }).end();
      return;
    }
    response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" });
    const thanks = request.url.endsWith("/thanks");
    response.end(thanks ? "<title>Thanks</title><h1>Thank you</h1>"
      : "<title>Shop</title><h1>The shop</h1><form method=post action=/buy><button>Buy</button></form>");
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return { sold, port: server.address().port, stop: () => server.close() };
}

export async function start_doorward(config) {
  const folder = await mkdtemp(join(tmpdir(), "doorward-browser-"));
  const file = join(folder, "doorward.yaml");
  await writeFile(file, config);
  const child = spawn(process.env.DOORWARD_BINARY,
    ["serve", "--config", file, "--listen", "127.0.0.1:0", "--data", join(folder, "data")],
    { cwd: folder, env: { ...process.env, DOORWARD_ADMIN_TOKEN: admin_token }, stdio: ["ignore", "pipe", "pipe"] });
  let errors = "";
  child.stderr.on("data", (piece) => { errors = (errors + piece).slice(-8000); });
  const port = await new Promise((done, fail) => {
    let seen = "";
    const timer = setTimeout(() => fail(new Error(`not ready: ${seen}\n${errors}`)), start_ms);
    child.stdout.on("data", (piece) => {
      seen += piece;
      const match = /ready on (?:http:\/\/)?127\.0\.0\.1:(\d+)/.exec(seen);
      if (match) { clearTimeout(timer); done(Number(match[1])); }
    });
    child.on("exit", (code) => { clearTimeout(timer); fail(new Error(`ended with ${code}: ${seen}\n${errors}`)); });
  });
  const origin = `http://127.0.0.1:${port}`;
  return {
    origin,
    call: (method, path, { body, token } = {}) => fetch(origin + path, {
      method,
      headers: {
        ...(token ? { Authorization: `Bearer ${token === "admin" ? admin_token : token}` } : {}),
        ...(body ? { "Content-Type": "application/json" } : {}),
      },
      body: body && JSON.stringify(body),
    }),
    async stop() {
      const gone = new Promise((done) => child.once("exit", done));
      child.removeAllListeners("exit");
      child.once("exit", () => {});
      child.kill("SIGTERM");
      await Promise.race([new Promise((done) => child.once("exit", done)), gone]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export function start_browser() {
  return chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync"],
  });
}
