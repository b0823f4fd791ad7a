// The tool that fires requests, where the visitors' paths are and where they are not.
import assert from "node:assert/strict";
import http from "node:http";
import { after, before, describe, test } from "node:test";
import { go, shot, start_stage } from "./stage.mjs";

const limit = 4;
const phone = { viewport: { width: 390, height: 780 }, deviceScaleFactor: 2, colorScheme: "dark" };

// A backend that limits by itself: the tool reads headers, whoever sets them.
async function start_backend() {
  let used = 0;
  const server = http.createServer((request, response) => {
    used += 1;
    const left = Math.max(0, limit - used);
    response.writeHead(used > limit ? 429 : 200, {
      "RateLimit-Policy": `"all";q=${limit};w=60`, "RateLimit": `"all";r=${left};t=60`,
      ...(used > limit ? { "Retry-After": "60" } : {}),
    }).end(`${request.method} ${request.url} ${request.headers["x-client-id"] ?? "-"}`);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return { port: server.address().port, reset: () => { used = 0; }, stop: () => server.close() };
}

describe("try it", { concurrency: false }, () => {
  test("what no limit refused and nobody let pass is said by its answer", async () => {
    const stage = await start_stage("admin: { open_on_loopback: true }\n");
    try {
      const { page } = await stage.visit();
      await page.route("**/gone", (route) => route.fulfill({ status: 409, body: "sold out" }));
      await go(page, "Try it");
      await page.getByLabel("Path").fill("/gone");
      await page.getByLabel("Times").fill("3");
      await page.getByRole("button", { name: "Fire" }).click();
      await page.getByText("No limit was met, but none passed: 3 were answered 409.").waitFor();
    } finally {
      await stage.stop();
    }
  });

  let backend;
  before(async () => { backend = await start_backend(); });
  after(() => backend?.stop());

  async function fire(page) {
    await go(page, "Try it");
    await page.getByLabel("Path").fill("/api/data");
    await page.getByLabel("Times").fill("6");
    await page.getByText("Headers and body").click();
    await page.getByLabel("Headers").fill("X-Client-ID: ann");
    await page.getByText("Headers and body").click();
    await page.getByRole("button", { name: "Fire" }).click();
    await page.getByText(`${limit} requests of a limit of ${limit} passed; refused from the 5th on.`).waitFor();
    await page.getByText(/The same may pass again in \d+ s/).waitFor();
    await shot(page, "dashboard-try-it-phone-dark.png");
    await page.getByRole("button", { name: "Request 1: 200, 3 left" }).click();
    await page.getByText("GET /api/data ann").waitFor();
    await page.getByRole("row", { name: 'ratelimit "all";r=3;t=60' }).waitFor();
  }

  for (const [name, admin] of [["on the visitors' listener", ""], ["on the admin listener", "admin: { listen: '127.0.0.1:0' }\n"]]) {
    test(`a limit is reached ${name}`, async () => {
      const stage = await start_stage(`${admin}upstreams: { api: 'http://127.0.0.1:${backend.port}' }\nroutes: [{ path: /api/**, upstream: api }]\n`);
      try {
        backend.reset();
        const { page, faults } = await stage.sign_in(phone);
        await fire(page);
        assert.deepEqual(faults, []);
      } finally {
        await stage.stop();
      }
    });
  }
});
