// Claim codes: six random words and one that checks them; the same as archive/claims.py.

export const LANGUAGES = ["es", "en"];
const WORDS = 7;
const PREFIX = 4;
// Primitive polynomials over GF(2), by degree (Lidl and Niederreiter, table C).
const POLYNOMIALS = { 11: 0b100000000101, 12: 0b1000001010011 };

/** What was typed is no claim code; `reason` is words, unknown-word or checksum. */
export class BadClaimCode extends Error {
  constructor(reason, position = 0) {
    super(reason);
    Object.assign(this, { reason, position });
  }
}

/** Returns seven words that are a code in one language only. */
export function newCode(words, language) {
  const list = words[language];
  const numbers = new Uint16Array(WORDS - 1);
  for (;;) {
    crypto.getRandomValues(numbers);
    // The length is a power of two (see `degree`), so every word is as likely.
    const drawn = Array.from(numbers, (number) => number & (2 ** degree(list) - 1));
    const code = [...drawn, checkOf(drawn, degree(list))].map((number) => list[number]);
    if (languagesOf(code, words).length === 1) return code;
  }
}

/** Returns "es word … word" of what was typed, or throws BadClaimCode. */
export function canonical(text, words) {
  const typed = typedWords(text);
  if (typed.length !== WORDS) throw new BadClaimCode("words");
  const found = languagesOf(typed, words);
  // Valid in both languages: `newCode` never gives such a code.
  if (found.length > 1) throw new BadClaimCode("checksum");
  if (found.length) return `${found[0]} ${numbersOf(typed, words[found[0]]).map((n) => words[found[0]][n]).join(" ")}`;
  const failures = LANGUAGES.map((language) => failure(typed, words[language]));
  throw failures.reduce((one, other) => (rank(other) > rank(one) ? other : one));
}

/** Says in which language these are a code ("es", "en"), or null. */
export function check(typed, words) {
  const found = languagesOf(typed.map((word) => typedWords(word)[0] ?? ""), words);
  return found.length === 1 && typed.length === WORDS ? found[0] : null;
}

function typedWords(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().match(/[a-z]+/g) ?? [];
}

function languagesOf(typed, words) {
  return LANGUAGES.filter((language) => failure(typed, words[language]) === null);
}

function failure(typed, list) {
  try {
    numbersOf(typed, list);
    return null;
  } catch (error) {
    if (error instanceof BadClaimCode) return error;
    throw error;
  }
}

/** Nearest to a code is the one worth telling of. */
function rank({ reason, position }) {
  return (reason === "checksum" ? WORDS + 1 : 0) + position;
}

function numbersOf(typed, list) {
  const numbers = typed.map((word, at) => {
    const number = byPrefix(list).get(word.slice(0, PREFIX));
    if (number === undefined || !list[number].startsWith(word)) throw new BadClaimCode("unknown-word", at + 1);
    return number;
  });
  if (checkOf(numbers.slice(0, -1), degree(list)) !== numbers.at(-1)) throw new BadClaimCode("checksum");
  return numbers;
}

/** Returns the sum of a^(i+1) * n_i over GF(2^degree), `a` being primitive. */
function checkOf(numbers, bits) {
  return numbers.reduce((sum, number, at) => {
    let weighted = number;
    for (let times = 0; times <= at; times += 1) {
      weighted <<= 1;
      if (weighted >> bits) weighted ^= POLYNOMIALS[bits];
    }
    return sum ^ weighted;
  }, 0);
}

function degree(list) {
  const bits = Math.log2(list.length);
  if (!POLYNOMIALS[bits]) throw new RangeError("a list of 2,048 or 4,096 words");
  return bits;
}

const prefixes = new WeakMap();
function byPrefix(list) {
  if (!prefixes.has(list)) prefixes.set(list, new Map(list.map((word, at) => [word.slice(0, PREFIX), at])));
  return prefixes.get(list);
}
