// Passages shaded by the change of each token's loss, as a drawing with real text, for export.

import { css, divergingAt, inkOn } from '../figures/colours.js';
import { MONO, sheet } from '../figures/sheet.js';
import { display } from '../tokens/vocabulary.js';

const CELL = 7.6,
  LINE = 24;

/** `passages`: [{title, tokens, gains: of all tokens but the first}]; colours end at ±`top`. */
export function drawTokenLosses(passages, top, width) {
  const placed = [];
  let y = 0;
  for (const { title, tokens, gains } of passages) {
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
      placed.push({ text, x, y, room, gain: at > 0 ? gains[at - 1] : 0 });
      x += room + 1;
    });
    y += LINE + 16;
  }
  const paper = sheet(width, y, 'light');
  for (const { title, text, x, y: at, room, gain } of placed) {
    if (title) {
      paper.text(0, at, title);
      continue;
    }
    const fill = divergingAt(gain / top, 'light');
    paper.rect(x, at, room, LINE - 3, { rx: 3, fill: css(fill) });
    paper.text(x + 2, at + 15, text, {
      'font-family': MONO,
      'font-size': 12.5,
      fill: inkOn(fill, 'light'),
    });
  }
  return paper.element;
}
