// The functions that need no browser.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';

const root = process.env.NIGHTJAR_UI;
const { createServer } = await import(pathToFileURL(`${root}/node_modules/vite/dist/node/index.js`).href);
const vite = await createServer({ root, configFile: `${root}/vite.config.ts`, logLevel: 'error', appType: 'custom', server: { middlewareMode: true, ws: false, watch: null }, optimizeDeps: { noDiscovery: true, include: [] } });
after(() => vite.close());
const lib = (name) => vite.ssrLoadModule(`/src/lib/${name}.ts`);
const { clockOf, hoursAndMinutes, lengthOf, offsetOf } = await lib('time');
const { href, parseRoute } = await lib('route');
const { byCountry, joined, overlay, spansOf, standingAt } = await lib('incidents');
const { collectorsOf } = await lib('sources');
const { named, regionsOf, speakerOf, titleOf, whatHappened } = await lib('story');
const { readCode, zoneOf } = await lib('places');
const { shareOf, usualOf } = await lib('heat');
const time = (text) => Date.parse(text);

test('clocks follow the zone as it was then', () => {
  // Kazakhstan moved to UTC+5 in March 2024.
  assert.equal(hoursAndMinutes(clockOf(time('2022-01-05T10:35:00Z'), 'Asia/Almaty')), '16:35');
  assert.equal(offsetOf(time('2022-01-05T10:35:00Z'), 'Asia/Almaty'), '+6');
  assert.equal(offsetOf(time('2022-01-05T10:35:40Z'), 'Asia/Kolkata'), '+5:30');
  assert.equal(offsetOf(time('2022-01-05T10:35:00Z'), 'America/New_York'), '−5');
  assert.equal(hoursAndMinutes(clockOf(time('2022-01-05T00:00:00Z'))), '00:00');
});

test('lengths keep the two parts that matter', () => {
  assert.deepEqual(lengthOf(90 * 60_000), { days: 0, hours: 1, minutes: 30 });
  assert.deepEqual(lengthOf((2 * 24 + 16) * 3_600_000), { days: 2, hours: 16, minutes: 0 });
  assert.deepEqual(lengthOf((2 * 24 - 0.1) * 3_600_000), { days: 2, hours: 0, minutes: 0 });
  assert.deepEqual(lengthOf(0), { days: 0, hours: 0, minutes: 0 });
  assert.deepEqual(lengthOf(-5), { days: 0, hours: 0, minutes: 0 });
});

test('addresses carry the view there and back', () => {
  const hash = href('place', 'AS29355@KZ', { from: '2022-01-05T00:00:00Z', signal: 'probe.up24', until: undefined });
  assert.equal(hash, '#/place/AS29355@KZ?from=2022-01-05T00:00:00Z&signal=probe.up24');
  assert.deepEqual(parseRoute(hash), { view: 'place', code: 'AS29355@KZ', query: { from: '2022-01-05T00:00:00Z', signal: 'probe.up24' } });
  for (const [bad, view] of [['', 'now'], ['#/', 'now'], ['#/place', 'now'], ['#/nowhere/1', 'now'], ['#/health', 'health'], ['#/place/%', 'place']]) {
    assert.equal(parseRoute(bad).view, view, bad);
  }
});

test('codes tell countries, regions and networks apart', () => {
  assert.deepEqual(readCode('KZ'), { country: 'KZ', region: null, network: null });
  assert.deepEqual(readCode('KZ-ALA'), { country: 'KZ', region: 'ALA', network: null });
  assert.deepEqual(readCode('AS9198@KZ'), { country: 'KZ', region: null, network: 'AS9198' });
  assert.deepEqual(readCode('AS9198'), { country: null, region: null, network: 'AS9198' });
  assert.equal(zoneOf('AS9198@KZ'), 'Asia/Almaty');
  assert.equal(zoneOf('AS9198'), 'UTC');
});

const incident = (entity, kind, onset, end, depth = 1) => ({ id: entity + onset, entity, kind, onset, end, depth, judged_until: '2022-01-20T00:00:00Z', state: end ? 'ended' : 'open' });

test('an incident is down, partial, back, and then forgotten', () => {
  const one = incident('KZ', 'dark', '2022-01-05T00:00:00Z', '2022-01-06T00:00:00Z');
  assert.equal(standingAt(one, time('2022-01-04T23:59:00Z')), null);
  assert.equal(standingAt(one, time('2022-01-05T00:00:00Z')), 'down');
  assert.equal(standingAt(one, time('2022-01-06T00:00:00Z')), 'back');
  assert.equal(standingAt(one, time('2022-01-13T00:01:00Z')), null);
  assert.equal(standingAt(incident('KZ', 'throttled', '2022-01-05T00:00:00Z', null), time('2022-01-09T00:00:00Z')), 'partial');
});

