// The scales of the style sheet as colours: sequential and diverging, and what is read on them.

import { colour, ramp, scheme } from '../page/theme.js';

const scales = new Map();

/** The diverging scale: 256 colours from −1 through the page at 0 to +1. */
function diverging(mode) {
  const low = [3, 2, 1].map(i => colour(`div${i}`, mode));
  const stops = [...low, ...[0, 1, 2, 3, 4].map(i => colour(`seq${i}`, mode))];
  const places = [0, 0.5, 0.875, 1, 1.125, 1.5, 1.75, 2].map(one => one / 2);
  return Array.from({ length: 256 }, (_, i) => {
    const at = i / 255;
    const next = Math.max(
        1,
        places.findIndex(place => place >= at),
      ),
      part = (at - places[next - 1]) / (places[next] - places[next - 1]);
    return stops[next - 1].map((v, c) => Math.round(v + (stops[next][c] - v) * part));
  });
}

/** A value on the diverging scale as [r, g, b]: 0 the page, ±1 the strongest, clipped beyond. */
export function divergingAt(value, mode = scheme()) {
  if (!scales.has(mode)) scales.set(mode, diverging(mode));
  return scales.get(mode)[Math.round(127.5 + 127.5 * Math.max(-1, Math.min(1, value)))];
}

/** A share of the sequential scale as a CSS colour, from the page at 0 to the strongest at 1. */
export function sequentialAt(share, mode = scheme()) {
  return css(ramp(mode)[Math.round(255 * Math.max(0, Math.min(1, share)))]);
}

/** [r, g, b] as a CSS colour. */
export function css(channels) {
  return `rgb(${channels.join(' ')})`;
}

/** Text on a colour is black or white, whichever contrasts more: at least 4.5 to 1 on any. */
export function inkOn(channels, mode = scheme()) {
  const own = luminance(channels),
    contrast = name => {
      const other = luminance(colour(name, mode));
      return (Math.max(own, other) + 0.05) / (Math.min(own, other) + 0.05);
    };
  return contrast('on-weak') >= contrast('on-strong') ? 'on-weak' : 'on-strong';
}

function luminance(channels) {
  const [r, g, b] = channels.map(one => {
    const c = one / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
