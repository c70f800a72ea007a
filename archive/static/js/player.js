// The transcript follows the voice; a time leads back to it. Native controls do the rest.
const AFTER_A_TOUCH = 5000;
const audio = document.querySelector("audio.player");
const lines = [...document.querySelectorAll("[data-transcript] li")];
let current = null;
let touched = -Infinity;

function mark(line) {
  current?.classList.remove("now");
  current?.removeAttribute("aria-current");
  line?.classList.add("now");
  line?.setAttribute("aria-current", "true");
  current = line;
  // Whoever reads elsewhere is not pulled back at once.
  if (line && !audio.paused && Date.now() - touched > AFTER_A_TOUCH) line.scrollIntoView({ block: "nearest" });
}

function follow() {
  const now = audio.currentTime;
  const line = lines.find((each) => now >= Number(each.dataset.start) && now < Number(each.dataset.end)) || null;
  if (line !== current) mark(line);
}

if (audio) {
  audio.addEventListener("timeupdate", follow);
  for (const touch of ["wheel", "touchmove", "keydown"]) {
    addEventListener(touch, () => { touched = Date.now(); }, { passive: true });
  }
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
