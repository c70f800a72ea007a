// K6 and K7: who may listen, may a machine write it down, is it all right so.
import { minutes, said, say } from "./says.js";

const checked = (name) => document.querySelector(`[name="${name}"]:checked`);

export class Choosing {
  #kiosk;
  #seen = false;

  constructor(kiosk) {
    this.#kiosk = kiosk;
  }

  /** Go on with what was asked first, or back to the check where all was asked. */
  #next(name) {
    if (this.#seen) this.check();
    else this.#kiosk.screens.show(name);
  }

  /** From K5: on to the first question, or back to the check. */
  onward() { this.#next("k6"); }

  audience() {
    const { story, screens } = this.#kiosk;
    const chosen = checked("audience").value;
    if (chosen === "public" && story.audience !== "public") { screens.show("anyone"); return; }
    story.audience = chosen;
    this.#next("machine");
  }

  anyone() {
    this.#kiosk.story.audience = "public";
    this.#next("machine");
  }

  machine() {
    const chosen = checked("machine");
    if (!chosen) { say("machine", "machine.choose"); return; }
    say("machine");
    this.#kiosk.story.transcription = chosen.value === "yes";
    this.check();
  }

  name() {
    const { story } = this.#kiosk;
    story.pseudonym = document.querySelector("#pseudonym").value.trim();
    story.title = document.querySelector("#title").value.trim();
    this.check();
  }

  /** K7: say it all back, a row each. */
  check() {
    this.#seen = true;
    const { story } = this.#kiosk;
    const length = story.way === "file" ? "" : `, ${minutes(story.seconds)}`;
    const named = [story.pseudonym, story.title].filter(Boolean).join(" · ");
    const rows = {
      story: said(`check.${story.way}`) + length,
      audience: checked("audience").closest("label").querySelector("strong").textContent,
      machine: said(story.transcription ? "check.yes" : "check.no"),
      name: named || said("check.unnamed"),
    };
    for (const [name, text] of Object.entries(rows)) {
      document.querySelector(`[data-row="${name}"]`).textContent = text;
    }
    this.#kiosk.screens.show("k7");
  }

  /** Forget what was chosen and written. */
  forget() {
    this.#seen = false;
    for (const each of document.querySelectorAll("#pseudonym, #title")) each.value = "";
    for (const each of document.querySelectorAll("[data-row]")) each.textContent = "";
  }
}
