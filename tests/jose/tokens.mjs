// Keys, tokens and what can be wrong with them, all made by the npm package jose.
import { KeyObject, createHmac, createPublicKey, sign as node_sign } from "node:crypto";
import { SignJWT, UnsecuredJWT, createLocalJWKSet, errors, exportJWK, generateKeyPair, generateSecret, jwtVerify } from "jose";

export const algorithms = ["HS256", "RS256", "ES256", "EdDSA"];
export const now_s = () => Math.floor(Date.now() / 1000);

const month_s = 31 * 24 * 3600;
const another = { HS256: "EdDSA", RS256: "EdDSA", ES256: "RS256", EdDSA: "ES256" };

// {alg, kid, sign, check, jwk}: the half that signs, and the half that checks, as a JWK too.
export async function make_key(alg, kid) {
  if (alg === "HS256") {
    const secret = await generateSecret(alg, { extractable: true });
    return { alg, kid, sign: secret, check: secret, jwk: { ...(await exportJWK(secret)), kid, alg } };
  }
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { alg, kid, sign: privateKey, check: publicKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: "sig" } };
}

export function sign({ sign, alg, kid }, typ, claims, header = {}) {
  return new SignJWT(claims).setProtectedHeader({ typ, alg, kid, ...header }).sign(sign);
}

// How jose finds the key of a token: in a JWK set, which holds no secrets, or the one secret by its id.
export function finder(key) {
  if (key.alg !== "HS256") return createLocalJWKSet({ keys: [key.jwk] });
  return (header) => {
    if (header.kid !== key.kid || header.alg !== key.alg) throw new errors.JWKSNoMatchingKey();
    return key.check;
  };
}

// "" where jose accepts the token, else the code of its error.
export const verdict = (token, find, expected) =>
  jwtVerify(token, find, { algorithms, ...expected }).then(() => "", (error) => error.code);

// A token of any header and claims, whose signature is that of `make`.
function forge(header, claims, make) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const input = `${part(header)}.${part(claims)}`;
  return `${input}.${make(Buffer.from(input)).toString("base64url")}`;
}

function raw_signature({ sign, alg }, input, dsaEncoding = "ieee-p1363") {
  const key = KeyObject.from(sign);
  if (alg === "HS256") return createHmac("sha256", key).update(input).digest();
  return node_sign(alg === "EdDSA" ? null : "sha256", input, alg === "ES256" ? { key, dsaEncoding } : key);
}

// Changes a letter in the middle of the signature.
function bend(token) {
  const at = token.lastIndexOf(".") + 20;
  return token.slice(0, at) + (token[at] === "A" ? "B" : "A") + token.slice(at + 1);
}

// [what is wrong, the token, our reason, jose's code].
export async function wrong_tokens(key, typ, claims) {
  const { alg, kid } = key;
  const header = { typ, alg, kid };
  const changed = (change) => sign(key, typ, { ...claims, ...change });
  const forged = (change, more = {}) =>
    forge({ ...header, ...change }, { ...claims, ...more }, (input) => raw_signature(key, input));
  const [claim, signature, unknown, unsupported] = ["ERR_JWT_CLAIM_VALIDATION_FAILED",
    "ERR_JWS_SIGNATURE_VERIFICATION_FAILED", "ERR_JWKS_NO_MATCHING_KEY", "ERR_JOSE_NOT_SUPPORTED"];
  const rows = [
    ["another key under its id", await sign(await make_key(alg, kid), typ, claims), "bad_signature", signature],
    ["another algorithm under its id", await sign(await make_key(another[alg], kid), typ, claims), "unknown_key", unknown],
    ["a key id that nobody has", await sign(key, typ, claims, { kid: "nobody" }), "unknown_key", unknown],
    ["a changed signature", bend(await changed({})), "bad_signature", signature],
    ["no signature", forge(header, claims, () => Buffer.alloc(0)), "bad_signature", signature],
    ["the algorithm none", new UnsecuredJWT(claims).encode(), "unknown_algorithm", "ERR_JOSE_ALG_NOT_ALLOWED"],
    ["an algorithm that is not used", forged({ alg: "HS512" }), "unknown_algorithm", "ERR_JOSE_ALG_NOT_ALLOWED"],
    ["a critical extension", forged({ crit: ["door"], door: 1 }), "malformed", unsupported],
    ["a time that is a text", forged({}, { exp: "tomorrow" }), "malformed", claim],
    ["another issuer", await changed({ iss: "somebody" }), "wrong_issuer", claim],
    ["another audience", await changed({ aud: "elsewhere" }), "wrong_audience", claim],
    ["a time that is over", await changed({ exp: now_s() - month_s }), "expired", "ERR_JWT_EXPIRED"],
    ["a time to come", await changed({ nbf: now_s() + 2 * month_s }), "not_yet_valid", claim],
  ];
  if (alg === "ES256") {
    const der = forge(header, claims, (input) => raw_signature(key, input, "der"));
    rows.push(["a signature in DER", der, "bad_signature", signature]);
  }
  if (alg === "RS256") {
    const pem = createPublicKey(KeyObject.from(key.sign)).export({ type: "spki", format: "pem" });
    const confused = forge({ ...header, alg: "HS256" }, claims, (input) => createHmac("sha256", pem).update(input).digest());
    rows.push(["the public key as a secret", confused, "unknown_key", unsupported]);
  }
  return rows;
}
