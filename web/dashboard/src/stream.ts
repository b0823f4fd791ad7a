// The event stream, kept in a bounded list whoever looks.
import { event_stream_path } from "./api";

export interface LiveEvent {
  type: string;
  at: string;
  client?: string;
  endpoint?: string;
  method?: string;
  status?: number;
  rule?: string;
  detail?: string;
  count?: number;
  dry_run?: boolean;
}

export const kept_max = 500;

export class Stream {
  events: LiveEvent[] = []; // the newest first
  lost = 0;
  fresh = 0; // came while paused
  open = false;
  private source: EventSource | null = null;
  private held: LiveEvent[] = [];
  private paused = false;
  private timer = 0;

  constructor(private readonly changed: () => void) {}

  start(): void {
    this.source = new EventSource(event_stream_path);
    this.source.onopen = () => { this.open = true; this.tell(); };
    this.source.onerror = () => { this.open = false; this.tell(); };
    this.source.onmessage = (message) => this.take(String(message.data));
  }

  stop(): void {
    this.source?.close();
    clearTimeout(this.timer);
  }

  pause(paused: boolean): void {
    this.paused = paused;
    if (!paused) {
      this.events = [...this.held, ...this.events].slice(0, kept_max);
      this.held = [];
      this.fresh = 0;
    }
    this.changed();
  }

  clear(): void {
    this.events = [];
    this.lost = 0;
    this.changed();
  }

  private take(data: string): void {
    let event: LiveEvent;
    try {
      event = JSON.parse(data) as LiveEvent;
    } catch {
      return;
    }
    if (event.type === "stats") return;
    if (event.type === "lost") {
      this.lost += event.count ?? 1;
    } else if (this.paused) {
      this.fresh += 1;
      this.held.unshift(event);
      this.held.length = Math.min(this.held.length, kept_max);
    } else {
      this.events.unshift(event);
      this.events.length = Math.min(this.events.length, kept_max);
    }
    this.tell();
  }

  // A flood is drawn four times a second and not event by event.
  private tell(): void {
    if (this.timer !== 0) return;
    this.timer = window.setTimeout(() => {
      this.timer = 0;
      this.changed();
    }, 250);
  }
}
