// The key is shown once: nothing of it stays on a shared tablet.
const AWAY_AFTER = 300000;
const finish = document.querySelector("[data-finish]");
let leaving = false;
function leave() {
  leaving = true;
  location.replace(finish.href);
}
document.querySelector("[data-print]").addEventListener("click", () => print());
finish.addEventListener("click", (event) => {
  event.preventDefault();
  leave();
});
// Whoever still writes the words down touches the screen; then there is more time.
let away = 0;
function stay() {
  clearTimeout(away);
  away = setTimeout(leave, AWAY_AFTER);
}
for (const touch of ["pointerdown", "keydown", "scroll"]) addEventListener(touch, stay);
stay();
addEventListener("beforeunload", (event) => { if (!leaving) event.preventDefault(); });
addEventListener("pageshow", (event) => { if (event.persisted) leave(); });
