// Walks every view of the page in headless Chromium. Arguments: the binary, a folder with page.db and the episode's
// world/, the folder for screenshots. NIGHTJAR_UI: where the page was built (playwright-core and axe-core are there).
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const [binary, folder, screenshots] = process.argv.slice(2);
const require = createRequire(`${process.env.NIGHTJAR_UI}/package.json`);
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
mkdirSync(screenshots, { recursive: true });

const kMostBytes = 200_000;
const kMostMilliseconds = 1000;
const kDesktop = { width: 1200, height: 900 };
const kPhone = { width: 375, height: 740 };
const kIncident = 'ZW-20240305-0300';

const server = spawn(binary, ['serve', '--store', `${folder}/page.db`, '--listen', '127.0.0.1:0', '--threads', '1'], { stdio: ['ignore', 'ignore', 'pipe'] });
const origin = await new Promise((resolve, reject) => {
  let said = '';
  server.stderr.on('data', (text) => {
    said += text;
    const found = /(http:\/\/[^ /]+)\//.exec(said);
    if (found) resolve(found[1]);
  });
  server.on('exit', () => reject(new Error(`nightjar serve ended: ${said}`)));
});
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox'] });

let failures = 0;
async function check(name, run) {
  const start = Date.now();
  try {
    const said = await run();
    console.log(`ok   ${name}${said ? `: ${said}` : ''} (${Date.now() - start} ms)`);
  } catch (error) {
    failures++;
    console.log(`FAIL ${name}: ${error.message}`);
  }
}

