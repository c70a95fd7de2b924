// What a list or a map says of incidents at a moment.
import type { Incident, IncidentHead, ObservedState } from './api';
import { readCode } from './places';
import { fromIso, kDay } from './time';

export type Standing = 'down' | 'partial' | 'back';

// How long the list remembers what is back.
export const kRemembered = 7 * kDay;

const kDownKinds = new Set(['withdrawn', 'announced-dark', 'dark']);

export function isDown(kind: string): boolean {
  return kDownKinds.has(kind);
}

export function lastOf(incident: IncidentHead): number {
  return fromIso(incident.end ?? incident.judged_until);
}

// Null: not begun yet, or over for long. `until` is the end of the data: what is open there goes on.
export function standingAt(incident: IncidentHead, at: number): Standing | null {
  const onset = fromIso(incident.onset);
  if (onset > at) return null;
  const end = incident.end === null ? Infinity : fromIso(incident.end);
  if (at < end) return isDown(incident.kind) ? 'down' : 'partial';
  return at - end <= kRemembered ? 'back' : null;
}

export interface CountryStanding {
  standing: Standing;
  incident: IncidentHead; // the one that says so
}

const kWeight: Record<Standing, number> = { down: 3, partial: 2, back: 1 };

// The worst of each country: a region or network that is down makes it partial. Countries that are known to be up are
// back, whatever an incident that recurs says.
export function byCountry(incidents: IncidentHead[], at: number, up: Set<string> = new Set()): Map<string, CountryStanding> {
  const countries = new Map<string, CountryStanding>();
  for (const incident of incidents) {
    const code = readCode(incident.entity);
    let standing = standingAt(incident, at);
    if (!standing || !code.country) continue;
    const part = code.region !== null || code.network !== null;
    if (part && standing === 'back') continue;
    if (part) standing = 'partial';
    else if (up.has(code.country)) standing = 'back';
    const known = countries.get(code.country);
    const better =
      !known ||
      kWeight[standing] > kWeight[known.standing] ||
      (kWeight[standing] === kWeight[known.standing] &&
        !part &&
        readCode(known.incident.entity).region !== null);
    if (better) countries.set(code.country, { standing, incident });
  }
  return countries;
}

// The states with those spans put over them as down. Times are of one form, so that their order is that of text.
export function overlay(states: ObservedState[], falls: { from: string; until: string }[]): ObservedState[] {
  let parts = states;
  for (const fall of falls) {
    parts = parts.flatMap((one) => {
      const from = one.from > fall.from ? one.from : fall.from;
      const until = one.until < fall.until ? one.until : fall.until;
      if (from >= until) return [one];
      const pieces: ObservedState[] = [];
      if (one.from < from) pieces.push({ ...one, until: from });
      pieces.push({ ...one, from, until, state: 'down' });
      if (until < one.until) pieces.push({ ...one, from: until });
      return pieces;
    });
  }
  return parts;
}

// Neighbours of one state as one, so that they are drawn without a seam.
export function joined(states: ObservedState[]): ObservedState[] {
  const all: ObservedState[] = [];
  for (const one of states) {
    const last = all[all.length - 1];
    if (last && last.state === one.state && last.until === one.from) all[all.length - 1] = { ...last, until: one.until };
    else all.push(one);
  }
  return all;
}

// When it was down: of a recurring incident each of its times, else the whole.
export function spansOf(incident: Pick<Incident, 'onset' | 'end' | 'judged_until' | 'recurrence'>): { from: number; until: number }[] {
  const times = incident.recurrence?.occurrences ?? [incident];
  return times.map((one) => ({ from: fromIso(one.onset), until: fromIso(one.end ?? incident.judged_until) }));
}
