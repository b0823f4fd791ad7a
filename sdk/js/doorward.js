// A visitor's place in line, kept true until it is their turn.
//
// It follows the ticket's events; after three failures it polls, and tries a stream every minute.

const silence_ms = 45000; // longer than two heartbeats: nothing comes any more
const stream_failures_max = 3;
const stream_retry_ms = 60000;
const pause_max_ms = 30000;
const nap_ms = 5000; // hidden for longer, a tab may have slept
const event_max = 1 << 16;

export class DoorwardError extends Error {
  constructor(status, problem = {}) {
    super(problem.detail || problem.title || `HTTP ${status}`);
    this.name = "DoorwardError";
    this.status = status;
    this.type = (problem.type || "").split(":").pop();
    this.reason = problem.reason ?? null;
    this.problem = problem;
  }
}

export const error_of = async (answer) => new DoorwardError(answer.status, await answer.json().catch(() => ({})));

// Back-off with full jitter.
export const pause_after = (failures) => Math.random() * Math.min(pause_max_ms, 500 * 2 ** failures);

export const sleep = (ms, signal) => new Promise((done) => {
  if (signal?.aborted) return done();
  const end = () => { clearTimeout(timer); signal?.removeEventListener("abort", end); done(); };
  const timer = setTimeout(end, ms);
  signal?.addEventListener("abort", end);
});

// Does `work`, which is given a signal, until `outer` aborts or nothing was heard for too long.
async function bounded(outer, work) {
  const controller = new AbortController();
  const stop = () => controller.abort();
  let timer, over = false;
  const heard = () => { clearTimeout(timer); if (!over) timer = setTimeout(stop, silence_ms); };
  outer?.addEventListener("abort", stop);
  try {
    return await new Promise((done, fail) => {
      controller.signal.addEventListener("abort", fail);
      heard();
      work(controller.signal, heard).then(done, fail);
      if (outer?.aborted) stop();
    });
  } finally {
    over = true;
    clearTimeout(timer);
    outer?.removeEventListener("abort", stop);
  }
}

// Asks until the answer is final: not silence, 429 or 5xx but of a full room.
export async function insist(ask, signal) {
  for (let failures = 1; ; failures += 1) {
    signal?.throwIfAborted();
    let after = 0;
    try {
      const answer = await bounded(signal, ask);
      if (answer.ok) return answer;
      const error = await error_of(answer);
      if ((answer.status < 500 && answer.status !== 429) || error.type === "room-full") throw error;
      after = 1000 * (Number(answer.headers.get("Retry-After")) || 0);
    } catch (error) {
      if (error instanceof DoorwardError) throw error;
    }
    await sleep(after + pause_after(failures), signal);
  }
}

// Calls `wake` when the page comes back from sleep, from the back button or to the network. Returns what ends that.
export function on_wake(wake) {
  const page = globalThis.document;
  if (!page) return () => {};
  let slept_at = 0;
  const seen = () => {
    if (page.visibilityState === "hidden") slept_at = Date.now();
    else if (Date.now() - slept_at > nap_ms) wake();
  };
  const listened = [[page, "visibilitychange", seen], [page, "resume", wake], [globalThis, "online", wake],
    [globalThis, "pageshow", (event) => { if (event.persisted) wake(); }]];
  for (const [target, name, act] of listened) target.addEventListener(name, act);
  return () => { for (const [target, name, act] of listened) target.removeEventListener(name, act); };
}

// Keeps one text where storage is neither blocked nor full; null forgets it. Returns what is kept.
export function memory(storage, key, value) {
  try {
    const shelf = storage === undefined ? globalThis.localStorage : storage;
    if (value) shelf?.setItem(key, value);
    else if (value === null) shelf?.removeItem(key);
    return shelf?.getItem(key);
  } catch { return null; }
}

export async function join(options) {
  const { url = "", tenant, room, token, signal, fetch: call = (...request) => fetch(...request) } = options;
  const base = `${url}/.doorward/v1${tenant ? `/tenants/${tenant}` : ""}/rooms/${encodeURIComponent(room)}/tickets`;
  // A signed-in visitor has one place on every device; anybody else's is kept here.
  const keep = (value) => token ? null : memory(options.storage, `doorward:${base}`, value);
  const request = (method, path, bearer, more = {}) => call(base + path, {
    method, cache: "no-store", credentials: options.credentials ?? "same-origin", ...more,
    headers: { Accept: "application/json", ...(bearer && { Authorization: `Bearer ${bearer}` }), ...more.headers },
  });
  const kept = keep();
  const find = () => insist((signal) => request("GET", "/self", kept, { signal }), signal).catch((error) => {
    if (error instanceof DoorwardError) return null; // that place is over
    throw error;
  });
  // A retry finds the place that an unheard answer gave.
  const once = crypto.getRandomValues(new Uint32Array(4)).join("-").padStart(16, "0");
  const answer = (kept && await find()) ?? await insist(async (signal) => request("POST", "",
    typeof token === "function" ? await token() : token, { signal, headers: { "Idempotency-Key": once } }), signal);
  return new Place(request, await answer.json(), signal, keep);
}

export class Place extends EventTarget {
  #request;
  #keep;
  #ready = {};
  #turn = new AbortController();
  #over = false;
  #last_id;
  #heard = () => {};

