// The page of the 0-layer experiment: gives the components their records and keeps the findings
// true to the selection.

import { Bigrams } from './bigrams.js';
import { allInputs } from './bigram-counts.js';
import { report } from './data.js';
import { h, whenNear } from './dom.js';
import { EmbeddingMap } from './embedding-map.js';
import { addTools } from './export.js';
import { LossChart } from './loss.js';
import { largest } from './largest.js';
import { nearest, next, norms, previous } from './model.js';
import { percent } from './numbers.js';
import { prepareSearch } from './search-index.js';
import { declare, oneOf, readAddress, selection, subscribe, wholeBelow } from './store.js';
import { TokenCard } from './token-card.js';
import { tokenLink, watchTokens } from './tokens.js';
import { CLASS_NAMES, classOf, corpusCount, rank, vocabularySize } from './vocabulary.js';

const NEAR = 7;

/** The keys of the page's address. */
function keys() {
  const { checkpoints } = report().loss;
  return {
    token: { read: wholeBelow(vocabularySize), lock: true },
    map: { read: oneOf(['pca', 't-sne']), initial: () => 't-sne' },
    matrix: { read: oneOf(['W_E', 'W_U']), initial: () => 'W_E' },
    colour: { read: oneOf(['class', 'frequency']), initial: () => 'class' },
    measure: { read: oneOf(['lift', 'p', 'logit']), initial: () => 'lift' },
    step: {
      read: text => checkpoints.find(step => String(step) === text),
      initial: () => checkpoints.at(-1) ?? null,
    },
    steps: { read: oneOf(['linear', 'log']), initial: () => 'linear' },
  };
}

/** The token whose tables are shown: the locked one, or the first example of the report. */
function shownToken() {
  return selection().token ?? report().examples[0]?.token ?? 0;
}

/** Registers the components and brings the page of the report to life. */
export function startZeroLayer() {
  declare(keys());
  readAddress();
  watchTokens();
  customElements.define('vt-token-card', TokenCard);
  customElements.define('vt-bigrams', Bigrams);
  customElements.define('vt-embedding-map', EmbeddingMap);
  customElements.define('vt-loss', LossChart);
  const part = name => document.querySelector(name);
  const card = part('vt-token-card'),
    tables = part('vt-bigrams'),
    map = part('vt-embedding-map'),
    loss = part('vt-loss');

  const showToken = () => {
    const id = shownToken(),
      { token, measure, matrix } = selection();
    performance.mark('vt-token-start');
    card.data = {
      id,
      locked: token === id,
      className: CLASS_NAMES[classOf(id)],
      count: corpusCount(id),
      rank: rank(id),
      normE: norms('W_E')[id],
      normU: norms('W_U')[id],
      matrix,
      nearest: nearest(id, matrix, NEAR),
    };
    tables.data = { token: id, measure, seen: allInputs(), next: next(id), previous: previous(id) };
    sayFinding(id, next(id));
    performance.measure('vt-token', 'vt-token-start');
  };
  subscribe((_, changed) => {
    if (['token', 'measure', 'matrix'].some(key => changed.has(key))) showToken();
  });
  showToken();
  map.neighbours = (id, matrix) => nearest(id, matrix, NEAR);
  whenNear(map, () => {
    map.data = report().maps;
  });
  whenNear(loss, () => {
    loss.data = report().loss;
  });
  for (const figure of [tables, map, loss])
    addTools(figure.closest('section'), figure, report().run);
  (globalThis.requestIdleCallback ?? setTimeout)(prepareSearch);
  return () => {
    map.draw?.();
    loss.draw();
  };
}

function sayFinding(id, { probability, frequency, inputs }) {
  const [best] = largest(vocabularySize(), 1, probability);
  const share = value => h('span', { class: 'figure' }, value);
  document
    .querySelector('section[data-key="tokens"] .finding')
    .replaceChildren(
      'After ',
      tokenLink(id),
      ' the model gives ',
      tokenLink(best),
      ' ',
      share(percent(probability(best))),
      ...(inputs > 0
        ? ['; the corpus has ', share(percent(frequency(best))), '.']
        : ['; the corpus never has it before another token.']),
    );
}
