// What the kiosk keeps on the tablet: rows, and ciphertext. Nothing here can be opened
// with what lies here. Bytes are files of the origin's private file system; where a
// browser has none (Safari's private windows), numbered chunks in IndexedDB.
import { openDB } from "../../vendor/idb-8.0.4.min.js";
import { dropPending } from "./pending_pieces.js";
import { ChunkWriter, DURABLE, FileWriter, FullError, TAIL, range, roomy } from "./sealed_writers.js";

const NAME = "resguardo-kiosk";
const FOLDER = "sealed";
const RESERVE = "reserve";
const PROBE = "probe-";
// A tail takes one mebibyte in Chromium; the rest is for the row.
const RESERVED = 1536 * 1024;
const TOGETHER = 64;

/** Opens the rows and the bytes. */
export async function openStore() {
  const rows = await openDB(NAME, 1, {
    upgrade(made) {
      made.createObjectStore("rows", { keyPath: "id" });
      made.createObjectStore("chunks");
    },
  });
  return new SealedStore(rows, await folder());
}

async function folder() {
  try {
    const root = await navigator.storage.getDirectory();
    return await root.getDirectoryHandle(FOLDER, { create: true });
  } catch {
    return null;
  }
}

class SealedStore {
  constructor(rows, files) {
    this.db = rows;
    this.files = files;
  }

  rows() {
    return this.db.getAll("rows");
  }

  row(id) {
    return this.db.get("rows", id);
  }

  async put(row) {
    await roomy(async () => {
      const change = this.db.transaction("rows", "readwrite", DURABLE);
      await Promise.all([change.store.put(row), change.done]);
    });
  }

  /** Changes a row that is still there. */
  async change(id, changes) {
    await roomy(async () => {
      const change = this.db.transaction("rows", "readwrite", DURABLE);
      const row = await change.store.get(id);
      if (row) change.store.put({ ...row, ...changes }).catch(() => {});
      await change.done;
    });
  }

  /** Removes the row, and with it the only keys, then the bytes. */
  async remove(id) {
    const change = this.db.transaction(["rows", "chunks"], "readwrite", DURABLE);
    await change.objectStore("rows").delete(id);
    await change.objectStore("chunks").delete(range(id));
    await change.done;
    await dropPending(this, id);
    for (const name of [id, id + TAIL]) await this.files?.removeEntry(name).catch(missing);
  }

  /** Removes bytes whose row is gone: a crash came between. A row is always first.
   * What another window has in its hands, it also removes. */
  async sweep() {
    const names = [];
    for await (const name of this.files?.keys() ?? []) names.push(name);
    const kept = new Set(await this.db.getAllKeys("rows"));
    for (const name of names) {
      if (name !== RESERVE && !kept.has(name.replace(/\.[a-z]+$/, ""))) await this.files.removeEntry(name).catch(inUse);
    }
  }

  /** Returns the sealed bytes as a Blob that is read from where they lie. */
  async blob(row) {
    const parts = [];
    if (!row.chunked) {
      parts.push(await (await this.files.getFileHandle(row.id)).getFile());
      const tail = await this.files.getFileHandle(row.id + TAIL).catch(missing);
      return tail ? new Blob([...parts, await tail.getFile()]) : parts[0];
    }
    for (let from = 0; ; from += TOGETHER) {
      const some = await this.db.getAll("chunks", range(row.id, from), TOGETHER);
      if (some.length) parts.push(new Blob(some));
      if (some.length < TOGETHER) return new Blob(parts);
    }
  }

  async size(row) {
    try {
      return (await this.blob(row)).size;
    } catch (error) {
      missing(error);
      return 0;
    }
  }

  /** Whether bytes are kept as chunks here; also says what `writer` will do. */
  get chunked() {
    return !this.files;
  }

  writer(id) {
    return roomy(() => (this.files ? FileWriter.open(this.files, id) : new ChunkWriter(this.db, id)));
  }

  /** Keeps some room back, so that what is begun can always be closed and saved. In
   * IndexedDB what is deleted does not make room at once: there a draft is what stays. */
  async reserve() {
    if (!this.files) return;
    const writer = await this.writer(RESERVE).catch(inUse);
    await writer?.append(new Uint8Array(RESERVED)).finally(() => writer.close());
  }

  async release() {
    await this.files?.removeEntry(RESERVE).catch(missing);
  }

  /** Does a step; where it lacks room, once more in what was kept back. */
  async inReserve(step) {
    try {
      await step();
    } catch (error) {
      if (!(error instanceof FullError)) throw error;
      await this.release();
      await step();
    }
  }

  /** Returns how much of `needed` bytes would fit, by trying: Chromium's estimate is
   * the same round figure for everyone, so that nobody is known by their disk. */
  async room(needed) {
    if (!this.files) {
      // WebKitGTK tells nothing: there a lack of room is known when it comes.
      const { quota = Infinity, usage = 0 } = (await navigator.storage?.estimate?.()) ?? {};
      return Math.min(Math.max(quota - usage, 0), needed);
    }
    const name = PROBE + crypto.randomUUID();
    const writer = await this.writer(name);
    try {
      return writer.room(needed);
    } finally {
      writer.close();
      await this.files.removeEntry(name).catch(missing);
    }
  }
}

/** Another window, or the one before this that is ending, holds the file. */
function inUse(error) {
  if (error.name !== "NoModificationAllowedError") missing(error);
}

function missing(error) {
  if (error.name !== "NotFoundError") throw error;
}
