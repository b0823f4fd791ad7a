export interface GatekeeperOptions {
  /** The API key of the business: every visitor's browser sends it. */
  businessId: string;
  /** Doorward's origin; the page's own by default. */
  url?: string;
  /** Ends whatever waits. */
  signal?: AbortSignal;
  /** Where the JWT is kept over a reload: localStorage by default, null for nowhere. */
  storage?: Pick<Storage, "getItem" | "setItem" | "removeItem"> | null;
  fetch?: typeof fetch;
}

export class Gatekeeper {
  constructor(options: GatekeeperOptions);
  /**
   * Takes a place, or finds the one of this user. Rejects with a DoorwardError; of type "already-queued" where the user is in the
   * queue from elsewhere, since the JWT is given only once.
   */
  enqueue(userId: string): Promise<{ jwt: string; position: number }>;
  /** Resolves with the JWT once the user is ready. */
  waitUntilReady(options?: { onPosition?: (position: number) => void; signal?: AbortSignal }): Promise<string>;
  /** Goes to `path` ("/checkout") with ?jwt=…. */
  redirect(path?: string): void;
}

/** Says for whom the functions below ask. */
export function configure(options: GatekeeperOptions): void;
export function enqueue(userId: string): Promise<{ jwt: string; position: number }>;
export function waitUntilReady(options?: { onPosition?: (position: number) => void; signal?: AbortSignal }): Promise<string>;
export function redirect(path?: string): void;
