// Cells of a diverging map: 0 the page, 1 and −1 the strongest colours, beyond them clipped.

import { diverging } from './thumbnails.js';
import { colour, scheme } from './theme.js';

const tables = new Map();

function colours(mode) {
  if (!tables.has(mode)) tables.set(mode, diverging(mode));
  return tables.get(mode);
}

function rgb(value, mode) {
  return colours(mode)[Math.round(127.5 + 127.5 * Math.max(-1, Math.min(1, value)))];
}

/** The colour of a value. */
export function shadeOf(value, mode = scheme()) {
  return `rgb(${rgb(value, mode).join(' ')})`;
}

/** The colour of text on a cell: ink or the page's, whichever contrasts more. */
export function inkOn(value, paper, mode = scheme()) {
  const own = luminance(rgb(value, mode)),
    contrast = name => {
      const other = luminance(colour(name, mode));
      return (Math.max(own, other) + 0.05) / (Math.min(own, other) + 0.05);
    };
  return paper.paint(contrast('ink') >= contrast('bg') ? 'ink' : 'bg');
}

function luminance(channels) {
  const [r, g, b] = channels.map(one => {
    const c = one / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
