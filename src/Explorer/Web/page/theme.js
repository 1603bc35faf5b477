// Light and dark. Colours live in the style sheet only; canvases ask here for their resolved
// values.

import { aroundPrint, finishWaiting } from './timing.js';

let probe;
const cache = new Map(),
  ramps = new Map();

/** 'light' or 'dark', as the page is shown now. */
export function scheme() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');
}

/** The colour of the style sheet's token `name` as [r, g, b], in the given scheme. */
export function colour(name, mode = scheme()) {
  const key = `${mode} ${name}`;
  if (!cache.has(key)) {
    if (!probe) {
      probe = document.createElement('i');
      probe.hidden = true;
      document.body.append(probe);
    }
    probe.style.colorScheme = mode;
    probe.style.color = `var(--${name})`;
    cache.set(
      key,
      getComputedStyle(probe)
        .color.match(/[\d.]+/g)
        .slice(0, 3)
        .map(Number),
    );
  }
  return cache.get(key);
}

/** The same as text for an SVG that leaves the page. */
export function hex(name, mode = scheme()) {
  return (
    '#' +
    colour(name, mode)
      .map(v => Math.round(v).toString(16).padStart(2, '0'))
      .join('')
  );
}

/** 256 colours from the page to the strongest, through the stops of the sequential scale. */
export function ramp(mode = scheme()) {
  if (!ramps.has(mode)) ramps.set(mode, makeRamp(mode));
  return ramps.get(mode);
}

function makeRamp(mode) {
  const stops = [0, 1, 2, 3, 4].map(i => colour(`seq${i}`, mode));
  return Array.from({ length: 256 }, (_, i) => {
    const at = (i / 255) * 4,
      low = Math.min(3, Math.floor(at)),
      part = at - low;
    return stops[low].map((v, c) => Math.round(v + (stops[low + 1][c] - v) * part));
  });
}

/**
 * Sets the toggle up; `changed` runs after every change of scheme, also the system's and the
 * printer's.
 */
export function watchTheme(button, changed) {
  const label = () => {
    button.textContent = scheme() === 'dark' ? 'Light' : 'Dark';
  };
  button.hidden = false;
  button.addEventListener('click', () => {
    const next = scheme() === 'dark' ? 'light' : 'dark';
    document.documentElement.dataset.theme = next;
    try {
      localStorage.setItem('vitrine-theme', next);
    } catch {
      /* A file opened from disk may have no storage. */
    }
    label();
    changed();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    label();
    changed();
  });
  const { dataset } = document.documentElement;
  let before;
  aroundPrint(
    () => {
      before = dataset.theme;
      dataset.theme = 'light';
      dataset.printing = '';
      changed();
      finishWaiting();
    },
    () => {
      if (before) dataset.theme = before;
      else delete dataset.theme;
      delete dataset.printing;
      changed();
    },
  );
  label();
}
