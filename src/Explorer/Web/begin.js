// How every page starts, and what it says when it cannot.

import { wrong } from './dom.js';
import { sections, watchFrame } from './frame.js';
import { watchSearch } from './search.js';
import { adjust, selection } from './store.js';
import { watchTheme } from './theme.js';

/**
 * Brings the page to life: `start()` sets the figures up and returns what redraws them;
 * `checkpoints` are the steps that `,` and `.` visit; `finders` add groups to the search.
 */
export function begin(start, checkpoints, finders = []) {
  try {
    const redraw = start();
    watchTheme(document.querySelector('.theme'), redraw);
    watchSearch(document.querySelector('.search'), sections(), finders);
    watchFrame(by => {
      const steps = checkpoints(),
        at = steps.indexOf(selection().step) + by;
      if (steps[at] !== undefined) adjust({ step: steps[at] });
    });
    for (const one of document.querySelectorAll('.static-only')) one.remove();
    performance.mark('vt-ready');
    document.documentElement.dataset.ready = '';
  } catch (error) {
    delete document.documentElement.dataset.js;
    document
      .querySelector('main')
      .prepend(
        wrong(
          `${error.message} The findings and tables below are those that were written with the page.`,
        ),
      );
    throw error;
  }
}
