// Two ways to write ciphertext so that it is on the disk when a write is done.

/** Strict: told of as done only when it would outlive a power cut. */
export const DURABLE = { durability: "strict" };
const STEPS = 20;

/** There is no room left; what was kept stays. */
export class FullError extends Error {
  code = "full";
}

/** Where a file goes on when it may not grow: Chromium lets files grow by doubling, so
 * that the room left for it may be much, and still too little for the next step. */
export const TAIL = ".tail";

/** Writes a file; after each append it is on the disk. For a worker only. */
export class FileWriter {
  size = 0;
  #before = 0;

  static async open(files, id) {
    const writer = new FileWriter();
    Object.assign(writer, { files, id });
    await writer.#open(id);
    return writer;
  }

  async append(bytes) {
    const at = this.size - this.#before;
    await roomy(() => {
      const written = this.handle.write(bytes, { at });
      if (written !== bytes.length) throw new FullError();
      this.handle.flush();
    }, () => this.handle.truncate(at));
    this.size += bytes.length;
  }

  /** Goes on in another file; the first lets go of what was set aside for it. */
  async spill() {
    this.handle.close();
    this.#before = this.size;
    await roomy(() => this.#open(this.id + TAIL));
  }

  async #open(name) {
    this.handle = await (await this.files.getFileHandle(name, { create: true })).createSyncAccessHandle();
    this.handle.truncate(0);
  }

  /** Returns how long an empty file could become, up to `most`. */
  room(most) {
    for (let size = most; size > 0; size -= most / STEPS) {
      try {
        this.handle.truncate(size);
        return size;
      } catch (error) {
        if (error.name !== "QuotaExceededError") throw error;
      }
    }
    return 0;
  }

  close() {
    this.handle.close();
  }
}

/** Writes numbered chunks into IndexedDB. */
export class ChunkWriter {
  size = 0;
  count = 0;

  constructor(rows, id) {
    Object.assign(this, { rows, id });
  }

  async append(bytes) {
    await roomy(async () => {
      const change = this.rows.transaction("chunks", "readwrite", DURABLE);
      await Promise.all([change.store.put(bytes, [this.id, this.count]), change.done]);
    });
    this.count += 1;
    this.size += bytes.length;
  }

  async spill() {}

  close() {}
}

/** Runs a step; a lack of room becomes FullError, after `undo`. */
export async function roomy(step, undo) {
  try {
    return await step();
  } catch (error) {
    if (error.name !== "QuotaExceededError" && !(error instanceof FullError)) throw error;
    undo?.();
    throw new FullError();
  }
}

/** The chunks of one recording, from one on. */
export function range(id, from = 0) {
  return IDBKeyRange.bound([id, from], [id, Infinity]);
}
