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

/** The same, or null where another window, or this one, has it in hand. */
export function holdIfFree(id) {
  return hold(id).catch((error) => {
    if (error instanceof OrderError) return null;
    throw error;
  });
}
