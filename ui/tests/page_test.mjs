// Walks every view of the page in headless Chromium. Arguments: the binary, a folder with page.db and the episode's
// world/, the folder for screenshots. NIGHTJAR_UI: where the page was built (playwright-core and axe-core are there).
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
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

async function serve(...options) {
  const server = spawn(binary, ['serve', '--store', `${folder}/page.db`, '--listen', '127.0.0.1:0', '--threads', '1', ...options], { stdio: ['ignore', 'ignore', 'pipe'] });
  const origin = await new Promise((resolve, reject) => {
    let said = '';
    server.stderr.on('data', (text) => {
      said += text;
      const found = /(http:\/\/[^ /]+)\//.exec(said);
      if (found) resolve(found[1]);
    });
    server.on('exit', () => reject(new Error(`nightjar serve ended: ${said}`)));
  });
  return { server, origin };
}
const { server, origin } = await serve('--signing-key', `${folder}/signing.key`);
// What the store says is what the page has to show; when exactly the blackout begins is the rule's to judge.
const { incidents } = await (await fetch(`${origin}/api/v1/incidents?entity=ZW&kind=announced-dark`)).json();
assert.equal(incidents.length, 1, JSON.stringify(incidents));
const kIncident = incidents[0].id;
const kLocalHours = 2; // of Harare, all year
const clock = (iso, hours = 0) => new Date(Date.parse(iso) + hours * 3_600_000).toISOString().slice(11, 16);
const onset = incidents[0].onset;
const minutes = (Date.parse(incidents[0].judged_until) - Date.parse(onset)) / 60_000;
const lasted = `${Math.floor(minutes / 60)} h${minutes % 60 ? ` ${minutes % 60} min` : ''}`;
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
  { name: 'health', hash: '#/health', ready: '.sources li', more: '.instruments .coverage path', title: 'Where the measurements come from' },
];
async function ready(page, view) {
  await page.locator(view.ready).first().waitFor();
  await page.locator(view.more).first().waitFor({ state: 'attached' });
}
async function axeSays(page, leastRules = 15) {
  await page.evaluate(axe);
  const { violations, passes } = await page.evaluate(() => globalThis.axe.run(document));
  assert.ok(passes.length > leastRules, `axe looked at ${passes.length} rules only`);
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
  assert.match(row, new RegExp(`5 Mar 2024 ${clock(onset)} UTC`));
  assert.match(row, new RegExp(`${clock(onset, kLocalHours)} in Harare`));
  assert.match(row, new RegExp(lasted));
  assert.match(await text(page, '.counts'), /1 country down/);
  const seen = await page.locator('.incident').first().boundingBox();
  assert.ok(seen.y + seen.height < kDesktop.height, 'the first incident is seen without scrolling');
  // The first six hours are too short a history to judge anything.
  await page.goto(`${origin}/#/?at=2024-03-01T03:00:00Z`);
  await page.locator('path[data-code="ZW"][data-state="cannot tell"]').waitFor();
  assert.equal(await page.locator('path[data-code="ZW"]').getAttribute('fill'), 'url(#hatch)');
  assert.match(await text(page, '.calm'), /No outage is known/);
  assert.match(await text(page, '.counts'), /[1-9] cannot be told/);
  await page.locator('#moment').focus();
  await page.keyboard.press('End');
  await page.locator('path[data-code="ZW"][data-state="down"]').waitFor();
  await close(page);
});

await check('now: an open incident of which nothing is known any more cannot be told', async () => {
  const page = await open('#/health');
  await page.route('**/api/v1/observability*', async (route) => {
    const response = await route.fetch();
    const answer = await response.json();
    await route.fulfill({ response, json: { ...answer, places: answer.places.map((one) => ({ ...one, state: 'cannot tell', incident: null, signals: [] })) } });
  });
  await page.goto(`${origin}/#/`);
  await page.locator('path[data-code="ZW"][data-state="cannot tell"]').waitFor();
  assert.match(await text(page, '.incident'), /Zimbabwe[\s\S]*Cannot tell[\s\S]*Length\s+not known/);
  assert.match(await text(page, '.counts'), /0 countries down/);
  await close(page);
});

