// Asks the browser's script what it says of each file; prints a JSON list of verdicts.
import { readFileSync } from "node:fs";
import { keysIn, receiptIn, sha256, verify } from "../static/proofs/verifier.js";

const { keys, files } = JSON.parse(readFileSync(0, "utf8"));
const known = keysIn(keys);
const found = [];
for (const file of files) {
  const bytes = new Uint8Array(Buffer.from(file, "base64"));
  const inner = await receiptIn(bytes);
  found.push([inner ? verify(inner, known)[0] : "unreadable", sha256(bytes)]);
}
console.log(JSON.stringify(found));
