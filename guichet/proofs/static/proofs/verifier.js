// Checks receipts and proofs of the portal in the browser; nothing leaves it. The same rules as verifier.py.
// Plain integers instead of WebCrypto: that is missing in pages opened from a disk by some browsers.

// --- SHA-256 (FIPS 180-4)

const ROUNDS = [];
for (let n = 2; ROUNDS.length < 64; n += 1) {
  let prime = true;
  for (let by = 2; by * by <= n; by += 1) prime &&= n % by !== 0;
  if (prime) ROUNDS.push(n);
}
const fraction = (root) => ((root % 1) * 2 ** 32) | 0;
const START = ROUNDS.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));
const CONSTANTS = ROUNDS.map((prime) => fraction(Math.cbrt(prime)));

export function sha256(bytes) {
  const padded = new Uint8Array(((bytes.length + 72) >> 6) << 6);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(bytes.length / 2 ** 29));
  view.setUint32(padded.length - 4, bytes.length << 3);
  const hash = Int32Array.from(START);
  const w = new Int32Array(64);
  const turned = (word, by) => (word >>> by) | (word << (32 - by));
  for (let at = 0; at < padded.length; at += 64) {
    let [a, b, c, d, e, f, g, h] = hash;
    for (let i = 0; i < 64; i += 1) {
      if (i < 16) {
        w[i] = view.getInt32(at + 4 * i);
      } else {
        const x = w[i - 15];
        const y = w[i - 2];
        w[i] = w[i - 16] + w[i - 7] + (turned(x, 7) ^ turned(x, 18) ^ (x >>> 3))
          + (turned(y, 17) ^ turned(y, 19) ^ (y >>> 10));
      }
      const one = (h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + ((e & f) ^ (~e & g)) + CONSTANTS[i] + w[i]) | 0;
      const two = ((turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [a, b, c, d, e, f, g, h] = [(one + two) | 0, a, b, c, (d + one) | 0, e, f, g];
    }
    [a, b, c, d, e, f, g, h].forEach((word, i) => { hash[i] += word; });
  }
  return Array.from(hash, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}

// --- The curve P-256 (FIPS 186-5)

const P = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
const N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;
const G = [
  0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
  0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
];
const rest = (value, by) => ((value % by) + by) % by;

function inverse(value, by) {
  let [a, b, x, y] = [rest(value, by), by, 1n, 0n];
  while (b) [a, b, x, y] = [b, a % b, y, x - (a / b) * y];
  return rest(x, by);
}

function add(one, other) {
  if (!one || !other) return one ?? other;
  let slope;
  if (one[0] !== other[0]) slope = (other[1] - one[1]) * inverse(other[0] - one[0], P);
  else if (rest(one[1] + other[1], P)) slope = (3n * one[0] * one[0] - 3n) * inverse(2n * one[1], P);
  else return null;
  const x = rest(slope * slope - one[0] - other[0], P);
  return [x, rest(slope * (one[0] - x) - one[1], P)];
}

function times(factor, point) {
  let total = null;
  for (; factor; factor >>= 1n) {
    if (factor & 1n) total = add(total, point);
    point = add(point, point);
  }
  return total;
}

const number = (hex) => BigInt(`0x${hex}`);

function isSignedWith(content, signature, key) {
  const [x, y] = key.map(number);
  const [r, s] = [number(signature.slice(0, 64)), number(signature.slice(64))];
  if (x >= P || y >= P || rest(y * y - x * x * x + 3n * x - B, P)) return false;
  if (!r || r >= N || !s || s > N / 2n) return false;
  const back = inverse(s, N);
  const one = times((number(sha256(content)) * back) % N, G);
  const point = add(one, times((r * back) % N, [x, y]));
  return point !== null && point[0] % N === r;
}

const bytesOf = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));

function keyId([x, y]) {
  const head = "3059301306072a8648ce3d020106082a8648ce3d03010703420004";
  return sha256(bytesOf(head + x + y)).slice(0, 16);
}

