// Shows one screen at a time; which ones there are is the page's business.
const OF_THE_LANGUAGE = new Set(["k0", "k1", "k2", "what"]);
// Here a slip of the finger would lose the key, which is shown only once.
const HELD = new Set(["k0", "saving", "k8", "confirm"]);

export class Screens extends EventTarget {
  #all = new Map();
  #problem = document.querySelector("[data-problem]");

  constructor() {
    super();
    for (const each of document.querySelectorAll("[data-screen]")) this.#all.set(each.dataset.screen, each);
  }

  get at() { return document.body.dataset.at; }

  /** Show one screen and put the focus on its heading. */
  show(name) {
    const shown = this.#all.get(name);
    for (const each of this.#all.values()) each.hidden = each !== shown;
    document.body.dataset.at = name;
    this.tell("");
    for (const link of document.querySelectorAll("[data-language]")) {
      link.hash = name === "k1" || name === "k2" ? name : "";
    }
    document.querySelector(".languages").hidden = !OF_THE_LANGUAGE.has(name);
    document.querySelector(".leave").hidden = HELD.has(name);
    scrollTo(0, 0);
    shown.querySelector("h1").focus({ preventScroll: true });
    this.dispatchEvent(new Event("shown"));
  }

  /** Say what went wrong above the screen, or nothing more. */
  tell(text) {
    this.#problem.textContent = text;
    this.#problem.hidden = !text;
    if (text) scrollTo(0, 0);
  }
}
