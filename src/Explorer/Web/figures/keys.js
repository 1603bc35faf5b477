// The keys of colours as drawings, for pictures that leave the page: always light.

import { css, divergingAt } from './colours.js';
import { sheet } from './sheet.js';

const LEFT = 20,
  LONG = 180,
  CELLS = 60;

/** A ramp of colours: `colourAt(share)` from 0 to 1, `ticks` [[share, label]]. */
export function rampKey(label, colourAt, ticks) {
  const paper = sheet(LONG + 260, 34, 'light'),
    cell = LONG / CELLS;
  for (let i = 0; i < CELLS; i++)
    paper.rect(LEFT + i * cell, 0, cell + 0.5, 12, { fill: colourAt((i + 0.5) / CELLS) });
  paper.rect(LEFT, 0, LONG, 12, { fill: 'none', stroke: 'rule2' });
  for (const [share, words] of ticks) paper.textMiddle(LEFT + share * LONG, 27, words);
  paper.text(LEFT + LONG + 20, 10, label);
  return paper.element;
}

/** The diverging scale from `low` to `high`, in units of its ends. */
export function divergingKey(label, low, high, ticks) {
  const share = value => (value - low) / (high - low);
  return rampKey(
    label,
    at => css(divergingAt(low + at * (high - low), 'light')),
    ticks.map(([value, words]) => [share(value), words]),
  );
}

/** Dots with their names: [[name, colour of the style sheet]]. */
export function dotKey(items) {
  const each = 150,
    across = 5,
    paper = sheet(each * across, 20 * Math.ceil(items.length / across), 'light');
  items.forEach(([name, fill], i) => {
    const [x, y] = [(i % across) * each, 20 * Math.floor(i / across)];
    paper.dot(x + 6, y + 8, 5, { fill });
    paper.text(x + 16, y + 12, name);
  });
  return paper.element;
}
