// The browser library of "Gatekeeper API", by its names: enqueue(userId), waitUntilReady(), then /checkout?jwt=….
import { DoorwardError, insist, memory, on_wake, sleep } from "./doorward.js";

const near = 100; // this far from the front one asks every second, else every five

export class Gatekeeper {
  #options;
  #key;
  #jwt = null;

  constructor(options) {
    this.#options = options;
  }

  async enqueue(userId) {
    const { url = "", businessId } = this.#options;
    this.#key = `gatekeeper:${url}:${businessId}:${userId}`;
    // A retry, whose first answer was lost, is given the JWT that was in it.
    const once = crypto.getRandomValues(new Uint32Array(4)).join("-").padStart(16, "0");
    const { jwt, position } = await this.#ask("POST", "enqueue", { user_id: userId, "Idempotency-Key": once });
    // Who is in the queue already is given no other JWT: the one from before is kept here, over a reload as well.
    this.#keep(jwt || memory(this.#options.storage, this.#key));
    if (!this.#jwt) throw new DoorwardError(409, { type: "already-queued", detail: `${userId} is in the queue from elsewhere` });
    return { jwt: this.#jwt, position };
  }

  async waitUntilReady({ onPosition, signal } = {}) {
    if (!this.#jwt) throw new DoorwardError(409, { type: "not-queued", detail: "Call enqueue(userId) first" });
    let turn = new AbortController();
    const wake = () => turn.abort();
    const forget_page = on_wake(wake);
    const signals = [signal, this.#options.signal];
    for (const one of signals) one?.addEventListener("abort", wake);
    try {
      for (;;) {
        for (const one of signals) one?.throwIfAborted();
        const said = await this.#ask("GET", "status", { jwt: this.#jwt }, signal);
        this.#keep(said.jwt_token);
        if (said.ready) return this.#jwt;
        if (said.position === null) {
          this.#keep(null);
          throw new DoorwardError(410, { type: "ticket-over", detail: said.warning_msg, reason: "forgotten" });
        }
        onPosition?.(said.position);
        await sleep((said.position > near ? 5000 : 1000) * (0.9 + Math.random() / 5), turn.signal);
        turn = new AbortController();
      }
    } finally {
      forget_page();
      for (const one of signals) one?.removeEventListener("abort", wake);
    }
  }

  // Goes on with the JWT, which the backend verifies.
  redirect(path = "/checkout") {
    const there = new URL(path, location.href);
    there.searchParams.set("jwt", this.#jwt);
    location.assign(there);
  }

  #keep(jwt) {
    this.#jwt = jwt;
    memory(this.#options.storage, this.#key, jwt);
  }

  async #ask(method, path, headers, signal = this.#options.signal) {
    const { url = "", businessId, fetch: call = (...request) => fetch(...request) } = this.#options;
    const answer = await insist((limit) => call(`${url}/queue/${path}`,
      { method, headers: { business_id: businessId, ...headers }, cache: "no-store", signal: limit }), signal);
    return answer.json();
  }
}

let configured;
function queue() {
  if (!configured) throw new Error("Call configure({ businessId }) first");
  return configured;
}
export const configure = (options) => { configured = new Gatekeeper(options); };
export const enqueue = async (userId) => queue().enqueue(userId);
export const waitUntilReady = async (options) => queue().waitUntilReady(options);
export const redirect = (path) => queue().redirect(path);
