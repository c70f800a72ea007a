// Two ways to write ciphertext so that it is on the disk when a write is done.

/** Strict: told of as done only when it would outlive a power cut. */
export const DURABLE = { durability: "strict" };

/** There is no room left; what was kept stays. */
export class FullError extends Error {
  code = "full";
}

/** Writes a file; after each append it is on the disk. For a worker only. */
export class FileWriter {
  static async open(files, id) {
    const file = await files.getFileHandle(id, { create: true });
    return new FileWriter(await file.createSyncAccessHandle());
  }

  constructor(handle) {
    this.handle = handle;
    this.size = handle.getSize();
  }

  async append(bytes) {
    await roomy(() => {
      const written = this.handle.write(bytes, { at: this.size });
      if (written !== bytes.length) throw new FullError();
      this.handle.flush();
    }, () => this.handle.truncate(this.size));
    this.size += bytes.length;
  }

  async restart() {
    this.handle.truncate(0);
    this.size = 0;
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

  async restart() {
    await this.rows.delete("chunks", range(this.id));
  }

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
