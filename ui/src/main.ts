import './app.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { listen } from './lib/live.svelte';
import { preferredLanguage, speak } from './strings/i18n.svelte';

// Not awaited at the top: a language's file depends on this one. Where it does not come, English is there.
speak(preferredLanguage())
  .catch(() => undefined)
  .then(() => {
    mount(App, { target: document.getElementById('page')! });
    listen();
  });
