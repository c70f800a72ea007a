// Which drafts are in hand, in whichever window; a crash lets go of them.
const PREFIX = "resguardo-draft-";

/** Asked for what cannot be done now. */
export class OrderError extends Error {
  code = "order";
}

/** Takes a draft in hand and returns what lets go of it. */
export function hold(id) {
  return new Promise((resolve, reject) => {
    navigator.locks.request(PREFIX + id, { ifAvailable: true }, (lock) => {
      if (!lock) return reject(new OrderError());
      return new Promise(resolve);
    }).catch(reject);
  });
}


/** The ids of all drafts in hand. */
export async function inHand() {
  const { held } = await navigator.locks.query();
  return new Set(held.map(({ name }) => name).filter((name) => name.startsWith(PREFIX)).map((name) => name.slice(PREFIX.length)));
}
