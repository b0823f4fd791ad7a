// sdk/js against a started server, in Node: where its answers are cut off, late or missing, a proxy before it does that.
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { DoorwardError, join } from "../../sdk/js/doorward.js";
import { start_doorward } from "../support/doorward.mjs";
import { cut_proxy, shelf } from "./support.mjs";

const rooms = `
rooms:
  shut: { mode: closed }
  tiny: { capacity: 1, max_waiting: 1 }
cors: { origins: ["*"] }
`;
const timeout = 60000;

describe("a place in line", { concurrency: false, timeout: 4 * timeout }, () => {
  let door, room;
  const followed = [];
  const end = (ticket) => door.call("DELETE", `/v1/sessions/${ticket.ticket}`, { token: "admin" });
  // A visitor of an origin of its own, without cookies.
  async function visitor(options = {}) {
    const place = await join({ url: door.origin, room, storage: null, ...options });
    followed.push(place);
    return place;
  }
  // The first ticket that `wanted` likes, now or by an event.
  async function until(place, wanted, name = "position") {
    while (!wanted(place.ticket)) await once(place, name);
    return place.ticket;
  }
  const linked = async (place, link) => { while (place.link !== link) await once(place, "link"); };

  before(async () => { door = await start_doorward(rooms); });
  // Every test has a room of its own, for one visitor at a time.
  let count = 0;
  beforeEach(async () => {
    room = `sale-${count += 1}`;
    const answer = await door.call("PUT", `/v1/admin/rooms/${room}`,
      { body: { capacity: 1, session: { ttl: "10m" } }, token: "admin" });
    assert.equal(answer.status, 201);
  });
  afterEach(() => { for (const place of followed.splice(0)) place.stop(); });
  after(() => door?.stop());

  test("those who wait move forward and are let in, in order", { timeout }, async () => {
    const [ann, bob, cleo] = [await visitor(), await visitor(), await visitor()];
    assert.equal((await ann.waitUntilReady()).state, "admitted");
    assert.deepEqual([bob.ticket.position, cleo.ticket.position], [1, 2]);
    const order = [];
    for (const [name, place] of Object.entries({ bob, cleo })) place.addEventListener("admitted", () => order.push(name));
    await linked(cleo, "live");
    await end(ann.ticket);
    assert.match((await bob.waitUntilReady()).pass, /^[\w-]+\.[\w-]+\.[\w-]+$/);
    await until(cleo, (ticket) => ticket.position === 1);
    await end(bob.ticket);
    await cleo.waitUntilReady();
    assert.deepEqual(order, ["bob", "cleo"]);
    const verdict = await (await door.call("POST", "/v1/passes/verify", { body: { pass: cleo.ticket.pass } })).json();
    assert.deepEqual([verdict.valid, verdict.ticket], [true, cleo.ticket.ticket]);
    assert.ok((await cleo.refresh()).pass);
  });

  test("a reload finds the place that is kept, until it is over", { timeout }, async () => {
    const storage = shelf();
    const inside = await visitor();
    const first = await visitor({ storage });
    first.stop();
    const again = await visitor({ storage });
    assert.equal(again.ticket.ticket, first.ticket.ticket);
    await again.leave();
    assert.equal(storage.size(), 0);
    const anew = await visitor({ storage });
    assert.notEqual(anew.ticket.ticket, first.ticket.ticket);
    assert.equal(inside.ticket.state, "admitted");
  });

  test("leaving gives the place up, and says why it is over", { timeout }, async () => {
    const inside = await visitor();
    const [bob, cleo] = [await visitor(), await visitor()];
    const over = assert.rejects(bob.waitUntilReady(), (error) => error instanceof DoorwardError
      && error.type === "ticket-over" && error.reason === "left");
    await bob.leave();
    await over;
    await until(cleo, (ticket) => ticket.position === 1);
    assert.equal(inside.ticket.state, "admitted");
  });

  test("a place that another ends is closed with its reason", { timeout }, async () => {
    const inside = await visitor();
    const bob = await visitor();
    await linked(bob, "live");
    await Promise.all([once(bob, "closed"), end(bob.ticket)]);
    assert.equal(bob.ticket.state, "closed");
    await assert.rejects(bob.waitUntilReady(), { name: "DoorwardError", reason: bob.ticket.reason });
    assert.equal(inside.ticket.state, "admitted");
  });

  test("what is refused for good is thrown, not asked again", { timeout }, async () => {
    await assert.rejects(visitor({ room: "shut" }), { name: "DoorwardError", status: 409, type: "room-closed" });
    await assert.rejects(visitor({ room: "none" }), { status: 404, type: "no-such-room" });
    await assert.rejects(visitor({ token: () => "forged" }), { status: 401, type: "bad-token" });
    await visitor({ room: "tiny" });
    await visitor({ room: "tiny" });
    await assert.rejects(visitor({ room: "tiny" }), { status: 503, type: "room-full" });
  });

  test("an abort ends the wait, and keeps the place", { timeout }, async () => {
    const inside = await visitor();
    const wait = new AbortController();
    const bob = await visitor();
    const reason = new Error("enough");
    const waited = bob.waitUntilReady({ signal: wait.signal });
    wait.abort(reason);
    await assert.rejects(waited, reason);
    await assert.rejects(bob.waitUntilReady({ signal: wait.signal }), reason);
    const all = new AbortController();
    const cleo = await visitor({ signal: all.signal });
    const ready = cleo.waitUntilReady();
    all.abort(reason);
    await assert.rejects(ready, reason);
    await assert.rejects(visitor({ signal: all.signal }), reason);
    assert.equal((await cleo.refresh()).position, 2, "the place is kept");
    assert.equal(inside.ticket.state, "admitted");
  });

  describe("over a bad line", { concurrency: false }, () => {
    let line;
    before(async () => { line = await cut_proxy(door.origin); });
    after(() => line?.stop());
    beforeEach(() => { Object.assign(line.rules, { lose_answer: 0, no_streams: false, down: false }); line.streams.length = 0; });
    const bad_line = (options) => visitor({ url: line.origin, ...options });

    test("a join whose answer is lost is tried again and has one place", { timeout }, async () => {
      const inside = await visitor();
      line.rules.lose_answer = 2;
      const bob = await bad_line();
      assert.equal(line.rules.lose_answer, 0);
      const { waiting } = await (await door.call("GET", `/v1/rooms/${room}`)).json();
      assert.equal(waiting, 1);
      assert.deepEqual([inside.ticket.state, bob.ticket.position], ["admitted", 1]);
    });

    test("a stream that breaks is taken up again from the last event", { timeout }, async () => {
      const inside = await visitor();
      const [bob, cleo] = [await visitor(), await bad_line()];
      await linked(cleo, "live");
      assert.equal(line.streams.length, 1);
      line.cut();
      await linked(cleo, "poll");
      await linked(cleo, "live");
      assert.equal(line.streams[0].headers["last-event-id"], undefined);
      assert.match(line.streams[1].headers["last-event-id"], /^\d+-\d+-\d+$/);
      await bob.leave();
      await until(cleo, (ticket) => ticket.position === 1);
      await inside.leave();
      await cleo.waitUntilReady();
    });

    test("where no stream passes it polls at the pace of the server", { timeout }, async () => {
      line.rules.no_streams = true;
      const inside = await visitor();
      const bob = await bad_line();
      const begun = line.polls;
      while (line.polls < begun + 5) await once(bob, "position");
      assert.equal(bob.link, "poll");
      await inside.leave();
      await bob.waitUntilReady();
    });

    test("a line that is down is waited for", { timeout }, async () => {
      const inside = await visitor();
      const bob = await bad_line();
      await linked(bob, "live");
      line.rules.down = true;
      line.cut();
      await linked(bob, "off");
      await inside.leave();
      line.rules.down = false;
      await bob.waitUntilReady();
    });
  });
});

test("the module is under 4 KB compressed, and needs no other", () => {
  const text = readFileSync(new URL("../../sdk/js/doorward.js", import.meta.url));
  assert.ok(gzipSync(text, { level: 9 }).length < 4000, `${gzipSync(text, { level: 9 }).length} bytes`);
  assert.doesNotMatch(String(text), /^import /m);
});
