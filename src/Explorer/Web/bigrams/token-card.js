// vt-token-card: what is this token?

import { Figure } from '../figures/figure.js';
import { fill, h, matrixName } from '../page/dom.js';
import { roving } from '../page/keyboard.js';
import { count, score } from '../page/numbers.js';
import { adjust } from '../page/store.js';
import { chip, tokenLink } from '../tokens/tokens.js';
import { countsKnown } from '../tokens/vocabulary.js';

/**
 * `data`: {id, locked, className, count, rank, normE, normU, matrix, nearest: [{id, cosine}]}.
 * Arrows walk the neighbours; the browser's way back goes back.
 */
export class TokenCard extends Figure {
  build() {
    this.refreshKeys = roving(this, '.nearest a');
    this.token = h('div');
    this.facts = h('dl');
    this.unseen = h(
      'p.aside',
      'Not in the training text: its rows are unchanged since initialisation, or decayed.',
    );
    this.heading = h('div.mini-head');
    this.near = h('ol.nearest');
    return [this.token, this.facts, this.unseen, this.heading, this.near];
  }

  render() {
    const { id, locked, className, rank, normE, normU, matrix, nearest } = this.data,
      seen = this.data.count > 0;
    this.token.className = `big${locked ? ' locked' : ''}`;
    fill(this.token, chip(id, true));
    fill(
      this.facts,
      fact('id', String(id)),
      fact('class', className),
      countsKnown() && [
        fact('in corpus', seen ? count(this.data.count) : 'never'),
        fact('rank', seen ? count(rank) : '–'),
      ],
      fact(norm('W_E'), score(normE), 'length of its row of W E'),
      fact(norm('W_U'), score(normU), 'length of its column of W U'),
    );
    this.unseen.hidden = seen || !countsKnown();
    fill(this.heading, h('span', 'Nearest in ', switches(matrix), ', cosine'));
    fill(
      this.near,
      nearest.map(one => h('li', tokenLink(one.id), h('span.n', score(one.cosine)))),
    );
    this.refreshKeys();
  }
}

function norm(name) {
  return h('span', '‖', matrixName(name), '‖');
}

function fact(name, value, spoken) {
  return h('div', h('dt', { 'aria-label': spoken }, name), h('dd', value));
}

function switches(chosen) {
  return h(
    'span.switch',
    ['W_E', 'W_U'].map(name =>
      h(
        'button.plain',
        {
          'aria-pressed': name === chosen,
          onclick: () => adjust({ matrix: name }),
        },
        matrixName(name),
      ),
    ),
  );
}
