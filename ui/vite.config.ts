import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [svelte()],
  build: {
    target: 'es2022',
    assetsInlineLimit: 0, // the content security policy admits files only
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 400,
    rollupOptions: {
      input: { index: 'index.html', card: 'src/card.ts' },
      // The server names the card's script in what it writes (src/app/serving_thread.cc), so it has a fixed name.
      output: { entryFileNames: (chunk) => (chunk.name === 'card' ? 'card.js' : 'assets/[name]-[hash].js') },
    },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8470', '/feeds': 'http://127.0.0.1:8470', '/embed': 'http://127.0.0.1:8470' } },
});