// --- Canonical JSON (RFC 8785), of which receipts use no numbers with a point

const BYTES_MAX = 1000000;
const text = (bytes) => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);

function written(value, depth = 16) {
  if (!depth) throw new Error("too deep");
  if (Array.isArray(value)) return `[${value.map((inner) => written(inner, depth - 1)).join(",")}]`;
  if (typeof value === "object" && value) {
    const names = Object.keys(value).sort();
    if (names.some((name) => /[^\0-\x7f]/.test(name))) throw new Error("a key is not ASCII");
    return `{${names.map((name) => `${JSON.stringify(name)}:${written(value[name], depth - 1)}`).join(",")}}`;
  }
  const fits = typeof value === "string" ? !/\p{Surrogate}/u.test(value)
    : typeof value === "boolean" || Number.isSafeInteger(value);
  if (!fits) throw new Error("a statement does not hold this");
  return Object.is(value, -0) ? "0" : JSON.stringify(value);
}

function read(bytes) {
  if (bytes.length > BYTES_MAX) throw new Error("too long");
  const given = text(bytes);
  const value = JSON.parse(given);
  if (written(value) !== given) throw new Error("not written as receipts are");
  return value;
}

// --- Receipts, published days, proofs

const isText = (value, form) => typeof value === "string" && form.test(value);
const isHex = (value, length) => isText(value, /^[0-9a-f]*$/) && value.length === length;
const isCount = (value) => Number.isInteger(value) && value >= 0 && value < 2 ** 31;
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const has = (value, ...names) => isObject(value) && Object.keys(value).sort().join() === names.sort().join();
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const TOKEN = /^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function isSigned(whole, optional, ...more) {
  if (!isObject(whole)) return false;
  if (Object.hasOwn(whole, optional)) more.push(optional);
  return has(whole, "key", "signature", "statement", ...more)
    && isObject(whole.statement) && has(whole.key, "id", "x", "y")
    && isHex(whole.key.id, 16) && isHex(whole.key.x, 64) && isHex(whole.key.y, 64)
    && isHex(whole.signature, 128);
}
const isReceipt = (whole) => isSigned(whole, "salt") && whole.statement.kind !== "day"
  && (!Object.hasOwn(whole, "salt") || isHex(whole.salt, 32));
const isDay = (whole, ...more) => isSigned(whole, "token", ...more) && whole.statement.kind === "day"
  && isText(whole.statement.day, /^\d{4}-\d\d-\d\d$/) && isText(whole.statement.closed_at, MOMENT)
  && isCount(whole.statement.count) && isHex(whole.statement.root, 64)
  && (!Object.hasOwn(whole, "token") || isText(whole.token, TOKEN));
const isWay = (whole) => isDay(whole, "number", "path", "position")
  && isCount(whole.number) && isCount(whole.position)
  && Array.isArray(whole.path) && whole.path.length < 32 && whole.path.every((beside) => isHex(beside, 64));
const isLink = (link) => has(link, "at", "facts", "kind", "number", "salt")
  && isText(link.at, MOMENT) && isObject(link.facts) && isText(link.kind, /^[a-z]+(-[a-z]+)*$/)
  && isCount(link.number) && isHex(link.salt, 32);
const isProof = (whole) => has(whole, "chain", "days", "receipt")
  && Array.isArray(whole.chain) && whole.chain.every(isLink)
  && Array.isArray(whole.days) && whole.days.length > 0 && whole.days.every((way) => isWay(way))
  && isReceipt(whole.receipt);

const bytesIn = (value) => new TextEncoder().encode(written(value));
const digestOf = (value) => sha256(bytesIn(value));

function hmac(salt, content) {
  const padded = (by) => Array.from({ length: 64 }, (_, at) => (salt[at] ?? 0) ^ by);
  const inner = sha256(Uint8Array.of(...padded(0x36), ...content));
  return sha256(Uint8Array.of(...padded(0x5c), ...bytesOf(inner)));
}

