// Runs checked rules as `rules/evaluate.py` does: both are held to one corpus. The server decides.
const MICRO = 1000000, MAX = 1e15, LONGEST = 10000;
export const big = BigInt;
export const whole = (n) => (n >= -MAX && n <= MAX ? Number(n) : null);

// Halves away from zero.
const rounded = (n, by) => {
  const size = (n < 0n ? -n : n) * 2n + (by < 0n ? -by : by);
  const found = size / (2n * (by < 0n ? -by : by));
  return n < 0n === by < 0n ? found : -found;
};

// --- Days since 1970-01-01, and the Gregorian calendar
const utc = (day) => new Date(day * 864e5);
const parts = (day) => [utc(day).getUTCFullYear(), utc(day).getUTCMonth() + 1, utc(day).getUTCDate()];
export const number = (year, month, day) => Math.round(Date.UTC(year, month - 1, day) / 864e5);
const FIRST = number(1000, 1, 1), LAST = number(9999, 12, 31);
export const inYears = (day) => (day >= FIRST && day <= LAST ? day : null);
export const iso = (day) => utc(day).toISOString().slice(0, 10);

const addMonths = (start, months) => {
  const [y, m, d] = parts(start);
  const at = y * 12 + m - 1 + months;
  const year = Math.floor(at / 12), month = (at % 12 + 12) % 12 + 1;
  if (year < 1000 || year > 9999) return null;
  return number(year, month, Math.min(d, parts(number(year, month + 1, 0))[2]));
};
const monthsBetween = (start, end) => {
  if (end < start) return -monthsBetween(end, start);
  const a = parts(start), b = parts(end);
  const months = (b[0] - a[0]) * 12 + b[1] - a[1];
  const reached = addMonths(start, months);
  return reached !== null && reached <= end ? months : months - 1;
};

// Working days, as `rules/workdays.py` counts them
const weekday = (day) => ((day + 3) % 7 + 7) % 7 + 1;
const easter = (y) => {
  const c = Math.floor(y / 100), a = y % 19;
  const moon = (c - (c >> 2) - Math.floor((8 * c + 13) / 25) + 19 * a + 15) % 30;
  const full = number(y, 3, 21) + moon - (moon > 28 || (moon > 27 && a > 10));
  return full + 7 - weekday(full) % 7;
};
const isWorking = (day) => {
  const [y, m, d] = parts(day);
  return weekday(day) < 6 && ![1, 39, 50].includes(day - easter(y))
    && ![101, 501, y > 2018 && 509, 623, 815, 1101, 1225, 1226].includes(m * 100 + d);
};
const workingDay = (day, n) => {
  if (n > 1000 || n < -1000) return null;
  n ||= +!isWorking(day);
  for (const step = Math.sign(n); n; n -= isWorking(day) && step) day += step;
  return inYears(day);
};

export const own = (of, name) => (Object.hasOwn(of, name) ? of[name] : undefined);
export const isText = (v) => typeof v === "string" && v !== "" && [...v].length <= LONGEST;

// --- Operations on values that are there
const plain = {
  not: (a) => !a,
  eq: (a, b) => a === b, ne: (a, b) => a !== b,
  lt: (a, b) => a < b, le: (a, b) => a <= b, gt: (a, b) => a > b, ge: (a, b) => a >= b,
  neg: (a) => -a || 0,
  dec: (a) => whole(big(a) * big(MICRO)),
  add: (a, b) => whole(a + b), sub: (a, b) => whole(a - b),
  mul: (a, b) => whole(big(a) * big(b)),
  mul_dec: (a, b) => whole(rounded(big(a) * big(b), big(MICRO))),
  div_dec: (a, b) => (b ? whole(rounded(big(a) * big(MICRO), big(b))) : null),
  floor: (a) => Math.floor(a / MICRO),
  min: (...all) => Math.min(...all), max: (...all) => Math.max(...all),
  chosen: (a) => a.length,
  concat: (a, b) => ([...a].length + [...b].length <= LONGEST ? a + b : null),
  length: (a) => [...a].length,
  starts_with: (a, b) => a.startsWith(b),
  is_digits: (a) => /^[0-9]+$/.test(a),
  days: (a, b) => b - a, months: monthsBetween,
  years: (a, b) => Math.trunc(monthsBetween(a, b) / 12) || 0,
  year: (a) => parts(a)[0], month: (a) => parts(a)[1], day: (a) => parts(a)[2],
  weekday, working_day: workingDay,
  date_of: (a) => Math.floor(a / 1440),
};
// The second operand stands in the rule itself.
const given = {
  in: (a, all) => all.includes(a),
  contains: (a, code) => a.includes(code),
  round: (a, by) => whole(rounded(big(a), big(by)) * big(by)),
  add_days: (a, n) => inYears(a + n),
  add_months: addMonths,
  add_moment_days: (a, n) => {
    const day = inYears(Math.floor(a / 1440) + n);
    return day === null ? null : day * 1440 + (a % 1440 + 1440) % 1440;
  },
};
const kleene = (codes, values, row, end) => {
  let result = !end;
  for (const code of codes) {
    const value = run(code, values, row);
    if (value === end) return end;
    if (value === null) result = null;
  }
  return result;
};
const rowsOf = (code, values, row) => run(code, values, row) ?? [];
const quantified = ([rows, condition], values, row, end) => {
  let result = !end;
  for (const each of rowsOf(rows, values, row)) {
    const value = run(condition, values, each);
    if (value === end) return end;
    if (value === null) result = null;
  }
  return result;
};
const over = ([rows, each], values, row) =>
  rowsOf(rows, values, row).map((one) => run(each, values, one)).filter((value) => value !== null);
const least = (found, pick) => (found.length ? pick(...found) : null);

const special = {
  const: ([value]) => value,
  get: ([name], values) => own(values, name) ?? null,
  row: ([name], values, row) => own(row, name) ?? null,
  answered: ([code], values, row) => {
    const value = run(code, values, row);
    return value !== null && value.length !== 0;
  },
  and: (codes, values, row) => kleene(codes, values, row, false),
  or: (codes, values, row) => kleene(codes, values, row, true),
  if: ([condition, yes, no], values, row) => {
    const answer = run(condition, values, row);
    return answer === null ? null : run(answer ? yes : no, values, row);
  },
  count: ([rows, condition], values, row) =>
    rowsOf(rows, values, row).filter((each) => !condition || run(condition, values, each) === true).length,
  any: (code, values, row) => quantified(code, values, row, true),
  all: (code, values, row) => quantified(code, values, row, false),
  sum_rows: (code, values, row) => whole(over(code, values, row).reduce((sum, value) => sum + big(value), 0n)),
  min_rows: (code, values, row) => least(over(code, values, row), Math.min),
  max_rows: (code, values, row) => least(over(code, values, row), Math.max),
};

// What a program gives with held values; null is absent, or unknown.
export function run([op, ...rest], values, row = {}) {
  if (special[op]) return special[op](rest, values, row);
  if (given[op]) {
    const value = run(rest[0], values, row);
    return value === null ? null : given[op](value, rest[1]);
  }
  const found = rest.map((code) => run(code, values, row));
  return found.includes(null) ? null : plain[op](...found);
}
