// A file goes in pieces and goes on after a break. Without this, the form sends it whole.
//
//   <form method="post" enctype="multipart/form-data" data-upload="where uploads begin">
//     the token
//     <div class="field">a label, <p role="status" data-sent="{name}: {percent} %" …></p>,
//       <input type="file" …></div>
//     <button>Add</button>
//     <div data-sending hidden><progress max="1"></progress> <button data-stop>…</button></div>
//   </form>
//
// Then the browser goes where the last answer's Location says. Which upload belongs to a file is
// remembered. Protocol: tus 1.0.0.

const MIB = 1 << 20;

for (const form of document.querySelectorAll("form[data-upload]")) {
  const find = (what) => form.querySelector(what);
  const [input, status, stop, bar] =
    ["[type=file]", "[role=status]", "[data-stop]", "progress"].map(find);
  let stopped, abort, wake;

  const say = (word, values = {}, isWrong = false) => {
    status.classList.toggle("error", isWrong);
    input.closest(".field").classList.toggle("field-wrong", isWrong);
    status.textContent = (status.dataset[word] ?? word)
      .replace(/{(\w+)}/g, (_, name) => values[name]);
  };

  const show = (sending) => {
    find("[data-sending]").hidden = !sending;
    find("button:not([data-stop])").hidden = input.disabled = sending;
    (sending ? stop : input).focus();
  };

  const ask = async (method, address, headers, body) => {
    const giving = new AbortController();
    abort = () => giving.abort();
    const timer = setTimeout(abort, 60_000);
    try {
      return await fetch(address, {
        method, body, redirect: "manual", cache: "no-store", signal: giving.signal,
        headers: {
          "Tus-Resumable": "1.0.0",
          "X-CSRFToken": find("[name=csrfmiddlewaretoken]").value,
          ...headers,
        },
      });
    } finally {
      clearTimeout(timer);
    }
  };

  const pause = (seconds) => new Promise((resolve) => {
    wake = resolve;
    addEventListener("online", resolve, { once: true });
    setTimeout(resolve, seconds * 1000);
  });

  const send = async (file) => {
    const key = ["upload", form.dataset.upload, file.name, file.size, file.lastModified].join();
    const forget = () => localStorage.removeItem(key);
    const name = btoa(String.fromCharCode(...new TextEncoder().encode(file.name)));
    let offset, size = MIB, wait = 1, address = localStorage.getItem(key);

    const step = async () => {
      let answer;
      if (!address) {
        answer = await ask("POST", form.dataset.upload,
          { "Upload-Length": file.size, "Upload-Metadata": `filename ${name}` });
        address = answer.headers.get("Location");
        if (answer.ok) localStorage.setItem(key, address);
      } else if (offset === undefined) {
        answer = await ask("HEAD", address);
        if ([403, 404, 410].includes(answer.status)) return forget(), address = null;
      } else {
        const began = Date.now();
        answer = await ask("PATCH", address,
          { "Upload-Offset": offset, "Content-Type": "application/offset+octet-stream" },
          file.slice(offset, offset + size));
        size = Date.now() - began < 2000 ? Math.min(size * 2, 4 * MIB) : MIB;
      }
      if (answer.type === "opaqueredirect") return location.reload(), true; // signed out
      if ([409, 423].includes(answer.status) || answer.status >= 500) throw answer;
      if (!answer.ok) {
        forget();
        show(false);
        say((await answer.json().catch(() => 0)).message ?? "failed", {}, true);
        input.value = "";
        return true;
      }
      const last = offset !== undefined;
      offset = +answer.headers.get("Upload-Offset");
      wait = 1;
      bar.value = offset / file.size;
      say("sent", { name: file.name, percent: Math.floor(bar.value * 100) });
      if (!last || offset < file.size) return false;
      forget();
      say("done");
      location.assign(answer.headers.get("Location") ?? location.href);
      return true;
    };

    stopped = false;
    bar.value = 0;
    show(true);
    while (!stopped) {
      try {
        if (await step()) return;
      } catch {
        offset = undefined;
        if (stopped) break;
        say("waiting", { seconds: wait });
        await pause(wait);
        wait = Math.min(wait * 2, 30);
      }
    }
    forget();
    input.value = "";
    show(false);
    say("stopped");
    // The server may still hold the broken piece.
    for (wait = 1; address && wait < 30; wait *= 2) {
      if ((await ask("DELETE", address).catch(() => 0)).status !== 423) break;
      await pause(wait);
    }
  };

  stop.addEventListener("click", () => {
    stopped = true;
    abort?.();
    wake?.();
  });
  input.addEventListener("change", () => input.files[0] && send(input.files[0]));
}