// Signed with this key; its salt and its time stamp, if any, are about it.
function fits(part, key) {
  const content = bytesIn(part.statement);
  return key[0] === part.key.x && key[1] === part.key.y && isSignedWith(content, part.signature, key)
    && (!Object.hasOwn(part, "salt") || part.statement.salt_sha256 === sha256(bytesOf(part.salt)))
    && (!Object.hasOwn(part, "token") || atob(part.token).includes(String.fromCharCode(...bytesOf(sha256(content)))));
}

// Whether the path of a day leads from this link to its root (RFC 9162, 2.1.3.2).
function leads(digest, { position, path, statement }) {
  let [at, last, found] = [position, statement.count - 1, sha256(bytesOf(`00${digest}`))];
  if (at > last) return false;
  for (const beside of path) {
    if (!last) return false;
    if (at % 2 || at === last) {
      found = sha256(bytesOf(`01${beside}${found}`));
      while (at && !(at % 2)) [at, last] = [at >> 1, last >> 1];
    } else {
      found = sha256(bytesOf(`01${found}${beside}`));
    }
    [at, last] = [at >> 1, last >> 1];
  }
  return !last && found === statement.root;
}

// Each link names the one before, the receipt is in it, and each path leads to its root.
function holds({ chain, days, receipt }) {
  const digests = ["0".repeat(64)];
  for (const { at, facts, kind, number, salt } of chain) {
    const before = digests.at(-1);
    if (number !== digests.length) return false;
    digests.push(digestOf({ at, before, facts: hmac(bytesOf(salt), bytesIn(facts)), kind, number }));
  }
  const named = digestOf(receipt.statement);
  return chain.some(({ kind, facts }) => kind === "sent" && facts.receipt === named)
    && days.every((way) => way.number > 0 && way.number < digests.length && leads(digests[way.number], way));
}

// `keys` are coordinates by identifier, as `keysIn` reads them: those that one trusts.
export function verify(bytes, keys) {
  let whole;
  try {
    whole = read(bytes);
  } catch {
    return ["unreadable"];
  }
  const proof = isProof(whole);
  if (!proof && !isReceipt(whole) && !isDay(whole)) return ["unreadable"];
  const signed = proof ? [whole.receipt, ...whole.days] : [whole];
  if (signed.some(({ key }) => !keys.has(key.id))) return ["unknown-key", whole];
  const genuine = signed.every((part) => fits(part, keys.get(part.key.id))) && (!proof || holds(whole));
  return [genuine ? "genuine" : "altered", whole];
}

// The keys of a JSON Web Key Set (RFC 7517).
export function keysIn(set) {
  const coordinate = (words) => Array.from(atob(words.replace(/-/g, "+").replace(/_/g, "/")),
    (sign) => sign.charCodeAt(0).toString(16).padStart(2, "0")).join("");
  const found = set.keys.filter((entry) => entry.crv === "P-256").map((entry) => [coordinate(entry.x), coordinate(entry.y)]);
  return new Map(found.map((key) => [keyId(key), key]));
}

// --- The receipt inside a slip

async function inflated(data) {
  const reader = new Blob([data]).stream().pipeThrough(new DecompressionStream("deflate")).getReader();
  const out = new Uint8Array(BYTES_MAX + 1);
  let length = 0;
  try {
    for (let chunk = await reader.read(); !chunk.done && length <= BYTES_MAX; chunk = await reader.read()) {
      const part = chunk.value.subarray(0, out.length - length);
      out.set(part, length);
      length += part.length;
    }
  } catch {
    if (!length) return data; // not deflated
  }
  reader.cancel().catch(() => {});
  return out.subarray(0, length);
}

