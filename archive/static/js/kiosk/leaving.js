// Nothing is lost by a slip of the finger, and nothing stays behind.
const PATIENCE_MS = 3000;

export class Leaving {
  #kiosk;
  #asked = null;
  #over = false;

  /** `kiosk` is what the page holds; what is not furnished yet is missing there. */
  constructor(kiosk) {
    this.#kiosk = kiosk;
    addEventListener("beforeunload", (event) => { if (this.#unsaved && !this.#over) event.preventDefault(); });
    // Nothing comes back out of the browser's memory.
    addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  }

  get #unsaved() {
    const { story, telling, bringing } = this.#kiosk;
    return story && !story.saved && (telling.recording || bringing.working || story.kept);
  }

  /** Begin anew in a fresh document: no key, no sound, no word of this one stays. */
  async restart() {
    if (this.#over) return;
    this.#over = true;
    await Promise.race([
      this.#forget().catch(() => {}),
      new Promise((over) => { setTimeout(over, PATIENCE_MS); }),
    ]);
    location.replace("/kiosk");
  }

  async #forget() {
    const { idle, telling, hearing, key, choosing, story, sealing } = this.#kiosk;
    idle.stop();
    telling?.close();
    hearing?.hush();
    key?.forget();
    choosing.forget();
    if (story && !story.saved && (story.kept || story.begun)) await sealing?.discard();
    else await sealing?.forget();
  }

  /** Ask before something is lost for good. */
  ask(yes, no) {
    this.#asked = { yes, no };
    this.#kiosk.hearing.hush();
    this.#kiosk.screens.show("drop");
  }

  yes() { return this.#asked.yes(); }

  no() { return this.#asked.no(); }

  /** Leave; ask first where a story would be lost. */
  exit() {
    const { screens, telling } = this.#kiosk;
    const back = screens.at;
    if (!this.#unsaved) return this.restart();
    if (telling.recording && !telling.paused && back === "k4") telling.pause();
    if (back !== "drop") this.ask(() => this.restart(), () => screens.show(back));
    return null;
  }
}
