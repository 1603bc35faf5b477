// The drawing of vt-composition: heads as thumbnails, layers upward, links as curves.

import { headName } from '../heads/heads.js';
import { score } from '../page/numbers.js';
import { MONO, sheet } from '../figures/sheet.js';
import { pictureOf } from '../figures/thumbnails.js';

export const KINDS = ['Q', 'K', 'V'];
export const KIND_NAMES = { Q: 'query', K: 'key', V: 'value' };
const COLOURS = { Q: 'q', K: 'k', V: 'v' };
const DASHES = { Q: '7 4', K: null, V: '2 3.2' };
const WIDEST = 6,
  THINNEST = 1.3;

/** The colour token and dash of a kind of link. */
export function styleOf(kind) {
  return { colour: COLOURS[kind], dash: DASHES[kind] };
}

/** The name of a link: `0.4>1.2.K`. */
export function linkName({ from, to, kind }) {
  return `${from}>${to}.${kind}`;
}

/** Where every head stands in a drawing `width` wide: `{size, places: name → {x, top, …}}`. */
function layoutOf(nodes, width) {
  const layers = [...new Set(nodes.map(node => node.layer))].sort((a, b) => b - a);
  const columns = Math.max(...layers.map(l => nodes.filter(n => n.layer === l).length));
  const narrow = width < 640,
    left = narrow ? 0 : 112,
    step = Math.min(columns <= 4 ? 232 : 140, (width - left) / columns),
    size = Math.round(Math.max(24, Math.min(columns <= 4 ? 104 : 64, step - (narrow ? 8 : 24)))),
    gap = narrow ? 124 : 160,
    start = left + (width - left - step * columns) / 2;
  const places = new Map(),
    rows = [];
  let top = narrow ? 20 : 0;
  layers.forEach((layer, row) => {
    const last = row === layers.length - 1 && layers.length > 1,
      body = top + (last ? 0 : 36);
    rows.push({ layer, middle: body + size / 2, top, last });
    for (const node of nodes.filter(one => one.layer === layer)) {
      const x = start + step * (node.head + 0.5);
      places.set(headName(node), {
        node,
        x,
        top: body,
        bottom: body + size,
        last,
        out: last ? body : top - 4,
        port: { Q: x - port(size), K: x, V: x + port(size) },
        entry: body + size + 17,
      });
    }
    const next = 20 + gap - (row === layers.length - 2 ? 36 : 0);
    top = body + size + (last ? (narrow ? 62 : 40) : next);
  });
  return { size, narrow, left, step, rows, places, height: top, columns };
}

function port(size) {
  return Math.min(18, Math.max(9, size * 0.27));
}

/** The widths of links: proportional to strength above the random mean. */
function widths(edges) {
  const most = Math.max(...edges.map(edge => edge.value - edge.mean), 1e-12);
  return edge => Math.max(THINNEST, (WIDEST * (edge.value - edge.mean)) / most);
}

/**
 * The graph as an `<svg>`. `view`: {edges (those drawn), all (for the scale of widths), patterns,
 * head (locked), link (locked)}.
 */
export function drawComposition(nodes, view, width, mode) {
  const plan = layoutOf(nodes, width),
    paper = sheet(width, plan.height, mode);
  drawRows(paper, plan);
  const links = paper.group({ class: 'links' });
  const thick = widths(view.all);
  for (const edge of [...view.edges].sort((a, b) => a.z - b.z))
    drawLink(links, plan, edge, thick(edge), view);
  const used = new Set(view.edges.map(edge => `${edge.to}.${edge.kind}`));
  for (const [name, place] of plan.places) drawHead(paper, plan, name, place, view, used, mode);
  return paper.element;
}