const complaints = [];
async function open(hash, { size = kDesktop, scheme = 'light', locale = 'en-GB' } = {}) {
  const context = await browser.newContext({ viewport: size, colorScheme: scheme, locale, timezoneId: 'Asia/Tokyo', reducedMotion: 'reduce' });
  const page = await context.newPage();
  page.setDefaultTimeout(8000);
  page.on('console', (message) => message.type() === 'error' && complaints.push(`${hash}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(`${hash}: ${error.message}`));
  page.on('request', (request) => {
    if (!request.url().startsWith(`${origin}/`) && !request.url().startsWith('data:')) complaints.push(`${hash} asks ${request.url()}`);
  });
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));
  });
  await page.goto(`${origin}/${hash}`);
  return page;
}
const close = (page) => page.context().close();
const text = (page, selector) => page.locator(selector).first().innerText();

// What must be there before a view is looked at.
const views = [
  { name: 'now', hash: '#/', ready: '.incident', more: 'path[data-code="ZW"][data-state="down"]', title: 'Where the Internet is down' },
  { name: 'place', hash: '#/place/ZW', ready: '.chart canvas', more: '.heat tbody tr', title: 'Zimbabwe' },
  { name: 'incident', hash: `#/incident/${kIncident}`, ready: '.chart canvas', more: '.course li', title: 'Zimbabwe, 5 March 2024' },
  { name: 'health', hash: '#/health', ready: '.sources li', more: '.sources rect', title: 'Where the measurements come from' },
];
async function ready(page, view) {
  await page.locator(view.ready).first().waitFor();
  await page.locator(view.more).first().waitFor({ state: 'attached' });
}
async function axeSays(page) {
  await page.evaluate(axe);
  const { violations, passes } = await page.evaluate(() => globalThis.axe.run(document));
  assert.ok(passes.length > 15, `axe looked at ${passes.length} rules only`);
  const serious = violations
    .filter((one) => ['serious', 'critical'].includes(one.impact))
    .map((one) => `${one.id} (${one.nodes.map((node) => node.target.join(' ')).slice(0, 3).join(', ')})`);
  return { serious, rules: passes.length };
}

await check('the first view is light and quick', async () => {
  let best = Infinity;
  let bytes = 0;
  for (let i = 0; i < 4; ++i) {
    const context = await browser.newContext({ viewport: kDesktop });
    const fresh = await context.newPage();
    const wire = await context.newCDPSession(fresh);
    await wire.send('Network.enable');
    bytes = 0;
    wire.on('Network.loadingFinished', (event) => (bytes += event.encodedDataLength));
    await fresh.addInitScript(() => {
      const watch = new MutationObserver(() => {
        if (document.querySelector('.incident') && document.querySelector('path[data-state="down"]')) {
          watch.disconnect();
          requestAnimationFrame(() => setTimeout(() => (globalThis.shownAt = performance.now())));
        }
      });
      watch.observe(document, { childList: true, subtree: true, attributes: true });
    });
    await fresh.goto(`${origin}/`);
    await fresh.waitForFunction(() => globalThis.shownAt);
    best = Math.min(best, await fresh.evaluate(() => globalThis.shownAt));
    await fresh.waitForTimeout(200);
    await context.close();
  }
  assert.ok(bytes > 20_000 && bytes < kMostBytes, `${bytes} bytes`);
  assert.ok(best < kMostMilliseconds, `${best} ms`);
  return `${bytes} bytes over the wire, map and list painted after ${Math.round(best)} ms (best of 4)`;
});

// Both sizes and both schemes; not each with each, because nothing depends on both.
for (const [sizeName, size, scheme] of [['desktop', kDesktop, 'light'], ['phone', kPhone, 'dark']]) {
  for (const view of views) {
    await check(`${view.name}, ${sizeName}, ${scheme}`, async () => {
      const page = await open(view.hash, { size, scheme });
      await ready(page, view);
      assert.match(await text(page, '.simulation'), /simulation, not a measurement/i);
      assert.equal(await text(page, 'h1'), view.title);
      assert.ok((await page.title()).startsWith(view.title));
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(overflow <= 0, `${overflow} pixels too wide`);
      await page.screenshot({ path: `${screenshots}/${view.name}-${sizeName}-${scheme}.png`, fullPage: true });
      const { serious, rules } = await axeSays(page);
      assert.deepEqual(serious, [], 'axe');
      await close(page);
      return `${rules} rules of axe hold`;
    });
  }
}

await check('now: what is down, since when, and what cannot be told', async () => {
  const page = await open('#/');
  await ready(page, views[0]);
  const row = await text(page, '.incident');
  assert.match(row, /Zimbabwe/);
  assert.match(row, /Down Announced, but dark/);
  assert.match(row, /9\d\s% lost/);
  assert.match(row, /5 Mar 2024 03:00 UTC/);
  assert.match(row, /05:00 in Harare/);
  assert.match(row, /3 h/);
  // The first six hours are too short a history to judge anything.
  await page.goto(`${origin}/#/?at=2024-03-01T03:00:00Z`);
  await page.locator('path[data-code="ZW"][data-state="cannot tell"]').waitFor();
  assert.equal(await page.locator('path[data-code="ZW"]').getAttribute('fill'), 'url(#hatch)');
  assert.match(await text(page, '.counts'), /No outage is known/);
  await page.locator('#moment').focus();
  await page.keyboard.press('End');
  await page.locator('path[data-code="ZW"][data-state="down"]').waitFor();
  await close(page);
});

await check('place: read out, zoom and the link that carries it', async () => {
  const page = await open('#/place/ZW');
  await ready(page, views[1]);
  assert.match(await text(page, '.signal'), /Hosts that answer, IPv4/);
  await page.locator('.reader input').focus();
  for (let i = 0; i < 3; ++i) await page.keyboard.press('ArrowRight');
  const marker = () => page.locator('.reader input').getAttribute('aria-valuetext');
  assert.match(await marker(), /1 March 2024, 0\d:\d\d UTC\. Hosts that answer, IPv4: .*Reachable address space/);
  assert.match(await text(page, '.clock'), /UTC\s+1 Mar 0\d:\d\d \(UTC\+2\)/);
  const box = await page.locator('.chart .u-over').first().boundingBox();
  await page.mouse.move(box.x + box.width * 0.5, box.y + 30);
  assert.match(await text(page, '.signal .value'), /\d/);
  const before = await text(page, '.range .span');
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.95, box.y + 40, { steps: 6 });
  await page.mouse.up();
  await page.waitForFunction(() => location.hash.includes('from='));
  const zoomed = await text(page, '.range .span');
  assert.notEqual(zoomed, before);
  const copy = await open(await page.evaluate(() => location.hash));
  await ready(copy, views[1]);
  assert.equal(await text(copy, '.range .span'), zoomed, 'the link shows the same');
  await close(copy);
  await page.getByRole('button', { name: 'All', exact: true }).click();
  await page.waitForFunction((was) => document.querySelector('.range .span').innerText === was, before);
  assert.match(await text(page, '.heat tbody tr'), /\(AS\d+\)|AS\d+/);
  assert.ok((await page.locator('.strip rect[data-state="down"]').count()) > 0);
  await page.getByRole('link', { name: 'Show all signals' }).click();
  await page.getByRole('heading', { name: /Prefixes, IPv4/ }).waitFor();
  await close(page);
});

await check('incident: a sentence to print, how it is known, and where to cite it', async () => {
  const page = await open(`#/incident/${kIncident}`);
  await ready(page, views[2]);
  const lede = await text(page, '.lede');
  assert.match(lede, /^SIMULATION, NOT A MEASUREMENT\. Internet connectivity in Zimbabwe began to fall at 03:00 UTC \(05:00 in Harare\) on 5 March 2024, to \d\s% of its ordinary level\. It had not come back by 0\d:\d\d UTC/);
  assert.match(lede, /The routes to its networks stood all the while/);
  const planes = await text(page, '.planes');
  assert.match(planes, /Routes: stood/);
  assert.match(planes, /Hosts: fell/);
  assert.match(planes, /Traffic: not measured/);
  assert.match(await text(page, '.course'), /The fall[\s\S]*Held low/);
  assert.ok((await page.locator('.networks li').count()) > 1);
  const headings = await page.locator('h3').allInnerTexts();
  assert.ok(headings.some((one) => one.startsWith('Mobile networks')) && headings.some((one) => one.startsWith('Fixed networks')), headings.join());
  assert.match(await text(page, 'blockquote'), new RegExp(`SIMULATION.*${kIncident}.*${origin}/#/incident/${kIncident}`));
  await page.goto(`${origin}/#/incident/NOTHING`);
  await page.getByRole('alert').waitFor();
  await close(page);
});

await check('by keyboard alone: skip, search, open', async () => {
  const page = await open('#/');
  await ready(page, views[0]);
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.className), 'skip');
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'content');
  await page.getByRole('combobox', { name: /search/i }).focus();
  await page.keyboard.type('zimb');
  await page.getByRole('option').first().waitFor();
  await page.keyboard.press('Enter');
  await ready(page, views[1]);
  assert.equal(await page.evaluate(() => document.activeElement.id), 'content', 'a new view is told to a screen reader');
  await page.getByRole('combobox', { name: /search/i }).fill('nowhere at all');
  await page.getByText('Nothing of that name was measured').waitFor();
  await close(page);
});