await check('place: read out, zoom and the link that carries it', async () => {
  const page = await open('#/place/ZW');
  await ready(page, views[1]);
  assert.match(await text(page, '.signal'), /Hosts that answer, IPv4/);
  await page.locator('.reader input').focus();
  for (let i = 0; i < 3; ++i) await page.keyboard.press('ArrowRight');
  const marker = () => page.locator('.reader input').getAttribute('aria-valuetext');
  assert.match(await marker(), /1 March 2024, 0\d:\d\d UTC\. Cannot tell\. Hosts that answer, IPv4: .*Reachable address space/);
  assert.match(await text(page, '.clock'), /UTC\s+1 Mar 0\d:\d\d \(UTC\+2\)\s+Cannot tell/);
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
  await page.locator('.heat canvas').first().hover();
  await page.getByText(/AS\d+\) · \d+ Mar \d\d:\d\d UTC · \d+ Mar \d\d:\d\d \(UTC\+2\) · /).waitFor();
  await page.getByRole('link', { name: 'Show all signals' }).click();
  await page.getByRole('heading', { name: /Prefixes, IPv4/ }).waitFor();
  await close(page);
});

await check('incident: a sentence to print, how it is known, and where to cite it', async () => {
  const page = await open(`#/incident/${kIncident}`);
  await ready(page, views[2]);
  const lede = await text(page, '.lede');
  assert.match(lede, /^SIMULATION, NOT A MEASUREMENT\. Internet connectivity in Zimbabwe began to fall at \d\d:\d\d UTC \(\d\d:\d\d in Harare\) on 5 March 2024, to \d\s% of its ordinary level\. It had not come back by 0\d:\d\d UTC/);
  assert.ok(lede.includes(`${clock(onset)} UTC (${clock(onset, kLocalHours)} in Harare)`), lede);
  assert.match(lede, /The routes to its networks, all or most of them, stood/);
  const planes = await text(page, '.planes');
  assert.match(planes, /Routes: stood/);
  assert.match(planes, /Hosts: fell/);
  assert.match(planes, /Traffic: not measured/);
  assert.match(await text(page, '.course'), /The fall[\s\S]*Held low/);
  assert.ok((await page.locator('.networks li').count()) > 1);
  const headings = await page.locator('h3').allInnerTexts();
  assert.ok(headings.some((one) => one.startsWith('Mobile networks')) && headings.some((one) => one.startsWith('Fixed networks')), headings.join());
  assert.match(await text(page, 'blockquote'), new RegExp(`SIMULATION.*${kIncident}, revision 1\\. ${origin}/#/incident/${kIncident}\\?revision=1`));
  assert.match(await text(page, '.glance'), new RegExp(`Length\\s+${lasted}[\\s\\S]*5 Mar 2024 ${clock(onset)} UTC`));
  assert.match(await text(page, '.networks'), /% of the whole loss/);
  assert.match(await page.locator('.course-strip').first().getAttribute('aria-label'), /^Its course: .*Held low 5 Mar/);
  const code = await page.locator('.code textarea').inputValue();
  assert.ok(code.startsWith(`<iframe src="${origin}/embed/${kIncident}" title="Zimbabwe, 5 March 2024`), code);
  await page.goto(`${origin}/#/incident/NOTHING`);
  await page.getByRole('alert').waitFor();
  await close(page);
});

// Somebody else's page: another origin.
const newspaper = createServer((request, response) => {
  response.setHeader('Content-Type', 'text/html');
  response.end(`<!doctype html><title>News</title><iframe src="${origin}${request.url}" width="640" height="430" style="border:0"></iframe>`);
});
await new Promise((resolve) => newspaper.listen(0, '127.0.0.1', resolve));
const elsewhere = `http://127.0.0.1:${newspaper.address().port}`;

