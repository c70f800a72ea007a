// The kiosk: from the first screen to a story under lock, and nothing left of it here.
import { Choosing } from "./choosing.js";
import { Reports, kept } from "./device.js";
import { Idle } from "./idle.js";
import { keepOffline, version } from "./offline.js";
import { ofArchive, ofBrowser, ofRoom } from "./readiness.js";
import { said, say } from "./says.js";
import { Screens } from "./screens.js";
import { Tablet } from "./tablet.js";

const PATIENCE_MS = 3000;
// Here nobody's story is on the screen, or it is being saved.
const STILL = new Set(["k0", "k9", "saving", "unready"]);
const RESUMED = new Set(["#k1", "#k2"]);
const MINUTE_BYTES = 360_000;

const screens = new Screens();
const language = document.documentElement.lang;
const kiosk = { screens, language, story: null, sealing: null, questions: [], max: 0, stir: () => idle.stir() };
const choosing = new Choosing(kiosk);
let telling = null;
let key = null;
let queue = null;
let farewell = null;
let mine = "";
let draft = null;
let asked = null;
let leaving = false;
let revoked = false;
let busy = false;

const idle = new Idle(() => {
  if (STILL.has(screens.at) || telling?.playing) return "off";
  if (telling?.recording) return telling.paused ? "paused" : "off";
  return "on";
}, () => restart());

/** Begin anew in a fresh document: no key, no sound, no word of this one stays. */
async function restart() {
  if (leaving) return;
  leaving = true;
  idle.stop();
  telling?.close();
  telling?.hush();
  key?.forget();
  choosing.forget();
  const { story, sealing } = kiosk;
  const done = story && !story.saved && (story.kept || story.begun) ? sealing?.discard() : sealing?.forget();
  await Promise.race([
    Promise.resolve(done).catch(() => {}),
    new Promise((over) => { setTimeout(over, PATIENCE_MS); }),
  ]);
  location.replace("/kiosk");
}

const unsaved = () => kiosk.story && !kiosk.story.saved && (telling.recording || kiosk.story.kept);

function unready(problem) {
  say("unready", `unready.${problem}`);
  screens.show("unready");
  return false;
}

async function told(path, token) {
  const answer = await fetch(path, { cache: "no-store", headers: token ? { Kiosk: token } : {} });
  if (!answer.ok) throw new Error(path);
  return answer;
}

async function furnish() {
  const [problem] = ofBrowser();
  if (problem) return unready(problem);
  const token = await kept("token");
  let answer, archive, lists;
  try {
    answer = await told("/kiosk/archive.json", token);
    archive = await answer.json();
    const texts = await Promise.all(["es", "en"].map(async (each) => (await told(`/kiosk/words/${each}.txt`)).text()));
    lists = texts.map((each) => each.trim().split(/\s+/));
  } catch {
    return unready("archive");
  }
  const [wrong] = ofArchive(archive, answer, token);
  if (wrong) return unready(wrong);
  const [sealing, { Queue }, keys, { Telling }] = await Promise.all([
    import("./sealing.js"), import("./queue.js"), import("./key.js"), import("./telling.js"),
  ]);
  const words = { es: lists[0], en: lists[1] };
  try {
    kiosk.sealing = await sealing.Sealing.open({ recipient: archive.recipient, salt: archive.salt, words });
  } catch {
    return unready("key");
  }
  queue = new Queue({ uploads: "/uploads", deposits: "/kiosk/deposits", token });
  const revoke = () => { revoked = true; if (screens.at === "k0") unready("enrolment"); };
  queue.addEventListener("change", () => { if (queue.problem === "forbidden") revoke(); });
  queue.start();
  if (token) new Reports(queue, token, version, revoke);
  Object.assign(kiosk, { max: archive.max, questions: archive.questions?.[language] ?? [] });
  mine = archive.mine;
  document.querySelector("[data-mine]").href = mine;
  key = new keys.Key(screens, words[language]);
  farewell = keys.farewell;
  telling = new Telling(kiosk);
  await showCut();
  const refused = (await queue.rows()).some((row) => row.state === "refused");
  say("start.refused", refused ? "start.refused" : "");
  const [full] = await ofRoom(kiosk.sealing);
  return full ? unready(full) : true;
}

/** Say that a recording was cut off, where one was. */
async function showCut() {
  [draft] = await kiosk.sealing.drafts();
  document.querySelector("[data-cut]").hidden = !draft;
  if (!draft) return;
  const n = Math.max(1, Math.round(draft.size / MINUTE_BYTES));
  say("start.cut", n === 1 ? "start.cut_one" : "start.cut", { n });
}

/** Ask before something is lost for good. */
function ask(yes, no) {
  asked = { yes, no };
  telling.hush();
  screens.show("drop");
}

