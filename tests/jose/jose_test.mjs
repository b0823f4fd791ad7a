// Tokens and keys go both ways between Doorward and the npm package jose, and both refuse the same ones.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, before, describe, test } from "node:test";
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, exportPKCS8, importPKCS8, jwtVerify } from "jose";
import { start_doorward } from "../support/doorward.mjs";
import { algorithms, finder, make_key, now_s, sign, verdict, wrong_tokens } from "./tokens.mjs";

const room = "sale";
const pass_type = "doorward-pass+jwt";
const published = algorithms.filter((alg) => alg !== "HS256");

async function join(door, token) {
  const answer = await door.call("POST", `/v1/rooms/${room}/tickets`, { token });
  return { status: answer.status, body: await answer.json() };
}

async function ask(door, pass) {
  const answer = await door.call("POST", "/v1/passes/verify", { body: { pass, room } });
  assert.equal(answer.status, 200);
  return answer.json();
}

const keys_of = (door) => createRemoteJWKSet(new URL("/.well-known/jwks.json", door.origin));
const rooms = `rooms: { ${room}: { capacity: 100 } }\n`;

describe("what jose signs for an identity provider", () => {
  const keys = {};
  const claims = (alg, change) => ({ iss: `https://${alg}.example`, aud: "shop", sub: "ann", exp: now_s() + 600, ...change });
  let door;

  before(async () => {
    for (const alg of algorithms) keys[alg] = await make_key(alg, `provider-${alg}`);
    const issuers = algorithms.map((alg) => `  - { issuer: "https://${alg}.example", audience: shop, jwks_file: ${alg}.json }\n`);
    const files = algorithms.map((alg) => [`${alg}.json`, JSON.stringify({ keys: [{ kty: "of tomorrow" }, keys[alg].jwk] })]);
    door = await start_doorward(`${rooms}identity:\n issuers:\n${issuers.join("")}`, Object.fromEntries(files));
  });
  after(() => door?.stop());

  for (const alg of algorithms) {
    test(`${alg}: names a visitor, who has one place`, async () => {
      const first = await join(door, await sign(keys[alg], "JWT", claims(alg)));
      assert.equal(first.status, 201, JSON.stringify(first.body));
      const again = await join(door, await sign(keys[alg], "at+jwt", claims(alg, { aud: ["bank", "shop"], nbf: now_s() - 1 })));
      assert.equal(again.status, 200);
      assert.equal(again.body.ticket, first.body.ticket);
    });

    test(`${alg}: what is wrong with a token both say`, async () => {
      const expected = { issuer: claims(alg).iss, audience: "shop" };
      assert.equal(await verdict(await sign(keys[alg], "JWT", claims(alg)), finder(keys[alg]), expected), "");
      for (const [what, token, ours, theirs] of await wrong_tokens(keys[alg], "JWT", claims(alg))) {
        assert.equal(await verdict(token, finder(keys[alg]), expected), theirs, what);
        const { status, body } = await join(door, token);
        assert.deepEqual([status, body.detail], [401, `the bearer token is refused: ${ours}`], what);
      }
    });
  }
});

