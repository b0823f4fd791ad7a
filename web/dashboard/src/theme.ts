// Light, dark, or as the system has it; and the colours as a canvas needs them.

export type Scheme = "auto" | "light" | "dark";

const key = "doorward.scheme";
const listeners = new Set<() => void>();
const known = new Map<string, string>();

function kept(): Scheme {
  try {
    const value = localStorage.getItem(key);
    return value === "light" || value === "dark" ? value : "auto";
  } catch {
    return "auto";
  }
}

function apply(scheme: Scheme): void {
  document.documentElement.dataset["scheme"] = scheme;
  known.clear();
  for (const tell of listeners) tell();
}

export function start_theme(): void {
  apply(kept());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => apply(scheme()));
}

export function scheme(): Scheme {
  return (document.documentElement.dataset["scheme"] as Scheme | undefined) ?? "auto";
}

export function next_scheme(): Scheme {
  const order: Scheme[] = ["auto", "light", "dark"];
  const next = order[(order.indexOf(scheme()) + 1) % order.length] ?? "auto";
  try {
    localStorage.setItem(key, next);
  } catch {
    // Without storage it holds for this visit.
  }
  apply(next);
  return next;
}

export function on_scheme(tell: () => void): () => void {
  listeners.add(tell);
  return () => listeners.delete(tell);
}

// "rgb(…)" of a custom property, which itself may say light-dark(…).
export function colour(name: string, alpha = 1): string {
  let found = known.get(name);
  if (!found) {
    const probe = document.createElement("i");
    probe.style.color = `var(--${name})`;
    document.body.append(probe);
    found = getComputedStyle(probe).color;
    probe.remove();
    known.set(name, found);
  }
  return alpha === 1 ? found : found.replace(/^rgba?\(([^,]+),([^,]+),([^,)]+).*\)$/, `rgba($1,$2,$3,${alpha})`);
}
