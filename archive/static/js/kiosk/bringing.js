// A file that was recorded elsewhere becomes a sealed recording.
import { say } from "./says.js";

const SUFFIXES = /\.(aac|aif|aiff|amr|avi|flac|m4a|m4v|mkv|mov|mp3|mp4|mpe?g|oga|ogg|ogv|opus|wav|weba|webm|wma|wmv|3gp)$/i;

/** Name what is wrong with a file, or "": `max` is the most bytes that are taken in. */
function problemOf(file, max) {
  if (!/^(audio|video)\//.test(file.type) && !SUFFIXES.test(file.name)) return "unknown";
  if (!file.size) return "empty";
  return file.size > max ? "large" : "";
}

export class Bringing {
  #kiosk;
  #bar = document.querySelector("[data-sealed]");
  working = false;

  constructor(kiosk) {
    this.#kiosk = kiosk;
  }

  /** Lock the whole file that was chosen; what goes wrong is said. */
  async bring(input) {
    const [file] = input.files;
    if (!file) return;
    const { sealing, screens, hearing, max } = this.#kiosk;
    const problem = problemOf(file, max);
    if (problem) { input.value = ""; say("file", `file.${problem}`); return; }
    this.#bar.hidden = false;
    this.working = true;
    try {
      await this.#seal(file);
    } catch (error) {
      await sealing.discard().catch(() => {});
      say("file", error?.code === "full" ? "file.full" : "file.failed");
      return;
    } finally {
      this.#bar.hidden = true;
      input.value = "";
      this.working = false;
    }
    say("file");
    if (screens.at === "file") hearing.offer();
  }

  async #seal(file) {
    const { story, sealing, language } = this.#kiosk;
    await sealing.begin(language);
    await sealing.seal(file, (done) => {
      const part = Math.floor(100 * done);
      this.#bar.value = part;
      say("file", "file.reading", { part });
    });
    const { size } = await sealing.finish(file.type);
    Object.assign(story, { mediaType: file.type, seconds: 0, size });
  }
}
