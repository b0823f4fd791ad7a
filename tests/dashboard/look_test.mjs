// Every page at phone width and at desk width, light and dark: nothing sticks out, all is named, all can be read.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { go, start_stage } from "./stage.mjs";

const places = ["Overview", "Rooms", "Rules", "Events", "Try it"];
const looks = [
  ["desk, light", { viewport: { width: 1280, height: 860 }, colorScheme: "light" }],
  ["phone, dark", { viewport: { width: 360, height: 740 }, colorScheme: "dark", hasTouch: true }],
  ["phone, light", { viewport: { width: 320, height: 640 }, colorScheme: "light" }],
];

// Texts with too little contrast to what is behind them (WCAG AA: 4.5, or 3 where large), as "text: ratio".
function faint_texts() {
  const rgb = (text) => (text.match(/[\d.]+/g) ?? []).map(Number);
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const plain = (text) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = text;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = ([r, g, b, a], [r2, g2, b2]) => [r * a + r2 * (1 - a), g * a + g2 * (1 - a), b * a + b2 * (1 - a)];
  const back_of = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) layers.push(plain(getComputedStyle(at).backgroundColor));
    return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255]);
  };
  const light = (color) => {
    const [r, g, b] = color.map((part) => (part / 255 <= 0.03928 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const found = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    const box = element.getBoundingClientRect();
    if (!own || box.width < 2 || element.closest(":disabled, .unseen, .off, noscript, dialog:not([open])")) continue;
    const style = getComputedStyle(element);
    if (style.visibility === "hidden") continue;
    const back = back_of(element);
    const [a, b] = [light(over(plain(style.color), back)), light(back)].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    const size = rgb(style.fontSize)[0];
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5)) found.push(`${element.textContent.trim().slice(0, 30)}: ${ratio.toFixed(2)}`);
  }
  return found;
}

const unnamed = () => [...document.querySelectorAll("button, a[href], input, select, textarea")]
  .filter((element) => element.checkVisibility() && !element.getAttribute("aria-label") && !element.textContent.trim() && !element.labels?.length)
  .map((element) => element.outerHTML.slice(0, 80));

describe("looks", { concurrency: false }, () => {
  let stage;
  before(async () => { stage = await start_stage("rooms:\n  sale: { capacity: 2, admit: {count: 10, every: 1s} }\n"); });
  after(() => stage?.stop());

  for (const [name, options] of looks) {
    test(name, async () => {
      const { page, faults } = await stage.sign_in(options);
      for (const place of places) {
        await go(page, place);
        await page.getByRole("heading", { level: 1, name: place }).waitFor({ state: "attached" });
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0, `${place} is too wide`);
        assert.deepEqual(await page.evaluate(faint_texts), [], `${place}: contrast`);
        assert.deepEqual(await page.evaluate(unnamed), [], `${place}: names`);
        assert.equal(await page.locator("h1").count(), 1, `${place}: one heading`);
      }
      assert.deepEqual(faults, []);
    });
  }
});
