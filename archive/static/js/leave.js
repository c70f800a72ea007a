// Leaving asks nothing: what is on the screen goes first, then the session, then the page.
const PRESSES = 3;
const PAUSE = 5000;
const PATIENCE = 2000;
const form = document.querySelector("form.leave");
const told = document.querySelector("#leaving");
let presses = 0;
let forget;

async function leave(event) {
  event?.preventDefault();
  document.documentElement.hidden = true;
  const sent = fetch(form.action, { method: "POST", redirect: "manual", keepalive: true });
  await Promise.race([
    sent.catch(() => {}),
    new Promise((done) => { setTimeout(done, PATIENCE); }),
  ]);
  // In the place of what was being looked at: "back" does not lead to it.
  location.replace(form.dataset.out);
}

function press(event) {
  clearTimeout(forget);
  if (event.key !== "Shift" || event.repeat) {
    // Shift with a letter is writing.
    presses = 0;
    if (told) told.textContent = "";
    return;
  }
  presses += 1;
  if (presses === PRESSES) {
    leave();
    return;
  }
  if (told) told.textContent = told.dataset[presses === 1 ? "twoMore" : "oneMore"];
  forget = setTimeout(() => {
    presses = 0;
    if (told) told.textContent = "";
  }, PAUSE);
}

if (form) {
  form.addEventListener("submit", leave);
  addEventListener("keydown", press);
}

// A page that a browser kept in its memory shows nothing until it is asked for anew.
addEventListener("pagehide", (event) => {
  if (event.persisted) document.documentElement.hidden = true;
});
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
