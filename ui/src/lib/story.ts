// An incident told in the reader's language: on its page, and on cards in other people's pages.
import type { EntityHead, Incident, IncidentHead } from './api';
import { isDown } from './incidents';
import { readCode } from './places';
import { length, measured, moment, partName, percent, placeName, signalName } from './say';
import { clockOf, fromIso } from './time';
import { words } from '../strings/i18n.svelte';

export function toneOf(kind: string): 'down' | 'partial' {
  return isDown(kind) ? 'down' : 'partial';
}

// The incident with the names that `places` have where it has none: documents do not name regions, so that they
// come out alike where no list of these is installed.
export function named(it: Incident, places: EntityHead[]): Incident {
  const names = new Map(places.map((one) => [one.code, one.name]));
  const withName = <T extends { entity: string; name: string | null }>(one: T): T => ({ ...one, name: one.name ?? names.get(one.entity) ?? null });
  return { ...withName(it), children: it.children.map(withName) };
}

// The country whose regions it tells of; null if it tells of none.
export function regionsOf(it: Incident): string | null {
  const region = [it, ...it.children].find((one) => readCode(one.entity).region);
  return region ? readCode(region.entity).country : null;
}

// Several networks fell, and the sum of the country hardly shows it.
export function isSpread(it: Incident): boolean {
  return it.kind === 'partial' && it.children.length > 1;
}

// The signal that speaks for the place: the first judged one that fell; where its sum stood, what was judged and stood.
export function speakerOf(it: Incident): { signal: string; baseline: number | null } | null {
  const fell = it.signals.find((one) => one.judged);
  if (fell) return { signal: fell.signal, baseline: fell.baseline };
  const stood = it.others[0];
  if (stood) return { signal: stood.signal, baseline: stood.usual };
  const part = it.children[0]?.signals[0];
  return part ? { signal: part.signal, baseline: null } : null;
}

export function titleOf(it: IncidentHead): string {
  return `${placeName(it.entity, it.name)}, ${words.t.date(clockOf(fromIso(it.onset)))}`;
}

// What one imported measure lost is not the connectivity of a place.
function measureOf(it: Incident): string | null {
  const signal = it.kind === 'traffic-down' ? null : it.signals.find((one) => one.judged)?.signal;
  return signal && !/^(routing|probe|sites)\./.test(signal) ? signalName(signal) : null;
}

// What happened, when, and whether it is over.
export function whatHappened(it: Incident): string {
  const code = readCode(it.entity);
  const delay = it.signals.find((one) => one.signal.endsWith('rtt'));
  return words.t.incident.sentences({
    place: placeName(it.entity, it.name),
    country: code.network || code.region ? null : it.entity,
    kind: it.kind,
    measure: measureOf(it),
    left: it.depth === null ? '–' : percent(1 - it.depth),
    lost: it.depth === null ? '–' : percent(it.depth),
    spread: isSpread(it),
    recurs: it.recurrence
      ? { times: it.recurrence.occurrences.length, from: it.recurrence.from_clock, until: it.recurrence.until_clock, daily: it.recurrence.period === 'daily' }
      : null,
    delay: delay ? { usual: measured(delay.signal, delay.baseline), worst: measured(delay.signal, delay.floor) } : null,
    onset: moment(it.onset, it.entity),
    end: it.end ? moment(it.end, it.entity) : null,
    length: length(it.duration_seconds * 1000),
    until: moment(it.judged_until, it.entity),
  });
}

// The same with how it is known and whom it hit most.
export function wholeStory(it: Incident): string {
  const networks = it.children
    .filter((child) => readCode(child.entity).network && child.depth !== null)
    .slice(0, 3)
    .map((child) => words.t.incident.toLevel(partName(child.entity, child.name), percent(1 - (child.depth ?? 0))));
  return [
    whatHappened(it),
    words.t.incident.howSentence[it.kind] ?? '',
    networks.length > 0 ? words.t.incident.mostHit(networks.join('; ')) : '',
  ]
    .filter(Boolean)
    .join(' ');
}
