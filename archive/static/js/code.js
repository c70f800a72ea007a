// The key is shown once: nothing of it stays on a shared tablet.
const AWAY_AFTER = 300000;
const finish = document.querySelector("[data-finish]");
document.querySelector("[data-print]").addEventListener("click", () => print());
finish.addEventListener("click", (event) => {
  event.preventDefault();
  location.replace(finish.href);
});
// Whoever still writes the words down touches the screen; then there is more time.
let away = 0;
function stay() {
  clearTimeout(away);
  away = setTimeout(() => location.replace(finish.href), AWAY_AFTER);
}
for (const touch of ["pointerdown", "keydown", "scroll"]) addEventListener(touch, stay);
stay();
addEventListener("pageshow", (event) => { if (event.persisted) location.replace(finish.href); });
