// Hears a sealed recording again: opened piece by piece into MediaSource, never a Blob.
const AHEAD = 30;
const BEHIND = 20;

/** This browser cannot play this type from memory. */
export class Unplayable extends Error {
  code = "unplayable";
}

/** Begins to play; returns {close}. `read` yields plain bytes, as Sealing does. */
export async function play(element, read, mediaType) {
  const Source = globalThis.MediaSource ?? globalThis.ManagedMediaSource;
  if (!Source?.isTypeSupported(mediaType)) throw new Unplayable(mediaType);
  const closing = new AbortController();
  const { signal } = closing;
  const source = new Source();
  // Without this an iPhone does not open a managed source.
  element.disableRemotePlayback = true;
  const address = URL.createObjectURL(source);
  const opened = once(source, "sourceopen", signal);
  element.src = address;
  await opened;
  URL.revokeObjectURL(address);
  const buffer = source.addSourceBuffer(mediaType);
  const begun = feed(element, source, buffer, read, signal);
  const playable = once(element, "canplay", signal);
  await Promise.race([playable, begun]);
  begun.catch(() => {});
  await element.play().catch((error) => {
    // Not allowed without a touch: then the element's own button begins it.
    if (error.name !== "NotAllowedError") throw new Unplayable(error.name);
  });
  return {
    close() {
      closing.abort();
      element.pause();
      element.removeAttribute("src");
      element.load();
    },
  };
}

async function feed(element, source, buffer, read, signal) {
  for await (const bytes of read()) {
    while (!signal.aborted && ahead(element, buffer) > AHEAD) await once(element, "timeupdate", signal);
    if (signal.aborted || source.readyState !== "open") return;
    await append(element, buffer, bytes, signal);
  }
  if (source.readyState === "open") source.endOfStream();
  // Unplayable after all: its bytes are not what its type says.
  if (element.error) throw new Unplayable(element.error.message);
}

async function append(element, buffer, bytes, signal) {
  for (;;) {
    try {
      buffer.appendBuffer(bytes);
      return await updated(buffer, signal);
    } catch (error) {
      if (error.name !== "QuotaExceededError") throw new Unplayable(error.name);
    }
    const end = element.currentTime - BEHIND;
    if (end > 0) {
      buffer.remove(0, end);
      await updated(buffer, signal);
    }
    await once(element, "timeupdate", signal);
  }
}

async function updated(buffer, signal) {
  if (buffer.updating) await once(buffer, "updateend", signal);
}

function ahead({ currentTime }, { buffered }) {
  return buffered.length ? buffered.end(buffered.length - 1) - currentTime : 0;
}

/** Resolves at the next event, or when all is over. */
function once(target, name, signal) {
  return new Promise((resolve) => {
    target.addEventListener(name, resolve, { once: true });
    signal.addEventListener("abort", resolve, { once: true });
  });
}