for (const first of published) {
  describe(`passes under a key for ${first}`, () => {
    const keys = {};
    let door, ticket;

    // The key that signs is made by `doorward token key`, the others by jose.
    before(async () => {
      const files = {};
      for (const alg of algorithms) {
        keys[alg] = await make_key(alg, `key-${alg}`);
        files[alg] = alg === "HS256" ? keys[alg].jwk.k : await exportPKCS8(keys[alg].sign);
      }
      const command = ["token", "key", "--algorithm", first, "--kid", `key-${first}`];
      files[first] = execFileSync(process.env.DOORWARD_BINARY, command, { encoding: "utf8" });
      keys[first] = { ...keys[first], sign: await importPKCS8(files[first], first, { extractable: true }) };
      const order = [first, ...algorithms.filter((alg) => alg !== first)];
      const list = order.map((alg) => `  - { kid: key-${alg}, algorithm: ${alg}, file: ${alg} }\n`);
      door = await start_doorward(`${rooms}tokens:\n keys:\n${list.join("")}`, files);
      ({ body: ticket } = await join(door));
      assert.equal(ticket.state, "admitted");
    });
    after(() => door?.stop());

    test("jose accepts the pass by the published keys, and the ticket's token by the secret", async () => {
      const expected = { issuer: "doorward", audience: room, typ: pass_type, algorithms: [first] };
      const { payload, protectedHeader } = await jwtVerify(ticket.pass, keys_of(door), expected);
      assert.deepEqual(protectedHeader, { typ: pass_type, alg: first, kid: `key-${first}` });
      assert.equal(payload.ticket, ticket.ticket);
      assert.ok(payload.iat <= now_s() + 1 && payload.exp > now_s());
      const place = await jwtVerify(ticket.token, finder(keys.HS256), { issuer: "doorward", typ: "doorward-ticket+jwt" });
      assert.equal(place.payload.ticket, ticket.ticket);
    });

    test("jose refuses the pass where something else is expected", async () => {
      const wrong = async (code, find, expected) =>
        assert.equal(await verdict(ticket.pass, find, expected), code, JSON.stringify(expected));
      const find = keys_of(door);
      for (const expected of [{ audience: "another" }, { issuer: "another" }, { typ: "JWT" }])
        await wrong("ERR_JWT_CLAIM_VALIDATION_FAILED", find, expected);
      await wrong("ERR_JWT_EXPIRED", find, { currentDate: new Date((decodeJwt(ticket.pass).exp + 1) * 1000) });
      await wrong("ERR_JOSE_ALG_NOT_ALLOWED", find, { algorithms: algorithms.filter((alg) => alg !== first) });
      await wrong("ERR_JWKS_NO_MATCHING_KEY", finder(await make_key(first, "another")), {});
      await wrong("ERR_JWS_SIGNATURE_VERIFICATION_FAILED", finder(await make_key(first, `key-${first}`)), {});
    });

    test("the published keys are all that are not secret, without their private halves", async () => {
      const { keys: list } = await (await door.call("GET", "/.well-known/jwks.json")).json();
      // The folder's own key goes on verifying behind those that are listed.
      const listed = list.slice(0, -1);
      assert.deepEqual(listed.map((jwk) => [jwk.kid, jwk.alg, jwk.use]),
        [first, ...published.filter((alg) => alg !== first)].map((alg) => [`key-${alg}`, alg, "sig"]));
      assert.ok(!listed.some((jwk) => jwk.kid === list.at(-1).kid));
      for (const jwk of list) assert.deepEqual(Object.keys(jwk).filter((name) => ["d", "p", "q", "k"].includes(name)), []);
    });

    for (const alg of published) {
      test(`a pass that jose signed with ${alg} lets in; what is wrong with others both say`, async () => {
        const claims = decodeJwt(ticket.pass);
        const pass = await sign(keys[alg], pass_type, claims);
        const expected = { issuer: "doorward", audience: room, typ: pass_type };
        assert.equal(await verdict(pass, keys_of(door), expected), "");
        const said = await ask(door, pass);
        assert.deepEqual([said.valid, said.ticket, said.reason], [true, ticket.ticket, null]);
        const wrong = await wrong_tokens(keys[alg], pass_type, claims);
        wrong.push(["another type", await sign(keys[alg], "JWT", claims), "wrong_type", "ERR_JWT_CLAIM_VALIDATION_FAILED"]);
        for (const [what, token, ours, theirs] of wrong) {
          assert.equal(await verdict(token, keys_of(door), expected), theirs, what);
          const { valid, reason } = await ask(door, token);
          assert.deepEqual([valid, reason], [false, ours], what);
        }
      });
    }

    test("a secret signs no pass", async () => {
      const claims = decodeJwt(ticket.pass);
      const { valid, reason } = await ask(door, await sign(keys.HS256, pass_type, claims));
      assert.deepEqual([valid, reason], [false, "unknown_key"]);
    });
  });
}

describe("keys that nobody configured", () => {
  for (const alg of published) {
    test(`${alg}: what the first start makes and publishes is enough for jose`, async () => {
      const door = await start_doorward(`${rooms}tokens: { algorithm: ${alg} }\n`);
      try {
        const { body: ticket } = await join(door);
        await jwtVerify(ticket.pass, keys_of(door), { issuer: "doorward", audience: room, typ: pass_type });
        assert.equal(decodeProtectedHeader(ticket.pass).alg, alg);
      } finally {
        await door.stop();
      }
    });
  }
});
