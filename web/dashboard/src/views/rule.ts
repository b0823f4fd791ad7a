// A rule as the admin calls have it, and in words.

export const algorithms = {
  sliding_counter: "Sliding window, two buckets",
  sliding_log: "Sliding window, exact",
  fixed_window: "Fixed window",
  token_bucket: "Token bucket",
  gcra: "GCRA",
  concurrency: "At the same time",
} as const;
export type Algorithm = keyof typeof algorithms;

export interface Quota {
  name?: string; // without one it is called by its window
  algorithm: Algorithm;
  limit: number;
  window: string;
  burst?: number;
  [more: string]: unknown;
}

export interface Match {
  hosts?: string[];
  paths?: string[];
  methods?: string[];
  routes?: string[];
  [more: string]: unknown;
}

export interface Rule {
  name: string;
  description?: string;
  match?: Match;
  key?: string[];
  quotas?: Quota[];
  priority?: number;
  stop?: boolean;
  dry_run?: boolean;
  active?: boolean;
  on_error?: "open" | "closed";
  source?: "file" | "admin";
  [more: string]: unknown;
}

// As it may be sent: without what only the server says.
export function sendable(rule: Rule): Rule {
  const { id: _id, source: _source, created_at: _made, updated_at: _changed, ...rest } = rule;
  return rest;
}

const key_words: Record<string, string> = {
  client: "client address", user: "user", api_key: "API key", room: "room", endpoint: "path",
};

export function match_words(match: Match | undefined): string {
  const { methods = [], paths = [], hosts = [], routes = [] } = match ?? {};
  const what = [methods.join(" "), paths.join(", ") || "every path"].filter(Boolean).join(" ");
  const where = hosts.length ? ` on ${hosts.join(", ")}` : "";
  const way = routes.length ? ` by route ${routes.join(", ")}` : "";
  const headers = match?.["headers"];
  const count = Array.isArray(headers) ? headers.length : headers && typeof headers === "object" ? Object.keys(headers).length : 0;
  return what + where + way + (count ? `, ${count} header${count === 1 ? "" : "s"} matched` : "");
}

export function key_text(key: string[] | undefined): string {
  if (key && key.length === 0) return "all together";
  const parts = (key ?? ["client"]).map((part) => key_words[part] ?? part.replace(":", " "));
  return `for each ${parts.join(" and ")}`;
}

export function quota_words({ algorithm, limit, window, burst }: Quota): string {
  const number = limit.toLocaleString("en");
  if (algorithm === "concurrency") return `${number} at a time`;
  return `${number} per ${window}${burst ? `, ${burst.toLocaleString("en")} at once` : ""}`;
}
