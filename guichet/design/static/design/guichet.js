// Four small helps. Every page works without them.

// The error summary takes the focus, so that a screen reader begins there.
document.getElementById("problems")?.focus();

// A password can be looked at.
for (const button of document.querySelectorAll("[data-reveal]")) {
  const input = document.getElementById(button.dataset.reveal);
  const texts = {
    password: [button.textContent, button.getAttribute("aria-label")],
    text: [button.dataset.hide, button.dataset.hideLabel],
  };
  const show = (type) => {
    input.type = type;
    button.textContent = texts[type][0];
    button.setAttribute("aria-label", texts[type][1]);
  };
  button.hidden = false;
  button.addEventListener("click", () => show(input.type === "password" ? "text" : "password"));
  // What is sent is a password again, so that browsers offer to keep it, not to suggest it.
  input.form?.addEventListener("submit", () => show("password"));
}

// A reference or a code can be copied.
for (const button of document.querySelectorAll("[data-copy]")) {
  const label = button.querySelector("span");
  const before = label.textContent;
  button.hidden = !navigator.clipboard;
  label.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
    label.textContent = button.dataset.done;
    setTimeout(() => { label.textContent = before; }, 3000);
  });
}

// The session warns before it ends. All tabs know of the latest sign of life in any of them.
const dialog = document.getElementById("session-dialog");
if (dialog) {
  const { idle, limit, each, warning } = dialog.dataset;
  const form = document.getElementById("session");
  const loaded = Date.now();
  const last = loaded + limit * 1000;
  let ends = loaded + idle * 1000;
  const tabs = "BroadcastChannel" in window ? new BroadcastChannel("session") : null;

  const look = () => {
    const left = ends - Date.now();
    dialog.querySelector(".dialog-warning").hidden = left <= 0;
    dialog.querySelector(".dialog-ended").hidden = left > 0;
    if (left > warning * 1000) dialog.close();
    else if (!dialog.open) dialog.showModal();
  };
  const live = (until) => {
    ends = Math.min(last, Math.max(ends, until));
    look();
  };

  form.addEventListener("submit", async (event) => {
    if (!event.submitter?.hasAttribute("formaction")) return;
    event.preventDefault();
    const answer = await fetch(event.submitter.formAction, {
      method: "POST",
      body: new FormData(form),
      headers: { Accept: "application/json" },
      redirect: "manual",
    }).catch(() => null);
    if (answer?.ok) {
      live(Date.now() + each * 1000);
      tabs?.postMessage(ends);
    } else {
      ends = 0;
      look();
    }
  });
  if (tabs) tabs.onmessage = (event) => live(event.data);
  tabs?.postMessage(ends);
  setInterval(look, 5000);
  document.addEventListener("visibilitychange", look);
  look();
}
