// The files of a ZIP that keeps them as they are, without reading more than its list.

const END = 0x06054b50;
const END_64 = 0x06064b50;
const LOCATOR_64 = 0x07064b50;
const ENTRY = 0x02014b50;
const END_SIZE = 22;
const LONGEST_COMMENT = 0xffff;
const IN_64 = 0xffffffff;
const name = new TextDecoder();

/** This is no whole ZIP of ours: broken off, or something else. */
export class NoPackage extends Error {}

/** Returns a Map of names to Blobs, which stay where the file lies. */
export async function filesIn(zip) {
  const start = Math.max(0, zip.size - END_SIZE - LONGEST_COMMENT - 20);
  const tail = await viewOf(zip, start, zip.size);
  const end = await listOf(zip, tail, start);
  const list = await viewOf(zip, end.offset, end.offset + end.size);
  const found = new Map();
  for (let at = 0; at + 46 <= list.byteLength && list.getUint32(at, true) === ENTRY;) {
    const entry = entryAt(list, at);
    if (entry.method !== 0) throw new NoPackage();
    found.set(entry.name, await dataOf(zip, entry));
    at = entry.next;
  }
  if (!found.size) throw new NoPackage();
  return found;
}

/** Returns where the list of files lies, for a file of more than 4 GB, too. */
async function listOf(zip, tail, start) {
  for (let at = tail.byteLength - END_SIZE; at >= 0; at -= 1) {
    if (tail.getUint32(at, true) !== END) continue;
    const size = tail.getUint32(at + 12, true);
    const offset = tail.getUint32(at + 16, true);
    if (at < 20 || tail.getUint32(at - 20, true) !== LOCATOR_64) return { size, offset };
    const where = number64(tail, at - 12);
    const end = await viewOf(zip, where, Math.min(where + 56, start + at));
    if (end.byteLength < 56 || end.getUint32(0, true) !== END_64) throw new NoPackage();
    return { size: number64(end, 40), offset: number64(end, 48) };
  }
  throw new NoPackage();
}

function entryAt(list, at) {
  const [names, extras, comments] = [28, 30, 32].map((each) => list.getUint16(at + each, true));
  const next = at + 46 + names + extras + comments;
  if (next > list.byteLength) throw new NoPackage();
  const entry = {
    name: name.decode(new Uint8Array(list.buffer, list.byteOffset + at + 46, names)),
    method: list.getUint16(at + 10, true),
    size: list.getUint32(at + 20, true),
    whole: list.getUint32(at + 24, true),
    offset: list.getUint32(at + 42, true),
    next,
  };
  // What does not fit in 32 bits stands behind, in this order.
  const more = extra(list, at + 46 + names, extras);
  for (const key of ["whole", "size", "offset"]) {
    if (entry[key] === IN_64 && more.length) entry[key] = more.shift();
  }
  return entry;
}

function extra(list, from, length) {
  for (let at = from; at + 4 <= from + length;) {
    const size = list.getUint16(at + 2, true);
    if (list.getUint16(at, true) === 1) {
      const count = Math.floor(Math.min(size, from + length - at - 4) / 8);
      return Array.from({ length: count }, (_, each) => number64(list, at + 4 + 8 * each));
    }
    at += 4 + size;
  }
  return [];
}

async function dataOf(zip, { offset, size }) {
  const head = await viewOf(zip, offset, offset + 30);
  if (head.byteLength < 30) throw new NoPackage();
  const start = offset + 30 + head.getUint16(26, true) + head.getUint16(28, true);
  if (start + size > zip.size) throw new NoPackage();
  return zip.slice(start, start + size);
}

async function viewOf(zip, start, end) {
  return new DataView(await zip.slice(start, end).arrayBuffer());
}

function number64(view, at) {
  return Number(view.getBigUint64(at, true));
}
