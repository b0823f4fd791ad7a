// Starts the program under test, for tests in JavaScript. No package is needed.
//
// The binary is $DOORWARD_BINARY. Every server gets a free port and a folder of its own, with `files` ({name: text})
// beside its configuration, and is ended by its `stop`.
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const admin_token = "admin-token-of-the-tests-0123456789";
const start_ms = 60000;

export async function start_doorward(config, files = {}) {
  const folder = await mkdtemp(join(tmpdir(), "doorward-test-"));
  const file = join(folder, "doorward.yaml");
  await writeFile(file, config);
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const child = spawn(process.env.DOORWARD_BINARY,
    ["serve", "--config", file, "--listen", "127.0.0.1:0", "--data", join(folder, "data")],
    { cwd: folder, env: { ...process.env, DOORWARD_ADMIN_TOKEN: admin_token }, stdio: ["ignore", "pipe", "pipe"] });
  let errors = "";
  child.stderr.on("data", (piece) => { errors = (errors + piece).slice(-8000); });
  const [port, admin_origin] = await new Promise((done, fail) => {
    let seen = "";
    const timer = setTimeout(() => fail(new Error(`not ready: ${seen}\n${errors}`)), start_ms);
    child.stdout.on("data", (piece) => {
      seen += piece;
      const match = /ready on (?:http:\/\/)?127\.0\.0\.1:(\d+)/.exec(seen);
      const admin = /admin: (http:[^)]+)\)/.exec(seen);
      if (match && seen.includes("\n")) { clearTimeout(timer); done([Number(match[1]), admin?.[1]]); }
    });
    child.on("exit", (code) => { clearTimeout(timer); fail(new Error(`ended with ${code}: ${seen}\n${errors}`)); });
  });
  const origin = `http://127.0.0.1:${port}`;
  return {
    origin,
    admin_origin: admin_origin ?? origin, // where admin calls are taken
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
