// The HTTP API as the page uses it; docs/api.md and docs/incidents.md say what the fields mean.

export interface Status {
  program: string;
  simulation: string | null;
  geo_source: string | null;
  bin_seconds: number;
  from: string | null;
  until: string | null;
  entities: number;
  open_incidents: number;
  public_key?: string | null; // signs evidence; null: there is none
  trouble?: string | null; // why what is shown may be old
}

export interface Peer {
  asn: number;
  address: string;
  full_feed: boolean | null;
  state: string;
  last: string | null;
  routes: number;
}

export interface Source {
  input: string;
  collector: string | null;
  kind: string;
  from: string;
  until: string;
  geo_source: string | null;
  simulation: string | null;
  program: string;
  peers?: Peer[]; // absent: not known
  coverage?: number | null;
  references?: { address: string; asked: number; answered: number }[]; // hosts that tell a prober of its own line
}

// A judged signal, over all countries that have it.
export interface Instrument {
  signal: string;
  places: number;
  entity: string; // the country with the longest series
  name: string | null;
  from: string;
  until: string;
}

export interface EntityHead {
  code: string;
  kind: string;
  name: string | null;
  country: string | null;
}

export interface SignalHead {
  signal: string;
  plane: Plane;
  judged: boolean;
  rises_when_bad: boolean;
  from: string;
  until: string;
}

export interface Entity extends EntityHead {
  names: string[];
  simulation: string | null;
  bin_seconds: number;
  signals: SignalHead[];
  children: EntityHead[];
}

export type Values = (number | null)[];

export interface SeriesAnswer {
  entity: string;
  from: string;
  until: string;
  step: number;
  bin_seconds: number;
  series: { signal: string; values: Values; least?: Values; most?: Values; coverage: number[] }[];
}

export interface ChildrenAnswer {
  signal: string;
  from: string;
  until: string;
  step: number;
  of: number;
  children: { entity: string; name: string | null; most: number; least: Values }[];
}

export interface IncidentHead {
  id: string;
  revision: number;
  entity: string;
  name: string | null;
  kind: string;
  state: string;
  onset: string;
  end: string | null;
  judged_until: string;
  duration_seconds: number;
  depth: number | null;
  confidence: number | null;
}

export type Plane = 'control' | 'data' | 'traffic' | 'other';

export interface SignalCourse {
  signal: string;
  judged: boolean;
  plane: Plane;
  onset: string;
  end: string | null;
  baseline: number | null;
  floor: number | null;
  floor_at: string | null;
  depth: number | null;
}

export interface Child {
  entity: string;
  name: string | null;
  access: string | null;
  kind: string;
  onset: string;
  end: string | null;
  lost: number | null;
  depth: number | null;
  falls: number;
  signals: SignalCourse[];
  // Judgements of older versions do not have these.
  down_seconds?: number | null;
  returns?: number | null;
  phases?: Phase[];
}

// Many messages of routes, though the routes stand.
export interface Burst {
  start: string;
  peak: number;
  baseline: number;
  networks: string[];
}

export interface Phase {
  phase: string;
  start: string;
  end: string | null;
  levels: Record<string, number | null>;
  entities: string[];
}

export interface Incident extends IncidentHead {
  access: string | null;
  onset_earliest: string | null;
  end_earliest: string | null;
  severity_hours: number | null;
  coverage: { min: number; mean: number } | null;
  untold_bins: number;
  planes: Record<Plane, string>;
  signals: SignalCourse[];
  others: {
    signal: string;
    plane: Plane;
    verdict: string;
    judged_share: number;
    usual: number | null;
    worst: number | null;
  }[];
  phases: Phase[];
  recurrence: {
    period: string;
    from_clock: string;
    until_clock: string;
    days: number;
    days_seen: number;
    days_untold: number;
    occurrences: { onset: string; end: string | null; depth: number | null }[];
  } | null;
  children: Child[];
  down_seconds?: number | null; // without the returns
  returns?: number | null;
  bursts?: Burst[];
  cause_hints: { cause: string; probability: number; evidence: { what: string; ratio: number }[] }[];
  joined_into?: string | null;
  rule: string;
  parameters_version: string;
  geo_source: string | null;
  simulation: string | null;
}

export interface ObservedState {
  from: string;
  until: string;
  state: string;
  incident: string | null;
  signals: string[];
}

// One place at one moment.
export interface PlaceNow {
  entity: string;
  state: string;
  incident: string | null;
  signals: string[];
}

export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await fetch(path, { signal, headers: { Accept: 'application/json' } });
  if (!response.ok) {
    const body = await response.json().catch(() => null);
    throw new ApiError(response.status, body?.error ?? response.statusText);
  }
  return (await response.json()) as T; // what was given up half-way is no answer
}

// "/api/v1/PARTS?query"; parts are encoded, parameters without a value left out.
export function api(parts: string[], query: Record<string, string | number | undefined | null> = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') search.set(name, String(value));
  }
  const tail = search.toString();
  return `/api/v1/${parts.map(encodeURIComponent).join('/')}${tail ? `?${tail}` : ''}`;
}
