// Microphone and camera: plain bytes each second, and nothing kept.
const AUDIO = ["audio/webm;codecs=opus", "audio/mp4;codecs=opus", "audio/mp4"];
const VIDEO = ["video/webm;codecs=vp9,opus", "video/webm;codecs=vp8,opus", "video/mp4"];
const AUDIO_BITS = 48_000;
const VIDEO_BITS = 900_000;
const PIECE = 1000;

const recordable = (types) => types.find((each) => MediaRecorder.isTypeSupported(each));

/** Say whether this browser records: some have a recorder, and nothing to write with. */
export function records() {
  return Boolean(navigator.mediaDevices?.getUserMedia && window.MediaRecorder && recordable(AUDIO));
}

/** Dispatches "ended" when it stops by itself: unplugged, or no more room. */
export class Recorder extends EventTarget {
  #stream;
  #recorder = null;
  #meter;
  #lock = null;
  #delivered = Promise.resolve();
  #problem = null;
  #elapsed = 0;
  #since = null;

  /** `quiet` leaves the sound of a quiet room as it is. Throws what getUserMedia does. */
  static async open({ video = false, quiet = false } = {}) {
    const clean = !quiet;
    const audio = { echoCancellation: clean, noiseSuppression: clean, autoGainControl: clean };
    const picture = { width: { ideal: 854 }, height: { ideal: 480 }, facingMode: "user" };
    const stream = await navigator.mediaDevices.getUserMedia({ audio, video: video && picture });
    return new Recorder(stream, video);
  }

  constructor(stream, video) {
    super();
    this.#stream = stream;
    this.video = video;
    const context = new AudioContext();
    const analyser = new AnalyserNode(context, { fftSize: 2048 });
    context.createMediaStreamSource(new MediaStream(stream.getAudioTracks())).connect(analyser);
    this.#meter = { context, analyser, samples: new Float32Array(analyser.fftSize) };
    this.#stayAwake();
    document.addEventListener("visibilitychange", this.#stayAwake);
  }

  /** What the camera sees, for a muted video element. */
  get stream() {
    return this.#stream;
  }

  /** Loudness now, from 0 to 1: decibels from -60 to 0. */
  level() {
    const { analyser, samples } = this.#meter;
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, each) => sum + each * each, 0) / samples.length;
    return power ? Math.min(Math.max(1 + (10 * Math.log10(power)) / 60, 0), 1) : 0;
  }

  /** Seconds recorded; pauses do not count. */
  get seconds() {
    return this.#elapsed + (this.#since === null ? 0 : (performance.now() - this.#since) / 1000);
  }

  /** Gives each piece, in order, to `onChunk`; a piece that it refuses ends it. */
  start(onChunk) {
    const mimeType = recordable(this.video ? VIDEO : AUDIO);
    this.#recorder = new MediaRecorder(this.#stream, {
      mimeType, audioBitsPerSecond: AUDIO_BITS, ...(this.video && { videoBitsPerSecond: VIDEO_BITS }),
    });
    this.#recorder.addEventListener("dataavailable", ({ data }) => {
      this.#delivered = this.#delivered.then(() => this.#deliver(data, onChunk));
    });
    this.#recorder.addEventListener("stop", () => {
      this.#count(false);
      this.dispatchEvent(new Event("ended"));
    });
    this.#elapsed = 0;
    this.#problem = null;
    this.#recorder.start(PIECE);
    this.#count(true);
  }

  pause() {
    this.#recorder.pause();
    this.#count(false);
  }

  resume() {
    this.#recorder.resume();
    this.#count(true);
  }

  /** Resolves when the last piece was taken: {mediaType, seconds, problem}. */
  async stop() {
    const recorder = this.#recorder;
    if (recorder.state !== "inactive") {
      const stopped = new Promise((resolve) => { recorder.addEventListener("stop", resolve, { once: true }); });
      recorder.stop();
      await stopped;
    }
    await this.#delivered;
    return { mediaType: recorder.mimeType, seconds: this.seconds, problem: this.#problem };
  }

  /** Lets go of microphone, camera and screen. */
  close() {
    if (this.#recorder && this.#recorder.state !== "inactive") this.#recorder.stop();
    for (const track of this.#stream.getTracks()) track.stop();
    this.#meter.context.close().catch(() => {});
    document.removeEventListener("visibilitychange", this.#stayAwake);
    this.#lock?.release().catch(() => {});
    this.#lock = null;
  }

  async #deliver(data, onChunk) {
    if (!data.size || this.#problem) return;
    try {
      await onChunk(new Uint8Array(await data.arrayBuffer()));
    } catch (error) {
      this.#problem = error;
      if (this.#recorder.state !== "inactive") this.#recorder.stop();
    }
  }

  #count(on) {
    this.#elapsed = this.seconds;
    this.#since = on ? performance.now() : null;
  }

  // The browser takes the lock back whenever the page is hidden.
  #stayAwake = async () => {
    if (document.visibilityState !== "visible") return;
    const lock = await navigator.wakeLock?.request("screen").catch(() => null);
    if (this.#meter.context.state === "closed") lock?.release().catch(() => {});
    else this.#lock = lock;
  };
}
