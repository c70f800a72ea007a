// For those who care for the tablet: what waits, send it, enrol, the printer's paper.
import { enrol, keep, kept, waitingIn } from "./device.js";
import { said, say } from "./says.js";

const MEGABYTE = 1e6;

export class Tablet {
  #screens;
  #queue;

  /** `queue` is missing where the tablet never came to be ready. */
  constructor(screens, queue) {
    this.#screens = screens;
    this.#queue = queue;
    this.#queue?.addEventListener("change", () => this.#tell().catch(() => {}));
    document.querySelector("[data-enrol]").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#enrol().catch(() => this.#failed());
    });
    for (const each of document.querySelectorAll("[name=paper]")) {
      each.addEventListener("change", () => keep("paper", each.value).catch(() => this.#failed()));
    }
  }

  // It cannot keep anything: what was chosen is gone with the page.
  #failed() { this.#screens.tell(said("any.failed")); }

  async show() {
    say("enrol");
    try {
      const paper = (await kept("paper")) ?? "card";
      document.querySelector(`[name=paper][value=${paper}]`).checked = true;
      if (await kept("token")) say("enrol", "tablet.known");
      await this.#tell();
    } finally {
      this.#screens.show("tablet");
    }
  }

  async #tell() {
    const rows = (await this.#queue?.rows()) ?? [];
    const { waiting, bytes } = waitingIn(rows);
    const size = Math.ceil(bytes / MEGABYTE);
    say("tablet", waiting ? "tablet.waiting" : "tablet.none", { n: waiting, size });
    const refused = rows.some(({ state }) => state === "refused");
    const why = waiting && (refused ? "refused" : this.#queue.problem);
    say("why", why ? `why.${why}` : "");
  }

  /** Try at once what waits, and once more what was refused. */
  async send() {
    if (!navigator.onLine) { say("tablet", "tablet.offline"); return; }
    await this.#queue?.retry();
    this.#queue?.stop();
    this.#queue?.start();
  }

  async #enrol() {
    const field = document.querySelector("#enrolment");
    const problem = await enrol(field.value.trim());
    field.value = "";
    if (problem) say("enrol", `tablet.${problem}`);
    // What is sent from now on carries the token: all begins anew.
    else location.replace("/kiosk");
  }
}
