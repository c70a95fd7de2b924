// What the sources say of themselves, put together by collector.
import type { Peer, Source } from './api';
import { fromIso, kHour } from './time';

export interface Stretch {
  from: number;
  until: number;
}

// The inputs of one kind that one collector gave.
export interface Line {
  kind: string;
  inputs: number;
  from: number;
  until: number;
  spans: Stretch[]; // in order, with what touches joined
}

export interface Collector {
  name: string; // empty where it has none
  lines: Line[]; // by kind
  until: number; // its last word
  silent: boolean; // it spoke before, and not up to the end of the data
  coverage: number | null; // as it was last told
  peers: Peer[] | null; // by AS number; null: not known
  references: { answering: number; of: number } | null; // a prober's, by its last word
}

// Inputs closer together than this are one stretch.
const kTouching = kHour / 2;
// A source that speaks every bin is missed after this.
const kMissed = kHour;

// A table of routes is a moment and comes now and then: its age says nothing.
const kMoments = new Set(['rib']);

function lineOf(line: Line | undefined, one: Source): Line {
  const from = fromIso(one.from);
  const until = fromIso(one.until);
  if (!line) return { kind: one.kind, inputs: 1, from, until, spans: [{ from, until }] };
  line.inputs++;
  line.until = Math.max(line.until, until);
  const last = line.spans[line.spans.length - 1];
  if (from - last.until <= kTouching) last.until = Math.max(last.until, until);
  else line.spans.push({ from, until });
  return line;
}

// `end` is the end of the data.
export function collectorsOf(sources: Source[], end: number): Collector[] {
  const all = new Map<string, Collector>();
  for (const one of [...sources].sort((a, b) => fromIso(a.from) - fromIso(b.from))) {
    // What was imported has no collector: each file is a source of its own.
    const name = one.collector ?? (one.kind === 'import' ? one.input.slice(one.input.lastIndexOf('/') + 1) : '');
    const collector = all.get(name) ?? { name, lines: [], until: 0, silent: false, coverage: null, peers: null, references: null };
    all.set(name, collector);
    const line = lineOf(
      collector.lines.find((each) => each.kind === one.kind),
      one,
    );
    if (!collector.lines.includes(line)) collector.lines.push(line);
    if (one.peers) collector.peers = merged(collector.peers ?? [], one.peers);
    if (one.references) collector.references = { answering: one.references.filter((each) => each.answered > 0).length, of: one.references.length };
    if (one.coverage !== undefined && one.coverage !== null) collector.coverage = one.coverage;
  }
  for (const collector of all.values()) {
    collector.lines.sort((a, b) => a.kind.localeCompare(b.kind));
    collector.until = Math.max(...collector.lines.map((line) => line.until));
    const steady = collector.lines.filter((line) => !kMoments.has(line.kind));
    collector.silent = steady.length > 0 && end - Math.max(...steady.map((line) => line.until)) > kMissed;
  }
  // The silent ones first: they are what one looks for.
  return [...all.values()].sort((a, b) => Number(b.silent) - Number(a.silent) || a.name.localeCompare(b.name));
}

// Each peer as the later source has it.
function merged(known: Peer[], later: Peer[]): Peer[] {
  const all = new Map(known.map((peer) => [`${peer.asn} ${peer.address}`, peer]));
  for (const peer of later) all.set(`${peer.asn} ${peer.address}`, peer);
  return [...all.values()].sort((a, b) => a.asn - b.asn || a.address.localeCompare(b.address));
}
