// The types say what the module does: TypeScript takes the right calls, and none of the wrong ones.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import * as doorward from "../../sdk/js/doorward.js";
import * as gatekeeper from "../../sdk/js/gatekeeper.js";

const here = dirname(fileURLToPath(import.meta.url));

test("TypeScript takes the sample, strictly", { timeout: 120000 }, async () => {
  const said = await new Promise((done) => execFile(join(here, "node_modules/.bin/tsc"), ["--project", here], { cwd: here },
    (_, out, errors) => done(out + errors)));
  assert.equal(said, "");
});

test("the modules export what the types name", () => {
  for (const name of ["join", "Place", "DoorwardError"]) assert.equal(typeof doorward[name], "function");
  for (const name of ["Gatekeeper", "configure", "enqueue", "waitUntilReady", "redirect"]) assert.equal(typeof gatekeeper[name], "function");
});
