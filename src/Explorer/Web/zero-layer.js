// The page of the 0-layer experiment: gives the components their records and keeps the findings
// true to the selection.

import { Bigrams } from './bigrams.js';
import { allInputs } from './bigram-counts.js';
import { report } from './data.js';
import { h } from './dom.js';
import { EmbeddingMap } from './embedding-map.js';
import { addTools } from './export.js';
import { LossChart } from './loss.js';
import { largest, nearest, next, norms, previous } from './model.js';
import { percent } from './numbers.js';
import { prepareSearch } from './search-index.js';
import { selection, shownToken, subscribe } from './store.js';
import { TokenCard } from './token-card.js';
import { tokenLink } from './tokens.js';
import { CLASS_NAMES, classOf, corpusCount, rank, vocabularySize } from './vocabulary.js';

const NEAR = 7;

/** Registers the components and brings the page of the report to life. */
export function startZeroLayer() {
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
    loss.draw?.();
  };
}

/** Large arrays are decoded, and figures drawn, when the reader comes near. */
function whenNear(element, start) {
  const observer = new IntersectionObserver(
    entries => {
      if (!entries.some(entry => entry.isIntersecting)) return;
      observer.disconnect();
      start();
    },
    { rootMargin: '600px' },
  );
  observer.observe(element);
}

function sayFinding(id, { probability, frequency, inputs }) {
  const [best] = largest(vocabularySize(), 1, other => probability[other]);
  const share = value => h('span', { class: 'figure' }, value);
  document
    .querySelector('section[data-key="tokens"] .finding')
    .replaceChildren(
      'After ',
      tokenLink(id),
      ' the model gives ',
      tokenLink(best),
      ' ',
      share(percent(probability[best])),
      ...(inputs > 0
        ? ['; the corpus has ', share(percent(frequency[best])), '.']
        : ['; the corpus never has it before another token.']),
    );
}
