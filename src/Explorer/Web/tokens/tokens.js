// Tokens on the page: chips, and the hover and lock that every chip shares.

import { h } from '../page/dom.js';
import { watchMentions } from '../page/mentions.js';
import { address, lock, selection } from '../page/store.js';
import { isSpecial, units } from './vocabulary.js';

const CELLS = 24;

/**
 * The bare chip: `<bdi>` with visible spaces, dashed boxes, and a cut in the middle when it is
 * long and not `whole`.
 */
export function chip(id, whole = false) {
  const all = units(id);
  const cut = !whole && all.length > CELLS;
  const shown = cut ? [...all.slice(0, 15), { kind: 'mark', text: '…' }, ...all.slice(-8)] : all;
  const box = h('bdi', { class: isSpecial(id) ? 'chip special' : 'chip' });
  for (let i = 0; i < shown.length;) {
    const { kind } = shown[i];
    let run = '';
    for (; i < shown.length && shown[i].kind === kind; i++) {
      run += shown[i].text;
      if (kind === 'box') {
        i++;
        break;
      }
    }
    box.append(kind === 'text' ? run : h('span', { class: kind }, run));
  }
  return cut ? h('span.cut', box, h('span.length', all.length)) : box;
}

/** A chip that is a link: hover previews the token everywhere, a click locks it. */
export function tokenLink(id) {
  const { token, preview: pointed } = selection();
  const states = `token${id === token ? ' locked' : ''}${id === pointed ? ' hover' : ''}`;
  return h(
    'a',
    { class: states, 'data-token': id, href: address({ token: id, section: null }) },
    chip(id),
  );
}

/** Makes every `data-token` on the page live. */
export function watchTokens() {
  watchMentions('token', {
    read: Number,
    hover: 'preview',
    locked: 'token',
    choose: id => lock({ token: id }),
  });
}
