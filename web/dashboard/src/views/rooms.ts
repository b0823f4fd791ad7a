// All rooms, each as a card, kept true every two seconds.
import { call } from "../api";
import { h } from "../dom";
import { read_stats, watch, type RoomNow } from "../stats";
import { room_card, type RoomCard } from "./room_card";
import type { Inventory, Room } from "./room_state";
import type { View } from "./view";

const period_ms = 2000;

interface Told { rooms: Room[]; now: Map<string, RoomNow>; inventories: Map<string, Inventory> }

// Without statistics the rooms are shown all the same.
async function ask(): Promise<Told> {
  const [{ rooms }, { inventories }, stats] = await Promise.all([call<{ rooms: Room[] }>("GET", "/rooms"),
    call<{ inventories: Inventory[] }>("GET", "/inventories"), read_stats("15m").catch(() => null)]);
  return { rooms, now: new Map(stats?.rooms.map((room) => [room.room, room])), inventories: new Map(inventories.map((one) => [one.inventory, one])) };
}

export function rooms(): View {
  const cards = new Map<string, RoomCard>();
  const list = h("div", { class: "cards" });
  const none = h("p", { class: "empty sheet", hidden: true },
    "There is no room. One is made in the configuration, or by ", h("code", {}, "PUT /v1/admin/rooms/{room}"), ".");

  function show({ rooms: all, now, inventories }: Told): void {
    const names = new Set(all.map((room) => room.room));
    for (const [name, card] of cards) {
      if (names.has(name)) continue;
      card.element.remove();
      cards.delete(name);
    }
    for (const room of all) {
      let card = cards.get(room.room);
      if (!card) {
        card = room_card(room.room, () => void refresh());
        cards.set(room.room, card);
        list.append(card.element);
      }
      card.show(room, now.get(room.room), inventories.get(room.policy.stock?.inventory ?? ""));
    }
    none.hidden = all.length > 0;
  }

  const refresh = async (): Promise<void> => { await ask().then(show, () => undefined); };
  const stop = watch(ask, () => period_ms, show);
  const element = h("div", { class: "view" }, h("header", { class: "view-head" }, h("h1", {}, "Rooms")), list, none);
  return { element, stop };
}
