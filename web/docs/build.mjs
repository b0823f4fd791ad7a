// Puts the two pages and what they need of their packages into a folder, each file compressed once and for all.
//
//   node build.mjs OUT
//
// The parts' names carry their hash, so that a browser may keep them for ever.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2];
const swagger = join(here, "node_modules/swagger-ui-dist");
const redoc = join(here, "node_modules/redoc");
const base = "/.doorward/docs/";

rmSync(out, { recursive: true, force: true });
mkdirSync(join(out, "assets"), { recursive: true });
const put = (name, bytes) => writeFileSync(join(out, `${name}.gz`), gzipSync(bytes, { level: 9 }));

// Redoc shows its maker's picture from its maker's host; nothing here is asked of others.
function without_outside(text) {
  return text.replaceAll("https://cdn.redoc.ly/redoc/logo-mini.svg", "data:,").replace(/\n\/\/# sourceMappingURL=\S+\s*$/, "");
}

const parts = {};
for (const file of [
  join(swagger, "swagger-ui.css"), join(swagger, "swagger-ui-bundle.js"), join(redoc, "bundles/redoc.standalone.js"),
  ...["docs.js", "redoc.js", "page.css", "icon.svg"].map((name) => join(here, "src", name)),
]) {
  const bytes = Buffer.from(without_outside(readFileSync(file, "utf8")));
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 10);
  const name = basename(file).replace(/(\.[a-z]+)$/, `-${hash}$1`);
  put(`assets/${name}`, bytes);
  parts[basename(file)] = `${base}assets/${name}`;
}
for (const page of ["docs.html", "redoc.html"]) {
  put(page, readFileSync(join(here, "src", page), "utf8").replaceAll(/\{\{([^}]+)\}\}/g, (_, name) => parts[name]));
}
const licences = [join(swagger, "LICENSE"), join(swagger, "NOTICE"), join(redoc, "LICENSE"), join(redoc, "bundles/redoc.standalone.js.LICENSE.txt")];
put("licences.txt", licences.map((file) => `${file.slice(here.length)}\n\n${readFileSync(file, "utf8")}`).join("\n\n"));
