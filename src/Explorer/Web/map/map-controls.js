// The parts of vt-embedding-map: stage, controls above it, caption, panel beside it.

import { h, matrixName, segments } from '../page/dom.js';
import { MapPanel } from './map-panel.js';
import { adjust } from '../page/store.js';

const STEP = 1.6;

const METHODS = [
  ['pca', 'PCA'],
  ['t-sne', 't-SNE'],
];

/**
 * Builds the parts; `offer(maps)` is called for every record. `calls`: {zoom(factor), reset(),
 * lassoMode(), isolate(class), clear()}.
 */
export function buildMap(calls) {
  const canvas = h('canvas', { role: 'img' });
  const overlay = h('div.overlay');
  const label =
    'Map of tokens. Arrows move between tokens, Enter locks, plus and minus zoom, 0 resets.';
  const stage = h(
    'div.stage',
    { tabindex: 0, role: 'application', 'aria-roledescription': 'map', 'aria-label': label },
    canvas,
    overlay,
  );
  const panel = new MapPanel({
    colourBy: value => adjust({ colour: value }),
    isolate: calls.isolate,
    clear: calls.clear,
  });
  const method = segments('Method', [], value => adjust({ map: value })),
    matrix = segments('Matrix', [], value => adjust({ matrix: value }));
  const offer = maps => {
    const has = (key, value) => maps.some(one => one[key] === value);
    method.offer(METHODS.filter(([, name]) => has('method', name)));
    matrix.offer(
      ['W_E', 'W_U']
        .filter(name => has('matrix', name))
        .map(name => [name, matrixName(name)]),
    );
  };
  const lassoButton = tool('lasso', 'draw a lasso', calls.lassoMode);
  const tools = h(
    'div.tools-inline',
    tool('−', 'zoom out', () => calls.zoom(1 / STEP)),
    tool('+', 'zoom in', () => calls.zoom(STEP)),
    tool('reset', 'reset the view', calls.reset),
    lassoButton,
  );
  const caption = h('p.caption');
  const main = h('div.map-main', h('div.controls', method, matrix, tools), stage, caption);
  const readout = h('p.spoken', { 'aria-live': 'polite' });
  const parts = { main, canvas, overlay, stage, caption, panel, readout, lassoButton };
  return { ...parts, method, matrix, offer };
}

function tool(text, spoken, run) {
  return h('button.tool', { 'aria-label': spoken, onclick: run }, text);
}
