// How values are written in answers (JSON), and how `rules.js` computes with them.
import { big, inYears, isText, iso, number, own, whole } from "./rules.js";

const micros = (text) => {
  const found = /^(-?)([0-9]{1,10})(?:\.([0-9]{1,6}))?$/.exec(text);
  return found && whole(big(found[1] + found[2] + (found[3] ?? "").padEnd(6, "0")));
};
const days = (text) => {
  const found = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(text);
  if (!found) return null;
  const day = inYears(number(+found[1], +found[2], +found[3]));
  return day !== null && iso(day) === text ? day : null;
};
const minutes = (text) => {
  const found = /^([0-9-]{10})T([0-9]{2}):([0-9]{2})$/.exec(text);
  const day = found && days(found[1]);
  return day === null || found[2] > 23 || found[3] > 59 ? null : day * 1440 + +found[2] * 60 + +found[3];
};
const readers = {
  text: (v) => (isText(v) ? v : null),
  integer: (v) => (Number.isInteger(v) ? whole(v) : null),
  decimal: (v) => (typeof v === "string" ? micros(v) : null),
  boolean: (v) => (typeof v === "boolean" ? v : null),
  date: (v) => (typeof v === "string" ? days(v) : null),
  moment: (v) => (typeof v === "string" ? minutes(v) : null),
  choice: (v, type) => (type.codes.includes(v) ? v : null),
  choices: (v, type) => {
    const chosen = Array.isArray(v) ? v.filter((code) => type.codes.includes(code)) : [];
    return chosen.length ? chosen : null;
  },
  rows: (v, type) => (Array.isArray(v)
    ? v.filter((row) => row && typeof row === "object" && !Array.isArray(row)).map((row) => heldAll(row, type.fields))
    : null),
};
readers.money = readers.integer;
readers.file = readers.text;

export const held = (value, type) => (value === null || value === undefined ? null : readers[type.kind](value, type));
export const heldAll = (answers, types) =>
  Object.fromEntries(Object.entries(types).map(([name, type]) => [name, held(own(answers, name), type)]));
export const written = (value, type) => {
  if (value === null) return null;
  if (type.kind === "date") return iso(value);
  if (type.kind === "moment") return new Date(value * 6e4).toISOString().slice(0, 16);
  if (type.kind !== "decimal") return value;
  const size = String(Math.abs(value)).padStart(7, "0");
  const rest = size.slice(-6).replace(/0+$/, "");
  return (value < 0 ? "-" : "") + size.slice(0, -6) + (rest && "." + rest);
};
