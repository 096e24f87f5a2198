// Draws the page again when a file of the procedure changes, the strip when an answer does.
const strip = document.getElementById("author");
const here = location.pathname + location.search;
let typedAt = -Infinity;
addEventListener("input", () => { typedAt = performance.now(); });

// What was opened stays open, and the page stays where it was, also when it is drawn again.
const arrange = (place) => {
  for (const part of place.querySelectorAll("details")) {
    const kept = sessionStorage.getItem(part.dataset.key);
    if (kept) part.open = kept === "open";
  }
};
strip.addEventListener("toggle", ({ target }) => {
  sessionStorage.setItem(target.dataset.key, target.open ? "open" : "shut");
}, true);
arrange(strip);
if (sessionStorage.getItem("page") === here) scrollTo(0, sessionStorage.getItem("height"));
sessionStorage.removeItem("page");

const drawAgain = () => {
  sessionStorage.setItem("page", here);
  sessionStorage.setItem("height", scrollY);
  location.replace(here); // asked for anew, without its hash, also when it answered a form
};
const look = async () => {
  const answer = await fetch(strip.dataset.url);
  const read = new DOMParser().parseFromString(await answer.text(), "text/html");
  const found = read.getElementById("author");
  if (!answer.ok || !found) return;
  if (found.dataset.stamp !== strip.dataset.stamp) {
    if (performance.now() - typedAt > 2500) drawAgain(); // what was just typed is saved first
    return;
  }
  arrange(found);
  const isRead = strip.contains(document.activeElement);
  if (!isRead && found.innerHTML !== strip.innerHTML) strip.replaceChildren(...found.childNodes);
};
const again = () => setTimeout(() => look().catch(() => {}).finally(again), 800);
again();
