// The page's own sentences for what happens; none is written in a script.
const all = JSON.parse(document.querySelector("#says").textContent);

/** The sentence at `group.name`, its {places} filled. */
export function said(path, values = {}) {
  const [group, name] = path.split(".");
  return all[group][name].replace(/\{(\w+)\}/g, (_, key) => values[key]);
}

/** Say it wherever the page has a place of that name; without a sentence, clear it. */
export function say(place, path = "", values = {}) {
  const text = path && said(path, values);
  for (const each of document.querySelectorAll(`[data-says="${place}"]`)) {
    // Said again it would be read aloud again.
    if (each.textContent !== text) each.textContent = text;
    if (each.classList.contains("problem") || each.dataset.says.startsWith("start.")) each.hidden = !text;
  }
}

/** Minutes in words. */
export function minutes(seconds) {
  const whole = Math.round(seconds / 60);
  if (seconds < 60) return said("check.under");
  return whole === 1 ? said("check.one") : said("check.many", { n: whole });
}
