// Times, numbers and names in the reader's language.
import { words } from '../strings/i18n.svelte';
import type { Length } from './time';
import { clockOf, hoursAndMinutes, lengthOf, offsetOf, fromIso } from './time';
import { cityOf, readCode, zoneOf } from './places';

export function number(value: number, digits = 0): string {
  return value.toLocaleString(words.t.locale, { maximumFractionDigits: digits, minimumFractionDigits: 0 });
}

// "1,033", "1.28 million", "0.09".
export function amount(value: number | null): string {
  if (value === null) return '–';
  if (Math.abs(value) >= 1e6) return words.t.million(number(value / 1e6, 2));
  if (Math.abs(value) >= 10 || Number.isInteger(value)) return number(value);
  return number(value, Math.abs(value) >= 1 ? 1 : 2);
}

// A share as it is printed; what is nearly all or nearly nothing is not rounded to all or nothing.
export function percent(share: number): string {
  let hundredths = Math.round(share * 100);
  if (share < 1 && hundredths === 100) hundredths = 99;
  if (share > 0 && hundredths === 0) return words.t.percent(`<${number(1)}`);
  return words.t.percent(number(hundredths));
}

export function isShare(signal: string): boolean {
  return signal.endsWith('loss');
}
export function isDelay(signal: string): boolean {
  return /(rtt|rtt-spread|latency|delay)$/.test(signal);
}

export function measured(signal: string, value: number | null): string {
  if (value === null) return words.t.place.gap;
  if (isShare(signal)) return words.t.percent(number(value * 100, 1));
  if (isDelay(signal)) return `${number(value)} ms`;
  return amount(value);
}

export function signalName(signal: string): string {
  return words.t.signals[signal]?.[0] ?? signal;
}
export function signalUnit(signal: string): string {
  return words.t.signals[signal]?.[1] ?? '';
}

export function length(milliseconds: number): string {
  return words.t.length(lengthOf(milliseconds) satisfies Length);
}
export function shortLength(milliseconds: number): string {
  return words.t.shortLength(lengthOf(milliseconds));
}

// "5 January 2022, 11:00 UTC".
export function utc(time: number): string {
  const clock = clockOf(time);
  return `${words.t.date(clock)}, ${hoursAndMinutes(clock)} UTC`;
}
// "5 Jan 11:00".
export function shortUtc(time: number): string {
  const clock = clockOf(time);
  return `${words.t.shortDay(clock)} ${hoursAndMinutes(clock)}`;
}
// The same with its year, where it is not this one.
export function datedUtc(time: number): string {
  const clock = clockOf(time);
  const year = clock.year === clockOf(Date.now()).year ? '' : ` ${clock.year}`;
  return `${words.t.shortDay(clock)}${year} ${hoursAndMinutes(clock)}`;
}
// "17:00 in Almaty"; with the day where it is another one. Empty where the place goes by UTC.
export function local(time: number, zone: string): string {
  if (zone === 'UTC') return '';
  const there = clockOf(time, zone);
  const here = clockOf(time);
  const clock = `${there.day === here.day ? '' : `${words.t.shortDay(there)} `}${hoursAndMinutes(there)}`;
  return words.t.localIn(clock, cityOf(zone));
}
// "17:00 (UTC+6)".
export function localClock(time: number, zone: string): string {
  const there = clockOf(time, zone);
  return `${words.t.shortDay(there)} ${hoursAndMinutes(there)} (UTC${offsetOf(time, zone)})`;
}
// For sentences: "11:00 UTC (17:00 in Almaty) on 5 January 2022".
export function moment(iso: string, place: string): string {
  const time = fromIso(iso);
  const zone = zoneOf(place);
  return words.t.momentIn(clockOf(time), zone === 'UTC' ? null : clockOf(time, zone), cityOf(zone));
}

const names = new Map<string, Intl.DisplayNames>();

export function countryName(code: string): string {
  const own = words.places?.[code];
  if (own) return own;
  let inLanguage = names.get(words.language);
  if (!inLanguage) {
    inLanguage = new Intl.DisplayNames([words.language, 'en'], { type: 'region' });
    names.set(words.language, inLanguage);
  }
  try {
    return inLanguage.of(code) ?? code;
  } catch {
    return code;
  }
}

// What to call any place; `name` is what the API knows, which counts for networks and regions only.
export function placeName(code: string, name: string | null = null): string {
  const read = readCode(code);
  if (read.network) {
    const network = name ? `${name} (${read.network})` : read.network;
    return read.country ? words.t.networkIn(network, countryName(read.country)) : network;
  }
  if (read.region && read.country) return words.t.regionIn(name ?? code, countryName(read.country));
  return read.country ? countryName(read.country) : (name ?? code);
}

// The same without its country, where that is clear.
export function partName(code: string, name: string | null = null): string {
  const read = readCode(code);
  if (read.network) return name ? `${name} (${read.network})` : read.network;
  return name ?? (read.region ? code : placeName(code));
}
