// The drawing of vt-patching: layers × positions and, beside it, layers × heads, on the same
// rows.

import { h } from '../page/dom.js';
import { divergingAt } from '../figures/colours.js';
import { hatching, MONO, sheet } from '../figures/sheet.js';
import { display } from '../tokens/vocabulary.js';
import { outlineCells } from './patch-parts.js';

const TALL = 390,
  LEFT = 34,
  GAP = 28;

/** Where the cells lie: `{cell, main: {left, width, columns}, heads?, top, bottom, height}`. */
export function mapLayout(site, tokens, width) {
  const rows = site.values.length,
    narrow = width < 560,
    row = Math.max(narrow ? 24 : 13, Math.min(narrow ? 44 : 68, TALL / rows)),
    left = Math.max(LEFT, ...(site.rows ?? []).map(name => 10 + 7.4 * name.length)),
    headCount = site.heads?.values[0]?.length ?? 0,
    headCell = Math.max(narrow ? 9 : 11, Math.min(narrow ? 26 : 44, 126 / headCount)),
    headRoom = headCount === 0 ? 0 : GAP + headCell * headCount,
    room = width - left - headRoom - 2,
    columns = site.values[0].length,
    column = Math.min(72, room / columns);
  const labels = site.axis === 'head' ? site.values[0].map((_, i) => `${i}`) : tokens.map(display),
    longest = Math.max(...labels.map(one => Math.min(12, one.replace(/^·/, '').length))),
    upright = column >= 7.2 * longest + 4,
    under = upright ? 36 : 12 + 7 * longest;
  const top = 4,
    bottom = top + row * rows;
  return {
    rows,
    row,
    upright,
    labels,
    top,
    bottom,
    height: bottom + under + 20,
    width,
    main: { left, columns, column, right: left + column * columns },
    heads: headCount > 0 && {
      left: left + column * columns + GAP,
      columns: headCount,
      column: (headRoom - GAP) / headCount,
      right: left + column * columns + headRoom,
    },
  };
}

/** The cell under a point, `{map: 'main' | 'heads', layer, column}`, or null. */
export function cellAt(plan, x, y) {
  const layer = Math.floor((plan.bottom - y) / plan.row);
  if (layer < 0 || layer >= plan.rows) return null;
  for (const map of ['main', 'heads']) {
    const { left, right, column } = plan[map] || { left: 0, right: 0 };
    if (x >= left && x < right) return { map, layer, column: Math.floor((x - left) / column) };
  }
  return null;
}

/** One pixel a cell, layer 0 at the bottom. */
function picture(values, mode) {
  const rows = values.length,
    columns = values[0].length,
    canvas = h('canvas', { width: columns, height: rows }),
    context = canvas.getContext('2d'),
    image = context.createImageData(columns, rows);
  values.forEach((line, layer) =>
    line.forEach((value, column) => {
      const at = 4 * ((rows - 1 - layer) * columns + column);
      if (Number.isFinite(value) && value !== null)
        image.data.set([...divergingAt(value, mode), 255], at);
    }),
  );
  context.putImageData(image, 0, 0);
  return canvas.toDataURL();
}

/**
 * The maps as an `<svg>`. `view`: {site, values, heads (values or null), tokens, differ: Set,
 * locked, pointed (cells or null), waiting}.
 */
export function drawPatching(view, width, mode) {
  const plan = mapLayout(view.site, view.tokens, width),
    paper = sheet(width, plan.height, mode);
  drawHatching(paper);
  drawCells(paper, plan, plan.main, view.values, view.site.skipped, view.waiting, mode);
  if (plan.heads) drawCells(paper, plan, plan.heads, view.heads, null, view.waiting, mode);
  drawRowLabels(paper, plan, view);
  drawTokens(paper, plan, view);
  if (plan.heads) drawHeadLabels(paper, plan, view);
  drawReason(paper, plan, view.site.skipped);
  outlineCells(paper, view, cell => boxOf(plan, cell));
  return paper.element;
}

/** Why the block before the first difference is hatched, where there is room to say it. */
function drawReason(paper, { main, top, bottom }, skipped) {
  const columns = skipped?.[0]?.findIndex(one => !one) ?? 0,
    words = 'same tokens before: nothing to restore',
    room = columns * main.column;
  if (columns < 1 || room < 7.2 * words.length || bottom - top < 40) return;
  const x = main.left + room / 2,
    y = (top + bottom) / 2;
  paper.rect(x - 3.6 * words.length, y - 11, 7.2 * words.length, 20, { fill: 'bg' });
  paper.textMiddle(x, y + 4, words);
}

/** The box of a cell on the page. */
function boxOf(plan, { map, layer, column }) {
  const part = plan[map];
  if (!part || column >= part.columns || layer >= plan.rows) return null;
  return {
    x: part.left + column * part.column,
    y: plan.bottom - (layer + 1) * plan.row,
    width: part.column,
    height: plan.row,
  };
}

function drawHatching(paper) {
  hatching(paper, 'vt-hatch', 'rule2', 1);
  hatching(paper, 'vt-hatch-wrong', 'warn', 1.5);
}

