// The queue refreshes itself; a person who is in the middle of it is left alone.
const EVERY = 3000;
// Asking keeps a session alive, so a desk that was left must stop asking.
const LEFT_AFTER = 5 * 60 * 1000;
const box = document.querySelector("[data-refresh]");
let touched = Date.now();
for (const touch of ["pointerdown", "pointermove", "keydown", "scroll"]) {
  addEventListener(touch, () => { touched = Date.now(); }, { passive: true });
}

async function refresh() {
  const left = Date.now() - touched > LEFT_AFTER;
  if (left || document.hidden || box.contains(document.activeElement)) return;
  try {
    const answer = await fetch(box.dataset.refresh, { redirect: "error" });
    if (answer.ok) box.innerHTML = await answer.text();
  } catch { /* No network: what is shown stays. */ }
}

setInterval(refresh, EVERY);
