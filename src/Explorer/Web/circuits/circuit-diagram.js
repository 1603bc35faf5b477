// The diagram of vt-induction-circuit on a real passage: what each head writes, looks for, finds.

import { score } from '../page/numbers.js';
import { MONO, sheet } from '../figures/sheet.js';
import { display } from '../tokens/vocabulary.js';

const CHIP = 24,
  GAP = 8,
  CELL = 7.7;

/** The tokens drawn: around the source and the destination, `…` where some are left out. */
function shownTokens({ tokens, source, destination }, room) {
  const side = room > 760 ? 2 : room > 500 ? 1 : 0;
  const from = Math.max(0, source - side),
    to = Math.min(destination - 1, source + 1 + side);
  const found = [];
  for (let i = from; i <= to; i++) found.push({ at: i, text: label(tokens[i]) });
  const next = Math.max(to + 1, destination - side);
  if (next > to + 1) found.push({ at: null, text: '…' });
  for (let i = next; i <= destination; i++) found.push({ at: i, text: label(tokens[i]) });
  return found;
}

function label(id) {
  const text = display(id);
  return text.length > 14 ? `${text.slice(0, 8)}…${text.slice(-4)}` : text;
}

/**
 * The diagram as an `<svg>`. `passage.source` is the first occurrence, the token after it is the
 * key, `destination` the second occurrence.
 */
export function drawDiagram({ head, previous, passage }, width, mode) {
  const narrow = width < 560,
    { source, destination } = passage,
    shown = shownTokens(passage, width),
    predicted = label(passage.predicted);
  const wide = text => text.length * (narrow ? 6.8 : CELL) + (narrow ? 8 : 14);
  const arrow = narrow ? 44 : 76,
    total =
      shown.reduce((sum, one) => sum + wide(one.text) + GAP, 0) + arrow + wide(predicted) - GAP;
  let x = Math.max(0, (width - total) / 2);
  const y = narrow ? 88 : 66,
    paper = sheet(width, y + (narrow ? 92 : 80), mode),
    places = new Map();
  for (const { at, text } of shown) {
    const room = wide(text),
      box = { left: x, right: x + room, middle: x + room / 2 };
    if (at !== null) places.set(at, box);
    drawChip(paper, box, y, text, styleOf(at, passage), narrow);
    x += room + GAP;
  }
  const answer = { left: x - GAP + arrow, right: x - GAP + arrow + wide(predicted) };
  const guess = { ...answer, middle: (answer.left + answer.right) / 2 };
  drawChip(paper, guess, y, predicted, 'guess', narrow);
  const from = places.get(source),
    key = places.get(source + 1),
    now = places.get(destination),
    first = display(passage.tokens[source]).replace(/^·/, '');
  drawWriting(paper, from, key, y, previous.head, first, narrow, width);
  drawLooking(paper, now, key, y, head, first, passage.weight, narrow, width);
  const middle = y + CHIP / 2,
    end = answer.left - 4,
    copied = passage.predicted === passage.tokens[source + 1],
    words = `predicted, p ${score(passage.probability)}`;
  arrowLine(
    paper,
    `M${now.right + 4},${middle}H${end - 1}`,
    [end, middle],
    'right',
    copied ? 'v' : 'warn',
  );
  paper.textMiddle(
    (now.right + end) / 2,
    middle - 9,
    narrow ? '4' : copied ? '4 copies' : '4 fails',
    { fill: copied ? 'v' : 'warn' },
  );
  paper.textEnd(
    Math.min(width, answer.right + 8),
    y + CHIP + 17,
    copied ? words : `${words}: not what it found`,
    { fill: copied ? 'ink2' : 'warn' },
  );
  return paper.element;
}

function styleOf(at, { source, destination }) {
  if (at === null) return 'gap';
  return at === destination ? 'now' : at === source + 1 ? 'key' : 'plain';
}

function drawChip(paper, { left, right, middle }, y, text, style, narrow) {
  const frames = { key: 'ink', guess: 'ink3' };
  if (style !== 'gap')
    paper.rect(left, y, right - left, CHIP, {
      rx: 3,
      fill: { now: 'ink', guess: 'bg', key: 'bg' }[style] ?? 'surface',
      stroke: frames[style] ? frames[style] : 'none',
      'stroke-width': style === 'key' ? 1.5 : 1,
      'stroke-dasharray': style === 'guess' ? '3 2.5' : null,
    });
  paper.textMiddle(middle, y + 16.5, text, {
    'font-family': MONO,
    'font-size': narrow ? 11 : 12.5,
    fill: style === 'now' ? 'bg' : style === 'gap' ? 'ink3' : 'ink',
    style: { 'white-space': 'pre' },
  });
}

/** A line that ends in an open arrow head at `tip`. */
function arrowLine(paper, d, [x, y], way, colour) {
  const stroke = { stroke: colour, 'stroke-width': 2, 'stroke-linecap': 'round' };
  paper.path(d, stroke);
  const wings = { right: [-7, -5, -7, 5], up: [-5, 7, 5, 7], down: [-5, -7, 5, -7] }[way];
  paper.path(`M${x + wings[0]},${y + wings[1]}L${x},${y}L${x + wings[2]},${y + wings[3]}`, stroke);
}

function drawWriting(paper, from, to, y, head, word, narrow, width) {
  const low = y + CHIP + 4,
    dip = low + 22;
  arrowLine(
    paper,
    `M${from.middle},${low}C${from.middle},${dip} ${to.middle},${dip} ${to.middle},${low + 2}`,
    [to.middle, low],
    'up',
    'k',
  );
  const words = `1 head ${head} writes ${narrow ? 'it' : `“after ${word}” here`}`;
  place(paper, (from.middle + to.middle) / 2, low + 40 + (narrow ? 6 : 0), words, 'k', width);
}

function drawLooking(paper, from, to, y, head, word, weight, narrow, width) {
  const top = y - 4,
    peak = top - 60;
  arrowLine(
    paper,
    `M${from.middle},${top}C${from.middle},${peak} ${to.middle},${peak} ${to.middle},${top - 2}`,
    [to.middle, top],
    'down',
    'ink',
  );
  const words = narrow
    ? `2, 3 head ${head} finds it, weight ${score(weight)}`
    : `2, 3 head ${head} looks for “after ${word}” and finds it, weight ${score(weight)}`;
  place(paper, (from.middle + to.middle) / 2, top - 52, words, 'ink', width);
}

/** Centred words that stay inside the drawing. */
function place(paper, x, y, words, colour, width) {
  const half = (words.length * 6.7) / 2;
  paper.textMiddle(Math.max(half, Math.min(width - half, x)), y, words, { fill: colour });
}
