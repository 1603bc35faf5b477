// The frame of the page: contents that follow the reader, the notice line, the list of keys.

import { allOf, h } from './dom.js';
import { address, goBack, readAddress, release, selection, subscribe } from './store.js';
import { perFrame } from './timing.js';

const KEYS = [
  ['/ or Ctrl K', 'search'],
  ['Tab', 'into and out of a figure'],
  ['arrows', 'move the cursor; Shift by ten'],
  ['Home, End', 'first and last'],
  ['Enter', 'lock'],
  ['Esc', 'let go'],
  ['Backspace', 'previous token'],
  [', and .', 'previous and next checkpoint'],
  ['[ and ]', 'previous and next passage or head'],
  ['+ − 0', 'zoom a map, reset it'],
  ['?', 'this list'],
];

/** The sections of the page, from its own HTML: [{key, name, element}]. */
export function sections() {
  return allOf(document, 'article section[data-key]').map(element => ({
    key: element.dataset.key,
    name: element.dataset.name,
    element,
  }));
}

/** Scrolls to a section, after all figures down to it are set up. */
export function goTo(element, key) {
  document.dispatchEvent(new CustomEvent('vt-goto', { detail: key }));
  element.scrollIntoView();
  // Figures above draw themselves in the next frame and may grow.
  requestAnimationFrame(() => requestAnimationFrame(() => element.scrollIntoView()));
}

/** Contents, address, keys; `stepCheckpoint(±1)` moves the shared checkpoint. */
export function watchFrame(stepCheckpoint) {
  const all = sections();
  const links = new Map(
    all.map(({ key }) => [key, document.querySelector(`nav.contents a[data-key="${key}"]`)]),
  );
  const mark = perFrame(() => {
    const atEnd = innerHeight + scrollY >= document.documentElement.scrollHeight - 4 && scrollY > 0,
      begun = ({ element }) => element.getBoundingClientRect().top < 0.4 * innerHeight,
      current = atEnd ? all.at(-1) : (all.findLast(begun) ?? all[0]);
    for (const [key, link] of links) {
      if (key === current.key) link?.setAttribute('aria-current', 'true');
      else link?.removeAttribute('aria-current');
    }
  });
  addEventListener('scroll', mark, { passive: true });
  // Figures grow when they are drawn, and the window may change.
  new ResizeObserver(mark).observe(document.querySelector('main'));

  const go = () => {
    readAddress();
    const { section } = selection();
    const target = all.find(({ key }) => key === section)?.element;
    if (!target) return;
    goTo(target, section);
  };
  addEventListener('popstate', go);
  for (const link of document.querySelectorAll('nav.contents a')) {
    link.addEventListener('click', event => {
      event.preventDefault();
      history.pushState(history.state, '', address({ section: link.dataset.key }));
      go();
    });
  }

  const notice = document.querySelector('.notice');
  const say = () => {
    notice.textContent = selection().notice ?? '';
  };
  subscribe((_, changed) => {
    if (changed.has('notice')) say();
  });
  say();
  watchKeys(stepCheckpoint);
  const { section } = selection();
  if (section) go();
}

/** `[` and `]`: who shows passages or heads listens to `vt-walk` on the document. */
function walk(by) {
  document.dispatchEvent(new CustomEvent('vt-walk', { detail: by }));
}

function watchKeys(stepCheckpoint) {
  const list = h(
    'dialog.keys',
    { 'aria-label': 'Keys' },
    h('h3', 'Keys'),
    h(
      'dl',
      KEYS.map(([key, what]) => h('div', h('dt', key), h('dd', what))),
    ),
    h('button.plain', { onclick: () => list.close() }, 'close'),
  );
  document.body.append(list);
  addEventListener('keydown', event => {
    if (event.target instanceof Element && event.target.matches('input, textarea')) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === '?') {
      if (list.open) list.close();
      else list.show();
    } else if (event.key === 'Escape' && list.open) list.close();
    else if (event.key === 'Escape') release();
    else if (event.key === 'Backspace') goBack();
    else if (event.key === ',') stepCheckpoint(-1);
    else if (event.key === '.') stepCheckpoint(1);
    else if (event.key === '[' || event.key === ']') walk(event.key === ']' ? 1 : -1);
    else return;
    event.preventDefault();
  });
}
