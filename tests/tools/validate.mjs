// Reads pages, one JSON object a line ({"name", "html"}), answers with one JSON list of faults a line.
import readline from "node:readline";
import { HtmlValidate } from "html-validate";

const checker = new HtmlValidate({
  root: true,
  extends: ["html-validate:recommended", "html-validate:a11y"],
  rules: {
    // Django writes its own attributes; style of writing is no fault.
    "attr-quotes": "off",
    "doctype-style": "off",
    "no-trailing-whitespace": "off",
    "void-style": "off",
    // French labels are longer than English ones, and the name of the site comes after them.
    "long-title": "off",
    // Numbers stay on one line by style, which a copied number does not carry along.
    "tel-non-breaking": "off",
    // Django draws the boxes of a group with one name, inside labels that also say which one.
    "form-dup-name": ["error", { shared: ["radio", "checkbox", "button", "submit", "reset"] }],
    "no-redundant-for": "off",
    // Redundant roles help older screen readers where list styling is taken away.
    "no-redundant-role": "off",
  },
});

for await (const line of readline.createInterface({ input: process.stdin })) {
  const { name, html } = JSON.parse(line);
  const report = await checker.validateString(html, name);
  const faults = report.results.flatMap((result) =>
    result.messages.map((m) => `${name}:${m.line}: ${m.message} (${m.ruleId})`),
  );
  process.stdout.write(JSON.stringify(faults) + "\n");
}
