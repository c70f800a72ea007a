// Record or choose a file, say who may listen, send it by tus. Nothing is stored here.
const TYPES = ["audio/webm;codecs=opus", "audio/mp4;codecs=opus", "audio/mp4", ""];
const BITS = 48000;
const CHUNK = 4 * 1024 * 1024;
const RETRIES = [0, 1000, 3000, 5000, 10000, 20000, 30000];

const form = document.querySelector("#deposit");
const said = form.dataset;
const find = (name) => form.querySelector(`[data-${name}]`);
let recording = null;
let recorder = null;
let chunks = [];
let seconds = 0;
let clock = null;
let abandoned = false;
let upload = null;
let leaving = false;

function show(step) {
  for (const section of form.querySelectorAll("[data-step]")) section.hidden = section.dataset.step !== step;
  tell("");
  scrollTo(0, 0);
  const heading = form.querySelector(`[data-step="${step}"] h1`);
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}

function tell(problem) {
  const box = find("problem");
  box.textContent = problem;
  box.hidden = !problem;
}

function drop() {
  if (recorder && recorder.state !== "inactive") recorder.stop();
  const preview = find("preview");
  if (preview.src) URL.revokeObjectURL(preview.src);
  preview.removeAttribute("src");
  // What was sent of it is forgotten there too; if that fails, the archive sweeps it.
  upload?.abort(true).catch(() => {});
  upload = null;
  recording = null;
  chunks = [];
  form.querySelector("#file").value = "";
}

function keep(blob) {
  drop();
  recording = blob;
  find("preview").src = URL.createObjectURL(blob);
  show("after");
}

function buttons(state) {
  find("record").hidden = state !== "inactive";
  find("stop").hidden = state === "inactive";
  find("pause").hidden = state !== "recording";
  find("resume").hidden = state !== "paused";
  find("state").textContent = { inactive: "", recording: said.listening, paused: said.paused }[state];
}

function tick() {
  if (recorder.state === "recording") seconds += 1;
  find("clock").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

async function record() {
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  } catch {
    tell(said.refused);
    return;
  }
  const type = TYPES.find((each) => !each || MediaRecorder.isTypeSupported(each));
  recorder = new MediaRecorder(stream, { mimeType: type || undefined, audioBitsPerSecond: BITS });
  chunks = [];
  seconds = 0;
  recorder.addEventListener("dataavailable", (event) => chunks.push(event.data));
  recorder.addEventListener("stop", () => {
    clearInterval(clock);
    for (const track of stream.getTracks()) track.stop();
    const blob = new Blob(chunks, { type: recorder.mimeType });
    buttons("inactive");
    finished(blob);
  });
  recorder.start(1000);
  clock = setInterval(tick, 1000);
  tell("");
  buttons("recording");
}

function finished(blob) {
  if (abandoned) { abandoned = false; chunks = []; return; }
  keep(blob);
}

function chosen(file) {
  if (!file) return;
  if (!file.size) { tell(said.empty); return; }
  if (file.size > Number(said.max)) { tell(said.large); return; }
  keep(file);
}

function statusOf(error) {
  return error.originalResponse ? error.originalResponse.getStatus() : 0;
}

function problemOf(error) {
  return { 413: said.large, 415: said.unknown, 507: said.full }[statusOf(error)] || said.failed;
}

function save() {
  show("sending");
  upload = new tus.Upload(recording, {
    endpoint: said.uploads,
    // Tried once more by hand, it goes on where it stopped.
    uploadUrl: upload?.url,
    chunkSize: CHUNK,
    retryDelays: RETRIES,
    // Kept in this page's memory alone: a shared tablet remembers nothing.
    storeFingerprintForResuming: false,
    onShouldRetry: (error) => {
      const status = statusOf(error);
      const again = status === 0 || status === 409 || status === 423 || (status >= 500 && status !== 507);
      if (again) find("sending").textContent = said.retry;
      return again;
    },
    onProgress: (sent, total) => {
      const part = Math.floor((100 * sent) / total);
      find("progress").value = part;
      find("sending").textContent = said.sent.replace("{part}", `${part} %`);
    },
    onError: (error) => { show("more"); tell(problemOf(error)); },
    onSuccess: () => {
      form.elements.upload.value = upload.url.split("/").pop();
      leaving = true;
      form.submit();
    },
  });
  upload.start();
}

form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("click", (event) => {
  const target = event.target.closest("[data-go]");
  if (!target) return;
  if (recorder && recorder.state !== "inactive") { abandoned = true; recorder.stop(); }
  if ("drop" in target.dataset || target.dataset.go === "start") drop();
  show(target.dataset.go);
});
find("record").addEventListener("click", record);
find("pause").addEventListener("click", () => { recorder.pause(); buttons("paused"); });
find("resume").addEventListener("click", () => { recorder.resume(); buttons("recording"); });
find("stop").addEventListener("click", () => recorder.stop());
find("save").addEventListener("click", save);
form.querySelector("#file").addEventListener("change", (event) => chosen(event.target.files[0]));
// A recording lives in this page alone until it is saved.
addEventListener("beforeunload", (event) => {
  const unsaved = recording || (recorder && recorder.state !== "inactive");
  if (unsaved && !leaving) event.preventDefault();
});
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