await check('card: framed by another page, without a script, in light and dark', async () => {
  for (const [scheme, size] of [['light', { width: 680, height: 480 }], ['dark', { width: 375, height: 700 }]]) {
    const context = await browser.newContext({ viewport: size, colorScheme: scheme, javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(`${elsewhere}/embed/${kIncident}`);
    const card = page.frameLocator('iframe');
    await card.locator('svg path.line').waitFor({ state: 'attached' });
    assert.match(await card.locator('.lede').innerText(), /^In a simulation, connectivity in Zimbabwe \(ZW\) began to fall at .*, to \d+ % of its ordinary level/);
    assert.match(await card.locator('.warn').innerText(), /Simulation, not a measurement/);
    assert.ok((await card.locator('footer a').getAttribute('href')).startsWith(`/#/incident/${kIncident}?revision=`));
    const paper = await card.locator('body').evaluate((body) => getComputedStyle(body).backgroundColor);
    assert.equal(paper, scheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(26, 31, 35)', 'its own style is admitted');
    await page.goto(`${origin}/embed/${kIncident}`);
    await page.screenshot({ path: `${screenshots}/card-${scheme}.png` });
    await context.close();
  }
  // The rest may not be framed.
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${elsewhere}/`);
  await page.waitForTimeout(300);
  assert.ok(page.frames().every((frame) => !frame.url().startsWith(origin)), page.frames().map((frame) => frame.url()).join());
  await context.close();
});

await check('card: in the language of its reader', async () => {
  const page = await open(`embed/${kIncident}?theme=light`, { locale: 'ru-RU', size: { width: 640, height: 430 }, scheme: 'dark' });
  await page.getByText('Откуда это известно').waitFor();
  assert.match(await text(page, '.lede'), new RegExp(`^Зимбабве: 5 марта 2024 года в ${clock(onset)} UTC \\(${clock(onset, kLocalHours)} по местному времени\\)`));
  assert.match(await text(page, '.kind'), /Маршруты есть, ответа нет/);
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'ru');
  await page.screenshot({ path: `${screenshots}/card-russian.png` });
  const { serious } = await axeSays(page, 8);
  assert.deepEqual(serious, [], 'axe');
  await close(page);
});

await check('evidence: a picture and a bundle that is verified; said where there is no key', async () => {
  const page = await open(`#/incident/${kIncident}`);
  await ready(page, views[2]);
  const picture = await (await fetch(await page.getByRole('link', { name: /PNG/ }).evaluate((link) => link.href))).arrayBuffer();
  assert.equal(Buffer.from(picture).subarray(1, 4).toString(), 'PNG');
  writeFileSync(`${screenshots}/chart.png`, Buffer.from(picture));
  const coming = page.waitForEvent('download', { timeout: 60_000 });
  await page.getByRole('link', { name: 'Signed evidence (tar)' }).click();
  const download = await coming;
  assert.equal(download.suggestedFilename(), `nightjar-${kIncident}-r1.tar`);
  await download.saveAs(`${folder}/bundle.tar`);
  assert.equal(spawnSync('tar', ['-xf', `${folder}/bundle.tar`, '-C', folder]).status, 0);
  const verified = spawnSync(binary, ['verify', `${folder}/nightjar-${kIncident}-r1`], { encoding: 'utf8' });
  assert.equal(verified.status, 0, verified.stderr);
  assert.ok(verified.stdout.includes(`Signed by ${await text(page, '.key-text')}`), verified.stdout);
  await page.route('**/bundle.tar', (route) => route.fulfill({ status: 409, json: { error: 'cannot be vouched for: x' } }));
  await page.getByRole('link', { name: 'Signed evidence (tar)' }).click();
  await page.getByText('cannot be vouched for: x').waitFor();
  await close(page);
  const keyless = await serve();
  const other = await browser.newPage();
  await other.goto(`${keyless.origin}/#/incident/${kIncident}`);
  await other.locator('.unsigned').waitFor();
  assert.equal(await other.getByRole('link', { name: 'Signed evidence (tar)' }).count(), 0);
  await other.close();
  keyless.server.removeAllListeners('exit');
  keyless.server.kill('SIGINT');
});

await check('incident: several networks fell and the sum of the country stood', async () => {
  const page = await open('#/');
  await page.route('**/api/v1/incidents/*', async (route) => {
    const response = await route.fetch();
    const it = await response.json();
    await route.fulfill({ response, json: { ...it, kind: 'partial', depth: 0.2, signals: [], children: [...it.children, ...it.children] .map((child, i) => ({ ...child, entity: `AS${i + 1}@ZW` })) } });
  });
  await page.goto(`${origin}/#/incident/${kIncident}`);
  await page.locator('.chart canvas').waitFor();
  assert.match(await text(page, '.lede'), /Several networks in Zimbabwe/);
  assert.match(await text(page, 'section'), /Its sum hardly shows it/);
  await close(page);
});

await check('incident: its series is read once, also where regions are named later', async () => {
  const page = await open('#/');
  await page.route('**/api/v1/incidents/*', async (route) => {
    const response = await route.fetch();
    const it = await response.json();
    await route.fulfill({ response, json: { ...it, children: [{ ...it.children[0], entity: 'ZW-HA', name: null }] } });
  });
  await page.route('**/api/v1/entities?search=ZW-*', async (route) => {
    await page.locator('.chart canvas').waitFor();
    await route.fulfill({ json: { entities: [{ code: 'ZW-HA', kind: 'region', name: 'Harare', country: 'ZW' }], complete: true } });
  });
  const asked = [];
  page.on('request', (request) => /\/series\?/.test(request.url()) && asked.push(request.url()));
  await page.goto(`${origin}/#/incident/${kIncident}`);
  await page.getByRole('link', { name: 'Harare', exact: true }).waitFor();
  await page.waitForTimeout(300);
  assert.equal(asked.length, 1, asked.join(' '));
  await close(page);
});

await check('incident: a cause stands out, or none does', async () => {
  for (const [probability, stands] of [[0.6, true], [0.4, false]]) {
    const page = await open('#/');
    await page.route('**/api/v1/incidents/*', async (route) => {
      const response = await route.fetch();
      const it = await response.json();
      const hint = (cause, probability) => ({ cause, probability, evidence: [{ what: 'the traffic stands', ratio: 2 }] });
      await route.fulfill({ response, json: { ...it, cause_hints: [hint('cable', probability), hint('power', 1 - probability)] } });
    });
    await page.goto(`${origin}/#/incident/${kIncident}`);
    await page.locator('.causes').waitFor();
    const said = await text(page, 'section[aria-labelledby="causes"]');
    assert.equal(/No cause stands out/.test(said), !stands, said);
    assert.match(said, /Cable cut[\s\S]*the traffic stands \(speaks for it\)/);
    await close(page);
  }
});

await check('health: peers, what is silent, coverage over time', async () => {
  for (const [name, size, scheme] of [['desktop', kDesktop, 'light'], ['phone', kPhone, 'dark']]) {
    const page = await open('#/', { size, scheme });
    await page.route('**/api/v1/sources', async (route) => {
      const response = await route.fetch();
      const answer = await response.json();
      const last = answer.sources.at(-1);
      const peer = (asn, state, full) => ({ asn, address: `2001:db8:ffff:ffff::${asn}`, full_feed: full, state, last: state === 'cannot tell' ? null : last.until, routes: asn * 1000 });
      const peers = [peer(64500, 'up', true), peer(64501, 'silent', true), peer(64502, 'down', false), peer(64503, 'cannot tell', null), ...[4, 5, 6, 7, 8, 9].map((n) => peer(64500 + n, 'up', true))];
      const silent = { ...answer.sources[0], kind: 'updates', collector: 'a-collector-of-a-very-long-name.example.net', until: answer.sources[0].from };
      await route.fulfill({ response, json: { ...answer, sources: [...answer.sources, { ...last, collector: last.collector, peers, coverage: 0.75 }, silent] } });
    });
    await page.goto(`${origin}/#/health`);
    const made = page.locator('.sources > li', { hasText: 'AS64500' });
    await made.locator('.peers tbody tr').first().waitFor();
    await page.locator('.instruments .coverage path').first().waitFor({ state: 'attached' });
    assert.match(await text(page, '.summary'), /1 of \d sources fell silent/);
    assert.match(await text(page, '.sources li'), /a-collector-of[\s\S]*silent for/, 'the silent one comes first');
    assert.match(await made.innerText(), /Hosts that tell of its own line: \d of \d answer/);
    const sums = await made.locator('.peer-sums').innerText();
    assert.match(sums, /10 peers · up: 7 · silent: 1 · down: 1 · cannot tell: 1 · 8 full tables/);
    assert.equal(await made.locator('.peers tbody tr').count(), 8);
    await page.getByRole('button', { name: 'Show all 10' }).click();
    assert.equal(await made.locator('.peers tbody tr').count(), 10);
    assert.match(await text(page, '.instruments'), /Hosts that answer, IPv4[\s\S]*Now: \d+\s%/);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(overflow <= 0, `${overflow} pixels too wide`);
    await page.screenshot({ path: `${screenshots}/health-peers-${name}-${scheme}.png`, fullPage: true });
    const { serious } = await axeSays(page);
    assert.deepEqual(serious, [], 'axe');
    await close(page);
  }
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
  assert.ok((await text(page, '.incident')).includes(`5 нау 2024 ${clock(onset)}`));
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
  await page.goto(`${origin}/#/incident/${kIncident}`);
  await page.locator('summary').click();
  await page.locator('.revisions li').nth(1).waitFor();
  assert.equal(await page.locator('.older').count(), 0);
  await page.locator('.revisions a').first().click();
  await page.locator('.older').waitFor();
  assert.match(await text(page, '.older'), /revision 1 of 2/);
  assert.match(await text(page, '.lede'), /had not come back/, 'what was cited stays');
  await page.goto(`${origin}/#/incident/${kIncident}?revision=99`);
  await page.getByRole('alert').waitFor();
  await close(page);
});

await check('no complaint of the browser, nothing asked of others', async () => {
  // The addresses that lead nowhere, and a bundle that cannot be made: Chromium tells of them.
  const expected = /NOTHING|revision=99|404 \(Not Found\)|409 \(Conflict\)/;
  assert.deepEqual(complaints.filter((one) => !expected.test(one)), []);
});

await browser.close();
newspaper.close();
server.removeAllListeners('exit');
server.kill('SIGINT');
console.log(failures === 0 ? 'The page holds.' : `${failures} checks failed.`);
process.exit(failures === 0 ? 0 : 1);
