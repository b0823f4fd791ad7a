import { readFileSync } from "node:fs";
import { defineConfig, type Plugin } from "vite";

// What the page carries of others, with the words that their licences ask to be kept.
const others = ["uplot", "@fontsource-variable/bricolage-grotesque", "@fontsource-variable/instrument-sans"];

function licences(): Plugin {
  return {
    name: "licences",
    apply: "build",
    generateBundle() {
      const source = others.map((name) => `${name}\n\n${readFileSync(`node_modules/${name}/LICENSE`, "utf8")}`);
      this.emitFile({ type: "asset", fileName: "licences.txt", source: source.join("\n\n") });
    },
  };
}

// The parts lie below a path that no route can take, wherever the page itself was opened.
export default defineConfig({
  base: "/.doorward/dashboard/",
  plugins: [licences()],
  // For `npm run dev`: the calls go to a running Doorward.
  server: {
    strictPort: true,
    proxy: { "/.doorward/v1": { target: process.env["DOORWARD"] ?? "http://127.0.0.1:8080", changeOrigin: false } },
  },
  build: {
    target: "es2022",
    modulePreload: false,
    assetsInlineLimit: 0, // the policy allows no data: addresses
    cssCodeSplit: false,
    reportCompressedSize: false,
  },
});
