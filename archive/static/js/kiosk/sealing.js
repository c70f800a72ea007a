// The page's side of sealing: asks the worker that holds the secrets.
import { openStore } from "./sealed_store.js";

const HOUR = 3600;
// Bits a second, as recorder.js asks for, and a tenth for the container.
const AUDIO = 48_000 * 1.1;
const VIDEO = 900_000 * 1.1;

/** What the worker could not do; `code` is full, order, forgotten or failed. */
export class SealingError extends Error {
  constructor(code, name = "") {
    super(name ? `${code}: ${name}` : code);
    this.code = code;
  }
}

/** Seals one recording after another. See the worker for what is kept where. */
export class Sealing {
  #archive;
  #worker;
  #language;
  #store;
  #begun = null;
  #asked = new Map();
  #number = 0;

  /** `archive` is {recipient, salt, words: {es, en}}, as /kiosk/archive.json says. */
  static async open({ recipient, salt, words }) {
    const sealing = new Sealing();
    sealing.#archive = { recipient, salt, words };
    // Asked for, so that a browser short of room takes from others first. Not waited for:
    // Firefox asks whoever stands there, and says nothing until they answer.
    navigator.storage?.persist?.().catch(() => false);
    await sealing.#start();
    sealing.#store = await openStore();
    return sealing;
  }

  /** Makes the key and the code of a new recording; now it can be written. */
  async begin(language = this.#language) {
    this.#language = language;
    this.#begun = await this.#ask("begin", language);
  }

  /** Resolves when sealed; all whole chunks of 64 KiB are durable then. */
  async write(bytes) {
    await this.#ask("write", bytes);
  }

  /** Seals a file as it is read; `onProgress` is told parts of 1. */
  async seal(file, onProgress) {
    await this.#asking("seal", [file], onProgress);
  }

  /** Closes the sealed file: {size}. Its media type is in it, and nowhere else. */
  async finish(_mediaType) {
    return this.#ask("finish");
  }

  /** Yields what was finished, to hear it again: from the sealed file, in memory. */
  async* read() {
    await this.#ask("read");
    try {
      for (;;) {
        const bytes = await this.#ask("next");
        if (!bytes) return;
        yield bytes;
      }
    } finally {
      await this.#ask("unread");
    }
  }

  /** Puts it in the queue; its key is gone from here. Returns {words, language}. */
  async save(said) {
    const { audience, transcription, title, pseudonym, language } = said;
    const saved = await this.#ask("save", { audience, transcription, title, pseudonym, language });
    this.#begun = null;
    announce();
    return saved;
  }

  /** Ends the worker, and with it all that it knew; a draft stays, sealed. */
  async forget() {
    this.#worker.terminate();
    for (const { reject } of this.#asked.values()) reject(new SealingError("forgotten"));
    this.#asked.clear();
    await this.#start();
  }

  /** Deletes the recording that was not saved: its only key from here and at once, since
   * the worker may be deaf for seconds, and the page gone by then. */
  async discard() {
    const id = this.#begun;
    this.#begun = null;
    const asked = this.#ask("discard");
    if (id) await this.#store.db.delete("rows", id);
    await asked;
  }

  /** What a crash cut off: [{id, size, begun}]. */
  async drafts() {
    return this.#ask("drafts");
  }

  /** Puts a draft in the queue under a new code: {words, language}. */
  async recover(id, { language }) {
    const saved = await this.#ask("recover", id, { language });
    announce();
    return saved;
  }

  async drop(id) {
    await this.#ask("drop", id);
  }

  /** {free, needed} in bytes for an hour of recording; `free` is told up to `needed`. */
  async room({ video = false } = {}) {
    const needed = ((AUDIO + (video ? VIDEO : 0)) / 8) * HOUR;
    return { free: await this.#ask("room", needed), needed };
  }

  async #start() {
    // Below the kiosk's own address, or WebKit finds it only where there is a network.
    this.#worker = new Worker("/kiosk/sealing-worker.js", { type: "module" });
    this.#worker.addEventListener("message", ({ data }) => this.#answered(data));
    this.#worker.addEventListener("error", () => {
      for (const { reject } of this.#asked.values()) reject(new SealingError("failed"));
      this.#asked.clear();
    });
    await this.#ask("open", this.#archive);
  }

  #answered({ number, part, result, code, name }) {
    const asked = this.#asked.get(number);
    if (!asked) return;
    if (part !== undefined) {
      asked.onProgress?.(part);
      return;
    }
    this.#asked.delete(number);
    if (code) asked.reject(new SealingError(code, name));
    else asked.resolve(result);
  }

  #ask(call, ...given) {
    return this.#asking(call, given);
  }

  #asking(call, given, onProgress) {
    return new Promise((resolve, reject) => {
      this.#number += 1;
      this.#asked.set(this.#number, { resolve, reject, onProgress });
      this.#worker.postMessage({ number: this.#number, call, given });
    });
  }
}

/** Wakes the queue, in whichever window it runs. */
function announce() {
  const channel = new BroadcastChannel("resguardo-kiosk");
  channel.postMessage("saved");
  channel.close();
}
