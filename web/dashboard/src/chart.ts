// One chart: its lines named in its head with the value under the cursor, or the last.
import uPlot from "uplot";
import { h, set_text } from "./dom";
import { dash, time_of, time_with_seconds } from "./format";
import { colour, on_scheme } from "./theme";

export type Values = (number | null)[];

export interface Line {
  label: string;
  colour: string; // a custom property
  fill?: boolean;
  dashed?: boolean;
}

export interface Chart {
  element: HTMLElement;
  set(times: number[], values: Values[]): void;
  stop(): void;
}

interface Options {
  title: string;
  note: string;
  lines: Line[];
  format: (value: number) => string;
  top?: number;    // the axis goes up to here at least
  ceiling?: number; // and never beyond
}

const height_px = 168;
const font = '11px "Instrument Sans", system-ui, sans-serif';
const sync_key = "overview";

function fill_of(line: Line): uPlot.Series.Fill {
  return (plot: uPlot) => {
    const shade = plot.ctx.createLinearGradient(0, plot.bbox.top, 0, plot.bbox.top + plot.bbox.height);
    shade.addColorStop(0, colour(line.colour, 0.26));
    shade.addColorStop(1, colour(line.colour, 0.02));
    return shade;
  };
}

function series_of(line: Line): uPlot.Series {
  return {
    label: line.label,
    stroke: () => colour(line.colour),
    width: 1.75,
    points: { show: false },
    spanGaps: false,
    ...(line.fill ? { fill: fill_of(line) } : {}),
    ...(line.dashed ? { dash: [5, 4] } : {}),
  };
}

function nice_top(max: number, options: Options): number {
  const wanted = Math.max(max * 1.12, options.top ?? 1);
  return options.ceiling === undefined ? wanted : Math.min(wanted, options.ceiling);
}

function axes_of(options: Options): uPlot.Axis[] {
  const common = { stroke: () => colour("soft"), font, ticks: { show: false } };
  return [
    { ...common, size: 24, gap: 6, space: 76, grid: { show: false },
      values: (_plot, ticks) => ticks.map((at) => time_of(new Date(at * 1000))) },
    { ...common, size: 52, gap: 8, space: 36, grid: { stroke: () => colour("line"), width: 1 },
      values: (_plot, ticks) => ticks.map((value) => options.format(value)) },
  ];
}

export function make_chart(options: Options): Chart {
  const figures = options.lines.map(() => h("b", {}, dash));
  const when = h("span", { class: "when" }, options.note);
  const legend = h("div", { class: "legend" }, ...options.lines.map((line, i) =>
    h("span", { class: `key c-${line.colour}${line.dashed ? " dashed" : ""}` }, h("i"), line.label, figures[i])));
  const spoken = h("span", { class: "unseen", "aria-live": "off" });
  const stage = h("div", { class: "stage", tabindex: 0, role: "img" });
  const element = h("figure", { class: "chart sheet" },
    h("figcaption", {}, h("div", { class: "chart-title" }, h("h3", {}, options.title), when), legend), stage, spoken);

  let times: number[] = [];
  let values: Values[] = options.lines.map(() => []);

  function show(index: number | null): void {
    const at = index ?? times.length - 1;
    options.lines.forEach((_line, i) => {
      const value = values[i]?.[at];
      const figure = figures[i];
      if (figure) set_text(figure, value === null || value === undefined ? dash : options.format(value));
    });
    const time = times[at];
    set_text(when, index === null || time === undefined ? options.note : time_with_seconds(new Date(time * 1000)));
  }

  const plot = new uPlot({
    width: 320, height: height_px, padding: [8, 16, 0, 0],
    legend: { show: false },
    cursor: { sync: { key: sync_key }, y: false, drag: { x: false, y: false }, points: { size: 7, width: 2 } },
    scales: { y: { range: (_plot, _min, max) => [0, nice_top(Number.isFinite(max) ? max : 0, options)] } },
    axes: axes_of(options),
    series: [{}, ...options.lines.map(series_of)],
    hooks: { setCursor: [(self: uPlot) => show(self.cursor.idx ?? null)] },
  }, [[], ...options.lines.map(() => [])] as uPlot.AlignedData, stage);

  // The same reading by keys: left and right through time, Escape back to now.
  let by_key: number | null = null;
  stage.addEventListener("keydown", (event) => {
    const step = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
    if (event.key === "Escape") by_key = null;
    else if (step === 0) return;
    else by_key = Math.max(0, Math.min(times.length - 1, (by_key ?? times.length) + step));
    event.preventDefault();
    const time = by_key === null ? undefined : times[by_key];
    plot.setCursor({ left: time === undefined ? -10 : plot.valToPos(time, "x"), top: 0 });
    show(by_key);
    spoken.setAttribute("aria-live", "polite");
    set_text(spoken, time === undefined ? "Now" : `${when.textContent}: ${options.lines.map((line, i) =>
      `${line.label} ${figures[i]?.textContent ?? dash}`).join(", ")}`);
  });
  stage.addEventListener("blur", () => {
    by_key = null;
    spoken.setAttribute("aria-live", "off");
    plot.setCursor({ left: -10, top: 0 });
  });

  const resize = new ResizeObserver(() => plot.setSize({ width: Math.max(200, stage.clientWidth), height: height_px }));
  resize.observe(stage);
  const forget_scheme = on_scheme(() => plot.redraw(false, true));
  let stopped = false;
  // A canvas does not draw itself anew when its font comes.
  void document.fonts.load(font).then(() => { if (!stopped) plot.redraw(false, true); });

  return {
    element,
    set(next_times, next_values) {
      times = next_times;
      values = next_values;
      plot.setData([times, ...values] as uPlot.AlignedData);
      show(by_key ?? plot.cursor.idx ?? null);
      stage.setAttribute("aria-label", `${options.title}. ${options.lines.map((line, i) => summary(line, values[i] ?? [], options.format)).join(". ")}. Arrow keys read along.`);
    },
    stop() {
      stopped = true;
      resize.disconnect();
      forget_scheme();
      plot.destroy();
    },
  };
}

function summary(line: Line, values: Values, format: (value: number) => string): string {
  const known = values.filter((value): value is number => value !== null);
  const last = known[known.length - 1];
  if (last === undefined) return `${line.label}: nothing yet`;
  return `${line.label}: now ${format(last)}, highest ${format(known.reduce((a, b) => Math.max(a, b)))}`;
}
