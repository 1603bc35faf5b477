// Where the page starts.

import { report } from './data.js';
import { h } from './dom.js';
import { sections, watchFrame } from './frame.js';
import { watchSearch } from './search.js';
import { adjust, readAddress, selection } from './store.js';
import { watchTheme } from './theme.js';
import { watchTokens } from './tokens.js';
import { startZeroLayer } from './zero-layer.js';

function start() {
  readAddress();
  watchTokens();
  const redraw = startZeroLayer();
  watchTheme(document.querySelector('.theme'), redraw);
  watchSearch(document.querySelector('.search'), sections());
  watchFrame(by => {
    const { checkpoints } = report().loss,
      at = checkpoints.indexOf(selection().step) + by;
    if (checkpoints[at] !== undefined) adjust({ step: checkpoints[at] });
  });
  for (const one of document.querySelectorAll('.static-only')) one.remove();
  performance.mark('vt-ready');
  document.documentElement.dataset.ready = '';
}

try {
  start();
} catch (error) {
  delete document.documentElement.dataset.js;
  document
    .querySelector('main')
    .prepend(
      h(
        'p',
        { class: 'wrong', role: 'alert' },
        h('strong', null, 'Not drawn. '),
        error.message,
        ' The findings and tables below are those that were written with the page.',
      ),
    );
  throw error;
}
