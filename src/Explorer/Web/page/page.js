// The page of sections: each is set up when the reader comes near, or else when nothing else waits,
// from its own data element.

import { components, place } from './components.js';
import { arraysOf, json, report } from './data.js';
import { allOf, h, whenNear, wrong } from './dom.js';
import { addTools } from './export.js';
import { goTo, sections, watchFrame } from './frame.js';
import { findHeads, headOf, watchHeads } from '../heads/heads.js';
import { watchSearch } from './search.js';
import { prepareSearch } from './search-index.js';
import {
  address,
  adjust,
  declare,
  lock,
  missing,
  readAddress,
  selection,
  subscribe,
  wholeBelow,
} from './store.js';
import { markSteps } from './step-marks.js';
import { watchTheme } from './theme.js';
import { whenIdle } from './timing.js';
import { watchTokens } from '../tokens/tokens.js';
import { display, vocabularySize } from '../tokens/vocabulary.js';

/** Starts the page, once its components have registered themselves; says so when it cannot. */
export function startPage() {
  try {
    start();
    for (const one of document.querySelectorAll('.static-only')) one.remove();
    performance.mark('vt-ready');
    document.documentElement.dataset.ready = '';
  } catch (error) {
    delete document.documentElement.dataset.js;
    const rest = 'The findings and tables below are the ones stored in the page.';
    document.querySelector('main').prepend(wrong(`${error.message} ${rest}`));
    throw error;
  }
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
  markSteps();
  watchTheme(document.querySelector('.theme'), () => {
    for (const tag of components().keys())
      for (const figure of document.querySelectorAll(tag)) figure.draw();
  });
  watchSearch(document.querySelector('.search'), sections(), [findHeads], openToken);
  watchFrame(by => {
    const next = checkpoints[checkpoints.indexOf(selection().step) + by];
    if (next !== undefined) adjust({ step: next });
  });
  whenIdle(prepareSearch);
  whenIdle(() => performance.mark('vt-drawn'));
}

/** Locks a token and goes to the section that has tables of it, or says that none has. */
function openToken(id) {
  const { kind, sections: all } = report(),
    shown = all.find(({ component }) => components().get(component).showsToken);
  if (shown) location.hash = address({ page: kind, section: shown.key, token: id });
  else {
    lock({ token: id });
    adjust({ notice: `${display(id)} is marked wherever it occurs; no section lists it.` });
  }
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
      element.update(json(`vt-data-${key}`), arraysOf(key));
      addTools(element.closest('section'), element, report().run);
    } catch (error) {
      element.replaceChildren(wrong(error.message));
      reportError(error);
    }
    performance.measure(`vt-figure-${key}`, `vt-mount-${key}`);
  };
  whenNear(element, setUp);
  whenIdle(setUp);
  document.addEventListener('vt-goto', event => {
    if (keys.indexOf(event.detail) >= keys.indexOf(key)) setUp();
  });
}

/** Shows the place that the address names instead of the page's own sections. */
function watchPlaces() {
  const article = document.querySelector('main > article');
  const contents = document.querySelector('nav.contents');
  const bar = new Map(
    allOf(document, '.experiments a').map(link => [link.getAttribute('href').slice(2), link]),
  );
  const stage = h('div.place', { hidden: true }),
    aside = h('nav.contents.place-contents', { 'aria-label': 'Heads', hidden: true });
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
