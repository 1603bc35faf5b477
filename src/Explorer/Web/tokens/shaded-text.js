// Passages with a colour behind each token, as a drawing with real text, for export.

import { css, inkOn } from '../figures/colours.js';
import { MONO, sheet } from '../figures/sheet.js';
import { display } from './vocabulary.js';

const CELL = 7.6,
  LINE = 24;

/** `passages`: [{title, tokens, fills: [r, g, b] or null for each token}]. */
export function drawShadedText(passages, width) {
  const placed = [];
  let y = 0;
  for (const { title, tokens, fills } of passages) {
    placed.push({ title, y: y + 14 });
    y += 20;
    let x = 0;
    tokens.forEach((id, at) => {
      const words = display(id),
        text = words.replace(/^·(?=.)/, ''),
        room = CELL * [...text].length + 4;
      if (at > 0 && text !== words) x += 6;
      if (x + room > width) {
        x = 0;
        y += LINE;
      }
      placed.push({ text, x, y, room, fill: fills[at] });
      x += room + 1;
    });
    y += LINE + 16;
  }
  const paper = sheet(width, y, 'light');
  for (const { title, text, x, y: at, room, fill } of placed) {
    if (title !== undefined) {
      paper.text(0, at, title);
      continue;
    }
    if (fill) paper.rect(x, at, room, LINE - 3, { rx: 3, fill: css(fill) });
    paper.text(x + 2, at + 15, text, {
      'font-family': MONO,
      'font-size': 12.5,
      fill: fill ? inkOn(fill, 'light') : 'ink',
    });
  }
  return paper.element;
}
