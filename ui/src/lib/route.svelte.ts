import { parseRoute, type Route } from './route';

export const place = $state<{ route: Route }>({ route: parseRoute(location.hash) });

addEventListener('hashchange', () => {
  place.route = parseRoute(location.hash);
});

// Changes the view without a step back in the history for each movement of the mouse.
export function replaceWith(hash: string): void {
  history.replaceState(null, '', hash);
  place.route = parseRoute(hash);
}