// The bytes of the receipt: the file itself, or the one receipt inside a PDF; null without one.
export async function receiptIn(bytes) {
  if (bytes[0] === 0x7b) return bytes;
  const pdf = new TextDecoder("latin1").decode(bytes); // one sign a byte
  const found = [];
  let at = 0;
  for (let turn = 0; turn < 200; turn += 1) {
    at = pdf.indexOf("/EmbeddedFile", at);
    if (at < 0) break;
    const near = pdf.slice(at, at + 2000).indexOf("stream");
    if (near < 0) {
      at += 13;
      continue;
    }
    const before = pdf.slice(Math.max(0, at - 500), at);
    const head = before.slice(Math.max(0, before.lastIndexOf("obj"))) + pdf.slice(at, at + near);
    const length = /\/Length\s+(\d{1,9})\b/.exec(head);
    at += near + 6;
    const start = at + (pdf.slice(at, at + 2) === "\r\n" ? 2 : 1);
    let end = pdf.indexOf("endstream", start);
    if (end < 0) break;
    if (length) end = Math.min(end, start + Number(length[1]));
    if (end - start > BYTES_MAX) continue;
    const inner = await inflated(bytes.subarray(start, end));
    if (new TextDecoder("latin1").decode(inner.subarray(0, 7)) === '{"key":') found.push(inner);
  }
  return found.length === 1 ? found[0] : null;
}

// --- The page

// What happened, up to where it is proved, and how to have the time checked as well.
function tell(item, { chain, days }) {
  const [lines, reached] = ["chain", "days"].map((name) => item.querySelector(`[data-${name}]`));
  const add = (list, words) => list.appendChild(document.createElement("li")).append(words);
  for (const { at, kind } of chain) add(lines, `${at.replace(/[TZ]/g, " ")} ${lines.getAttribute(`data-${kind}`) ?? kind}`);
  for (const { number, statement, token } of days) {
    const { day } = statement;
    add(reached, `${day}: 1–${number}`);
    const line = document.createElement("code");
    line.textContent = `openssl ts -verify -digest ${digestOf(statement)} -in ${day}.tst -token_in -CAfile autorite.pem`;
    if (token) reached.lastChild.append(document.createElement("br"), line);
  }
}

async function look(box, files) {
  const keys = keysIn(JSON.parse(box.dataset.keys));
  const list = box.querySelector("[data-found]");
  const shown = box.dataset.receipt ? JSON.parse(box.dataset.receipt) : null;
  const say = (name, what) => {
    const item = document.createElement("li");
    item.append(box.querySelector(`template[data-say="${what}"]`).content.cloneNode(true));
    item.querySelector(".notice-title").textContent = name;
    list.append(item);
    return item;
  };
  list.replaceChildren();
  let [receipt, ways] = [shown, []];
  const [others, days] = [[], []];
  for (const file of files) {
    const bytes = new Uint8Array(await file.arrayBuffer());
    const inner = await receiptIn(bytes);
    if (!inner) {
      others.push([file.name, sha256(bytes)]);
      continue;
    }
    const [verdict, whole] = verify(inner, keys);
    if (verdict === "genuine" && isDay(whole)) {
      days.push([file.name, digestOf(whole.statement)]);
      continue;
    }
    const found = whole?.receipt ?? whole;
    const differs = verdict === "genuine" && shown && digestOf(shown.statement) !== digestOf(found.statement);
    const proves = verdict === "genuine" && whole.days;
    const item = say(file.name, differs ? "another" : proves ? "proof" : verdict);
    if (verdict !== "genuine" || differs) continue;
    receipt = found;
    for (const place of item.querySelectorAll("[data-value]")) {
      place.textContent = String(receipt.statement[place.dataset.value] ?? "–");
    }
    if (!proves) continue;
    ways = whole.days.map((way) => digestOf(way.statement));
    tell(item, whole);
  }
  for (const [name, digest] of days) say(name, ways.includes(digest) ? "published" : "unpublished");
  const sent = new Set((receipt?.statement.files ?? []).map((file) => file.sha256));
  for (const [name, digest] of others) {
    if (receipt) say(name, sent.has(digest) ? "same" : "foreign");
    else say(name, "unreadable");
  }
}

const box = globalThis.document?.getElementById("check");
if (box && globalThis.DecompressionStream) {
  const input = box.querySelector("input");
  box.hidden = false;
  input.addEventListener("change", () => look(box, input.files));
}
