// Where the reader is, kept in the address behind the hash: "#/place/KZ?from=...&until=...".

export interface Route {
  view: 'now' | 'place' | 'incident' | 'health';
  code: string; // of the place or incident
  query: Record<string, string>;
}

export function parseRoute(hash: string): Route {
  const [path, search = ''] = hash.replace(/^#/, '').split('?', 2);
  const [view = '', code = ''] = path.split('/').filter(Boolean).map(decode);
  const query = Object.fromEntries(new URLSearchParams(search));
  if ((view === 'place' || view === 'incident') && code) return { view, code, query };
  return { view: view === 'health' ? 'health' : 'now', code: '', query };
}

export function href(view: Route['view'], code = '', query: Record<string, string | undefined> = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value) search.set(name, value);
  const path = view === 'now' ? '' : code ? `${view}/${encodeURIComponent(code).replace(/%40/g, '@')}` : view;
  const tail = search.toString().replace(/%3A/g, ':');
  return `#/${path}${tail ? `?${tail}` : ''}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
