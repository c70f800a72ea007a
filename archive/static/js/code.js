// The key is shown once: nothing of it stays on a shared tablet.
const AWAY_AFTER = 120000;
const finish = document.querySelector("[data-finish]");
document.querySelector("[data-print]").addEventListener("click", () => print());
finish.addEventListener("click", (event) => {
  event.preventDefault();
  location.replace(finish.href);
});
setTimeout(() => location.replace(finish.href), AWAY_AFTER);
addEventListener("pageshow", (event) => { if (event.persisted) location.replace(finish.href); });
