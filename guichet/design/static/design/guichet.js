// Four small helps. Every page works without them.

// The error summary takes the focus, so that a screen reader begins there.
document.getElementById("problems")?.focus();

// A password can be looked at.
for (const button of document.querySelectorAll("[data-reveal]")) {
  const input = document.getElementById(button.dataset.reveal);
  const words = {
    password: [button.textContent, button.getAttribute("aria-label")],
    text: [button.dataset.hide, button.dataset.hideLabel],
  };
  const show = (type) => {
    input.type = type;
    button.textContent = words[type][0];
    button.setAttribute("aria-label", words[type][1]);
  };
  button.hidden = false;
  button.addEventListener("click", () => show(input.type === "password" ? "text" : "password"));
  // Sent as a password again: a browser must neither suggest nor remember it as plain text.
  input.form.addEventListener("submit", () => show("password"));
}

// A reference or a code can be copied.
for (const button of document.querySelectorAll("[data-copy]")) {
  const label = button.querySelector("span");
  const before = label.textContent;
  label.setAttribute("aria-live", "polite");
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    const text = document.getElementById(button.dataset.copy).textContent.trim();
    await navigator.clipboard.writeText(text);
    label.textContent = button.dataset.done;
    setTimeout(() => { label.textContent = before; }, 3000);
  });
}

// The session warns before it ends. All tabs know of the latest sign of life in any of them.
const dialog = document.getElementById("session-dialog");
if (dialog) {
  const seconds = (name) => Number(dialog.dataset[name]) * 1000;
  const form = document.getElementById("session");
  const [warning, ended] = dialog.querySelectorAll("div[data-when]");
  const last = Date.now() + seconds("limit");
  const tabs = window.BroadcastChannel ? new BroadcastChannel("session") : null;
  let ends = Date.now() + seconds("idle");
  let dismissed = "";

  const state = () => {
    const left = ends - Date.now();
    if (left <= 0) return "ended";
    return left <= seconds("warning") ? "warning" : "";
  };
  const look = () => {
    const now = state();
    warning.hidden = now === "ended";
    ended.hidden = !warning.hidden;
    dialog.setAttribute("aria-labelledby", warning.hidden ? "session-ended" : "session-warning");
    if (!now) dialog.close();
    else if (!dialog.open && now !== dismissed) dialog.showModal();
  };
  const live = (until) => {
    ends = Math.min(last, Math.max(ends, until));
    dismissed = "";
    look();
  };
  const dismiss = () => {
    dismissed = state();
    dialog.close();
  };
  const extend = async (address) => {
    const answer = await fetch(address, {
      method: "POST",
      body: new FormData(form),
      headers: { Accept: "application/json" },
      redirect: "manual",
    }).catch(() => null);
    if (answer?.ok) {
      live(Date.now() + (await answer.json()).idle * 1000);
      tabs?.postMessage(ends);
      dismiss(); // near the end of the last hour there is nothing more to be had
    } else if (answer) {
      ends = 0;
      look();
    }
  };

  form.addEventListener("submit", (event) => {
    if (!event.submitter?.hasAttribute("formaction")) return;
    event.preventDefault();
    extend(event.submitter.formAction);
  });
  // Escape means "I am here" while there is time, and "let me copy what I typed" afterwards.
  dialog.addEventListener("cancel", () => {
    if (state() === "warning") warning.querySelector("[formaction]").click();
    else dismiss();
  });
  if (tabs) {
    tabs.onmessage = (event) => live(event.data);
    tabs.postMessage(ends);
  }
  setInterval(look, 5000);
  document.addEventListener("visibilitychange", look);
  look();
}
