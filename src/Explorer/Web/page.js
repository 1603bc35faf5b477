// The page of sections: each is set up when the reader comes near, from its own data element.

import { begin } from './begin.js';
import { components, place } from './components.js';
import { array, json, report } from './data.js';
import { h, whenNear, wrong } from './dom.js';
import { addTools } from './export.js';
import { goTo } from './frame.js';
import { findHeads, headOf, watchHeads } from './heads.js';
import { prepareSearch } from './search-index.js';
import {
  adjust,
  declare,
  missing,
  readAddress,
  selection,
  subscribe,
  wholeBelow,
} from './store.js';
import { watchTokens } from './tokens.js';
import { vocabularySize } from './vocabulary.js';

/** Starts the page; components have registered themselves before. */
export function startPage() {
  begin(start, () => report().checkpoints, [findHeads]);
}

function start() {
  const { checkpoints } = report();
  declare({
    token: { read: wholeBelow(vocabularySize), lock: true },
    head: { read: text => (headOf(text) ? text : undefined), lock: 2 },
    step: {
      read: text => checkpoints.find(step => String(step) === text),
      initial: () => checkpoints.at(-1) ?? null,
    },
  });
  for (const [tag, type] of components()) customElements.define(tag, type);
  for (const { key } of report().sections) mount(key);
  readAddress();
  watchTokens();
  watchHeads();
  watchPlaces();
  (globalThis.requestIdleCallback ?? setTimeout)(prepareSearch);
  return () => {
    for (const tag of components().keys())
      for (const figure of document.querySelectorAll(tag)) figure.draw?.();
  };
}

/** Sets a section up when the reader comes near, or jumps to it or past it. */
function mount(key) {
  const element = document.querySelector(`[data-section="${key}"]`);
  const keys = report().sections.map(section => section.key);
  let done = false;
  const setUp = () => {
    if (done) return;
    done = true;
    performance.mark(`vt-mount-${key}`);
    try {
      give(element, key);
      addTools(element.closest('section'), element, report().run);
    } catch (error) {
      element.replaceChildren(wrong(error.message));
      throw error;
    }
    performance.measure(`vt-figure-${key}`, `vt-mount-${key}`);
  };
  whenNear(element, setUp);
  document.addEventListener('vt-goto', event => {
    if (keys.indexOf(event.detail) >= keys.indexOf(key)) setUp();
  });
}

/** Gives an element the record and the arrays of a section. */
export function give(element, key) {
  element.arrays = name => array(`${key}.${name}`);
  element.data = json(`vt-data-${key}`);
}

/** Shows the place that the address names instead of the page's own sections. */
function watchPlaces() {
  const article = document.querySelector('main > article');
  const contents = document.querySelector('nav.contents');
  const bar = new Map(
    [...document.querySelectorAll('.experiments a')].map(link => [
      link.getAttribute('href').slice(2),
      link,
    ]),
  );
  const stage = h('div', { class: 'place', hidden: true }),
    aside = h('nav', { class: 'contents place-contents', 'aria-label': 'Heads', hidden: true });
  article.after(stage);
  contents.after(aside);
  let away = false,
    left = 0;
  const show = () => {
    const { page, section } = selection();
    const found = page === report().kind || !section ? null : place(page)?.(section);
    if (!found && section && page !== report().kind) {
      adjust({ page: report().kind, section: null, notice: missing(page, section) });
      return;
    }
    if (found && !away) left = scrollY;
    article.hidden = contents.hidden = Boolean(found);
    stage.hidden = aside.hidden = !found;
    stage.replaceChildren(...(found ? [found.element] : []));
    aside.replaceChildren(...(found?.aside ? [found.aside] : []));
    found?.start?.();
    for (const [key, link] of bar) {
      if (key === page) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    }
    document.title = `${found?.title ?? article.querySelector('h1').textContent} · Vitrine`;
    if (found) scrollTo(0, 0);
    else if (page !== report().kind) {
      const section = document.querySelector(`vt-${page}`).closest('section');
      goTo(section, section.dataset.key);
    } else if (away) scrollTo(0, left);
    away = Boolean(found);
  };
  subscribe((_, changed) => {
    if (changed.has('page') || (changed.has('section') && selection().page !== report().kind))
      show();
  });
  if (selection().page !== report().kind) show();
}
