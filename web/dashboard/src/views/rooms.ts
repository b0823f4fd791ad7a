// All rooms, each as a card, kept true every two seconds.
import { call } from "../api";
import { h } from "../dom";
import { read_stats, watch, type RoomNow } from "../stats";
import { room_card, type Room, type RoomCard } from "./room_card";
import type { View } from "./view";

const period_ms = 2000;

export function rooms(): View {
  const cards = new Map<string, RoomCard>();
  const list = h("div", { class: "cards" });
  const none = h("p", { class: "empty sheet", hidden: true },
    "There is no room. One is made in the configuration, or by ", h("code", {}, "PUT /v1/admin/rooms/{room}"), ".");
  let now = new Map<string, RoomNow>();

  function show(all: Room[]): void {
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
      card.show(room, now.get(room.room));
    }
    none.hidden = all.length > 0;
  }

  const ask = async (): Promise<Room[]> => (await call<{ rooms: Room[] }>("GET", "/rooms")).rooms;
  const refresh = async (): Promise<void> => { await ask().then(show, () => undefined); };
  const stops = [
    watch(() => read_stats("15m"), () => period_ms, (stats) => { now = new Map(stats.rooms.map((room) => [room.room, room])); }),
    watch(ask, () => period_ms, show),
  ];
  const element = h("div", { class: "view" }, h("header", { class: "view-head" }, h("h1", {}, "Rooms")), list, none);
  return { element, stop: () => stops.forEach((stop) => stop()) };
}
