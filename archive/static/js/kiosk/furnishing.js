// Before the first story: what the archive tells, its lock, and the queue of what waits.
import { Reports, kept } from "./device.js";
import { version } from "./offline.js";
import { ofArchive, ofBrowser, ofRoom } from "./readiness.js";

async function told(path, token) {
  const answer = await fetch(path, { cache: "no-store", headers: token ? { Kiosk: token } : {} });
  if (!answer.ok) throw new Error(path);
  return answer;
}

async function listOf(language) {
  const text = await (await told(`/kiosk/words/${language}.txt`)).text();
  return text.trim().split(/\s+/);
}

/** Furnish `kiosk` with all that needs the archive; return "" or what is not ready. */
export async function furnish(kiosk, revoked) {
  const [lacking] = ofBrowser();
  if (lacking) return lacking;
  const token = await kept("token");
  let answer, archive, words;
  try {
    answer = await told("/kiosk/archive.json", token);
    archive = await answer.json();
    const [es, en] = await Promise.all(["es", "en"].map(listOf));
    words = { es, en };
  } catch {
    return "archive";
  }
  const [wrong] = ofArchive(archive, answer, token);
  if (wrong) return wrong;
  const [{ Sealing }, { Queue }, { Key }, { Telling }, { Bringing }, { Hearing }] = await Promise.all([
    import("./sealing.js"), import("./queue.js"), import("./key.js"),
    import("./telling.js"), import("./bringing.js"), import("./hearing.js"),
  ]);
  try {
    kiosk.sealing = await Sealing.open({ recipient: archive.recipient, salt: archive.salt, words });
  } catch {
    return "key";
  }
  const queue = new Queue({ uploads: "/uploads", deposits: "/kiosk/deposits", token });
  queue.addEventListener("change", () => { if (queue.problem === "forbidden") revoked(); });
  queue.start();
  if (token) new Reports(queue, token, version, revoked);
  Object.assign(kiosk, {
    queue, mine: archive.mine, max: archive.max, questions: archive.questions?.[kiosk.language] ?? [],
  });
  Object.assign(kiosk, {
    key: new Key(kiosk.screens, words[kiosk.language]),
    hearing: new Hearing(kiosk), telling: new Telling(kiosk), bringing: new Bringing(kiosk),
  });
  const [full] = await ofRoom(kiosk.sealing);
  return full ?? "";
}