test('a country is as bad as its worst; a part makes it partial', () => {
  const at = time('2022-01-05T12:00:00Z');
  const part = incident('KZ-ALA', 'dark', '2022-01-05T00:00:00Z', null);
  assert.equal(byCountry([part], at).get('KZ').standing, 'partial');
  assert.equal(byCountry([part, incident('KZ', 'dark', '2022-01-05T00:00:00Z', null)], at).get('KZ').standing, 'down');
  const gone = incident('KZ-ALA', 'dark', '2022-01-01T00:00:00Z', '2022-01-02T00:00:00Z');
  assert.equal(byCountry([gone], at).size, 0, 'a part that is back says nothing of its country');
  const nightly = incident('KZ', 'dark', '2022-01-01T00:00:00Z', null);
  assert.equal(byCountry([nightly], at, new Set(['KZ'])).get('KZ').standing, 'back', 'between its times');
});

test('falls are put over states without holes', () => {
  const states = [{ from: '2022-01-01T00:00:00Z', until: '2022-01-10T00:00:00Z', state: 'up', incident: null, signals: [] }];
  const parts = overlay(states, [{ from: '2022-01-02T00:00:00Z', until: '2022-01-03T00:00:00Z' }, { from: '2022-01-09T00:00:00Z', until: '2022-02-01T00:00:00Z' }]);
  assert.deepEqual(parts.map((one) => [one.from.slice(8, 10), one.until.slice(8, 10), one.state]), [['01', '02', 'up'], ['02', '03', 'down'], ['03', '09', 'up'], ['09', '10', 'down']]);
});

test('a recurring incident is down at its times only', () => {
  const one = { onset: '2022-01-01T18:00:00Z', end: null, judged_until: '2022-01-09T00:00:00Z', recurrence: null };
  assert.deepEqual(spansOf(one), [{ from: time('2022-01-01T18:00:00Z'), until: time('2022-01-09T00:00:00Z') }]);
  const times = [{ onset: '2022-01-01T18:00:00Z', end: '2022-01-02T00:00:00Z' }, { onset: '2022-01-08T18:00:00Z', end: null }];
  assert.deepEqual(spansOf({ ...one, recurrence: { occurrences: times } }).map((span) => span.until), [time('2022-01-02T00:00:00Z'), time('2022-01-09T00:00:00Z')]);
});

test('what is usual is not what a long blackout makes of it', () => {
  assert.equal(usualOf([...Array(60).fill(0), ...Array(40).fill(100)]), 100);
  assert.equal(usualOf([null, null]), null);
  assert.equal(usualOf([0, 0]), null);
  assert.equal(shareOf(50, 100), 0.5);
  assert.equal(shareOf(150, 100), 1);
  assert.equal(shareOf(null, 100), null);
  assert.equal(shareOf(200, 100, true), 0.5);
});

test('a sentence gives the local day where it is another', async () => {
  const onset = time('2011-01-27T22:10:00Z');
  const say = async (language) => (await vite.ssrLoadModule(`/src/strings/${language}.ts`))[language].momentIn(clockOf(onset), clockOf(onset, 'Africa/Cairo'), 'Cairo');
  assert.equal(await say('en'), '22:10 UTC (00:10 on 28 January in Cairo) on 27 January 2011');
  assert.equal(await say('ru'), '27 января 2011 года в 22:10 UTC (28 января в 00:10 по местному времени)');
  assert.equal(await say('kk'), '2011 жылғы 27 қаңтар, сағат 22:10 UTC (жергілікті уақыт 28 қаңтар, 00:10)');
});

test('every language says the same things', async () => {
  const shape = (value) => (typeof value === 'object' ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shape(one)])) : typeof value);
  const { en } = await vite.ssrLoadModule('/src/strings/en.ts');
  for (const language of ['ru', 'kk']) {
    const other = (await vite.ssrLoadModule(`/src/strings/${language}.ts`))[language];
    const plain = { ...shape(other), incident: { ...shape(other.incident), hints: {} } };
    assert.deepEqual(plain, { ...shape(en), incident: { ...shape(en.incident), hints: {} } }, language);
  }
});

test('neighbours of one state are drawn as one', () => {
  const one = (from, until, state) => ({ from, until, state });
  assert.deepEqual(joined([one('1', '2', 'up'), one('2', '3', 'up'), one('3', '4', 'down'), one('5', '6', 'down')]), [one('1', '3', 'up'), one('3', '4', 'down'), one('5', '6', 'down')]);
});

const source = (collector, kind, from, until, more = {}) => ({ input: `${collector}-${from}`, collector, kind, from: `2022-01-01T${from}:00Z`, until: `2022-01-01T${until}:00Z`, ...more });