  constructor(request, ticket, signal, keep) {
    super();
    this.ticket = ticket;
    this.link = "off";
    this.#request = request;
    this.#keep = keep;
    const abort = () => this.stop(signal.reason);
    const forget_page = on_wake(() => this.#turn.abort());
    this.#ready.promise = new Promise((done, fail) => Object.assign(this.#ready, { done, fail }));
    this.#ready.promise.catch(() => {}).then(() => { signal?.removeEventListener("abort", abort); forget_page(); });
    signal?.addEventListener("abort", abort);
    if (signal?.aborted) abort();
    this.#take({});
    this.#follow();
  }

  waitUntilReady({ signal } = {}) {
    const aborted = new Promise((_, fail) => {
      const abort = () => fail(signal.reason);
      if (signal?.aborted) abort();
      signal?.addEventListener("abort", abort, { once: true });
    });
    return Promise.race([this.#ready.promise, aborted]);
  }

  async refresh() {
    const answer = await this.#request("GET", "/self", this.ticket.token);
    if (!answer.ok) throw await error_of(answer);
    this.ticket = await answer.json();
    return this.ticket;
  }

  async leave({ signal } = {}) {
    const ask = (limit) => this.#request("DELETE", "/self", this.ticket.token, { signal: limit, keepalive: true });
    await insist(ask, signal).catch((error) => {
      if (![401, 404, 410].includes(error.status)) throw error; // it is over anyway
    });
    this.#take({ state: "closed", reason: "left" });
    this.#keep(null);
  }

  stop(reason = new DOMException("Stopped", "AbortError")) {
    this.#finish("fail", reason);
  }

  #finish(settle, value) {
    this.#over = true;
    this.#turn.abort();
    this.#ready[settle](value);
  }

  #tell(name, detail) { this.dispatchEvent(new CustomEvent(name, { detail })); }

  #set_link(link) {
    if (this.link !== link && !this.#over) this.#tell("link", this.link = link);
  }

  #take(news) {
    if (this.#over) return;
    const ticket = this.ticket = { ...this.ticket, ...news };
    this.#keep(ticket.state === "closed" ? null : ticket.token);
    if (ticket.state === "admitted") this.#finish("done", ticket);
    if (ticket.state === "closed") this.#finish("fail", new DoorwardError(410,
      { type: "ticket-over", title: `The place is over: ${ticket.reason}`, reason: ticket.reason }));
    this.#tell(ticket.state === "waiting" ? "position" : ticket.state, ticket);
  }

  async #follow() {
    let streams = 0, polls = 0, stream_at = 0, woken = false;
    this.#heard = () => { streams = 0; this.#set_link("live"); };
    while (!this.#over) {
      const { signal } = this.#turn = new AbortController();
      if (!woken && Date.now() >= stream_at) {
        await bounded(signal, (...limit) => this.#listen(...limit)).catch(() => {});
        // A stream that ended is a failure as well, until the next one is heard.
        if ((streams += 1) >= stream_failures_max) stream_at = Date.now() + stream_retry_ms;
      }
      woken = false;
      if (!signal.aborted) {
        const [ok, after_ms] = await bounded(signal, (limit) => this.#poll(limit)).catch(() => [false, 0]);
        polls = ok ? 0 : polls + 1;
        this.#set_link(ok ? "poll" : "off");
        const pause_ms = pause_after(Math.max(streams, polls));
        const poll_ms = Date.now() < stream_at ? after_ms * (0.9 + Math.random() / 5) : pause_ms;
        await sleep(ok ? poll_ms : after_ms + pause_ms, signal);
      }
      if (signal.aborted) [streams, polls, stream_at, woken] = [0, 0, 0, true];
    }
  }

  // Returns whether it was answered, and how long to wait for the next time.
  async #poll(signal) {
    const answer = await this.#request("GET", "/self", this.ticket.token, { signal });
    const said = await answer.json().catch(() => ({}));
    if (answer.ok) this.#take(said);
    else if (answer.status === 410) this.#take({ state: "closed", reason: said.reason });
    else if (answer.status === 401 || answer.status === 404) this.#take({ state: "closed", reason: "forgotten" });
    return [answer.ok, 1000 * (Number(answer.headers.get("Retry-After")) || said.poll_after_s || 5)];
  }

  async #listen(signal, heard) {
    const headers = { Accept: "text/event-stream", ...(this.#last_id && { "Last-Event-ID": this.#last_id }) };
    const answer = await this.#request("GET", "/self/events", this.ticket.token, { headers, signal });
    if (!answer.ok) return;
    const reader = answer.body.getReader();
    const decoder = new TextDecoder();
    for (let text = ""; text.length < event_max;) {
      const { done, value } = await reader.read();
      if (done) return;
      heard();
      const blocks = (text + decoder.decode(value, { stream: true })).split(/\r?\n\r?\n/);
      text = blocks.pop();
      for (const block of blocks) this.#take_event(block);
    }
    await reader.cancel();
  }

  #take_event(block) {
    const fields = {};
    for (const line of block.split(/\r?\n/)) {
      const [, name, value] = /^(\w+): ?(.*)$/.exec(line) ?? [];
      if (name) fields[name] = value; // Doorward sends each of them once
    }
    this.#last_id = fields.id ?? this.#last_id;
    this.#heard();
    const news = { position: {}, heartbeat: {}, admitted: { state: "admitted" }, closed: { state: "closed" } }[fields.event];
    if (news) this.#take({ ...JSON.parse(fields.data), ...news });
  }
}
