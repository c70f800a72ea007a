// K5: a story that is here, locked, is heard again from what is sealed.
import { play } from "./playback.js";
import { say } from "./says.js";

export class Hearing {
  #kiosk;
  #players = [...document.querySelectorAll("[data-hear]")];
  #button = document.querySelector('[data-do="hear"]');
  #heard = null;
  // Which wish to hear holds; opening takes a while, and meanwhile it may be over.
  #wish = null;

  constructor(kiosk) {
    this.#kiosk = kiosk;
    // Also in the middle: a tablet without a loudspeaker begins, and then cannot go on.
    for (const each of this.#players) each.addEventListener("error", () => this.#unplayable(each));
  }

  get playing() { return this.#players.some((each) => !each.paused && !each.ended); }

  /** Show that the story is here. */
  offer() {
    say("after");
    this.hush();
    this.#kiosk.story.kept = true;
    this.#kiosk.screens.show("k5");
  }

  /** Open and play it; where that cannot be, say so. */
  async hear() {
    const { story, sealing } = this.#kiosk;
    const kind = story.mediaType.startsWith("video/") ? "video" : "audio";
    const player = this.#players.find((each) => each.dataset.hear === kind);
    const wish = this.#wish = {};
    this.#button.hidden = true;
    player.hidden = false;
    player.focus();
    try {
      const heard = await play(player, sealing.read.bind(sealing), story.mediaType);
      if (this.#wish === wish) this.#heard = heard;
      else if (!this.#wish) heard.close();
    } catch {
      if (this.#wish === wish) this.#unplayable(player);
    }
  }

  #unplayable(player) {
    player.hidden = true;
    say("after", "after.unplayable");
  }

  /** Be silent. */
  hush() {
    this.#wish = null;
    this.#heard?.close();
    this.#heard = null;
    for (const each of this.#players) { each.pause(); each.hidden = true; }
    this.#button.hidden = false;
  }
}
