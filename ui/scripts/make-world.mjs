// Makes src/places/world.json, the map of the first view: the outlines of the world atlas at 1:110 million with
// ISO codes for names, and points for the countries that are too small for it.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { geoCentroid } from 'd3-geo';
import { feature } from 'topojson-client';

const require = createRequire(import.meta.url);
const atlas = (file) => JSON.parse(readFileSync(require.resolve(`world-atlas/${file}`), 'utf8'));
const codes = JSON.parse(readFileSync(new URL('../src/places/iso-3166.json', import.meta.url), 'utf8'));
// Natural Earth draws these without a number of ISO 3166-1.
const unnumbered = { Kosovo: 'XK' };
const codeOf = (shape) => codes[shape.id] ?? unnumbered[shape.properties?.name];

const world = atlas('countries-110m.json');
const shapes = world.objects.countries.geometries;
const drawn = new Set(shapes.map(codeOf));
world.objects.countries.geometries = shapes.filter((shape) => codeOf(shape) !== 'AQ');
for (const shape of world.objects.countries.geometries) {
  shape.id = codeOf(shape);
  delete shape.properties;
}
delete world.objects.land;

const points = {};
const finer = atlas('countries-50m.json');
for (const shape of feature(finer, finer.objects.countries).features) {
  const code = codeOf(shape);
  if (!code || drawn.has(code)) continue;
  points[code] = geoCentroid(shape).map((degrees) => Math.round(degrees * 10) / 10);
}
writeFileSync(new URL('../src/places/world.json', import.meta.url), JSON.stringify({ world, points }));
