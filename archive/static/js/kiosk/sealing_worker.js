// Holds the secrets of one recording, and seals. Nothing secret leaves this worker but
// the words of a code that was saved; nothing secret is ever written.
import { newCode } from "./claim_code.js";
import { OrderError, hold, holdIfFree } from "./drafts_in_hand.js";
import { PendingPieces, dropPending, pendingOf } from "./pending_pieces.js";
import { openStore } from "./sealed_store.js";
import { claimOf, description, draftKey, encrypter, finalKey, newKey, opened } from "./sealing_keys.js";
import { SealedWriting } from "./sealed_writing.js";

let archive = null;
let store = null;
let current = null;
let last = Promise.resolve();

const calls = {
  async open(given) {
    archive = given;
    store = await openStore();
    await store.sweep();
  },

  async begin(language) {
    if (current) throw new OrderError();
    const id = crypto.randomUUID();
    const { identity, recipient } = await newKey();
    const words = newCode(archive.words, language);
    const release = await hold(id);
    const row = { id, state: "draft", begun: today(), chunked: store.chunked, recipient };
    try {
      await store.reserve();
      await store.put({ ...row, key: await draftKey(identity, archive.recipient) });
      const writing = await SealedWriting.begin(
        await store.writer(id), encrypter(recipient), () => store.release(),
      );
      const pending = await PendingPieces.begin(store, id, (piece) => encrypter(recipient).encrypt(piece));
      current = { id, row, identity, words, language, writing, pending, release, size: null };
      return id;
    } catch (error) {
      await store.remove(id);
      release();
      throw error;
    }
  },

  async write(bytes) {
    const { writing, pending } = unfinished();
    const from = writing.plain;
    await writing.write(bytes);
    await pending.keep(from, bytes);
  },

  async seal(file, progress) {
    await unfinished().writing.writeAll(file, progress);
  },

  async finish() {
    const { id, writing, pending, words, language } = unfinished();
    current.size = await writing.finish();
    pending.close();
    await store.inReserve(() => store.change(id, { whole: true }));
    await dropPending(store, id);
    // Only now: its loop lets no message in for seconds, and nothing is recorded any more.
    current.claim = claimOf(language, words, archive.salt);
    current.claim.catch(() => {});
    return { size: current.size };
  },

  async read() {
    const { row, identity, reading } = finished();
    await reading?.cancel();
    current.reading = (await opened(await store.blob(row), identity)).getReader();
  },

  async next() {
    const { done, value } = await finished().reading.read();
    return done ? null : value;
  },

  async unread() {
    await current?.reading?.cancel();
  },

  async save(said) {
    const { row, identity, words, language, size, reading, release } = finished();
    const claim = await current.claim;
    await reading?.cancel();
    await store.inReserve(async () => store.put({
      ...waiting(row, size, claim, said.language ?? language),
      key: await finalKey(identity, archive.recipient, claim.recipient),
      description: await description(said, row.recipient),
      audience: said.audience,
      transcription: said.transcription,
      cut: false,
      pending: [],
    }));
    current = null;
    release();
    return { words, language };
  },

  async discard() {
    if (!current) return;
    const { id, writing, pending, size, reading, release } = current;
    current = null;
    await reading?.cancel();
    if (size === null) {
      await writing.abandon();
      pending.close();
    }
    await store.remove(id);
    release();
  },

  async drafts() {
    const found = [];
    for (const { id } of (await store.rows()).filter(({ state }) => state === "draft")) {
      const release = await holdIfFree(id);
      if (!release) continue;
      try {
        // Read again: until it was in hand here, another window may have had it.
        const row = await store.row(id);
        const draft = row?.state === "draft" ? await cutOff(row) : null;
        if (draft) found.push(draft);
      } finally {
        release();
      }
    }
    return found;
  },

  async recover(id, { language }) {
    const release = await hold(id);
    try {
      const row = await store.row(id);
      if (row?.state !== "draft") throw new OrderError();
      const words = newCode(archive.words, language);
      const claim = await claimOf(language, words, archive.salt);
      await store.inReserve(async () => store.put({
        ...waiting(row, await store.size(row), claim, language),
        key: row.key,
        description: await description({}, row.recipient),
        audience: "me",
        transcription: false,
        cut: true,
        pending: await pendingOf(store, id),
      }));
      await dropPending(store, id);
      return { words, language };
    } finally {
      release();
    }
  },

  /** How much of so many bytes there is room for. */
  async room(needed) {
    return store.room(needed);
  },

  async drop(id) {
    const release = await hold(id);
    if ((await store.row(id))?.state === "draft") await store.remove(id);
    release();
  },
};

/** What a crash left of a draft; where nothing was told yet, nobody could hear it. */
async function cutOff(row) {
  const pieces = await pendingOf(store, row.id);
  const size = pieces.reduce((sum, { length }) => sum + length, await store.size(row));
  if (row.whole || pieces.length) return { id: row.id, size, begun: row.begun };
  await store.remove(row.id);
  return null;
}

function waiting({ id, chunked, recipient }, size, claim, language) {
  return { id, state: "waiting", since: today(), chunked, recipient, size, sent: 0, claim, language };
}

function unfinished() {
  if (!current || current.size !== null) throw new OrderError();
  return current;
}

function finished() {
  if (!current || current.size === null) throw new OrderError();
  return current;
}

function today() {
  return new Date().toISOString().slice(0, 10);
}

async function answer({ number, call, given }) {
  const progress = (part) => postMessage({ number, part });
  try {
    const result = await calls[call](...given, progress);
    postMessage({ number, result }, result instanceof Uint8Array ? [result.buffer] : []);
  } catch (error) {
    // A DOMException has a number there.
    const code = typeof error.code === "string" ? error.code : "failed";
    postMessage({ number, code, name: error.name });
  }
}

addEventListener("message", ({ data }) => {
  // A discard does not wait until a whole file was sealed.
  if (data.call === "discard" && current?.size === null) current.writing.input.abort().catch(() => {});
  last = last.then(() => answer(data));
});
