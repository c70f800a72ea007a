// Reads a printed code with the camera, where the browser itself can; nothing is sent.
const PAUSE = 250;

/** Show `place` where codes can be read, and tell `found` what a code says. */
export async function offerScanning(place, found) {
  if (!place || !navigator.mediaDevices || !("BarcodeDetector" in globalThis)) return;
  const formats = await BarcodeDetector.getSupportedFormats();
  if (!formats.includes("qr_code")) return;
  const [start, stop] = place.querySelectorAll("button");
  const view = place.querySelector("video");
  const trouble = place.querySelector("[role=alert]");
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  let stream;

  function end() {
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = view.srcObject = null;
    view.hidden = stop.hidden = true;
    start.hidden = false;
  }

  async function begin() {
    trouble.hidden = true;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      trouble.hidden = false;
      return;
    }
    view.srcObject = stream;
    view.hidden = stop.hidden = false;
    start.hidden = true;
    stop.focus();
    await view.play();
    while (stream) {
      const [seen] = await detector.detect(view).catch(() => []);
      if (seen && stream) {
        end();
        found(seen.rawValue);
      } else {
        await new Promise((done) => { setTimeout(done, PAUSE); });
      }
    }
  }

  start.addEventListener("click", begin);
  stop.addEventListener("click", end);
  addEventListener("pagehide", end);
  place.hidden = false;
}