await check('three languages, kept', async () => {
  const page = await open('#/', { locale: 'ru-RU', size: kPhone });
  await ready(page, views[0]);
  assert.equal(await text(page, 'h1'), 'Где отключён интернет');
  assert.match(await text(page, '.incident'), /Зимбабве/);
  await page.getByRole('combobox', { name: 'Найти место или сеть' }).fill('зимб');
  await page.getByRole('option', { name: /Зимбабве/ }).waitFor();
  await page.keyboard.press('Escape');
  await page.screenshot({ path: `${screenshots}/now-phone-russian.png`, fullPage: true });
  await page.locator('.language select').selectOption('kk');
  await page.getByRole('heading', { name: 'Интернет қай жерде өшірулі' }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'kk');
  assert.match(await text(page, '.incident'), /2024 .*03:00|5 нау 2024 03:00/);
  await page.reload();
  await page.getByRole('heading', { name: 'Интернет қай жерде өшірулі' }).waitFor();
  for (const [i, view] of views.entries()) {
    await page.goto(`${origin}/${view.hash}`);
    await ready(page, view);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(overflow <= 0, `${view.name} in Kazakh: ${overflow} pixels too wide`);
    if (i === 2) await page.screenshot({ path: `${screenshots}/incident-phone-kazakh.png`, fullPage: true });
  }
  await close(page);
});

await check('a change of the store appears without a reload', async () => {
  const page = await open('#/');
  await ready(page, views[0]);
  await page.evaluate(() => (globalThis.untouched = true));
  const replay = spawnSync(binary, ['replay', '--geo', `${folder}/world/geo.csv`, '--store', `${folder}/page.db`, `${folder}/world`], { encoding: 'utf8' });
  assert.equal(replay.status, 0, replay.stderr);
  await page.locator('.incident[data-state="back"]').waitFor();
  assert.match(await text(page, '.incident'), /Back[\s\S]*until 5 Mar 2024 09:\d\d UTC/);
  assert.equal(await page.evaluate(() => globalThis.untouched), true);
  await page.screenshot({ path: `${screenshots}/now-desktop-back.png`, fullPage: true });
  await close(page);
});

await check('no complaint of the browser, nothing asked of others', async () => {
  // The address that leads nowhere gets a 404, which Chromium tells.
  const expected = /NOTHING|404 \(Not Found\)/;
  assert.deepEqual(complaints.filter((one) => !expected.test(one)), []);
});

await browser.close();
server.removeAllListeners('exit');
server.kill('SIGINT');
console.log(failures === 0 ? 'The page holds.' : `${failures} checks failed.`);
process.exit(failures === 0 ? 0 : 1);
