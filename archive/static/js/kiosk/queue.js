// Sends what was saved: the sealed bytes by tus, then the deposit; exactly once, however
// often it is cut off. A row and its bytes go only when the archive has taken them in.
import { UploadError, sendResumably } from "./resumable_upload.js";
import { openStore } from "./sealed_store.js";

const CHUNK = 4 * 1024 * 1024;
// A proxy before the archive may take less at once; below this it is none's limit.
const LEAST_CHUNK = 256 * 1024;
const FIRST = 1000;
const LONGEST = 5 * 60 * 1000;
const LOCK = "resguardo-queue";
const CHANNEL = "resguardo-kiosk";
// Never again: what was sent is not what the archive takes.
const REFUSED = { 413: "large", 415: "unknown", 422: "refused" };
const TESTIMONY = /^[0-9a-f]{16,64}$/;

/** An answer that is not the one hoped for; 0 where there was none. */
class Answer extends Error {
  constructor(status, code = REFUSED[status]) {
    super(String(status));
    Object.assign(this, { status, code });
  }
}

/** Dispatches "change" after any step; `problem` is null, waiting, full or forbidden. */
export class Queue extends EventTarget {
  problem = null;
  #store = openStore();
  #stopped = null;
  #wake = () => {};
  #sending = null;
  #channel = null;
  #failures = 0;
  #chunk = CHUNK;

  constructor({ uploads, deposits, token = null }) {
    super();
    Object.assign(this, { uploads, deposits });
    this.headers = token ? { Kiosk: token } : {};
  }

  /** What waits here: [{id, size, sent, state, since, code}]. */
  async rows() {
    const rows = await (await this.#store).rows();
    return rows.filter(({ state }) => state !== "draft").map(({ id, size, sent, state, since, code }) => (
      { id, size, sent, since, code, state: id === this.#sending ? "sending" : state }
    ));
  }

  /** Lets what was refused wait again: whoever runs the archive may have mended it. */
  async retry() {
    const store = await this.#store;
    const refused = (await store.rows()).filter(({ state }) => state === "refused");
    for (const { id } of refused) await store.change(id, { state: "waiting", code: undefined });
    if (refused.length) this.#changed();
  }

  /** Resolves when it was taken in; rejects with {code} when it was refused. */
  async sent(id) {
    for (;;) {
      const changed = new Promise((resolve) => { this.addEventListener("change", resolve, { once: true }); });
      const row = await (await this.#store).row(id);
      if (!row) return;
      if (row.state === "refused") throw new Answer(422, row.code);
      await changed;
    }
  }

  start() {
    if (this.#stopped) return;
    this.#stopped = new AbortController();
    const { signal } = this.#stopped;
    const hurry = () => { this.#failures = 0; this.#wake(); };
    addEventListener("online", hurry, { signal });
    this.#channel = new BroadcastChannel(CHANNEL);
    this.#channel.addEventListener("message", () => { hurry(); this.dispatchEvent(new Event("change")); });
    signal.addEventListener("abort", () => this.#wake());
    // One window sends at a time; the next goes on when this one is gone.
    navigator.locks.request(LOCK, { signal }, () => this.#run(signal)).catch((error) => {
      if (error.name !== "AbortError") throw error;
    });
  }

  stop() {
    this.#stopped?.abort();
    this.#channel?.close();
    this.#stopped = this.#channel = null;
  }

  async #run(signal) {
    const store = await this.#store;
    while (!signal.aborted) {
      const awake = new Promise((resolve) => { this.#wake = resolve; });
      const due = (await store.rows()).filter(({ state }) => state === "waiting");
      due.sort((one, other) => one.since.localeCompare(other.since));
      this.problem = null;
      for (const row of due) await this.#send(store, row, signal);
      this.#changed();
      const pause = Math.min(FIRST * 2 ** this.#failures, LONGEST) * (0.5 + Math.random() / 2);
      const timer = this.problem && setTimeout(this.#wake, pause);
      this.#failures = this.problem ? this.#failures + 1 : 0;
      if (!signal.aborted) await awake;
      clearTimeout(timer);
    }
  }

  async #send(store, row, signal) {
    if (signal.aborted) return;
    this.#sending = row.id;
    this.#changed();
    try {
      await this.#uploaded(store, row, signal);
      await this.#deposited(row);
      await store.remove(row.id);
    } catch (error) {
      if (error.erased) await store.remove(row.id);
      // What went wrong here, and no answer, has codes of its own: it only waits.
      else await this.#failed(store, row, error instanceof Answer ? error : new Answer(0)).catch(() => {});
    } finally {
      this.#sending = null;
      this.#changed();
    }
  }

  /** Some answers end it, some begin the upload anew; all others are asked for again. */
  async #failed(store, row, { status, code, deposit }) {
    // Said first: where there is no room to note anything, it is still asked for again.
    this.problem = { 403: "forbidden", 507: "full" }[status] ?? "waiting";
    if (code) {
      await store.change(row.id, { state: "refused", code });
      this.problem = null;
      return;
    }
    const gone = status === 404 || (status === 410 && !deposit);
    if (gone) await store.change(row.id, { upload: null, sent: 0, whole: false });
  }

  async #uploaded(store, row, signal) {
    if (row.whole) return;
    const bytes = await store.blob(row);
    const kept = (changes) => store.change(row.id, Object.assign(row, changes));
    try {
      await sendResumably(bytes, {
        endpoint: this.uploads,
        address: row.upload,
        part: this.#chunk,
        headers: this.headers,
        signal,
        begun: (upload) => kept({ upload }),
        kept: async (sent) => { await kept({ sent }); this.#changed(); },
      });
    } catch (error) {
      throw error instanceof UploadError ? this.#answered(error) : error;
    }
    await kept({ sent: bytes.size, whole: true });
  }

  /** What an upload was answered; a part that was too large comes again in smaller ones. */
  #answered({ method, status }) {
    if (status !== 413 || method !== "PATCH" || this.#chunk <= LEAST_CHUNK) return new Answer(status);
    this.#chunk = Math.max(this.#chunk / 2, LEAST_CHUNK);
    return new Answer(0);
  }

  async #deposited({ upload, recipient, key, claim, description, audience, transcription, language, cut, pending }) {
    const body = {
      upload: upload.split("/").at(-1), recipient, key: base64(key), claim,
      description: base64(description), audience, transcription, language, cut, pending: pending.map(base64),
    };
    let answer;
    try {
      answer = await fetch(this.deposits, {
        method: "POST",
        headers: { "Content-Type": "application/json", ...this.headers },
        body: JSON.stringify(body),
        credentials: "omit",
        redirect: "error",
      });
    } catch {
      throw new Answer(0);
    }
    const said = (await answer.json().catch(() => null)) ?? {};
    // A proxy may answer for the archive: only what names the testimony took it in.
    if (answer.ok && TESTIMONY.test(said.testimony)) return;
    const code = answer.status === 422 ? String(said.error ?? "refused") : undefined;
    const erased = answer.status === 410 && said.error === "erased";
    throw Object.assign(new Answer(answer.ok ? 0 : answer.status, code), { deposit: true, erased });
  }

  /** Tells this window, and those that wait for the one that sends. */
  #changed() {
    this.dispatchEvent(new Event("change"));
    this.#channel?.postMessage("changed");
  }
}

function base64(bytes) {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}
