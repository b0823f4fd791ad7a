// Numbers and times as people read them.

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const one_place = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
const short = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const day_clock = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" });
const clock_s = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });

export const dash = "–";

export function count(value: number): string {
  return whole.format(value);
}

export function compact(value: number): string {
  return Math.abs(value) < 10_000 ? (Math.abs(value) < 10 ? one_place : whole).format(value) : short.format(value);
}

export function percent(ratio: number): string {
  // Never "100 %" while anything failed.
  const value = ratio * 100;
  if (value > 99.9 && value < 100) return "99.9 %";
  return `${one_place.format(value)} %`;
}

export function per_second(value: number): string {
  return `${compact(value)}/s`;
}

export function millis(value: number): string {
  return value >= 1000 ? `${one_place.format(value / 1000)} s` : `${compact(value)} ms`;
}

export function seconds(value: number): string {
  if (value < 90) return `${whole.format(value)} s`;
  if (value < 5400) return `${whole.format(value / 60)} min`;
  return `${one_place.format(value / 3600)} h`;
}

// A wait between two bounds: one figure where both read alike, and none where nobody waits.
export function wait_between(low_s: number, high_s: number): string {
  if (high_s === 0) return "none";
  const [low, high] = [seconds(low_s), seconds(high_s)];
  return low === high ? `about ${high}` : `${low} to ${high}`;
}

export function day_and_time(at: Date): string {
  return day_clock.format(at);
}

export function time_of(at: Date): string {
  return clock.format(at);
}

export function time_with_seconds(at: Date): string {
  return clock_s.format(at);
}

export function plural(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}

export function who_wait(n: number): string {
  return `${plural(n, "visitor")} ${n === 1 ? "waits" : "wait"}`;
}
