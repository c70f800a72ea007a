// Sends bytes in parts that add up, however often it is cut off: of tus 1.0
// (https://tus.io/protocols/resumable-upload) the core and the creation.

const VERSION = { "Tus-Resumable": "1.0.0" };
const PART = "application/offset+octet-stream";

/** What was answered, and to what; 0 where there was no answer. */
export class UploadError extends Error {
  constructor(method, status = 0) {
    super(`${method}: ${status}`);
    Object.assign(this, { method, status });
  }
}

/** Sends a Blob to `address`, where an upload was begun, or begins one at `endpoint`.
 *
 * Waits for `begun(address)` before it sends anything, and for `kept(offset)` after each
 * part; what they throw ends it. Throws UploadError otherwise. */
export async function sendResumably(bytes, { endpoint, address, part, headers, signal, begun, kept }) {
  const asking = { headers: { ...VERSION, ...headers }, signal };
  let offset = 0;
  if (address) {
    offset = offsetIn("HEAD", await asked("HEAD", address, asking), 0, bytes.size);
  } else {
    address = await create(endpoint, bytes.size, asking);
    await begun(address);
  }
  while (offset < bytes.size) {
    const body = bytes.slice(offset, offset + part);
    const told = { "Upload-Offset": String(offset), "Content-Type": PART };
    const answer = await asked("PATCH", address, asking, told, body);
    // At least a byte further, or it would go on for ever; never further than was sent.
    offset = offsetIn("PATCH", answer, offset + 1, offset + body.size);
    await kept(offset);
  }
}

async function create(endpoint, size, asking) {
  const answer = await asked("POST", endpoint, asking, { "Upload-Length": String(size) });
  const location = answer.headers.get("Location");
  if (!location) throw new UploadError("POST", answer.status);
  return new URL(location, answer.url).href;
}

async function asked(method, address, { headers, signal }, more = {}, body = null) {
  let answer;
  try {
    answer = await fetch(address, {
      method,
      headers: { ...headers, ...more },
      body,
      signal,
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
    });
  } catch {
    throw new UploadError(method);
  }
  if (!answer.ok) throw new UploadError(method, answer.status);
  return answer;
}

/** Whatever a proxy says in the archive's place has no offset, or none that can be. */
function offsetIn(method, answer, least, most) {
  const told = answer.headers.get("Upload-Offset") ?? "";
  const offset = /^\d+$/.test(told) ? Number(told) : -1;
  if (offset < least || offset > most) throw new UploadError(method, answer.status);
  return offset;
}
