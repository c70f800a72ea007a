// The transcript follows the voice; a time leads back to it. Native controls do the rest.
const audio = document.querySelector("audio.player");
const lines = [...document.querySelectorAll("[data-transcript] li")];

function follow() {
  for (const line of lines) {
    const now = audio.currentTime >= Number(line.dataset.start) && audio.currentTime < Number(line.dataset.end);
    line.classList.toggle("now", now);
    if (now) line.setAttribute("aria-current", "true");
    else line.removeAttribute("aria-current");
  }
}

if (audio) {
  audio.addEventListener("timeupdate", follow);
  for (const button of document.querySelectorAll("[data-seek]")) {
    button.addEventListener("click", () => {
      audio.currentTime = Number(button.dataset.seek);
      audio.play();
    });
  }
  const asked = Number(new URLSearchParams(location.search).get("t"));
  if (asked > 0) audio.addEventListener("loadedmetadata", () => { audio.currentTime = asked; }, { once: true });
} else {
  for (const button of document.querySelectorAll("[data-seek]")) button.disabled = true;
}
