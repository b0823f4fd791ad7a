// A room as the admin calls have it, and how it stands in words.
import { day_and_time } from "../format";

export type Mode = "open" | "paused" | "closed" | "bypass";
export interface Rate { count: number; every: string }
export interface Lane { name: string; share: number; waiting: number }

export interface Room {
  room: string;
  source: "file" | "admin";
  mode: Mode;
  waiting: number;
  inside: number;
  lanes: Lane[]; // none where there is one line
  sold_out: boolean;
  awaits_draw: boolean;
  joined_total: number;
  admitted_total: number;
  policy: {
    capacity?: number | null;
    admit?: Rate | null;
    mode: Mode;
    order?: "fifo" | "draw";
    opens_at?: string | null;
    closes_at?: string | null;
    stock?: { inventory: string; factor?: number | null } | null;
  };
}

export interface Inventory {
  inventory: string;
  units: number;
  available: number;
  held: number;
  confirmed: number;
  sold_out: boolean;
}

// What holds: a mode, or why a room that is open lets nobody in. The colours and the door follow it.
export type Look = Mode | "sold_out" | "undrawn";

export interface Said { look: Look; state: string; said: string }

export const said_of: Record<Mode, string> = {
  open: "Letting in, in order", paused: "Places are kept, nobody is let in", closed: "Nobody may join", bypass: "Everybody walks through",
};

// Nothing can be sold of what is not there.
const sold_out_words = (inventory: Inventory | undefined): string =>
  (inventory ? "Nothing is left to sell. Nobody is let in or may join" : "Its inventory does not exist. Nobody is let in or may join");

// `mode` is what holds now, `policy.mode` what the operator said: the times of the room may stand between.
export function state_of(room: Room, inventory: Inventory | undefined): Said {
  const { mode, policy } = room;
  if (mode === "paused" && policy.mode === "open" && policy.opens_at) {
    const meanwhile = room.sold_out ? sold_out_words(inventory) : room.awaits_draw ? "Whoever comes before is in the draw" : "Places are taken already";
    return { look: mode, state: "not open yet", said: `Opens ${day_and_time(new Date(policy.opens_at))}. ${meanwhile}` };
  }
  if (mode === "closed" && policy.mode !== "closed" && policy.closes_at)
    return { look: mode, state: "closed", said: `Closed since ${day_and_time(new Date(policy.closes_at))}` };
  if (mode === "open" && room.sold_out) return { look: "sold_out", state: "sold out", said: sold_out_words(inventory) };
  if (mode === "open" && room.awaits_draw) return { look: "undrawn", state: "to be drawn", said: "Nobody is let in before the draw" };
  const more = mode === "paused" && room.sold_out ? ". Sold out besides" : "";
  return { look: mode, state: mode, said: said_of[mode] + more };
}
