// What an answer's headers say of a limit, in whichever dialect.

export interface LimitSaid {
  limit: number | null;
  remaining: number | null;
  reset_s: number | null;
  retry_s: number | null;
}

const number_of = (text: string | null | undefined): number | null => {
  const found = /-?\d+(\.\d+)?/.exec(text ?? "");
  return found ? Number(found[0]) : null;
};

// `"burst";r=3;t=7, "daily";r=900;t=4000`: the one with the least left.
function tightest(field: string | null): { name: string; remaining: number; reset: number | null } | null {
  let least: { name: string; remaining: number; reset: number | null } | null = null;
  for (const item of (field ?? "").split(",")) {
    const name = /"([^"]*)"/.exec(item)?.[1];
    const remaining = number_of(/;\s*r=(\d+)/.exec(item)?.[1]);
    if (name === undefined || remaining === null) continue;
    if (!least || remaining < least.remaining) least = { name, remaining, reset: number_of(/;\s*t=(\d+)/.exec(item)?.[1]) };
  }
  return least;
}

function quota_of(policy: string | null, name: string): number | null {
  const item = (policy ?? "").split(",").find((part) => part.includes(`"${name}"`));
  return number_of(/;\s*q=(\d+)/.exec(item ?? "")?.[1]);
}

export function limit_of(headers: Headers): LimitSaid {
  const retry_s = number_of(headers.get("retry-after"));
  const ietf = tightest(headers.get("ratelimit"));
  if (ietf) return { limit: quota_of(headers.get("ratelimit-policy"), ietf.name), remaining: ietf.remaining, reset_s: ietf.reset, retry_s };
  const get = (name: string): number | null => number_of(headers.get(`x-ratelimit-${name}`) ?? headers.get(`ratelimit-${name}`));
  const reset = get("reset");
  // GitHub's dialect gives an instant, the others a wait.
  const reset_s = reset !== null && reset > 1e8 ? Math.max(0, reset - Date.now() / 1000) : reset;
  return { limit: get("limit") ?? get("burst-capacity"), remaining: get("remaining"), reset_s, retry_s };
}

export const is_limit_header = (name: string): boolean => /ratelimit|retry-after/i.test(name);
export const is_refusal = (status: number): boolean => status === 429 || status === 503;
