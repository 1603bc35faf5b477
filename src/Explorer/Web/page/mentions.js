// What every mention of a thing shares: one attribute marks it, hover and focus preview it, a click
// chooses it, and all mentions of the same thing are marked together.

import { dataAt, watchMarks } from './pointing.js';
import { pointAt, selection, subscribe } from './store.js';

/**
 * Makes every element with `data-kind` on the page live, those of the page's own HTML too; called
 * once a kind. `read` makes the value of the attribute's text; `hover` is the key of the selection
 * that previews it, `locked` the one that holds it.
 */
export function watchMentions(kind, { read, hover, locked, choose }) {
  const at = target => dataAt(target, kind, read);
  watchMarks(
    document,
    {
      at,
      shown: () => selection()[hover],
      preview: value => pointAt({ [hover]: value }),
      choose,
    },
    document.documentElement,
  );
  document.addEventListener('keydown', event => {
    const value = at(event.target);
    if (value === null || event.key !== 'Enter' || event.target instanceof HTMLAnchorElement)
      return;
    event.preventDefault();
    choose(value, event.target);
  });
  subscribe((state, changed) => {
    if (changed.has(hover)) mark(kind, 'hover', state[hover]);
    if (changed.has(locked)) mark(kind, 'locked', state[locked]);
  });
}

/** Gives the class `state` to every mention of a value, and to no other. */
function mark(kind, state, value) {
  for (const old of document.querySelectorAll(`[data-${kind}].${state}`))
    old.classList.remove(state);
  if (value === null) return;
  for (const one of document.querySelectorAll(`[data-${kind}="${value}"]`))
    one.classList.add(state);
}
