// Eigenvalues in the complex plane: equal scales, a grey disc for random matrices, filled right of
// zero and hollow left.

import { tickLabel, ticks } from '../page/numbers.js';

const MOST = 6.5;

/** The window that holds all values of `spectra`, `{low, high, up}` in real and imaginary parts. */
export function windowOf(spectra) {
  const all = spectra.flatMap(one => one.eigenvalues),
    disc = Math.max(0, ...spectra.map(one => one.baseline?.radius ?? 0));
  const real = all.map(([re]) => re),
    up = Math.max(disc, ...all.map(([, im]) => Math.abs(im)), 1e-9);
  const low = Math.min(-disc, ...real),
    high = Math.max(disc, ...real, low + 1e-9),
    room = 0.06 * (high - low);
  return { low: low - room, high: high + room, up: 1.12 * up };
}

/** Equal scales in a box: `{x(re), y(im), unit}`; the plane fills the box in one direction. */
export function planeScales({ low, high, up }, left, top, width, height) {
  const unit = Math.min(width / (high - low), height / (2 * up)),
    middle = (low + high) / 2;
  return {
    unit,
    left,
    right: left + width,
    top,
    bottom: top + height,
    x: re => left + width / 2 + (re - middle) * unit,
    y: im => top + height / 2 - im * unit,
    low: middle - width / 2 / unit,
    high: middle + width / 2 / unit,
    up: height / 2 / unit,
  };
}

/** The radius of a point: proportional to √|λ|, capped; `most` is the largest |λ| drawn. */
function radiusOf([re, im], most, cap = MOST) {
  return Math.max(1.6, Math.min(cap, cap * Math.sqrt(Math.hypot(re, im) / Math.max(most, 1e-12))));
}

/** Grid and zero lines, with labels when `labelled`. */
export function drawPlane(paper, scales, labelled) {
  const { x, y, left, right, top, bottom, low, high, up } = scales;
  if (labelled) {
    paper.gridAlong(low, high, 6, x, top, bottom);
    const levels = ticks(-up, up, 4),
      rise = levels[1] - levels[0];
    for (const mark of levels) {
      paper.line(left, y(mark), right, y(mark));
      const label = mark === 0 ? '0' : `${tickLabel(mark, rise)}i`;
      paper.textEnd(left - 8, y(mark) + 4, label);
    }
    paper.textEnd(right, bottom + 34, 'Re λ →');
    paper.text(left - 8, top - 8, 'Im λ ↑', { 'text-anchor': 'start' });
  }
  const axis = { stroke: 'rule2' };
  if (low < 0 && high > 0) paper.line(x(0), top, x(0), bottom, axis);
  paper.line(left, y(0), right, y(0), axis);
}

/**
 * Where the middle of a spectrum lies whose largest values would leave it a dot: the window of the
 * smallest four fifths; null where these fill the plane well enough.
 */
export function middleOf({ eigenvalues, baseline }) {
  const sizes = eigenvalues.map(one => Math.hypot(...one)).sort((a, b) => a - b),
    reach = sizes[Math.floor(0.8 * sizes.length)];
  if (sizes.length < 8 || reach > sizes.at(-1) / 6) return null;
  const inner = eigenvalues.filter(one => Math.hypot(...one) <= reach);
  return windowOf([{ eigenvalues: inner, baseline }]);
}

/** The disc of random matrices and the points, largest first so that none is hidden. */
export function drawSpectrum(paper, scales, { eigenvalues, baseline }, most, cap) {
  const { x, y, unit, low, high, up } = scales;
  if (baseline?.radius)
    paper.dot(x(0), y(0), baseline.radius * unit, { fill: 'band', 'fill-opacity': 0.85 });
  eigenvalues
    .map((one, i) => ({ one, i }))
    .filter(({ one: [re, im] }) => re >= low && re <= high && Math.abs(im) <= up)
    .sort((a, b) => Math.hypot(...b.one) - Math.hypot(...a.one))
    .forEach(({ one, i }) => {
      const raises = one[0] >= 0;
      paper.dot(x(one[0]), y(one[1]), radiusOf(one, most, cap), {
        class: 'eigenvalue',
        'data-i': i,
        fill: raises ? 'pos' : 'bg',
        'fill-opacity': raises ? 0.8 : 1,
        stroke: raises ? 'bg' : 'neg',
        'stroke-width': raises ? 0.75 : 1.6,
      });
    });
}
