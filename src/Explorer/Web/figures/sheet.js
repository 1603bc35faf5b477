// A sheet to draw on: SVG whose colours are the style sheet's on the page, and fixed in a file.

import { s } from '../page/dom.js';
import { tickLabel, ticks } from '../page/numbers.js';
import { hex } from '../page/theme.js';

export const SANS =
  'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';
export const MONO =
  'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace';
export const SERIF =
  'Charter, "Bitstream Charter", "Charis SIL", "Sitka Text", Cambria, Georgia, serif';

/** What is no colour of the style sheet. */
const OTHER = /^(none|transparent)$|\(/;

/**
 * What draws into one element; `group` opens another inside it. `fill` and `stroke` are colours of
 * the style sheet by name, or any other paint of SVG.
 */
class Layer {
  constructor(element, mode) {
    this.element = element;
    this.mode = mode;
  }

  #paint(name) {
    if (!name || OTHER.test(name)) return name;
    return this.mode ? hex(name, this.mode) : `var(--${name})`;
  }

  add(tag, { fill, stroke, ...attributes } = {}, ...children) {
    const paints = { fill: this.#paint(fill), stroke: this.#paint(stroke) },
      element = s(tag, { ...attributes, ...paints }, ...children);
    this.element.append(element);
    return element;
  }

  group(attributes) {
    return new Layer(this.add('g', attributes), this.mode);
  }

  text(x, y, value, attributes) {
    return this.add('text', { x, y, fill: 'ink2', ...attributes }, value);
  }

  textMiddle(x, y, value, attributes) {
    return this.text(x, y, value, { 'text-anchor': 'middle', ...attributes });
  }

  textEnd(x, y, value, attributes) {
    return this.text(x, y, value, { 'text-anchor': 'end', ...attributes });
  }

  line(x1, y1, x2, y2, attributes) {
    return this.add('line', { x1, y1, x2, y2, stroke: 'rule', ...attributes });
  }

  dot(cx, cy, r, attributes) {
    return this.add('circle', { cx, cy, r, ...attributes });
  }

  rect(x, y, width, height, attributes) {
    return this.add('rect', { x, y, width: Math.max(0, width), height, ...attributes });
  }

  path(d, attributes) {
    return this.add('path', { d, fill: 'none', ...attributes });
  }

  /** A picture whose pixels stay sharp. */
  picture(href, x, y, width, height) {
    const style = { 'image-rendering': 'pixelated' };
    return this.add('image', { href, x, y, width, height, preserveAspectRatio: 'none', style });
  }

  /** A bold label: the head of a panel. */
  heading(x, y, value, attributes) {
    return this.text(x, y, value, { fill: 'ink', 'font-weight': 600, ...attributes });
  }

  /** Vertical grid lines with their labels below `bottom`; returns the ticks. */
  gridAlong(low, high, wanted, place, top, bottom) {
    const marks = ticks(low, high, wanted);
    for (const mark of marks) {
      this.line(place(mark), top, place(mark), bottom);
      this.textMiddle(place(mark), bottom + 16, tickLabel(mark, marks[1] - marks[0] || 1));
    }
    return marks;
  }

  /** Horizontal grid lines with their labels left of `left`; returns the ticks. */
  gridUp(low, high, wanted, place, left, right) {
    const marks = ticks(low, high, wanted);
    for (const mark of marks) {
      this.line(left, place(mark), right, place(mark));
      this.textEnd(left - 8, place(mark) + 4, tickLabel(mark, marks[1] - marks[0] || 1));
    }
    return marks;
  }
}

/** A new `<svg>`; with `mode` (`'light'`) its colours are values and it can leave the page. */
export function sheet(width, height, mode) {
  const root = s('svg', {
    width,
    height,
    viewBox: `0 0 ${width} ${height}`,
    'font-family': SANS,
    'font-size': 12,
  });
  return new Layer(root, mode);
}

/** A pattern of slanted lines, to be used as `fill: 'url(#id)'`. */
export function hatching(paper, id, colour, thick) {
  paper
    .group()
    .add('pattern', {
      id,
      width: 6,
      height: 6,
      patternUnits: 'userSpaceOnUse',
      patternTransform: 'rotate(45)',
    })
    .append(paper.line(0, 0, 0, 6, { stroke: colour, 'stroke-width': thick }));
}

/** A polyline through finite points, with gaps where values are not finite. */
export function curve(points) {
  let found = '',
    open = false;
  for (const [x, y] of points) {
    const there = Number.isFinite(x) && Number.isFinite(y);
    if (there) found += `${open ? 'L' : 'M'}${x.toFixed(1)},${y.toFixed(1)}`;
    open = there;
  }
  return found;
}

/** Moves labels of one column apart, to at least `gap`, within [top, bottom]; keeps the order. */
export function spread(places, gap, top, bottom) {
  const moved = [...places];
  for (let pass = 0; pass < 60; pass++) {
    for (let i = 0; i + 1 < moved.length; i++) {
      const overlap = gap - (moved[i + 1] - moved[i]);
      if (overlap > 0) {
        moved[i] -= overlap / 2;
        moved[i + 1] += overlap / 2;
      }
    }
    for (let i = 0; i < moved.length; i++)
      moved[i] = Math.max(top + i * 0.01, Math.min(bottom, moved[i]));
  }
  return moved;
}
