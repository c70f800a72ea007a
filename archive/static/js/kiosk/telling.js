// K3 and K4: a microphone, and a camera if wanted, become a sealed recording.
import { tellLoudness } from "./loudness.js";
import { Recorder } from "./recorder.js";
import { said, say } from "./says.js";

const TICK_MS = 500;

const find = (query) => document.querySelector(query);
const action = (name) => find(`[data-do="${name}"]`);

export class Telling {
  #kiosk;
  #recorder = null;
  #still = () => {};
  #question = -1;
  #stopping = false;
  recording = false;
  paused = false;

  /** `kiosk` has screens, sealing, story, hearing, language and questions. */
  constructor(kiosk) {
    this.#kiosk = kiosk;
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
    this.#still = tellLoudness(this.#recorder);
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
    const { screens, sealing, language, questions } = this.#kiosk;
    if (!this.#recorder) { this.tryOut(); return; }
    this.#still();
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
    action("question").hidden = !questions.length;
    screens.show("k4");
    this.#turn(false);
    const timer = setInterval(() => this.#tick(), TICK_MS);
    this.#still = () => clearInterval(timer);
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

  /** To K5: close the recording; `why` says what ended it if nobody did. */
  async stop(cause = "") {
    if (this.#stopping) return;
    let why = cause;
    this.#stopping = true;
    const { story, screens, sealing, hearing } = this.#kiosk;
    this.#still();
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
    hearing.offer();
    if (why) screens.tell(said(`record.${why}`));
  }

  /** Let go of the microphone. */
  close() {
    this.#still();
    this.recording = this.paused = false;
    this.#recorder?.close();
    this.#recorder = null;
    for (const each of document.querySelectorAll("[data-see]")) { each.srcObject = null; each.hidden = true; }
  }
}
