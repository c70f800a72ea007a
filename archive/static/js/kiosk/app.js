// The kiosk: from the first screen to a story under lock, and nothing left of it here.
import { Choosing } from "./choosing.js";
import { CutOff } from "./cut_off.js";
import { kept } from "./device.js";
import { furnish } from "./furnishing.js";
import { Idle } from "./idle.js";
import { Leaving } from "./leaving.js";
import { keepOffline } from "./offline.js";
import { said, say } from "./says.js";
import { Screens } from "./screens.js";
import { Tablet } from "./tablet.js";

// Here nobody's story is on the screen, or it is being saved.
const STILL = new Set(["k0", "k9", "saving", "unready"]);
const RESUMED = new Set(["#k1", "#k2"]);

const screens = new Screens();
const language = document.documentElement.lang;
const kiosk = { screens, language, story: null, stir: () => kiosk.idle.stir() };
const choosing = kiosk.choosing = new Choosing(kiosk);
const leaving = new Leaving(kiosk);
const cutOff = new CutOff(kiosk);
const restart = () => leaving.restart();
let revoked = false;
let busy = false;

kiosk.idle = new Idle(() => {
  const { telling, bringing, hearing } = kiosk;
  if (STILL.has(screens.at) || hearing?.playing || bringing?.working) return "off";
  if (telling?.recording) return telling.paused ? "paused" : "off";
  return "on";
}, restart);

function unready(problem) {
  say("unready", `unready.${problem}`);
  screens.show("unready");
  return false;
}

function revoke() {
  revoked = true;
  if (screens.at === "k0") unready("enrolment");
}

async function open() {
  const problem = await furnish(kiosk, revoke);
  if (kiosk.queue) {
    document.querySelector("[data-mine]").href = kiosk.mine;
    await cutOff.look();
    const refused = (await kiosk.queue.rows()).some((row) => row.state === "refused");
    say("start.refused", refused ? "start.refused" : "");
  }
  return problem ? unready(problem) : true;
}

const discard = () => kiosk.sealing.discard().catch(() => {});

function toWay() {
  // Not waited for: a browser may ask for the microphone as long as it likes.
  if (kiosk.story.way !== "file") { kiosk.telling.tryOut(); return; }
  say("file");
  screens.show("file");
}

async function anew() {
  kiosk.telling.close();
  await discard();
  Object.assign(kiosk.story, { kept: false, begun: false });
  toWay();
}

const print = async (plain) => kiosk.key.print((await kept("paper")) ?? "card", plain);

const actions = {
  begin: async () => {
    if (!(await ready)) return;
    if (revoked) { unready("enrolment"); return; }
    kiosk.story = { way: "voice", audience: "me", transcription: false, title: "", pseudonym: "" };
    screens.show("k1");
  },
  again: restart,
  exit: () => leaving.exit(),
  tablet: () => tablet.then((found) => found.show()),
  send: () => tablet.then((found) => found.send()),
  way: () => {
    kiosk.story.way = document.querySelector("[name=way]:checked").value;
    toWay();
  },
  "leave-try": () => { kiosk.telling.close(); screens.show("k2"); },
  "leave-file": () => { screens.show("k2"); return discard(); },
  record: () => { kiosk.story.begun = true; return kiosk.telling.record(); },
  pause: () => kiosk.telling.pause(),
  resume: () => kiosk.telling.resume(),
  question: () => kiosk.telling.ask(),
  stop: () => kiosk.telling.stop(),
  "give-up": () => {
    if (kiosk.telling.recording && !kiosk.telling.paused) kiosk.telling.pause();
    leaving.ask(anew, () => screens.show("k4"));
  },
  // Not waited for: a slow tablet takes seconds to open it, and its owner may go on.
  hear: () => { kiosk.hearing.hear(); },
  "tell-again": () => leaving.ask(anew, () => screens.show("k5")),
  erase: () => leaving.ask(restart, () => screens.show("k5")),
  drop: () => leaving.yes(),
  keep: () => leaving.no(),
  "to-who": () => { kiosk.hearing.hush(); choosing.onward(); },
  audience: () => choosing.audience(),
  anyone: () => choosing.anyone(),
  machine: () => choosing.machine(),
  name: () => choosing.name(),
  save,
  print: () => print(false),
  "print-plain": () => print(true),
  confirm: () => kiosk.key.ask(),
  "not-now": () => done(),
  finish: restart,
  "keep-cut": () => cutOff.keep(),
  "drop-cut": () => leaving.ask(async () => { await cutOff.drop(); await restart(); }, () => screens.show("cut")),
};

async function save() {
  const { audience, transcription, title, pseudonym } = kiosk.story;
  screens.show("saving");
  try {
    const { words } = await kiosk.sealing.save({ audience, transcription, title, pseudonym, language });
    kiosk.story.saved = true;
    kiosk.queue.start();
    kiosk.key.show(words, kiosk.mine);
  } catch {
    screens.show("k7");
    screens.tell(said("check.failed"));
  }
}

function done() {
  // Whoever leaves in the same moment ends the next worker before it has opened.
  kiosk.sealing.forget().catch(() => {});
  kiosk.key.farewell(kiosk.queue, restart);
}

/** A second touch while the first still works is no second wish; leaving always is. */
async function once(act) {
  if (busy && act !== "exit" && !act.startsWith("leave")) return;
  busy = true;
  try {
    await actions[act]();
  } catch {
    screens.tell(said("any.failed"));
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
  else if (word) { if (kiosk.key.touch(button)) done(); }
  else if (other !== undefined) { event.preventDefault(); location.replace(button.href); }
});
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-file]")) { kiosk.story.begun = true; kiosk.bringing.bring(event.target); }
});
screens.addEventListener("shown", () => kiosk.idle.stir());

screens.show("k0");
const ready = open().catch(() => unready("archive"));
const tablet = ready.then(() => new Tablet(screens, kiosk.queue));
const resumed = location.hash;
history.replaceState(null, "", location.pathname);
if (RESUMED.has(resumed)) {
  once("begin").then(() => { if (screens.at === "k1") screens.show(resumed.slice(1)); });
}
addEventListener("online", () => { if (screens.at === "unready") restart(); });
keepOffline(screens, () => screens.at === "k0").catch(() => {});
