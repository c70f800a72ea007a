// K3: says in words how well a microphone hears.
import { say } from "./says.js";

const LISTEN_MS = 250;
// Someone who speaks to the tablet, at -30 decibels, and someone far from it, at -45.
const GOOD = 0.5;
const LOW = 0.25;
const STEADY = 3;

/** Say it whenever it has been steady; returns what ends that. */
export function tellLoudness(recorder) {
  let seen = "";
  let steady = 0;
  const timer = setInterval(() => {
    const level = recorder.level();
    const now = level > GOOD ? "good" : level > LOW ? "low" : "none";
    steady = now === seen ? steady + 1 : 0;
    seen = now;
    if (steady === STEADY) say("try", `try.${now}`);
  }, LISTEN_MS);
  return () => clearInterval(timer);
}
