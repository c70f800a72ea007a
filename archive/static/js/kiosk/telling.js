// K2 to K5: a voice, a picture or a file becomes a sealed recording.
import { play } from "./playback.js";
import { Recorder } from "./recorder.js";
import { said, say } from "./says.js";

const LISTEN_MS = 250;
const TICK_MS = 500;
// Someone who speaks to the tablet, at -30 decibels, and someone far from it, at -45.
const GOOD = 0.5;
const LOW = 0.25;
const STEADY = 3;
const SUFFIXES = /\.(aac|aif|aiff|amr|avi|flac|m4a|m4v|mkv|mov|mp3|mp4|mpe?g|oga|ogg|ogv|opus|wav|weba|webm|wma|wmv|3gp)$/i;

const find = (query) => document.querySelector(query);
const action = (name) => find(`[data-do="${name}"]`);

export class Telling {
  #kiosk;
  #recorder = null;
  #timer = 0;
  #heard = null;
  #question = -1;
  #stopping = false;
  recording = false;
  paused = false;

  /** `kiosk` has screens, sealing, story, language and questions. */
  constructor(kiosk) {
    this.#kiosk = kiosk;
    // Also in the middle: a tablet without a loudspeaker begins, and then cannot go on.
    for (const each of document.querySelectorAll("[data-hear]")) {
      each.addEventListener("error", () => this.#unplayable(each));
    }
  }

  get playing() {
    return [...document.querySelectorAll("[data-hear]")].some((each) => !each.paused && !each.ended);
  }

  /** K3: open the microphone and say in words how it hears. */
  async tryOut() {
    const { screens, story } = this.#kiosk;
    this.close();
    say("try");
    action("record").disabled = true;
    screens.show("k3");
    try {
      this.#recorder = await Recorder.open({ video: story.way === "video", quiet: false });
    } catch {
      say("try", "try.microphone");
      return;
    } finally {
      action("record").disabled = false;
    }
    if (screens.at !== "k3") { this.close(); return; }
    this.#see();
    let seen = "";
    let steady = 0;
    this.#timer = setInterval(() => {
      const level = this.#recorder.level();
      const now = level > GOOD ? "good" : level > LOW ? "low" : "none";
      steady = now === seen ? steady + 1 : 0;
      seen = now;
      if (steady === STEADY) say("try", `try.${now}`);
    }, LISTEN_MS);
  }

  #see() {
    const stream = this.#recorder.stream;
    for (const each of document.querySelectorAll("[data-see]")) {
      each.hidden = this.#kiosk.story.way !== "video" || !stream;
      if (!each.hidden) { each.srcObject = stream; each.play().catch(() => {}); }
    }
  }

  /** K4: record until someone stops it. */
  async record() {
    const { screens, sealing, language } = this.#kiosk;
    if (!this.#recorder) { this.tryOut(); return; }
    clearInterval(this.#timer);
    try {
      await sealing.begin(language);
      this.#recorder.start((chunk) => sealing.write(chunk));
    } catch {
      screens.tell(said("record.failed"));
      return;
    }
    this.#stopping = false;
    find("[data-clock]").textContent = "0:00";
    // Unplugged, or no more room: what was said so far is kept.
    this.#recorder.addEventListener("ended", () => this.stop("ended"));
    this.recording = true;
    this.#question = -1;
    find("[data-card]").hidden = true;
    action("question").hidden = !this.#kiosk.questions.length;
    screens.show("k4");
    this.#turn(false);
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  #tick() {
    const seconds = Math.floor(this.#recorder.seconds);
    find("[data-clock]").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }

  #turn(paused) {
    this.paused = paused;
    action("pause").hidden = paused;
    action("resume").hidden = !paused;
    say("record", paused ? "record.paused" : "record.recording");
    this.#kiosk.stir();
  }

  pause() { this.#recorder.pause(); this.#turn(true); action("resume").focus(); }

  resume() { this.#recorder.resume(); this.#turn(false); action("pause").focus(); }

  /** Show the next question card, round and round. */
  ask() {
    const { questions } = this.#kiosk;
    this.#question = (this.#question + 1) % questions.length;
    const card = find("[data-card]");
    card.textContent = questions[this.#question];
    card.hidden = false;
  }

  /** K5: close the recording; `why` says what ended it if nobody did. */
  async stop(cause = "") {
    if (this.#stopping) return;
    let why = cause;
    this.#stopping = true;
    const { story, screens, sealing } = this.#kiosk;
    clearInterval(this.#timer);
    try {
      const { mediaType, seconds, problem } = await this.#recorder.stop();
      if (problem) why = problem.code === "full" ? "full" : "ended";
      const { size } = await sealing.finish(mediaType);
      Object.assign(story, { mediaType, seconds, size });
    } catch {
      screens.tell(said("record.failed"));
      return;
    } finally {
      this.close();
    }
    this.#after();
    if (why) screens.tell(said(`record.${why}`));
  }

  /** Lock a whole file. */
  async bring(input) {
    const [file] = input.files;
    if (!file) return;
    const { story, sealing, language, max, screens } = this.#kiosk;
    const media = /^(audio|video)\//.test(file.type) || SUFFIXES.test(file.name);
    const problem = !media ? "unknown" : !file.size ? "empty" : file.size > max ? "large" : "";
    if (problem) { input.value = ""; say("file", `file.${problem}`); return; }
    const bar = find("[data-sealed]");
    bar.hidden = false;
    this.recording = true;
    try {
      await sealing.begin(language);
      await sealing.seal(file, (done) => {
        const part = Math.floor(100 * done);
        bar.value = part;
        say("file", "file.reading", { part });
      });
      const { size } = await sealing.finish(file.type);
      Object.assign(story, { mediaType: file.type, seconds: 0, size });
    } catch (error) {
      await sealing.discard().catch(() => {});
      say("file", error?.code === "full" ? "file.full" : "file.failed");
      return;
    } finally {
      bar.hidden = true;
      input.value = "";
      this.recording = false;
    }
    say("file");
    if (screens.at === "file") this.#after();
  }

  #after() {
    say("after");
    this.hush();
    this.#kiosk.story.kept = true;
    this.#kiosk.screens.show("k5");
  }

  /** Listen again, from what is sealed. */
  async hear() {
    const { story, sealing } = this.#kiosk;
    const video = story.mediaType.startsWith("video/");
    const element = find(`[data-hear="${video ? "video" : "audio"}"]`);
    action("hear").hidden = true;
    element.hidden = false;
    element.focus();
    try {
      this.#heard = await play(element, sealing.read.bind(sealing), story.mediaType);
    } catch {
      this.#unplayable(element);
    }
  }

  #unplayable(element) {
    element.hidden = true;
    say("after", "after.unplayable");
  }

  /** Be silent. */
  hush() {
    this.#heard?.close();
    this.#heard = null;
    for (const each of document.querySelectorAll("[data-hear]")) { each.pause(); each.hidden = true; }
    action("hear").hidden = false;
  }

  /** Let go of the microphone. */
  close() {
    clearInterval(this.#timer);
    this.recording = this.paused = false;
    this.#recorder?.close();
    this.#recorder = null;
    for (const each of document.querySelectorAll("[data-see]")) { each.srcObject = null; each.hidden = true; }
  }
}
