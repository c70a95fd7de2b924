// The language of the page. English comes with it; others are fetched when they are asked for.
import { en, type Strings } from './en';

export const languages = { en: 'English', ru: 'Русский', kk: 'Қазақша' };
export type Language = keyof typeof languages;

class Words {
  language = $state.raw<Language>('en');
  t = $state.raw<Strings>(en);
  // Names of countries by code, where browsers know none in this language.
  places = $state.raw<Record<string, string> | null>(null);
}

export const words = new Words();

const kKey = 'nightjar-language';

export function preferredLanguage(): Language {
  const known = (text: string | null): text is Language => text !== null && text in languages;
  let kept: string | null = null;
  try {
    kept = localStorage.getItem(kKey);
  } catch {
    // a browser that keeps nothing
  }
  if (known(kept)) return kept;
  for (const wanted of navigator.languages ?? []) {
    const language = wanted.slice(0, 2).toLowerCase();
    if (known(language)) return language;
  }
  return 'en';
}

export async function speak(language: Language): Promise<void> {
  if (language === 'ru') {
    words.t = (await import('./ru')).ru;
    words.places = null;
  } else if (language === 'kk') {
    const [{ kk }, places] = await Promise.all([import('./kk'), import('../places/kk.json')]);
    words.t = kk;
    words.places = places.default;
  } else {
    words.t = en;
    words.places = null;
  }
  words.language = language;
  document.documentElement.lang = language;
}

export function keepLanguage(language: Language): void {
  try {
    localStorage.setItem(kKey, language);
  } catch {
    // then only for this visit
  }
}
