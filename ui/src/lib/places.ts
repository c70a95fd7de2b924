// What to call a place, and which clock it goes by.
import zones from '../places/zones.json';

export interface Code {
  country: string | null;
  region: string | null; // the part behind the country: "ALA"
  network: string | null; // "AS9198"
}

// "KZ", "KZ-ALA", "AS9198", "AS9198@KZ".
export function readCode(code: string): Code {
  const network = /^(AS\d+)(?:@([A-Z]{2}))?$/.exec(code);
  if (network) return { country: network[2] ?? null, region: null, network: network[1] };
  const place = /^([A-Z]{2})(?:-(.+))?$/.exec(code);
  return { country: place?.[1] ?? null, region: place?.[2] ?? null, network: null };
}

// Of countries with several clocks the one that most people, or the capital, go by. UTC where none is known.
export function zoneOf(code: string): string {
  const country = readCode(code).country;
  return (country && (zones as Record<string, string>)[country]) || 'UTC';
}

export function cityOf(zone: string): string {
  return zone.slice(zone.lastIndexOf('/') + 1).replaceAll('_', ' ');
}
