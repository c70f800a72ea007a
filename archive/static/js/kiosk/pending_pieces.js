// What is not yet a whole chunk of the recording: kept in small age files of its own, so
// that a crash costs what came in the last second, and not the ten that fill a chunk.
import { DURABLE, range, roomy } from "./sealed_writers.js";

/** Where they lie: a file, or numbered pieces in IndexedDB. */
export const PENDING = ".pending";
const CHUNK = 64 * 1024;
const POSITION = 8;
const LENGTH = 4;

/** The pending pieces of one recording; each says where it belongs. */
export class PendingPieces {
  #whole = 0;

  /** `seal` makes an age file of bytes; whoever only drops pieces need not load age. */
  static async begin(store, id, seal) {
    const kept = store.files ? await PiecesInFile.open(store.files, id) : new PiecesInRows(store.db, id);
    return Object.assign(new PendingPieces(), { kept, seal });
  }

  /** Keeps what of `bytes`, which begin at `from`, is in no whole chunk yet. */
  async keep(from, bytes) {
    const end = from + bytes.length;
    // age seals a chunk when it knows that another follows.
    const whole = Math.floor(Math.max(end - 1, 0) / CHUNK) * CHUNK;
    const start = Math.max(from, whole);
    const piece = new Uint8Array(POSITION + end - start);
    new DataView(piece.buffer).setBigUint64(0, BigInt(start));
    piece.set(bytes.subarray(start - from), POSITION);
    const sealed = await this.seal(piece);
    await this.kept.append(sealed, whole > this.#whole);
    this.#whole = whole;
  }

  /** No more will come. */
  close() {
    this.kept.close();
  }
}

class PiecesInFile {
  #size = 0;

  static async open(files, id) {
    const handle = await (await files.getFileHandle(id + PENDING, { create: true })).createSyncAccessHandle();
    handle.truncate(0);
    return Object.assign(new PiecesInFile(), { handle });
  }

  async append(sealed, anew) {
    await roomy(() => {
      if (anew) {
        this.handle.truncate(0);
        this.#size = 0;
      }
      const bytes = new Uint8Array(LENGTH + sealed.length);
      new DataView(bytes.buffer).setUint32(0, sealed.length);
      bytes.set(sealed, LENGTH);
      this.handle.write(bytes, { at: this.#size });
      this.handle.flush();
      this.#size += bytes.length;
    });
  }

  close() {
    this.handle.close();
  }
}

class PiecesInRows {
  #count = 0;

  constructor(rows, id) {
    Object.assign(this, { rows, id });
  }

  async append(sealed, anew) {
    await roomy(async () => {
      const change = this.rows.transaction("chunks", "readwrite", DURABLE);
      if (anew) change.store.delete(range(this.id + PENDING)).catch(() => {});
      await Promise.all([change.store.put(sealed, [this.id + PENDING, this.#count]), change.done]);
    });
    this.#count += 1;
  }

  close() {}
}

/** Returns the sealed pieces of a recording that was cut off. */
export async function pendingOf(store, id) {
  if (!store.files) return store.db.getAll("chunks", range(id + PENDING));
  const handle = await store.files.getFileHandle(id + PENDING).catch(() => null);
  if (!handle) return [];
  const bytes = new Uint8Array(await (await handle.getFile()).arrayBuffer());
  const found = [];
  for (let at = 0; at + LENGTH < bytes.length;) {
    const end = at + LENGTH + new DataView(bytes.buffer).getUint32(at);
    if (end > bytes.length) break;
    found.push(bytes.slice(at + LENGTH, end));
    at = end;
  }
  return found;
}

/** Forgets them. */
export async function dropPending(store, id) {
  await store.db.delete("chunks", range(id + PENDING));
  await store.files?.removeEntry(id + PENDING).catch(() => {});
}
