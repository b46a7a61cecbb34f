// Looks at pages in a real browser and says what it saw, as JSON. Whether that is right, the test decides.
//
//   node look.cjs BROWSER PAGES.json
//
// PAGES.json: [{ "path", "kind": "report" | "svg", "scheme", "width", "failure"?, "screenshot" }]
"use strict";
const fs = require("node:fs");
const { chromium } = require("playwright-core");

const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

async function violations(page) {
  // The page forbids scripts that are not its own; the debugger is no script of the page.
  await page.evaluate(axe);
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  return found.violations.map((it) => ({
    id: it.id,
    impact: it.impact,
    help: it.help,
    nodes: it.nodes.slice(0, 3).map((node) => node.html),
  }));
}

// What the picture and the table say about the failure that is chosen.
function state() {
  const nodes = {};
  for (const element of document.querySelectorAll("svg.picture [data-node]")) {
    const marks = ["is-degraded", "is-stopped", "is-lost", "failed", "follows"];
    const classes = marks.filter((it) => element.classList.contains(it));
    if (classes.length > 0) nodes[element.dataset.node] = classes.join(" ");
  }
  const visible = (element) => element.checkVisibility();
  const effects = [...document.querySelectorAll(".effect")].filter(visible).map((article) => ({
    failure: article.querySelector("h3").textContent,
    capabilities: [...article.querySelectorAll("li[data-capability]")].map((item) => ({
      name: item.dataset.capability,
      state: item.dataset.state,
      standing: item.dataset.standing,
      word: item.querySelector(".state").innerText.trim(),
    })),
  }));
  const row = document.querySelector(".matrix tr.chosen");
  return {
    nodes,
    effects,
    row: row ? [...row.children].map((cell) => cell.innerText.trim()) : null,
    checked: document.querySelector("input[name=failure]:checked").value,
    overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  };
}

// Everything that a reader of a report does.
async function use(page, wanted) {
  const seen = { before: await page.evaluate(state) };
  await page.locator(".matrix tbody th label", { hasText: wanted }).first().click();
  seen.clicked = await page.evaluate(state);
  await page.locator("label", { hasText: "with the kernel's own timers" }).first().click();
  seen.kernel = await page.evaluate(state);
  await page.locator("input[name=failure]:checked").press("ArrowUp");
  seen.keyboard = await page.evaluate(state);
  await page.locator("svg.picture [data-node=zone-0] .picture-zone-name").click();
  seen.picture = await page.evaluate(state);
  await page.emulateMedia({ media: "print" });
  seen.printed = await page.evaluate(() => ({
    nav: document.querySelector("nav").checkVisibility(),
    matrix: document.querySelector(".matrix").checkVisibility(),
  }));
  await page.emulateMedia({ media: "screen" });
  return seen;
}

// Colours of text and what it stands on, as the browser computes them.
function colours() {
  const style = (selector) => getComputedStyle(document.querySelector(selector)).fill;
  const ground = style(".picture-ground");
  return {
    // In a page the picture has no ground of its own.
    ground: ground === "none" ? getComputedStyle(document.documentElement).backgroundColor : ground,
    tier: style(".picture-tier"),
    detail: style(".picture-tier-detail"),
    label: style(".picture-component .picture-label, .picture-component .picture-crowd"),
    box: style(".picture-component .picture-box"),
  };
}

// Words of the picture that leave what they stand in: a node's box, or all of the drawing.
function strays() {
  const picture = document.querySelector("svg.picture");
  const all = [...picture.querySelectorAll("text")].filter((text) => text.textContent.trim() !== "");
  const holds = (outer, inner) =>
    inner.left >= outer.left - 1 && inner.right <= outer.right + 1 && inner.top >= outer.top - 1 && inner.bottom <= outer.bottom + 1;
  const ground = (text) => text.closest(".picture-node")?.querySelector(".picture-box") ?? picture;
  const stray = all.filter((text) => !holds(ground(text).getBoundingClientRect(), text.getBoundingClientRect()));
  return { words: all.length, strays: stray.map((text) => text.textContent) };
}

async function look(browser, wish) {
  const context = await browser.newContext({ viewport: { width: wish.width, height: 900 }, colorScheme: wish.scheme });
  const page = await context.newPage();
  const seen = { path: wish.path, console: [], errors: [], requests: [] };
  page.on("console", (message) => seen.console.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => seen.errors.push(error.message));
  page.on("request", (request) => seen.requests.push(request.url()));
  await page.goto(`file://${wish.path}`);
  seen.colours = await page.evaluate(colours);
  seen.places = await page.evaluate(strays);
  if (wish.kind === "report") {
    seen.use = await use(page, wish.failure);
    seen.violations = await violations(page);
  }
  await page.screenshot({ path: wish.screenshot, fullPage: wish.kind === "report" });
  await context.close();
  return seen;
}

(async () => {
  const [browserPath, wishes] = process.argv.slice(2);
  const browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox", "--disable-gpu"] });
  const seen = [];
  for (const wish of JSON.parse(fs.readFileSync(wishes, "utf8"))) seen.push(await look(browser, wish));
  await browser.close();
  process.stdout.write(JSON.stringify(seen));
})();