test('sources are put together by collector, the silent ones first', () => {
  const peer = (asn, state) => ({ asn, address: '::1', full_feed: true, state, last: null, routes: 1 });
  const all = collectorsOf(
    [
      source('rrc00', 'updates', '00:05', '06:00', { peers: [peer(2, 'up'), peer(1, 'up')], coverage: 0.5 }),
      source('rrc00', 'rib', '00:00', '00:00'),
      source('rrc00', 'updates', '06:10', '12:00', { peers: [peer(2, 'silent')], coverage: 0.25 }),
      source('a', 'updates', '00:00', '02:00'),
      source('a', 'updates', '04:00', '10:00'),
      source(null, 'import', '00:00', '12:00'),
    ],
    time('2022-01-01T12:00:00Z'),
  );
  assert.deepEqual(all.map((one) => [one.name, one.silent]), [['a', true], ['null-00:00', false], ['rrc00', false]]);
  const [a, , rrc00] = all;
  assert.equal(a.lines[0].spans.length, 2, 'a hole of two hours is one');
  assert.equal(a.peers, null);
  assert.deepEqual(rrc00.lines.map((line) => [line.kind, line.inputs, line.spans.length]), [['rib', 1, 1], ['updates', 2, 1]]);
  assert.deepEqual(rrc00.peers.map((one) => [one.asn, one.state]), [[1, 'up'], [2, 'silent']], 'as the later input has it');
  assert.equal(rrc00.coverage, 0.25);
});

const story = (more) => ({ id: 'KZ-1', revision: 1, entity: 'KZ', name: 'Kazakhstan', kind: 'dark', onset: '2022-01-05T10:35:00Z', end: null, judged_until: '2022-01-05T12:35:00Z', duration_seconds: 7200, depth: 0.96, signals: [], others: [], children: [], recurrence: null, ...more });

test('regions are named by who knows their names', () => {
  const places = [{ code: 'KZ-ALA', name: 'Almaty' }, { code: 'AS9198@KZ', name: 'another' }];
  const it = story({ children: [{ entity: 'KZ-ALA', name: null }, { entity: 'KZ-AST', name: null }, { entity: 'AS9198@KZ', name: 'Kazakhtelecom' }] });
  assert.deepEqual(named(it, places).children.map((one) => one.name), ['Almaty', null, 'Kazakhtelecom']);
  assert.equal(named(it, places).name, 'Kazakhstan');
  assert.equal(titleOf(named(story({ entity: 'KZ-ALA', name: null }), places)), 'Kazakhstan: region Almaty, 5 January 2022');
  assert.equal(regionsOf(it), 'KZ');
  assert.equal(regionsOf(story({ entity: 'KZ-ALA', children: [] })), 'KZ');
  assert.equal(regionsOf(story({ children: [{ entity: 'AS9198@KZ', name: null }] })), null);
});

test('an incident is told by kind, with the local time', () => {
  assert.equal(titleOf(story({})), 'Kazakhstan, 5 January 2022');
  assert.equal(whatHappened(story({})), 'Internet connectivity in Kazakhstan began to fall at 10:35 UTC (16:35 in Almaty) on 5 January 2022, to 4\u00a0% of its ordinary level. It had not come back by 12:35 UTC (18:35 in Almaty) on 5 January 2022, 2 hours later.');
  assert.match(whatHappened(story({ kind: 'partial', children: [{}, {}] })), /^Several networks in Kazakhstan/);
  assert.match(whatHappened(story({ end: '2022-01-05T12:35:00Z' })), /It was back at 12:35 UTC/);
  assert.match(whatHappened(story({ kind: 'traffic-down', recurrence: { occurrences: [{}, {}], from_clock: '01:00', until_clock: '04:00', period: 'daily' } })), /^Internet traffic from Kazakhstan fell 2 times/);
  const imported = { signals: [{ signal: 'home.up', judged: true }] };
  assert.match(whatHappened(story({ ...imported, kind: 'partial' })), /^In Kazakhstan, what was measured as “home.up” began to fall at 10:35/);
  assert.match(whatHappened(story({ ...imported, kind: 'throttled' })), /^The Internet in Kazakhstan became slow/);
});

test('what fell speaks for a place, else what stood, else its largest part', () => {
  const fell = { signal: 'probe.up24', judged: true, baseline: 9 };
  assert.deepEqual(speakerOf(story({ signals: [{ signal: 'probe.rtt-spread', judged: false }, fell], others: [{ signal: 'a', usual: 1 }] })), { signal: 'probe.up24', baseline: 9 });
  assert.deepEqual(speakerOf(story({ others: [{ signal: 'a', usual: 1 }] })), { signal: 'a', baseline: 1 });
  assert.deepEqual(speakerOf(story({ children: [{ signals: [{ signal: 'b' }] }] })), { signal: 'b', baseline: null });
  assert.equal(speakerOf(story({})), null);
});
