// vt-token-tables: what follows a token, and what predicts it? Its card with the two tables, and
// the section's finding, which follow the token that is locked.

import { Figure } from '../figures/figure.js';
import { register } from '../page/components.js';
import { fill, h } from '../page/dom.js';
import { largest, percent } from '../page/numbers.js';
import { selection } from '../page/store.js';
import { tokenLink } from '../tokens/tokens.js';
import { CLASS_NAMES, classOf, corpusCount, countsKnown, rank } from '../tokens/vocabulary.js';
import { Bigrams } from './bigrams.js';
import { modelOf } from './model.js';
import { TokenCard } from './token-card.js';

const NEAR = 7;

/**
 * `data`: {examples: [{token, next: [{id, probability, …}], previous: [{id, logit, …}]}]}, exact
 * rows of some tokens, the first of which is shown and is what the finding as it was written is of;
 * `unseen?`: whether inputs that training never had are ranked from the start. The arrays are those
 * of model.js, from which all other tables are computed.
 */
class TokenTables extends Figure {
  static showsToken = true;

  #written;

  get watched() {
    return ['token', 'measure', 'matrix'];
  }

  build() {
    this.card = new TokenCard();
    this.tables = new Bigrams();
    return h('div.tables', this.card, this.tables);
  }

  render() {
    const { token, measure, matrix } = selection(),
      { examples } = this.data,
      id = token ?? examples[0]?.token ?? 0,
      exact = examples.find(one => one.token === id),
      model = modelOf(this.arrays);
    performance.mark('vt-token-start');
    const next = model.next(id, exact?.next),
      previous = model.previous(id, exact?.previous);
    this.card.update({
      id,
      locked: token === id,
      className: CLASS_NAMES[classOf(id)],
      count: corpusCount(id),
      rank: countsKnown() ? rank(id) : null,
      normE: model.norms('W_E')[id],
      normU: model.norms('W_U')[id],
      matrix,
      nearest: model.nearest(id, matrix, NEAR),
    });
    this.tables.update({
      token: id,
      measure,
      seen: model.counts.inputs,
      unseen: this.data.unseen ?? false,
      next,
      previous,
    });
    this.#say(id, next);
    performance.measure('vt-token', 'vt-token-start');
  }

  #say(id, { probability, frequency, inputs }) {
    const finding = this.closest('section')?.querySelector('.finding');
    if (!finding) return;
    this.#written ??= [...finding.childNodes];
    if (id === this.data.examples[0]?.token) {
      fill(finding, this.#written);
      return;
    }
    const [best] = largest(this.tables.data.seen.length, 1, probability);
    const share = value => h('span.figure', value);
    fill(
      finding,
      'After ',
      tokenLink(id),
      ' the model gives ',
      tokenLink(best),
      ' ',
      share(percent(probability(best))),
      !countsKnown()
        ? '.'
        : inputs > 0
          ? ['; the corpus gives ', share(percent(frequency(best))), '.']
          : '; in the corpus, nothing follows it.',
    );
  }

  csv() {
    return this.tables.csv();
  }

  svg() {
    return this.tables.svg();
  }
}

register('vt-token-card', TokenCard);
register('vt-bigrams', Bigrams);
register('vt-token-tables', TokenTables);
