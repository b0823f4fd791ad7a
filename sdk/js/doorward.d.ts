/** A place in line, as docs/api.md describes it. Times are RFC 3339 in UTC; what does not apply is null. */
export interface Ticket {
  readonly ticket: string;
  readonly room: string;
  readonly state: "waiting" | "admitted" | "closed";
  readonly position: number | null;
  readonly ahead: number | null;
  readonly waiting: number;
  /** How long it may take, in seconds. */
  readonly eta: { readonly low_s: number; readonly high_s: number } | null;
  readonly joined_at: string | null;
  readonly admitted_at: string | null;
  readonly expires_at: string | null;
  readonly poll_after_s: number | null;
  readonly token: string | null;
  /** What a backend verifies, once `state` is "admitted". */
  readonly pass: string | null;
  readonly reason: string | null;
  /** When the room opens, while it is not open yet; from the event stream alone. */
  readonly opens_at?: string | null;
}

export interface JoinOptions {
  room: string;
  /** Doorward's origin, "https://tickets.example"; the page's own by default. */
  url?: string;
  /** The business whose room it is. */
  tenant?: string;
  /** The user's JWT, or what gives it: a user has one place on every device. */
  token?: string | (() => string | Promise<string>);
  /** Ends everything that follows from this join; the place is kept. */
  signal?: AbortSignal;
  /** Where the place is kept over a reload: localStorage by default, null for nowhere. Not asked with `token`. */
  storage?: Pick<Storage, "getItem" | "setItem" | "removeItem"> | null;
  /** "include" where Doorward is of another origin and `cors.credentials` is set. */
  credentials?: RequestCredentials;
  fetch?: typeof fetch;
}

/**
 * Joins a room, or finds the place that this visitor has. Tries again, with back-off, until Doorward answers or `signal`
 * aborts; rejects with a DoorwardError where the answer is no.
 */
export function join(options: JoinOptions): Promise<Place>;

export interface PlaceEvents {
  position: CustomEvent<Ticket>;
  admitted: CustomEvent<Ticket>;
  closed: CustomEvent<Ticket>;
  /** "live": a stream is open. "poll": it asks now and then. "off": no answer. */
  link: CustomEvent<"live" | "poll" | "off">;
}

export class Place extends EventTarget {
  private constructor();
  /** As it was heard last. */
  readonly ticket: Ticket;
  readonly link: "live" | "poll" | "off";
  /** Resolves once admitted; rejects when the place is over (`reason` says why), or with the reason of the signal. */
  waitUntilReady(options?: { signal?: AbortSignal }): Promise<Ticket>;
  /** Asks for the ticket now, also for a fresh pass. */
  refresh(): Promise<Ticket>;
  /** Gives the place up. */
  leave(options?: { signal?: AbortSignal }): Promise<void>;
  /** Listens no longer; the place is kept. */
  stop(reason?: unknown): void;
  addEventListener<K extends keyof PlaceEvents>(
    type: K, listener: (event: PlaceEvents[K]) => void, options?: boolean | AddEventListenerOptions): void;
  addEventListener(
    type: string, listener: EventListenerOrEventListenerObject | null, options?: boolean | AddEventListenerOptions): void;
}

/** Doorward said no. */
export class DoorwardError extends Error {
  readonly status: number;
  /** The problem's name: "room-closed", "ticket-over", … */
  readonly type: string;
  /** Why a place is over: "left", "finished", "session_expired", … */
  readonly reason: string | null;
  readonly problem: Readonly<Record<string, unknown>>;
}
