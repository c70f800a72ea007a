// One page of Firefox, as a peer of the tests: lines of JSON in, lines out.
// Arguments: Firefox's path, the folder of its profile. In: [name, ...given], of a
// method of puppeteer's page, or ["problems"]. Out: {said} or {failed}.
import { createInterface } from "node:readline";
import puppeteer from "puppeteer-core";

const [executablePath, userDataDir] = process.argv.slice(2);
const browser = await puppeteer.launch({
  browser: "firefox",
  executablePath,
  userDataDir,
  extraPrefsFirefox: {
    // A tone and a moving square, asked of nobody.
    "media.navigator.streams.fake": true,
    "media.navigator.permission.disabled": true,
    "intl.accept_languages": "es-MX, es",
    "browser.download.folderList": 2,
    "browser.download.dir": `${userDataDir}-downloads`,
    "browser.download.always_ask_before_handling_new_types": false,
  },
});
const page = await browser.newPage();
page.setDefaultTimeout(20_000);
const problems = [];
page.on("pageerror", (error) => problems.push(error.message));

const ours = {
  problems: () => problems,
  upload: async (selector, ...files) => (await page.$(selector)).uploadFile(...files),
  // Called where it is a function, as Playwright does.
  evaluate: (text) => page.evaluate(`(async () => { const it = (${text}); return typeof it === "function" ? it() : it; })()`),
};

for await (const line of createInterface({ input: process.stdin })) {
  const [name, ...given] = JSON.parse(line);
  try {
    const said = await (ours[name] ?? page[name].bind(page))(...given);
    // A handle of an element, or an answer, says nothing that can be written down.
    const plain = said === null || typeof said !== "object" || name in ours;
    console.log(JSON.stringify({ said: plain ? said : null }));
  } catch (error) {
    console.log(JSON.stringify({ failed: error.message }));
  }
}
await browser.close();
