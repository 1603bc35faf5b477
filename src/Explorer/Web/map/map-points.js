// The points of a map: order, classes and shades from the vocabulary, their painting, the caption.

import { sequentialAt } from '../figures/colours.js';
import { dotKey, rampKey } from '../figures/keys.js';
import { matrixName } from '../page/dom.js';
import { frequencyTicks } from './map-overlay.js';
import { MapView } from './map-view.js';
import { count } from '../page/numbers.js';
import { colour, ramp } from '../page/theme.js';
import {
  CLASS_NAMES,
  classOf,
  corpusCount,
  display,
  escapedBytes,
  vocabularySize,
} from '../tokens/vocabulary.js';

const MANY = 12000;

/** The view of a map's record, with all that painting needs of every point. */
export function pointsOf(record, arrays) {
  const [ids, x, y] = [record.ids, record.x, record.y].map(arrays),
    view = new MapView(ids, x, y, record.method !== 'PCA');
  const all = Array.from(ids.keys()),
    counts = Array.from(ids, corpusCount);
  view.classes = Uint8Array.from(ids, classOf);
  view.classSizes = new Uint32Array(7);
  for (const one of view.classes) view.classSizes[one]++;
  view.byCount = all.slice().sort((a, b) => counts[b] - counts[a]);
  const sizeOf = i => view.classSizes[view.classes[i]];
  view.order = all.sort((a, b) => sizeOf(b) - sizeOf(a) || a - b);
  view.mostCount = counts[view.byCount[0]];
  const most = Math.log1p(view.mostCount);
  view.shades = Uint8Array.from(counts, one => 40 + (215 * Math.log1p(one)) / most);
  return view;
}

/**
 * Splats the points: dimmed ones first, rare classes above common ones. `how`: {ratio: device
 * pixels a CSS pixel, mode, byClass, dimmed(i), coarse: radius 1 for a moving picture}.
 */
export function paintPoints(splatter, view, { ratio, mode, byClass, dimmed, coarse }) {
  const palette = byClass
    ? Array.from({ length: 7 }, (_, i) => colour(`class${i}`, mode))
    : ramp(mode);
  const shade = byClass ? view.classes : view.shades;
  const xs = view.screenX.map(x => x * ratio),
    ys = view.screenY.map(y => y * ratio);
  const size = (view.ids.length > MANY ? 1.1 : 1.75) * Math.min(2, view.zoom ** 0.3);
  const radius = coarse ? 1 : size * ratio;
  const faint = view.order.filter(dimmed);
  const bright = faint.length === 0 ? view.order : view.order.filter(i => !dimmed(i));
  splatter.begin(
    Math.round(view.width * ratio),
    Math.round(view.height * ratio),
    colour('bg', mode),
  );
  splatter.points(faint, xs, ys, shade, palette, radius, 0.16);
  splatter.points(bright, xs, ys, shade, palette, radius, 0.86);
  splatter.end();
}

/** The colours as a drawing, for pictures that leave the page. */
export function keyOf(view, by) {
  return by === 'class'
    ? dotKey(CLASS_NAMES.map((name, i) => [`${name} ${count(view.classSizes[i])}`, `class${i}`]))
    : rampKey(
        'occurrences in training, log scale',
        at => sequentialAt(at, 'light'),
        frequencyTicks(view.mostCount),
      );
}

/** One row a point, for CSV. */
export function pointRows(view, { method, matrix }) {
  const row = (id, i) => [
    method,
    matrix,
    display(id),
    id,
    escapedBytes(id),
    view.classes[i],
    corpusCount(id),
    view.x[i],
    view.y[i],
  ];
  return [
    ['method', 'matrix', 'token', 'id', 'bytes', 'class', 'count', 'x', 'y'],
    ...Array.from(view.ids, row),
  ];
}

/** How the map was made and how to read it, as text and nodes. */
export function captionOf({ method, matrix, points, explainedVariance, kl, perplexity, seed }) {
  const name = matrixName(matrix),
    chosen = `the ${count(points)} most frequent of ${count(vocabularySize())} tokens`;
  const how = 'Drag to pan, wheel or pinch to zoom, Shift-drag or hold to lasso.';
  const islands = 'Distances between islands mean nothing here; use cosine.';
  if (method === 'PCA') {
    const [first, second] = explainedVariance.map(share => `${(100 * share).toFixed(1)}%`);
    return [
      'First two principal components of ',
      name,
      `, ${chosen}: ${first} and ${second} of the variance; the rest is not shown. ${how}`,
    ];
  }
  return [
    't-SNE of ',
    name,
    `, ${chosen}, perplexity ${perplexity}, seed ${seed}, KL ${kl.toFixed(2)}. ${islands} ${how}`,
  ];
}
