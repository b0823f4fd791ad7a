// The statistics as the server tells them, and a watch that asks again while anyone looks.
import { call, words_of } from "./api";

export type Window = "15m" | "1h" | "24h";

export interface Series {
  requests: (number | null)[];
  refused: (number | null)[];
  errors: (number | null)[];
  latency_p50_ms: (number | null)[];
  latency_p99_ms: (number | null)[];
  waiting: (number | null)[];
  inside: (number | null)[];
}

export interface Eta { low_s: number; high_s: number }

export interface RoomNow {
  room: string;
  mode: "open" | "paused" | "closed" | "bypass";
  sold_out: boolean;
  waiting: number;
  inside: number;
  admitted_per_min?: number | null;
  eta?: Eta | null;
}

// What a rule said since the start of the server.
export interface Outcomes { rule: string; passed: number; refused: number; would_refuse: number; denied: number }

export interface Stats {
  at: string;
  from: string;
  step_s: number;
  series: Series;
  last_24h: { requests: number; refused: number; success_rate: number };
  active_rules: number;
  refusing_rules: number; // that are known to have refused somebody
  rules: Outcomes[];
  top_refused: { key: string; rule: string; count: number; at_most_over: number }[];
  rooms: RoomNow[];
}

export const read_stats = (window: Window): Promise<Stats> => call<Stats>("GET", `/stats?window=${window}`);

// Whether the last question was answered, for the whole page to show.
export const link = { ok: true, why: "", changed: new Set<() => void>() };

function note_link(ok: boolean, why = ""): void {
  if (link.ok === ok && link.why === why) return;
  link.ok = ok;
  link.why = why;
  for (const tell of link.changed) tell();
}

// Asks now and then every `period_ms`, never twice at once, and not while the tab is hidden.
export function watch<T>(ask: () => Promise<T>, period_ms: () => number, tell: (value: T) => void): () => void {
  let timer = 0;
  let stopped = false;
  let asking = false;
  const again = (): void => {
    clearTimeout(timer);
    if (!stopped && !document.hidden) timer = window.setTimeout(run, period_ms());
  };
  async function run(): Promise<void> {
    if (asking || stopped) return;
    asking = true;
    try {
      const value = await ask();
      note_link(true);
      if (!stopped) tell(value);
    } catch (fault) {
      note_link(false, words_of(fault));
    }
    asking = false;
    again();
  }
  const woken = (): void => { if (!document.hidden) void run(); };
  document.addEventListener("visibilitychange", woken);
  void run();
  return () => {
    stopped = true;
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", woken);
  };
}
