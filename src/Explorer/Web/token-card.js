// vt-token-card: what is this token?

import { fill, h, matrixName } from './dom.js';
import { count, score } from './numbers.js';
import { roving } from './keyboard.js';
import { adjust } from './store.js';
import { chip, tokenLink } from './tokens.js';

/**
 * `data`: {id, locked, className, count, rank, normE, normU, matrix, nearest: [{id, cosine}]}.
 * Arrows walk the neighbours; the browser's way back goes back.
 */
export class TokenCard extends HTMLElement {
  #refresh;

  set data(card) {
    const seen = card.count > 0;
    fill(
      this,
      h('div', { class: `big${card.locked ? ' locked' : ''}` }, chip(card.id, true)),
      h(
        'dl',
        null,
        fact('id', String(card.id)),
        fact('class', card.className),
        fact('in corpus', seen ? count(card.count) : 'never'),
        fact('rank', seen ? count(card.rank) : '–'),
        fact(norm('W_E'), score(card.normE), 'length of its row of W E'),
        fact(norm('W_U'), score(card.normU), 'length of its column of W U'),
      ),
      !seen &&
        h(
          'p',
          { class: 'aside' },
          'Not in the training text: its rows are as they were initialised or decayed.',
        ),
      h(
        'div',
        { class: 'mini-head' },
        h('span', null, 'Nearest in ', switches(card.matrix), ', cosine'),
      ),
      h(
        'ol',
        { class: 'nearest' },
        card.nearest.map(({ id, cosine }) =>
          h('li', null, tokenLink(id), h('span', { class: 'n' }, score(cosine))),
        ),
      ),
    );
    this.#refresh = roving(this, () => [[...this.querySelectorAll('.nearest a')]]);
    this.#refresh();
  }
}

function norm(name) {
  return h('span', null, '‖', matrixName(name), '‖');
}

function fact(name, value, spoken) {
  return h('div', null, h('dt', { 'aria-label': spoken }, name), h('dd', null, value));
}

function switches(chosen) {
  return h(
    'span',
    { class: 'switch' },
    ['W_E', 'W_U'].map(name =>
      h(
        'button',
        {
          type: 'button',
          class: 'plain',
          'aria-pressed': name === chosen,
          'aria-label': name.replace('_', ' '),
          onclick: () => adjust({ matrix: name }),
        },
        matrixName(name),
      ),
    ),
  );
}