function drawRows(paper, { rows, left, narrow }) {
  for (const { layer, middle, top, last } of rows) {
    const [x, y] = narrow ? [0, last ? 2 * middle - top + 56 : top - 8] : [0, middle - 4];
    paper.heading(x, y, `Layer ${layer}`);
    const role = last ? 'writes' : layer === rows[0].layer ? 'reads Q, K, V' : 'reads and writes';
    if (!narrow) paper.text(x, y + 17, role, { fill: 'ink3' });
  }
  if (narrow || rows.length < 2) return;
  const middle = (rows[0].middle + rows[1].middle) / 2;
  KINDS.forEach((kind, i) => {
    const { colour, dash } = styleOf(kind),
      y = middle - 22 + 22 * i;
    paper.line(0, y, Math.min(32, left), y, {
      stroke: colour,
      'stroke-width': 2.5,
      'stroke-dasharray': dash,
    });
    paper.text(42, y + 4, KIND_NAMES[kind]);
  });
}

function drawLink(layer, { places }, edge, thickness, { link }) {
  const from = places.get(edge.from),
    to = places.get(edge.to),
    x = to.port[edge.kind],
    bend = (from.out - to.entry) * 0.55;
  const d =
    `M${x.toFixed(1)},${to.entry}C${x.toFixed(1)},${to.entry + bend} ` +
    `${from.x.toFixed(1)},${from.out - bend} ${from.x.toFixed(1)},${from.out - 2}`;
  const { colour, dash } = styleOf(edge.kind),
    name = linkName(edge);
  const group = layer.group({
    class: `link${name === link ? ' locked' : ''}`,
    'data-link': name,
    'data-focus': name,
    'data-ends': `${edge.from} ${edge.to}`,
    role: 'button',
    'aria-label':
      `${edge.from} to ${KIND_NAMES[edge.kind]} of ${edge.to}, ` + `z ${edge.z.toFixed(1)}`,
  });
  group.path(d, { class: 'reach', stroke: 'transparent', 'stroke-width': 16 });
  group.path(d, { class: 'halo', stroke: 'none', 'stroke-width': thickness + 5 });
  group.path(d, {
    class: 'curve',
    stroke: colour,
    'stroke-width': thickness.toFixed(2),
    'stroke-dasharray': dash,
    'stroke-linecap': dash ? 'butt' : 'round',
  });
}

function drawHead(paper, plan, name, place, view, used, mode) {
  const { size, step } = plan,
    { x, top, bottom, last, node } = place,
    locked = view.head === name,
    group = paper.group({
      class: `node${locked ? ' locked' : ''}`,
      'data-head': name,
      'data-focus': name,
      role: 'button',
    });
  const label = last ? bottom + 16 : top - 21;
  group.rect(x - 17, label - 13, 34, 17, { class: 'name-fill', rx: 3, fill: 'none' });
  group.textMiddle(x, label, name, {
    class: 'name',
    'font-family': MONO,
    fill: 'ink',
    'font-weight': locked ? 700 : 400,
  });
  const full = node.kind ? `${node.kind} ${score(node.score)}` : '',
    words = full.length * 6.4 < step ? full : full.replace(' token', '');
  if (words && words.length * 6.4 < step)
    group.textMiddle(x, last ? bottom + 32 : top - 6, words, { 'font-size': 11 });
  const { patterns } = view,
    bytes = patterns?.of(name);
  group.rect(x - size / 2, top, size, size, { fill: 'bg' });
  if (bytes) {
    const picture = pictureOf(bytes, patterns.size, size, patterns.most, mode);
    group.picture(picture, x - size / 2, top, size, size);
  }
  group.rect(x - size / 2, top, size, size, {
    class: 'frame',
    fill: 'none',
    stroke: locked ? 'ink' : 'rule2',
    'stroke-width': locked ? 2 : 1,
  });
  if (last) return;
  for (const kind of KINDS) {
    const on = used.has(`${name}.${kind}`);
    if (!on && size < 34) continue;
    group.textMiddle(place.port[kind], bottom + 13, kind, {
      'font-size': 11,
      'font-weight': on ? 700 : 400,
      fill: on ? styleOf(kind).colour : 'ink3',
    });
  }
}
