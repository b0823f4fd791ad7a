import { DoorwardError, join, type Place, type Ticket } from "doorward";
import { configure, enqueue, Gatekeeper, redirect, waitUntilReady } from "doorward/gatekeeper";

const controller = new AbortController();
const place: Place = await join({ room: "sale", url: "https://tickets.example", token: async () => "jwt", signal: controller.signal });
place.addEventListener("position", (event) => {
  const ticket: Ticket = event.detail;
  const seconds: number | undefined = ticket.eta?.high_s;
  console.log(ticket.position, seconds);
});
place.addEventListener("link", ({ detail }) => { const link: "live" | "poll" | "off" = detail; console.log(link); });
try {
  const pass: string | null = (await place.waitUntilReady({ signal: AbortSignal.timeout(1000) })).pass;
  console.log(pass);
} catch (error) {
  if (error instanceof DoorwardError) console.log(error.type, error.reason, error.status);
}
await place.leave();

// @ts-expect-error a room is needed
await join({ url: "https://tickets.example" });
// @ts-expect-error positions are numbers or null
const text: string = place.ticket.position;
// @ts-expect-error a place comes from join alone
new Place();

configure({ url: "https://queue.example", businessId: "key" });
const place_4: number = (await enqueue("ann")).position;
const jwt: string = await waitUntilReady({ onPosition: (position: number) => console.log(position, place_4) });
redirect("/checkout");
// @ts-expect-error the business is needed
new Gatekeeper({ url: jwt });