const discard = () => kiosk.sealing.discard().catch(() => {});

async function anew() {
  telling.close();
  await discard();
  Object.assign(kiosk.story, { kept: false, begun: false });
  if (kiosk.story.way === "file") screens.show("file");
  else telling.tryOut();
}

const actions = {
  begin: async () => {
    if (!(await ready)) return;
    if (revoked) { unready("enrolment"); return; }
    kiosk.story = { way: "voice", audience: "me", transcription: false, title: "", pseudonym: "" };
    screens.show("k1");
  },
  again: () => restart(),
  exit: () => {
    const back = screens.at;
    if (!unsaved()) { restart(); return; }
    if (telling.recording && !telling.paused && back === "k4") telling.pause();
    if (back !== "drop") ask(restart, () => screens.show(back));
  },
  tablet: () => tablet.then((found) => found.show()),
  send: () => tablet.then((found) => found.send()),
  way: async () => {
    kiosk.story.way = document.querySelector("[name=way]:checked").value;
    if (kiosk.story.way === "file") { say("file"); screens.show("file"); } else telling.tryOut();
  },
  "leave-try": () => { telling.close(); screens.show("k2"); },
  "leave-file": async () => { screens.show("k2"); await discard(); },
  record: () => { kiosk.story.begun = true; return telling.record(); },
  pause: () => telling.pause(),
  resume: () => telling.resume(),
  question: () => telling.ask(),
  stop: () => telling.stop(),
  "give-up": () => {
    if (!telling.paused) telling.pause();
    ask(anew, () => screens.show("k4"));
  },
  hear: () => telling.hear(),
  "tell-again": () => ask(anew, () => screens.show("k5")),
  erase: () => ask(restart, () => screens.show("k5")),
  drop: () => asked.yes(),
  keep: () => asked.no(),
  "to-who": () => { telling.hush(); choosing.onward(); },
  audience: () => choosing.audience(),
  anyone: () => choosing.anyone(),
  machine: () => choosing.machine(),
  name: () => choosing.name(),
  save,
  print: async () => key.print((await kept("paper")) ?? "card", false),
  "print-plain": async () => key.print((await kept("paper")) ?? "card", true),
  confirm: () => key.ask(),
  "not-now": () => done(),
  finish: () => restart(),
  "keep-cut": async () => {
    screens.show("saving");
    try {
      const { words } = await kiosk.sealing.recover(draft.id, { language });
      kiosk.story = { saved: true };
      queue.start();
      key.show(words, mine);
    } catch {
      screens.show("cut");
      screens.tell(said("check.failed"));
    }
  },
  "drop-cut": () => ask(async () => { await kiosk.sealing.drop(draft.id); await restart(); }, () => screens.show("cut")),
};

async function save() {
  const { audience, transcription, title, pseudonym } = kiosk.story;
  screens.show("saving");
  try {
    const { words } = await kiosk.sealing.save({ audience, transcription, title, pseudonym, language });
    kiosk.story.saved = true;
    queue.start();
    key.show(words, mine);
  } catch {
    screens.show("k7");
    screens.tell(said("check.failed"));
  }
}

function done() {
  key.forget();
  // Whoever leaves in the same moment ends the next worker before it has opened.
  kiosk.sealing.forget().catch(() => {});
  farewell(screens, queue, restart);
}

/** A second touch while the first still works is no second wish; leaving always is. */
async function once(act) {
  if (busy && act !== "exit" && !act.startsWith("leave")) return;
  busy = true;
  try {
    await actions[act]();
  } finally {
    busy = false;
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do], [data-go], [data-change], [data-word], [data-language]");
  if (!button) return;
  const { do: act, go, change, word, language: other } = button.dataset;
  if (act) once(act);
  else if (go || change) screens.show(go ?? change);
  else if (word) { if (key.touch(button)) done(); }
  else if (other !== undefined) { event.preventDefault(); location.replace(button.href); }
});
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-file]")) { kiosk.story.begun = true; telling.bring(event.target); }
});
// Nothing is lost by a slip of the finger, and nothing comes back out of the browser's memory.
addEventListener("beforeunload", (event) => { if (unsaved() && !leaving) event.preventDefault(); });
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
screens.addEventListener("shown", () => idle.stir());

screens.show("k0");
const ready = furnish().catch(() => unready("archive"));
const tablet = ready.then(() => new Tablet(screens, queue));
const resumed = location.hash;
history.replaceState(null, "", location.pathname);
if (RESUMED.has(resumed)) {
  actions.begin().then(() => { if (screens.at === "k1") screens.show(resumed.slice(1)); });
}
addEventListener("online", () => { if (screens.at === "unready") restart(); });
keepOffline(screens, () => screens.at === "k0").catch(() => {});
