// vt-neighbours: which tokens point the same way as one, in W_E and in W_U?

import { modelOf } from '../bigrams/model.js';
import { bar, barScale } from '../figures/bars.js';
import { Figure } from '../figures/figure.js';
import { besideEachOther, drawTable, numberColumn } from '../figures/table-svg.js';
import { register } from '../page/components.js';
import { allOf, fill, h, matrixName, table, tableHead } from '../page/dom.js';
import { roving } from '../page/keyboard.js';
import { score } from '../page/numbers.js';
import { selection } from '../page/store.js';
import { tokenLink } from '../tokens/tokens.js';
import { display, escapedBytes } from '../tokens/vocabulary.js';

const MATRICES = ['W_E', 'W_U'];

/**
 * `data`: {examples: [{token, matrices: [{matrix, nearest: [{id, cosine}]}]}], rows}: exact
 * neighbours of some tokens, the first of which is shown; those of other tokens are computed from
 * the arrays `W_E`, `W_U`, int8 [vocab, dModel] with `.scale`.
 */
class Neighbours extends Figure {
  static showsToken = true;

  get watched() {
    return ['token'];
  }

  build() {
    this.lists = h('div.circuit-tables');
    this.refreshKeys = roving(this.lists, () =>
      allOf(this.lists, '.bigrams').map(one => allOf(one, 'a.token')),
    );
    return this.lists;
  }

  get token() {
    return selection().token ?? this.data.examples[0]?.token ?? 0;
  }

  /** The nearest of the token that is shown, best first: [{id, cosine}]. */
  #nearest(matrix) {
    const { examples, rows } = this.data,
      exact = examples.find(one => one.token === this.token);
    return (
      exact?.matrices.find(one => one.matrix === matrix)?.nearest ??
      modelOf(this.arrays).nearest(this.token, matrix, rows)
    );
  }

  render() {
    fill(this.lists, MATRICES.map(matrix => this.#list(matrix, this.#nearest(matrix))));
    this.refreshKeys();
  }

  #list(matrix, nearest) {
    const scale = barScale(nearest.map(one => one.cosine));
    return h(
      'div.bigrams',
      tableHead(['Nearest to ', tokenLink(this.token), ' in ', matrixName(matrix)], 'cosine'),
      table(
        null,
        nearest.map(({ id, cosine }) =>
          h(
            'tr',
            { 'data-token': id },
            h('td.token', tokenLink(id)),
            h('td.bar', bar(scale, cosine, null)),
            h('td.n', score(cosine)),
          ),
        ),
      ),
    );
  }

  csv() {
    const lines = [['token', 'matrix', 'neighbour', 'id', 'bytes', 'cosine']];
    for (const matrix of MATRICES)
      for (const { id, cosine } of this.#nearest(matrix))
        lines.push([display(this.token), matrix, display(id), id, escapedBytes(id), cosine]);
    return lines;
  }

  svg() {
    return besideEachOther(
      MATRICES.map(matrix =>
        drawTable(
          [
            { label: 'token', width: 140, kind: 'token', of: row => display(row.id) },
            { label: '', width: 200, kind: 'bar', of: row => row.cosine },
            numberColumn('cosine', 64, row => score(row.cosine)),
          ],
          this.#nearest(matrix),
          `Nearest to ${display(this.token)} in ${matrix}`,
        ),
      ),
    );
  }
}

register('vt-neighbours', Neighbours);
