// The admin calls, by the cookie of the session.

const base = "/.doorward/v1/admin";

export interface Session {
  signed_in: boolean;
  by: "cookie" | "token" | "loopback" | null;
  listener: "main" | "admin";
  csrf: string;
}

// What the server said against it, in its own words.
export class Problem extends Error {
  constructor(readonly status: number, readonly title: string, readonly detail: string) {
    super(detail || title);
  }
}

let csrf = "";
let listener: Session["listener"] = "main";

// Whether the visitors' paths are those of this very page.
export const is_among_visitors = (): boolean => listener === "main";
let on_signed_out: () => void = () => undefined;

export function when_signed_out(act: () => void): void {
  on_signed_out = act;
}

async function problem_of(answer: Response): Promise<Problem> {
  const said: unknown = await answer.json().catch(() => null);
  const text = (key: string): string => {
    const value = said && typeof said === "object" ? (said as Record<string, unknown>)[key] : undefined;
    return typeof value === "string" ? value : "";
  };
  return new Problem(answer.status, text("title") || `Status ${answer.status}`, text("detail"));
}

async function ask(method: string, path: string, body?: unknown, tag?: string): Promise<Response> {
  const headers: Record<string, string> = {};
  if (tag) headers["If-Match"] = tag;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (method !== "GET" && csrf) headers["X-CSRF-Token"] = csrf;
  const init: RequestInit = { method, headers, cache: "no-store", credentials: "same-origin" };
  if (body !== undefined) init.body = JSON.stringify(body);
  let answer: Response;
  try {
    answer = await fetch(base + path, init);
  } catch {
    throw new Problem(0, "No answer", "Doorward does not answer. It is tried again.");
  }
  if (!answer.ok) {
    const problem = await problem_of(answer);
    if (answer.status === 401 && path !== "/session") on_signed_out();
    throw problem;
  }
  return answer;
}

// With a `tag`, only while it is still what was read.
export async function call<T>(method: string, path: string, body?: unknown, tag?: string): Promise<T> {
  const answer = await ask(method, path, body, tag);
  return (answer.status === 204 ? undefined : await answer.json()) as T;
}

export async function read_tagged<T>(path: string): Promise<{ value: T; tag: string }> {
  const answer = await ask("GET", path);
  return { value: (await answer.json()) as T, tag: answer.headers.get("ETag") ?? "" };
}

export async function read_session(): Promise<Session> {
  const session = await call<Session>("GET", "/session");
  csrf = session.csrf;
  listener = session.listener;
  return session;
}

export async function sign_in(token: string): Promise<Session> {
  const session = await call<Session>("POST", "/session", { token });
  csrf = session.csrf;
  return session;
}

export async function sign_out(): Promise<void> {
  await call<void>("DELETE", "/session");
  csrf = "";
}

export const event_stream_path = `${base}/events`;

export function words_of(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault);
}