function drawCells(paper, plan, part, values, skipped, waiting, mode) {
  const { left, column, columns, right } = part,
    { top, bottom, row, rows } = plan;
  paper.picture(picture(values, mode), left, top, right - left, bottom - top);
  const cell = (layer, from, to, fill) =>
    paper.rect(left + from * column, bottom - (layer + 1) * row, (to - from) * column, row, {
      fill,
    });
  values.forEach((line, layer) => {
    for (let from = 0; from < columns;) {
      const kind = kindOf(line[from], skipped?.[layer]?.[from], waiting);
      let to = from + 1;
      while (to < columns && kindOf(line[to], skipped?.[layer]?.[to], waiting) === kind) to++;
      if (kind) cell(layer, from, to, `url(#${kind})`);
      from = to;
    }
  });
  if (column > 8 && row > 8) {
    let d = '';
    for (let i = 1; i < columns; i++) d += `M${(left + i * column).toFixed(1)},${top}V${bottom}`;
    for (let i = 1; i < rows; i++) d += `M${left},${(top + i * row).toFixed(1)}H${right}`;
    const open = skipped ? skipped.every(line => !line.some(Boolean)) : true;
    paper.path(d, { stroke: 'bg', 'stroke-opacity': open ? 0.9 : 0.75 });
  }
  paper.rect(left, top, right - left, bottom - top, { fill: 'none', stroke: 'rule2' });
}

/** Why a cell has no colour: equal by causality, not finite, or (null) that it has one. */
function kindOf(value, skipped, waiting) {
  if (skipped) return 'vt-hatch';
  return !waiting && (value === null || !Number.isFinite(value)) ? 'vt-hatch-wrong' : null;
}

function drawRowLabels(paper, plan, { site, locked, pointed }) {
  const { main, bottom, row, rows } = plan,
    named = [locked?.layer, pointed?.layer],
    every = Math.max(1, Math.ceil(15 / row));
  const labelled = Array.from({ length: rows }, (_, i) => i).filter(
    i =>
      named.includes(i) ||
      (rows <= 12 && every === 1) ||
      i % Math.max(every, 5) === 0 ||
      (i === rows - 1 && i % 5 > 1),
  );
  for (const layer of labelled)
    paper.textEnd(main.left - 7, bottom - (layer + 0.5) * row + 4, site.rows?.[layer] ?? layer, {
      'font-family': site.rows ? MONO : null,
      fill: named.includes(layer) ? 'ink' : 'ink2',
      'font-weight': named.includes(layer) ? 600 : null,
    });
}

function drawTokens(paper, plan, { differ, locked, pointed, site }) {
  const { main, bottom, labels, upright } = plan,
    named = [locked, pointed].filter(one => one?.map === 'main').map(one => one.column),
    room = Math.ceil((upright ? 0 : 13) / main.column) || 1;
  labels.forEach((label, i) => {
    const near = named.some(one => one !== i && Math.abs(one - i) < room);
    if (near || (i % room !== 0 && !named.includes(i))) return;
    const x = main.left + (i + 0.5) * main.column,
      bold = named.includes(i),
      marked = site.axis !== 'head' && differ.has(i),
      shown = label.length > 12 ? `${label.slice(0, 11)}…` : label;
    const words = upright ? shown.replace(/^·/, '') : shown;
    paper.text(upright ? x : x + 4, bottom + (upright ? 17 : 8), words, {
      'text-anchor': upright ? 'middle' : 'end',
      transform: upright ? null : `rotate(-90 ${x + 4} ${bottom + 8})`,
      'font-family': MONO,
      'font-size': 11.5,
      fill: bold || marked ? 'ink' : 'ink2',
      'font-weight': bold ? 700 : null,
      'text-decoration': marked ? 'underline' : null,
    });
    if (upright && site.axis !== 'head') paper.textMiddle(x, bottom + 32, i, { 'font-size': 11 });
  });
  const across = site.axis === 'head' ? 'head' : 'position',
    axes = `${site.rows ? 'head' : 'layer'} ↑  ${across} →`;
  paper.text(main.left, plan.height - 4, axes, { 'font-size': 11, fill: 'ink3' });
}

function drawHeadLabels(paper, { heads, bottom, height, upright }, { locked, pointed }) {
  const named = [locked, pointed].filter(one => one?.map === 'heads').map(one => one.column),
    every = Math.max(1, Math.ceil(14 / heads.column));
  for (let i = 0; i < heads.columns; i++)
    if (i % every === 0 || named.includes(i))
      paper.textMiddle(heads.left + (i + 0.5) * heads.column, bottom + 16, i, {
        'font-size': 11,
        fill: named.includes(i) ? 'ink' : 'ink2',
        'font-weight': named.includes(i) ? 700 : null,
      });
  const label = heads.columns * heads.column < 100 ? 'heads' : 'head, all positions';
  paper.text(heads.left, upright ? height - 24 : bottom + 34, label, { 'font-size': 11 });
}
