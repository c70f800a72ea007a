// Opens a narrator's sealed files with their seven words, as archive/claims.py has it.
import { Decrypter, bech32, scryptAsync } from "../../vendor/age-0.3.1.min.js";
import { NoPackage, filesIn } from "./zip.js";

const SALT = "resguardo/claim/v1";
const SCRYPT = { N: 2 ** 17, r: 8, p: 1, dkLen: 64 };
const IDENTITY = "AGE-SECRET-KEY-PQ-";
const SALT_FILE = "claim.salt";
const KEY_FILE = "testimony.age";
const CONTENTS = "contents.age";
// So many bytes are held before the browser is given them to keep, on disk if it likes.
const HELD = 8 << 20;
const utf8 = new TextEncoder();
const text = new TextDecoder();

/** These words open something else, or nothing. */
export class WrongWords extends Error {}
/** A file is not what was sealed, or not there. */
export class Damaged extends Error {}

/** Returns a Map of short names to Blobs: of one package, or of what was in it. */
export async function gathered(files) {
  const packed = files.length === 1 ? await filesIn(files[0]) : files.map((each) => [each.name, each]);
  const found = new Map(Array.from(packed, ([name, blob]) => [name.split("/").at(-1), blob]));
  for (const each of [SALT_FILE, KEY_FILE, CONTENTS]) if (!found.has(each)) throw new NoPackage();
  return found;
}

/** Returns {contents, identity}: what there is, and what opens it. */
export async function unlocked(files, code, onProgress) {
  const salt = new Uint8Array(await files.get(SALT_FILE).arrayBuffer());
  const claim = await identityOf(code, salt, onProgress);
  const entry = text.decode(await openedBytes(files.get(KEY_FILE), claim));
  const identity = entry.split("\n").find((line) => line && !line.startsWith("#"));
  const contents = JSON.parse(text.decode(await openedBytes(files.get(CONTENTS), identity)));
  return { contents, identity };
}

/** Returns the plain text of a small file. */
export async function openedText(blob, identity) {
  return text.decode(await openedBytes(blob, identity));
}

/** Returns the plain bytes of a file of any size, as a Blob; `onProgress` gets 0 to 1. */
export async function openedBlob(blob, identity, total, onProgress) {
  if (!blob) throw new Damaged();
  const reader = (await decrypted(blob.stream(), identity)).getReader();
  const kept = [];
  let held = [], size = 0, waiting = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      held.push(value);
      waiting += value.length;
      size += value.length;
      if (waiting < HELD) continue;
      kept.push(new Blob(held));
      [held, waiting] = [[], 0];
      onProgress(Math.min(1, size / (total || size)));
    }
  } catch {
    throw new Damaged();
  }
  const start = new Uint8Array(await new Blob([...kept, ...held]).slice(0, 12).arrayBuffer());
  return new Blob([...kept, ...held], { type: kindOf(start).type });
}

/** Returns {type, ending} of a recording that begins so, as archive/signatures.py. */
export function kindOf(start) {
  const at = (from, letters) => letters.split("").every((each, n) => start[from + n] === each.charCodeAt(0));
  if (at(0, "OggS")) return { type: "audio/ogg", ending: "ogg" };
  if (at(0, "fLaC")) return { type: "audio/flac", ending: "flac" };
  if (at(0, "\x1a\x45\xdf\xa3")) return { type: "video/webm", ending: "webm" };
  if (at(0, "RIFF")) return { type: "audio/wav", ending: "wav" };
  if (at(0, "#!AM")) return { type: "audio/amr", ending: "amr" };
  if (at(4, "ftypM4A")) return { type: "audio/mp4", ending: "m4a" };
  if (at(4, "ftyp") || at(4, "moov") || at(4, "mdat") || at(4, "wide") || at(4, "free")) {
    return { type: "video/mp4", ending: "mp4" };
  }
  return { type: "audio/mpeg", ending: "mp3" };
}

async function identityOf(code, salt, onProgress) {
  const start = utf8.encode(SALT);
  const salted = new Uint8Array([...start, ...salt]);
  const stretched = await scryptAsync(utf8.encode(code), salted, { ...SCRYPT, onProgress });
  const identity = bech32.encodeFromBytes(IDENTITY, stretched.subarray(32)).toUpperCase();
  stretched.fill(0);
  return identity;
}

async function openedBytes(blob, identity) {
  if (!blob) throw new Damaged();
  return decrypted(new Uint8Array(await blob.arrayBuffer()), identity);
}

async function decrypted(sealed, identity) {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  try {
    return await decrypter.decrypt(sealed);
  } catch (error) {
    throw /no identity matched/.test(error.message) ? new WrongWords() : new Damaged();
  }
}
