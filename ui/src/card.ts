// Tells a card (/embed/ID) in the reader's language: the server wrote it in English, and it says so without a script.
import { api, get, type Incident } from './lib/api';
import { signalName, shortUtc } from './lib/say';
import { titleOf, whatHappened } from './lib/story';
import { fromIso } from './lib/time';
import { languages, preferredLanguage, speak, words, type Language } from './strings/i18n.svelte';

function tell(card: HTMLElement, it: Incident) {
  const t = words.t;
  const texts: Record<string, string> = {
    simulation: t.simulation,
    title: titleOf(it),
    kind: t.kinds[it.kind] ?? it.kind,
    state: t.states[it.state] ?? it.state,
    sentence: whatHappened(it), // what stands above it says that it is a simulation
    baseline: t.place.baseline,
    source: t.incident.source(it.id, it.revision),
    open: t.incident.cardOpen,
  };
  for (const element of card.querySelectorAll<HTMLElement>('[data-say]')) {
    const name = element.dataset.say ?? '';
    element.textContent = name === 'signal' ? signalName(element.dataset.signal ?? '') : (texts[name] ?? element.textContent);
  }
  for (const element of card.querySelectorAll<HTMLElement>('time[data-at]')) element.textContent = `${shortUtc(fromIso(element.dataset.at ?? ''))} UTC`;
  document.title = texts.title;
}

async function run() {
  const card = document.querySelector<HTMLElement>('main[data-incident]');
  if (!card) return;
  const wanted = new URLSearchParams(location.search).get('lang');
  await speak(wanted && wanted in languages ? (wanted as Language) : preferredLanguage());
  tell(card, await get<Incident>(api(['incidents', card.dataset.incident ?? ''], { revision: card.dataset.revision })));
}

run().catch(() => undefined); // then it stays in English
