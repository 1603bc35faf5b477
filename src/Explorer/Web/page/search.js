// The search box: tokens by text, id or bytes, and the sections of the page.

import { h } from './dom.js';
import { count } from './numbers.js';
import { piecesOf } from '../tokens/pieces.js';
import { findTokens, similarTokens } from './search-index.js';
import { address, preview, selection, subscribe } from './store.js';
import { perFrame } from './timing.js';
import { chip, tokenLink } from '../tokens/tokens.js';
import { corpusCount, countsKnown, display, vocabularySize } from '../tokens/vocabulary.js';

const hitListeners = new Set();

/**
 * Calls `listener` with the ids that match the query, or null when there is none; maps ring
 * them.
 */
export function onSearchHits(listener) {
  hitListeners.add(listener);
  return () => hitListeners.delete(listener);
}

function publishHits(ids) {
  for (const listener of hitListeners) listener(ids);
}

/**
 * Makes the search box of the page's own HTML live. Each of `finders` gives, for a query, null or
 * one more group: {name, options: [{label, run}], left}; `openToken(id)` goes to a token.
 */
export function watchSearch(box, sections, finders, openToken) {
  const input = box.querySelector('input');
  const list = h('div.results', {
    role: 'listbox',
    id: 'vt-results',
    'aria-label': 'Search results',
    hidden: true,
  });
  const current = h('span.current', { 'aria-hidden': 'true' });
  box.append(current, list);
  input.disabled = false;
  input.setAttribute('role', 'combobox');
  input.setAttribute('aria-controls', 'vt-results');
  input.setAttribute('aria-expanded', 'false');
  input.setAttribute('aria-autocomplete', 'list');
  const phone = matchMedia('(max-width: 700px)');
  let options = [],
    active = -1,
    shown = '',
    explaining = 0;

  const close = () => {
    list.hidden = true;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
    preview(null);
    publishHits(null);
  };

  const choose = option => {
    input.value = '';
    close();
    input.blur();
    showCurrent();
    option.run();
  };

  function showCurrent() {
    const { token } = selection();
    const visible = token !== null && input.value === '' && document.activeElement !== input;
    current.replaceChildren(...(visible ? [chip(token)] : []));
    const hint = phone.matches ? 'Search' : box.dataset.placeholder;
    input.placeholder = visible ? '' : hint;
  }
  phone.addEventListener('change', showCurrent);

  function move(to) {
    options[active]?.row.removeAttribute('aria-selected');
    active = Math.max(0, Math.min(options.length - 1, to));
    const option = options[active];
    if (!option) return;
    option.row.setAttribute('aria-selected', 'true');
    option.row.scrollIntoView({ block: 'nearest' });
    input.setAttribute('aria-activedescendant', option.row.id);
    preview(option.token ?? null);
  }

  function show() {
    const query = (shown = input.value);
    options = [];
    active = -1;
    if (query === '') {
      list.replaceChildren();
      close();
      return;
    }
    performance.mark('vt-search-start');
    const tokens = findTokens(query);
    const found = sections.filter(section =>
      section.name.toLowerCase().includes(query.trim().toLowerCase()),
    );
    const groups = finders
      .map(find => find(query))
      .filter(Boolean)
      .map(({ name, options: found, left }) => [name, found.map(plainOption), left]);
    if (tokens.total > 0)
      groups.push(['Tokens', tokens.ids.map(tokenOption), tokens.total - tokens.ids.length]);
    if (found.length > 0) groups.push(['Sections', found.map(sectionOption), 0]);
    list.replaceChildren(
      ...groups.map(([name, rows, left]) => {
        rows.forEach(row => {
          row.row.id = `vt-option-${options.length}`;
          options.push(row);
        });
        return h(
          'div.group',
          { role: 'group', 'aria-label': name },
          h('div.group-name', name),
          rows.map(row => row.row),
          left > 0 && h('div.left', `and ${count(left)} more; type more of the token`),
        );
      }),
    );
    clearTimeout(explaining);
    if (!tokens.exact && !/^(#|0x)/.test(query)) {
      explaining = setTimeout(() => {
        const lines = explainWord(query);
        if (lines.length > 0) list.querySelector('p.nothing')?.remove();
        list.append(...lines);
      }, 60);
    }
    if (list.childElementCount === 0) list.append(h('p.nothing', nothing(query)));
    list.hidden = false;
    input.setAttribute('aria-expanded', 'true');
    publishHits(tokens.total > 0 ? tokens.all : null);
    if (options.length > 0) move(0);
    performance.measure('vt-search', 'vt-search-start');
  }

  function nothing(query) {
    return /^#\d+$/.test(query.trim())
      ? `Ids run from 0 to ${count(vocabularySize() - 1)}.`
      : 'Nothing has that name.';
  }

  function tokenOption(id) {
    const row = h(
      'div.option',
      { role: 'option', 'aria-label': display(id) },
      chip(id),
      h('span.n', `#${id}`),
      h('span.n', countsKnown() && count(corpusCount(id))),
    );
    return listen({ row, token: id, run: () => openToken(id) });
  }

  function plainOption({ label, run }) {
    return listen({ row: h('div.option', { role: 'option' }, label), run });
  }

  function sectionOption(section) {
    const row = h('div.option', { role: 'option' }, section.name);
    return listen({
      row,
      run: () => {
        location.hash = address({ section: section.key });
      },
    });
  }

  function listen(option) {
    option.row.addEventListener('pointerdown', event => event.preventDefault());
    option.row.addEventListener('click', () => choose(option));
    option.row.addEventListener('pointermove', () => {
      if (options[active] !== option) move(options.indexOf(option));
    });
    return option;
  }

  function explainWord(query) {
    const word = query.trim();
    if (word.length < 3 || word.length > 40) return [];
    const parts = piecesOf(query.startsWith(' ') ? query : ` ${word}`);
    if (parts.length < 2) return [];
    const similar = similarTokens(word, 4);
    const line = h(
      'p.nothing',
      `No single token is “${word}”. It is ${parts.length}: `,
      parts.map(id => [tokenLink(id), ' ']),
      similar.length > 0 && ['Nearest single tokens: ', similar.map(id => [tokenLink(id), ' '])],
    );
    line.addEventListener('pointerdown', event => event.preventDefault());
    line.addEventListener('click', () => {
      input.value = '';
      close();
      input.blur();
    });
    return [line];
  }

  input.addEventListener('input', perFrame(show));
  input.addEventListener('focus', () => {
    showCurrent();
    show();
  });
  input.addEventListener('blur', () => {
    close();
    showCurrent();
  });
  input.addEventListener('keydown', event => {
    // The list follows once a frame; a key that is pressed sooner is meant for what was typed.
    if (shown !== input.value && /^(Arrow|Enter)/.test(event.key)) show();
    if (event.key === 'ArrowDown') move(active + 1);
    else if (event.key === 'ArrowUp') move(active - 1);
    else if (event.key === 'Enter' && options[active]) choose(options[active]);
    else if (event.key === 'Escape') {
      input.value = '';
      close();
      input.blur();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  addEventListener('keydown', event => {
    const typing = event.target instanceof Element && event.target.matches('input, textarea');
    if (
      (event.key === '/' && !typing && !event.ctrlKey) ||
      (event.key === 'k' && (event.ctrlKey || event.metaKey))
    ) {
      event.preventDefault();
      input.focus({ preventScroll: true });
      input.select();
    }
  });
  subscribe((_, changed) => {
    if (changed.has('token')) showCurrent();
  });
  showCurrent();
}
