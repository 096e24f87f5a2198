// Runs the corpus as a browser does; prints a JSON list of what differs.
import { readFileSync } from "node:fs";
import { run } from "../static/procedures/rules.js";
import { held, heldAll, written } from "../static/procedures/values.js";

const { context, cases } = JSON.parse(readFileSync(0, "utf8"));
const faults = [];
for (const [group, text, program, type, expected] of cases) {
  const values = heldAll(group.answers, group.types);
  values.today = held(context.today, { kind: "date" });
  values.now = held(context.now, { kind: "moment" });
  const row = heldAll(group.row ?? {}, group.row_types ?? {});
  let found;
  try {
    found = written(run(program, values, row), type);
  } catch (fault) {
    found = String(fault);
  }
  if (found !== expected) faults.push(`${text}: ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`);
}
console.log(JSON.stringify(faults));
