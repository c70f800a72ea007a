// A screen that nobody touches starts again, and asks before it does.
const ASK_MS = 90_000;
const MORE_MS = 30_000;
// Who pauses may need a while to go on; who has left must not leave the story open.
const PAUSED_MS = 600_000;
// Not "scroll": the page scrolls by itself too; a finger or a wheel says so before.
const TOUCHES = ["pointerdown", "keydown", "input", "wheel"];

export class Idle {
  #dialog = document.querySelector("[data-idle]");
  #timer = 0;
  #mood;
  #away;

  /** `mood()` says "off", "paused" or "on"; `away()` is called when nobody answers. */
  constructor(mood, away) {
    this.#mood = mood;
    this.#away = away;
    for (const each of TOUCHES) addEventListener(each, () => this.stir(), { passive: true });
    // Any touch is an answer, and Escape too; what lies behind is not touched by it.
    const stay = () => { this.#dialog.close(); this.stir(); };
    for (const each of ["click", "cancel"]) this.#dialog.addEventListener(each, stay);
  }

  /** Begin to wait anew. */
  stir() {
    if (this.#dialog.open) return;
    clearTimeout(this.#timer);
    const mood = this.#mood();
    if (mood === "off") return;
    this.#timer = setTimeout(() => this.#ask(), mood === "paused" ? PAUSED_MS : ASK_MS);
  }

  stop() { clearTimeout(this.#timer); }

  #ask() {
    if (this.#mood() === "off") return;
    this.#dialog.showModal();
    // A browser may close it for Escape without asking: that was an answer.
    this.#timer = setTimeout(() => (this.#dialog.open ? this.#away() : this.stir()), MORE_MS);
  }
}
