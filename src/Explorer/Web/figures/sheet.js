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

/** What draws into one element; `group` opens another inside it. */
class Layer {
  constructor(element, paint) {
    this.element = element;
    this.paint = paint;
  }

  add(tag, attributes, ...children) {
    const element = s(tag, attributes, ...children);
    this.element.append(element);
    return element;
  }

  group(attributes) {
    return new Layer(this.add('g', attributes), this.paint);
  }

  text(x, y, value, attributes) {
    return this.add('text', { x, y, fill: this.paint('ink2'), ...attributes }, value);
  }

  line(x1, y1, x2, y2, attributes) {
    return this.add('line', { x1, y1, x2, y2, stroke: this.paint('rule'), ...attributes });
  }

  rect(x, y, width, height, attributes) {
    return this.add('rect', { x, y, width: Math.max(0, width), height, ...attributes });
  }

  path(d, attributes) {
    return this.add('path', { d, fill: 'none', ...attributes });
  }

  /** A label of which the first part is bold: the heads of panels. */
  heading(x, y, value, attributes) {
    return this.text(x, y, value, { fill: this.paint('ink'), 'font-weight': 600, ...attributes });
  }

  /** Vertical grid lines with their labels below `bottom`; returns the ticks. */
  gridAlong(low, high, wanted, place, top, bottom) {
    const marks = ticks(low, high, wanted);
    for (const mark of marks) {
      this.line(place(mark), top, place(mark), bottom);
      this.text(place(mark), bottom + 16, tickLabel(mark, marks[1] - marks[0] || 1), {
        'text-anchor': 'middle',
      });
    }
    return marks;
  }

  /** Horizontal grid lines with their labels left of `left`; returns the ticks. */
  gridUp(low, high, wanted, place, left, right) {
    const marks = ticks(low, high, wanted);
    for (const mark of marks) {
      this.line(left, place(mark), right, place(mark));
      this.text(left - 8, place(mark) + 4, tickLabel(mark, marks[1] - marks[0] || 1), {
        'text-anchor': 'end',
      });
    }
    return marks;
  }
}

/** A new `<svg>`; with `mode` (`'light'`) its colours are values and it can leave the page. */
export function sheet(width, height, mode) {
  const paint = name => (mode ? hex(name, mode) : `var(--${name})`);
  const root = s('svg', {
    width,
    height,
    viewBox: `0 0 ${width} ${height}`,
    'font-family': SANS,
    'font-size': 12,
  });
  return new Layer(root, paint);
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
    .append(paper.line(0, 0, 0, 6, { stroke: paper.paint(colour), 'stroke-width': thick }));
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
