// A page of a draft: saves while one types, shows what follows from an answer. Works without.
const form = document.querySelector("[data-draft]");
const state = form.querySelector("[data-saved]");
const beside = document.querySelector("[data-beside]");
const program = JSON.parse(document.getElementById("program")?.textContent ?? "null");
const data = () => new URLSearchParams(new FormData(form));
const say = (text, ok = true) => {
  state.lastElementChild.textContent = text;
  state.classList.toggle("unsaved", !ok);
};
const show = (isShown) => {
  for (const item of form.querySelectorAll("[data-item]")) item.hidden = !isShown(item);
};

// What is typed into circles and boxes is looked at here at once; for the rest, the server tells. The
// rules are asked for when somebody begins to type: no page waits for them.
const readers = {
  boolean: (given) => ({ yes: true, no: false, on: true })[given[0]] ?? null,
  choice: (given) => given[0] || null,
  choices: (given) => (given.length ? given : null),
};
const look = async () => {
  const { run } = await import("./rules.js");
  const given = data(), values = { ...program.values };
  for (const [name, kind] of Object.entries(program.kinds)) {
    if (readers[kind]) values[name] = readers[kind](given.getAll(name));
  }
  show(({ dataset: { item } }) => !(item in program.rules) || run(program.rules[item], values) === true);
};

let last = data().toString(), timer, saving = null;
const send = async (keepalive) => {
  const body = data();
  if (body.toString() === last) return;
  try {
    const answer = await fetch(location.pathname, {
      method: "POST", body, keepalive, redirect: "error", headers: { Accept: "application/json" },
    });
    const said = await answer.json();
    if (said.sign_on) return location.assign(said.sign_on);
    if (!answer.ok) return say(said.refused, false);
    body.set("_was", said.was);
    last = body.toString();
    form.elements._was.value = said.was;
    say(said.saved);
    if (beside.textContent !== said.beside) beside.textContent = said.beside;
    show(({ dataset: { item } }) => said.shown.includes(item));
    for (const [name, value] of Object.entries(said.computed)) {
      form.querySelector(`[data-computed="${name}"]`)?.replaceChildren(value);
    }
    if (said.disputed) location.assign(said.disputed);
  } catch {
    say(form.dataset.unsaved, false);
    later(10000);
  }
};
const save = (keepalive = false) => {
  clearTimeout(timer);
  saving = send(keepalive).finally(() => { saving = null; });
};
const later = (ms) => {
  clearTimeout(timer);
  timer = setTimeout(() => (saving ? later(ms) : save()), ms);
};
form.addEventListener("input", () => {
  if (program) look().catch(() => {});
  later(1200);
});
addEventListener("online", () => save());
addEventListener("pagehide", () => save(true));
form.addEventListener("submit", async (event) => {
  clearTimeout(timer);
  if (!saving) return;
  event.preventDefault();
  await saving;
  form.requestSubmit(event.submitter);
});
