// The drawing of vt-path-patching: senders upward, what reads them across, a panel for each input.

import { css, divergingAt, inkOn } from '../figures/colours.js';
import { hatching, MONO, sheet } from '../figures/sheet.js';
import { score } from '../page/numbers.js';
import { outlineCells } from './patch-parts.js';

const GAP = 22,
  HEAD = 24,
  NAMES = { q: 'queries', k: 'keys', v: 'values', logits: 'logits' },
  ROOM_FOR_INTO = 88,
  ROOM_FOR_LOGITS = 40;

/** Where the cells lie: {row, column, left, top, bottom, panels: [{left, columns}], height}. */
export function pathLayout({ senders, panels }, width) {
  const longest = Math.max(...senders.map(name => name.length)),
    left = 12 + 7.6 * longest,
    columns = panels.reduce((sum, panel) => sum + panel.receivers.length, 0),
    room = width - left - GAP * (panels.length - 1) - 4,
    column = Math.min(88, room / columns),
    row = Math.max(14, Math.min(width < 560 ? 36 : 54, 380 / senders.length)),
    upright = column >= 26,
    top = HEAD,
    bottom = top + row * senders.length;
  let at = left;
  return {
    row,
    column,
    upright,
    left,
    top,
    bottom,
    rows: senders.length,
    height: bottom + (upright ? 24 : 36) + 18,
    panels: panels.map(panel => {
      const place = { left: at, columns: panel.receivers.length };
      at += column * panel.receivers.length + GAP;
      return place;
    }),
  };
}

/** The cell under a point, {panel, row, column}, or null. */
export function pathAt(plan, x, y) {
  const row = Math.floor((plan.bottom - y) / plan.row);
  if (row < 0 || row >= plan.rows) return null;
  for (const [panel, { left, columns }] of plan.panels.entries()) {
    const column = Math.floor((x - left) / plan.column);
    if (x >= left && column < columns) return { panel, row, column };
  }
  return null;
}

/** The map as an `<svg>`; `view`: {gradient, locked, pointed (paths or null), head}. */
export function drawPaths(data, view, width, mode) {
  const plan = pathLayout(data, width),
    { row, column, top, bottom, upright } = plan,
    paper = sheet(width, plan.height, mode),
    named = [view.locked, view.pointed].filter(Boolean);
  hatching(paper, 'vt-hatch-paths', 'rule2', 1);
  data.senders.forEach((sender, i) => {
    if (row < 15 && i % Math.ceil(15 / row) !== 0 && !named.some(one => one.row === i)) return;
    label(paper, plan.left - 8, bottom - (i + 0.5) * row + 4, sender, {
      strong: sender === view.head || named.some(one => one.row === i),
      anchor: 'end',
    });
  });
  data.panels.forEach((panel, at) => {
    const { left, columns } = plan.panels[at],
      values = (view.gradient && panel.approx) || panel.values;
    const wide = columns * column,
      atEnd = panel.input === 'logits' && wide < ROOM_FOR_LOGITS,
      into = panel.input !== 'logits' && wide + GAP > ROOM_FOR_INTO ? 'into ' : '';
    paper.heading(left + (atEnd ? wide : 0), top - 9, into + (NAMES[panel.input] ?? panel.input), {
      'text-anchor': atEnd ? 'end' : null,
      fill: { q: 'q', k: 'k', v: 'v' }[panel.input] ?? 'ink',
    });
    values.forEach((line, i) =>
      line.forEach((value, j) => {
        const box = [left + j * column, bottom - (i + 1) * row, column, row];
        const there = value !== null && Number.isFinite(value);
        paper.rect(...box, {
          fill: there ? css(divergingAt(value, mode)) : 'url(#vt-hatch-paths)',
          stroke: 'bg',
        });
        if (there && column >= 38 && row >= 18)
          paper.textMiddle(box[0] + column / 2, box[1] + row / 2 + 4, score(value), {
            fill: inkOn(divergingAt(value, mode), mode),
          });
      }),
    );
    paper.rect(left, top, columns * column, bottom - top, { fill: 'none', stroke: 'rule2' });
    const every = upright ? 1 : Math.max(1, Math.ceil(14 / column));
    panel.receivers.forEach((receiver, j) => {
      const mine = named.some(one => one.panel === at && one.column === j);
      if ((j % every !== 0 && !mine) || receiver === 'logits') return;
      const x = left + (j + 0.5) * column;
      label(paper, upright ? x : x + 4, bottom + (upright ? 17 : 8), receiver, {
        strong: receiver === view.head || mine,
        anchor: upright ? 'middle' : 'end',
        turn: upright ? null : `rotate(-90 ${x + 4} ${bottom + 8})`,
      });
    });
  });
  paper.text(plan.left, plan.height - 4, 'writes ↑  reads →', { 'font-size': 11, fill: 'ink3' });
  outlineCells(paper, view, path => ({
    x: plan.panels[path.panel].left + path.column * column,
    y: bottom - (path.row + 1) * row,
    width: column,
    height: row,
  }));
  return paper.element;
}

function label(paper, x, y, words, { strong, anchor, turn }) {
  paper.text(x, y, words, {
    'text-anchor': anchor,
    transform: turn,
    'font-family': MONO,
    'font-size': 11.5,
    'data-head': /^\d+\.\d+$/.test(words) ? words : null,
    style: { cursor: 'pointer' },
    'font-weight': strong ? 700 : null,
    fill: strong ? 'ink' : 'ink2',
  });
}
