// Seals while it is being recorded: plain bytes in, age's chunks onto the disk.
import { FullError } from "./sealed_writers.js";

const CHUNK = 64 * 1024;
const TAG = 16;

/** One age file in the making. Plain bytes are only ever in memory, at most 64 KiB. */
export class SealedWriting {
  #plain = 0;
  #waiting = null;
  #full = false;
  #broken = null;

  /** `makeRoom` gives back what was kept in reserve. */
  static async begin(writer, encrypter, makeRoom) {
    const writing = new SealedWriting();
    const pipe = new TransformStream();
    const sealed = await encrypter.encrypt(pipe.readable);
    writing.overhead = sealed.size(0) - TAG;
    Object.assign(writing, { writer, makeRoom, input: pipe.writable.getWriter() });
    writing.pumped = writing.#pump(sealed.getReader());
    return writing;
  }

  /** Resolves when all whole chunks are durable; rejects with FullError. */
  async write(bytes) {
    for (let from = 0; from < bytes.length; from += CHUNK) await this.#piece(bytes.slice(from, from + CHUNK));
  }

  /** Writes a whole file; `progress` is told parts of 1. */
  async writeAll(file, progress) {
    let done = 0;
    for await (const bytes of file.stream()) {
      await this.write(bytes);
      done += bytes.length;
      await turn();
      progress(done / file.size);
    }
  }

  /** Closes the age file and returns its size; also after FullError. */
  async finish() {
    if (this.#broken) throw this.#broken;
    this.input.close().catch(() => {});
    await this.pumped;
    this.writer.close();
    if (this.#broken) throw this.#broken;
    return this.writer.size;
  }

  /** Stops; what was written stays where it is, unfinished. */
  async abandon() {
    this.input.abort().catch(() => {});
    await this.pumped;
    this.writer.close();
  }

  async #piece(bytes) {
    if (this.#broken) throw this.#broken;
    if (this.#full) throw new FullError();
    this.#plain += bytes.length;
    this.input.write(bytes).catch(() => {});
    // age seals a chunk when it knows that another follows.
    const due = this.overhead + Math.floor((this.#plain - 1) / CHUNK) * (CHUNK + TAG);
    while (this.writer.size < due && !this.#broken) {
      await new Promise((resolve) => { this.#waiting = resolve; });
    }
    if (this.#broken) throw this.#broken;
    if (this.#full) throw new FullError();
  }

  async #pump(sealed) {
    try {
      for (;;) {
        const { done, value } = await sealed.read();
        if (done) return;
        await this.#append(value);
        this.#waiting?.();
      }
    } catch (error) {
      this.#broken = error ?? new Error("abandoned");
      this.#waiting?.();
      sealed.cancel().catch(() => {});
    }
  }

  async #append(bytes) {
    try {
      await this.writer.append(bytes);
    } catch (error) {
      if (!(error instanceof FullError) || this.#full) throw error;
      this.#full = true;
      await this.makeRoom();
      await this.writer.spill();
      await this.writer.append(bytes);
    }
  }
}

/** Lets messages in: a stream of bytes that are there already never does. */
function turn() {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = resolve;
    port2.postMessage(null);
  });
}
