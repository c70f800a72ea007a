// What a crash cut off: said on the first screen, kept with a key of its own, or deleted.
// How long it was nobody can say: voice or video, its kind is sealed too.
import { said } from "./says.js";

export class CutOff {
  #kiosk;
  #draft = null;

  constructor(kiosk) {
    this.#kiosk = kiosk;
  }

  /** Say that a recording was cut off, where one was. */
  async look() {
    [this.#draft] = await this.#kiosk.sealing.drafts();
    document.querySelector("[data-cut]").hidden = !this.#draft;
  }

  /** Keep what there is; then its key is shown. */
  async keep() {
    const { screens, sealing, queue, key, mine, language } = this.#kiosk;
    screens.show("saving");
    try {
      const { words } = await sealing.recover(this.#draft.id, { language });
      this.#kiosk.story = { saved: true };
      queue.start();
      key.show(words, mine);
    } catch {
      screens.show("cut");
      screens.tell(said("check.failed"));
    }
  }

  /** Delete it. */
  drop() { return this.#kiosk.sealing.drop(this.#draft.id); }
}
