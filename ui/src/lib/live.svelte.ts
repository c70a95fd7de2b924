// Tells when the store was written to, and loads anew what is shown.
import { get } from './api';

export const live = $state({ version: 0, connected: true });

export function listen(): void {
  const events = new EventSource('/api/v1/events');
  let lost = false;
  events.addEventListener('changed', () => live.version++);
  events.onopen = () => {
    live.connected = true;
    if (lost) live.version++; // what was missed meanwhile
    lost = false;
  };
  events.onerror = () => {
    live.connected = false;
    lost = true;
  };
}

export interface Loaded<T> {
  readonly value: T | null;
  readonly error: string | null;
}

// What an address of the API gives; asked anew when the address or the store changes. The old value stays until
// the new one is there, so that nothing flickers. Call it while a component is set up.
export function load<T>(url: () => string | null): Loaded<T> {
  const state = $state<{ value: T | null; error: string | null }>({ value: null, error: null });
  const wanted = $derived(url()); // what it is made of may change and give the same address
  $effect(() => {
    const address = wanted;
    void live.version;
    if (address === null) return;
    const abort = new AbortController();
    get<T>(address, abort.signal).then(
      (value) => {
        if (abort.signal.aborted) return;
        state.value = value;
        state.error = null;
      },
      (error) => {
        if (!abort.signal.aborted) state.error = String(error.message ?? error);
      },
    );
    return () => abort.abort();
  });
  return state;
}
