// English: also the model of every other language. What a function is given: names and numbers ready to print.
import type { Clock, Length } from '../lib/time';
import { hoursAndMinutes } from '../lib/time';

const months = 'January February March April May June July August September October November December'.split(' ');
const many = (n: number, one: string, more: string) => `${n} ${n === 1 ? one : more}`;
// Countries that take an article.
const withThe = new Set('AE BS CD CF CG DO FK FM FO GB GM IM IO KM KY MH MP MV NL PH SB SC TC TF UM US VA VG VI'.split(' '));
const the = (name: string, country: string | null) => (country && withThe.has(country) ? `the ${name}` : name);

export interface SentenceParts {
  place: string; // its name
  country: string | null; // its code, for an article
  kind: string;
  measure: string | null; // the imported one that speaks for the place, which is not its connectivity
  left: string; // "2 %": what remained of the ordinary level
  lost: string; // "98 %"
  spread: boolean; // several networks fell, the whole did not
  recurs: { times: number; from: string; until: string; daily: boolean } | null; // clocks of UTC
  delay: { usual: string; worst: string } | null; // "146 ms" to "680 ms"
  onset: string; // momentIn() below
  end: string | null;
  length: string;
  until: string; // the end of the data, where there is no end
}

export const en = {
  language: 'English',
  locale: 'en-GB',
  title: 'Nightjar',
  subtitle: 'An open observatory of Internet blackouts',
  skip: 'Skip to the content',
  loading: 'Loading…',
  failed: (why: string) => `This could not be loaded: ${why}`,
  retry: 'Try again',
  trouble: 'The server cannot read its store at the moment. What it read before is shown; newer changes may be missing.',
  live: 'Live',
  liveHint: 'Changes appear by themselves.',
  disconnected: 'Connection lost; trying again',
  languageLabel: 'Language',
  navigation: 'Views',
  nav: { now: 'Now', health: 'Health' },
  simulation: 'Simulation, not a measurement',
  simulationMore: (what: string) => `Everything on this page is made up for a demonstration (${what}). Nothing of it was measured.`,
  footer: 'Nightjar measures with its own instruments, and says what it cannot tell. Nothing on this page comes from third parties.',
  footerMap: 'Outlines: Natural Earth. Borders are drawn as that source has them, and are no statement.',
  footerLinks: { api: 'API', feed: 'Feed (Atom)', csv: 'Incidents as CSV' },

  search: { label: 'Search for a place or network', placeholder: 'Kazakhstan, AS9198 …', none: 'Nothing of that name was measured', results: (n: number) => many(n, 'result', 'results') },

  // Times and numbers.
  date: (c: Clock) => `${c.day} ${months[c.month]} ${c.year}`,
  dayMonth: (c: Clock) => `${c.day} ${months[c.month]}`,
  shortDay: (c: Clock) => `${c.day} ${months[c.month].slice(0, 3)}`,
  monthYear: (c: Clock) => `${months[c.month].slice(0, 3)} ${c.year}`,
  length: ({ days, hours, minutes }: Length) =>
    [days && many(days, 'day', 'days'), hours && many(hours, 'hour', 'hours'), !days && (minutes || !hours) && many(minutes, 'minute', 'minutes')].filter(Boolean).join(' '),
  shortLength: ({ days, hours, minutes }: Length) =>
    days ? `${days} d ${hours} h` : hours ? `${hours} h${minutes ? ` ${minutes} min` : ''}` : `${minutes} min`,
  percent: (number: string) => `${number}\u00a0%`,
  localIn: (time: string, city: string) => `${time} in ${city}`,
  momentIn: (utc: Clock, local: Clock | null, city: string) =>
    `${hoursAndMinutes(utc)} UTC${local ? ` (${hoursAndMinutes(local)} ${local.day === utc.day ? '' : `on ${local.day} ${months[local.month]} `}in ${city})` : ''} on ${utc.day} ${months[utc.month]} ${utc.year}`,
  million: (number: string) => `${number} million`,
  networkIn: (network: string, country: string) => `${network}, ${country}`,
  regionIn: (region: string, country: string) => `${country}: region ${region}`,
  ago: (length: string) => `${length} ago`,

  standing: { down: 'Down', partial: 'Partly down', back: 'Back', up: 'Up', 'cannot tell': 'Cannot tell', unmeasured: 'Not measured' } as Record<string, string>,
  kinds: {
    withdrawn: 'Routes withdrawn',
    'announced-dark': 'Announced, but dark',
    dark: 'Dark',
    partial: 'Partial outage',
    throttled: 'Throttled',
    'traffic-down': 'Traffic down',
    'sites-blocked': 'Sites blocked',
  } as Record<string, string>,
  kindMeans: {
    withdrawn: 'The routes to its address space disappeared from the world’s routing tables: nothing can be sent there.',
    'announced-dark': 'Its routes, all or most of them, still stand in the world’s routing tables, but the hosts behind them fell silent. Whoever looks at routing alone sees little or nothing.',
    dark: 'At least half of what was measured is gone. Of its routes nothing is known at the time.',
    partial: 'A part of it is gone; most of it still works.',
    throttled: 'It is connected, but loss or delay made it slow.',
    'traffic-down': 'Only traffic fell. Whether it was cut, or people were away, cannot be told from that.',
    'sites-blocked': 'Only sites that were fetched failed; the network itself stands.',
  } as Record<string, string>,
  states: { open: 'going on', ended: 'over', joined: 'told in another incident', retracted: 'taken back' } as Record<string, string>,

  now: {
    heading: 'Where the Internet is down',
    at: 'As of',
    dataEnd: (length: string) => `The data end ${length} ago: what happened since is not known.`,
    past: 'You are looking at the past.',
    backToNow: 'Back to the latest',
    down: (n: number) => many(n, 'country down', 'countries down'),
    partial: (n: number) => many(n, 'partly down', 'partly down'),
    back: (n: number) => `${n} back within 7 days`,
    untold: (n: number) => `${n} cannot be told`,
    up: (n: number) => `${n} up`,
    calm: 'No outage is known at this moment.',
    map: 'World map of the countries that are down, partly down, or back. The list has the same facts.',
    legend: 'Key to the map',
    time: 'Look at another moment',
    list: 'Incidents',
    more: (n: number) => `Show ${n} more`,
    lost: 'lost',
    slower: 'slower',
    since: 'Since',
    until: 'until',
    lasted: 'Length',
    confidence: 'Confidence',
    place: 'Place',
    what: 'What',
    depth: 'Lost at the lowest',
    unknown: 'not known',
    parts: (n: number) => many(n, 'network or region of it', 'networks and regions of it'),
  },

  place: {
    marker: 'Marker',
    signals: 'Signals',
    whole: 'All',
    zoomIn: 'Closer',
    zoomOut: 'Wider',
    earlier: 'Earlier',
    later: 'Later',
    zoomHint: 'Drag over a chart to look closer; the arrow keys move the marker. The address of this page keeps what you see.',
    copyLink: 'Copy link to this view',
    copied: 'Copied',
    csv: 'Series as CSV',
    feed: 'Feed',
    utc: 'UTC',
    local: (city: string) => `time in ${city}`,
    gap: 'no data',
    allSignals: 'Show all signals',
    fewSignals: 'Show fewer',
    incidents: 'Incidents',
    none: 'No incident is known here in this time.',
    observability: 'What could be told',
    observabilityHint: 'Up, down, or not to be told, by time.',
    parts: 'Networks and regions',
    partsOf: 'Found in',
    partsHint: (signal: string) => `${signal}, as a share of what each usually has. Dark is gone; hatched is no data.`,
    partsShown: (n: number, of: number) => `The ${n} largest of ${of}.`,
    lowest: 'Lowest',
    baseline: 'ordinary level',
    planes: { control: 'routes', data: 'hosts', traffic: 'traffic', other: 'other' } as Record<string, string>,
    kinds: { country: 'Country', region: 'Region', network: 'Network', 'network in country': 'Network in a country', site: 'Site' } as Record<string, string>,
    unknownPlace: 'Nothing was measured of this place.',
    choose: 'Signal of the parts',
    measured: (from: string, until: string) => `Measured from ${from} to ${until}.`,
  },

  signals: {
    'routing.visible24': ['Reachable address space, IPv4', 'blocks of 256 addresses (/24) with a visible route'],
    'routing.visible48': ['Reachable address space, IPv6', '/48s with a visible route'],
    'routing.prefixes4': ['Prefixes, IPv4', 'visible prefixes'],
    'routing.prefixes6': ['Prefixes, IPv6', 'visible prefixes'],
    'routing.moved24': ['Announced by others, IPv4', '/24s that only other networks announce now'],
    'routing.moved48': ['Announced by others, IPv6', '/48s that only other networks announce now'],
    'routing.updates': ['Routing messages', 'announcements and withdrawals per bin'],
    'probe.up24': ['Hosts that answer, IPv4', 'blocks of 256 addresses (/24) with answering hosts'],
    'probe.up48': ['Hosts that answer, IPv6', '/48s with answering hosts'],
    'probe.sparse': ['Hosts in sparse blocks', 'answers as a share of those expected'],
    'probe.loss': ['Loss', 'share of probes without an answer'],
    'probe.rtt': ['Delay', 'milliseconds there and back, median'],
    'probe.rtt-spread': ['Spread of the delay', 'milliseconds between the quartiles'],
    'ioda.bgp': ['Reachable address space, by IODA', 'blocks of 256 addresses (/24) with a visible route'],
    'ioda.ping-slash24': ['Hosts that answer, by IODA', 'blocks of 256 addresses (/24) with answering hosts'],
    'ioda.ping-slash24-loss': ['Loss, by IODA', 'share of probes without an answer'],
    'ioda.ping-slash24-latency': ['Delay, by IODA', 'milliseconds there and back'],
    'ioda.merit-nt': ['Telescope, by IODA', 'addresses that sent stray packets'],
    'ioda.ucsd-nt': ['Telescope, by IODA', 'addresses that sent stray packets'],
    'ioda.gtr': ['Google traffic, by IODA', 'requests'],
    'ioda.gtr-norm': ['Google traffic, by IODA', 'as a share'],
    'ioda.mozilla': ['Firefox traffic, by IODA', 'clients'],
    'monash.connectivity': ['Connectivity, by Monash IP Observatory', 'per cent of the addresses that usually answer'],
    'pings.answering': ['Addresses that answered', 'single pings'],
    'radar.traffic': ['Traffic, by Cloudflare Radar', 'as that source counts it'],
    'radar.http': ['HTTP requests, by Cloudflare Radar', 'as that source counts them'],
    'radar.netflows': ['Traffic of networks, by Cloudflare Radar', 'as that source counts it'],
    'google.web-search': ['Google searches', 'as a share of all traffic of the kind'],
    'google.youtube': ['YouTube traffic', 'as a share of all traffic of the kind'],
    'sites.ok': ['Sites that open', 'share of those fetched'],
  } as Record<string, [string, string]>,

  incident: {
    back: 'All incidents',
    simulated: 'SIMULATION, NOT A MEASUREMENT.',
    known: 'How it is known',
    planes: { control: 'Routes', data: 'Hosts', traffic: 'Traffic', other: 'Other measures' } as Record<string, string>,
    planeSays: {
      fell: 'fell',
      stands: 'stood, and was looked at',
      'cannot-tell': 'cannot be told',
      'not-measured': 'not measured',
    } as Record<string, string>,
    planeWhat: {
      control: 'whether the world’s routing tables know a way there',
      data: 'whether hosts there answer',
      traffic: 'how much is sent from there',
      other: 'imported measures',
    } as Record<string, string>,
    facts: 'Facts',
    onset: 'Began',
    onsetEarliest: (time: string) => `(or earlier: the time since ${time} could not be judged)`,
    end: 'Ended',
    endEarliest: (time: string) => `(or earlier: the time since ${time} could not be judged)`,
    stillOpen: (time: string) => `not by ${time}, the end of the data`,
    length: 'Length',
    depth: 'Lost at the lowest',
    depthSpread: 'Share of the country in the networks that fell',
    severity: 'Weight',
    severityHours: (hours: string) => `as much as ${hours} hours of total loss`,
    confidence: 'Confidence that it is an outage',
    noConfidence: 'not known: too little history of this kind',
    coverage: 'Health of the instruments meanwhile',
    coverageSays: (mean: string, min: string) => `${mean} on average, ${min} at the worst`,
    untold: (n: number) => `${many(n, 'bin', 'bins')} inside it could not be judged.`,
    signal: 'Signal',
    usual: 'Ordinary',
    lowest: 'Worst',
    lowestAt: 'at',
    verdict: 'Verdict',
    stands: 'stands',
    cannotTell: 'cannot tell',
    fell: 'fell',
    told: 'told only',
    course: 'Course',
    chart: 'Chart',
    openPlace: (name: string) => `All signals of ${name} in that time`,
    phases: {
      early: 'Early signs',
      onset: 'The fall',
      floor: 'Held low',
      return: 'A window of return',
      recovery: 'Coming back',
      restored: 'Back to ordinary',
    } as Record<string, string>,
    earlyBy: 'Already down:',
    networks: 'Networks and regions that fell with it',
    mobile: 'Mobile networks',
    fixed: 'Fixed networks',
    mixed: 'Mobile and fixed networks',
    otherNetworks: 'Other networks',
    regions: 'Regions',
    countries: 'Countries',
    lostColumn: (unit: string) => `Lost (${unit})`,
    shareOfLoss: (share: string) => `${share} of the whole loss`,
    showAll: (n: number) => `Show all ${n}`,
    recurrence: 'It recurs',
    recurrenceSays: (from: string, until: string, seen: number, days: number) =>
      `Usually from ${from} to ${until} UTC; it came on ${seen} of ${days} days.`,
    daily: 'daily',
    irregular: 'irregular',
    untoldDays: (n: number) => `On ${many(n, 'day', 'days')} its hours could not be judged.`,
    causes: 'What may have caused it',
    causesWarn: 'Hints from the pattern alone, never a verdict. People and documents must confirm them.',
    noCause: 'No cause stands out: the pattern would fit several.',
    causeNames: { ordered: 'Ordered by an authority', exam: 'Shut down for an exam', cable: 'Cable cut', power: 'Power failure', technical: 'Technical failure' } as Record<string, string>,
    for: 'speaks for it',
    against: 'speaks against it',
    hints: {} as Record<string, string>,
    evidence: 'Evidence',
    rule: 'Judged by the rule',
    parameters: 'parameters',
    map: 'Places by',
    json: 'This incident as JSON',
    csv: 'Its series, every bin, as CSV',
    revisions: 'Revisions',
    revision: (n: number) => `Revision ${n}`,
    latest: 'latest',
    cite: 'Cite',
    permalink: 'Permanent link',
    copy: 'Copy',
    sentence: 'Sentence',
    unknownIncident: 'There is no such incident.',
    joinedInto: 'It is now part of',
    // The sentences that a newspaper can print.
    sentences: (p: SentenceParts): string => {
      const place = the(p.place, p.country);
      const what = p.measure
        ? `In ${place}, what was measured as “${p.measure}”`
        : p.kind === 'traffic-down' ? `Internet traffic from ${place}` : `Internet connectivity in ${place}`;
      if (p.recurs) {
        const last = p.end ? `the last time ended at ${p.end}` : `it was down at ${p.until}, the end of the data`;
        return `${what} fell ${p.recurs.times} times, ${p.recurs.daily ? 'day after day' : 'again and again'} from about ${p.recurs.from} to ${p.recurs.until} UTC, to as little as ${p.left} of its ordinary level. The first time began at ${p.onset}; ${last}.`;
      }
      let fall = `${what} began to fall at ${p.onset}, to ${p.left} of its ordinary level.`;
      const kind = p.measure && p.kind !== 'throttled' ? null : p.kind;
      if (kind && p.spread) fall = `Several networks in ${place}, with ${p.lost} of its address space between them, lost their connection from ${p.onset}.`;
      else if (kind === 'partial') fall = `A part of the Internet in ${place}, ${p.lost} of it, lost its connection from ${p.onset}.`;
      else if (kind === 'throttled')
        fall = p.delay
          ? `The Internet in ${place} became slow at ${p.onset}: the delay rose from ${p.delay.usual} to ${p.delay.worst}.`
          : `The Internet in ${place} became slow at ${p.onset}, while it stayed connected.`;
      else if (kind === 'sites-blocked') fall = `From ${p.onset}, ${p.lost} of the tested websites could no longer be reached from ${place}.`;
      const end = p.end ? `It was back at ${p.end}, after ${p.length}.` : `It had not come back by ${p.until}, ${p.length} later.`;
      return `${fall} ${end}`;
    },
    howSentence: {
      withdrawn: 'Its networks had disappeared from the world’s routing tables.',
      'announced-dark': 'The routes to its networks, all or most of them, stood, but the hosts behind them did not answer.',
    } as Record<string, string>,
    mostHit: (names: string) => `Hit most: ${names}.`,
    toLevel: (name: string, left: string) => `${name}, down to ${left}`,
    source: (id: string, revision: number) => `Source: Nightjar, incident ${id}, revision ${revision}.`,
    downFor: (length: string, returns: number) => `down for ${length} of it, back ${many(returns, 'time', 'times')} in between`,
    bursts: 'Signs in the routes',
    burst: (time: string, peak: string, usual: string, networks: number) =>
      `At ${time}, ${peak} messages of routes in one bin, where ${usual} is usual${networks ? `, from ${many(networks, 'network', 'networks')} at once` : ''}: routes were touched, though they stand.`,
    courseOf: (phases: string) => `Its course: ${phases}`,
    noChart: 'No series of it can be drawn.',
    partsTell: 'Its sum hardly shows it; the networks below do.',
    olderRevision: (n: number, of: number) => `This is revision ${n} of ${of}: what was said then.`,
    toLatest: 'See the latest',
    noRevision: (n: string) => `It has no revision ${n}.`,
    png: 'Chart as a picture (PNG)',
    bundle: 'Signed evidence (tar)',
    bundleWait: 'Making it may take a minute.',
    bundleMaking: 'It is being made; this may take a minute.',
    bundleLater: 'It is still being made. Ask again in a while.',
    bundleSays: 'Every bin that was judged, the report, and hashes of all of it, signed by this server’s key:',
    bundleCheck: 'Unpack it; this command checks it and judges the bins again:',
    unsigned: 'This server has no key to sign with, so it offers no signed evidence. Whoever runs it can make some with:',
    embed: 'Embed',
    embedSays: 'A card for your own page: the sentence, a small chart, the source. It shows the latest revision, in the reader’s language, light or dark.',
    embedCode: 'Code of the card',
    seeCard: 'See the card',
    cardOpen: 'How this is known',
  },

  health: {
    heading: 'Where the measurements come from',
    instance: 'This instance',
    span: 'The store holds',
    places: 'Places and networks',
    open: 'Open incidents',
    bin: 'Bin',
    program: 'Program',
    geo: 'Places by',
    sources: 'Sources',
    source: 'Source',
    kind: 'Kind',
    kinds: { rib: 'routing tables', updates: 'routing messages', probes: 'probes', import: 'imported series' } as Record<string, string>,
    inputs: 'Inputs',
    from: 'From',
    lastWord: 'Last word',
    silent: (length: string) => `silent for ${length} at the end of the data`,
    fine: 'up to the end of the data',
    covered: 'Time covered',
    unnamed: 'not named',
    summaryFine: (n: number) => `${many(n, 'source speaks', 'sources speak')} up to the end of the data.`,
    summarySilent: (silent: number, of: number) => `${silent} of ${many(of, 'source', 'sources')} fell silent before the end of the data.`,
    none: 'No source is known: nothing was read into the store.',
    coverageNow: 'Coverage now',
    instruments: 'Coverage over time',
    instrumentsHint: 'How much of each instrument was healthy. Full height is all of it; hatched is none: nothing can be told from such a time.',
    countries: (n: number) => many(n, 'country', 'countries'),
    lately: 'Now',
    least: 'Least',
    unknown: 'not known',
    peers: (n: number) => many(n, 'peer', 'peers'),
    peer: 'Peer',
    table: 'Table',
    full: 'full',
    part: 'a part',
    state: 'State',
    routes: 'Routes',
    heard: 'Last word',
    peerStates: { up: 'up', down: 'down', silent: 'silent', 'cannot tell': 'cannot tell' } as Record<string, string>,
    fullFeeds: (n: number) => many(n, 'full table', 'full tables'),
    references: (answering: number, of: number) => `Hosts that tell of its own line: ${answering} of ${of} answer`,
    noPeers: 'Its peers are not known.',
  },
};

export type Strings = typeof en;
