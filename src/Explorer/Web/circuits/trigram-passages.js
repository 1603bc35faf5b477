// Places where a skip-trigram occurs, each token shaded by what the model knows better there than
// the 0-layer model.

import { css, divergingAt, inkOn } from '../figures/colours.js';
import { fill, h } from '../page/dom.js';
import { score, signed } from '../page/numbers.js';
import { passageText } from '../tokens/prompts.js';
import { focusSpan } from '../tokens/running-text.js';
import { tokenLink } from '../tokens/tokens.js';

const FULL = 3; // nats that take the strongest colour

/** The row of the table that holds the places of `row`, over `columns` columns. */
export function trigramPassages(row, passages, columns) {
  const [known, place] = row.because ?? [],
    compared = passages.some(one => one.losses && one.lossesZero);
  return h(
    'tr.passages',
    h(
      'td',
      { colspan: columns },
      passages.map(one => [passage(one)]),
      row.because && [
        h('p.aside', 'After this source the destination has ', tokenLink(known)),
        h('p.aside', 'and the out token follows ', tokenLink(place)),
      ],
      h(
        'p.aside',
        'Boxed: source; filled: destination; underlined: the next token. ',
        compared &&
          'Blue: the model’s loss is lower than the 0-layer model’s, orange: higher; ' +
            `${FULL} nats give the strongest colour. `,
        Number.isFinite(row.loss)
          ? `Mean loss of the out token there: ${score(row.loss)}, 0-layer ` +
              `${score(row.lossZero ?? NaN)}.`
          : 'It does not occur in the held-out text.',
      ),
    ),
  );
}

function passage({ tokens, source, destination, losses, lossesZero }) {
  const line = passageText(
    tokens,
    i => ({ [source]: 'from', [destination]: 'now', [destination + 1]: 'next' })[i],
  );
  if (!losses) return line;
  const readout = h('span.passage-loss', { 'aria-live': 'polite' }),
    spans = [...line.children].filter(one => one.dataset.at !== undefined);
  const say = at => {
    const loss = losses[at - 1],
      zero = lossesZero?.[at - 1];
    fill(
      readout,
      at > 0 && [
        tokenLink(tokens[at]),
        ` loss ${score(loss)}`,
        zero !== undefined && `, 0-layer ${score(zero)}: ${signed(loss - zero)}`,
      ],
    );
  };
  for (const span of spans) {
    const at = Number(span.dataset.at);
    span.tabIndex = at === destination + 1 ? 0 : -1;
    if (at === 0 || at === destination || lossesZero === undefined) continue;
    const shade = divergingAt((lossesZero[at - 1] - losses[at - 1]) / FULL);
    span.style.background = css(shade);
    span.style.color = `var(--${inkOn(shade)})`;
  }
  line.addEventListener('pointerover', event => {
    const span = event.target.closest('[data-at]');
    if (span) say(Number(span.dataset.at));
  });
  line.addEventListener('pointerleave', () => say(destination + 1));
  line.addEventListener('focusin', event => say(Number(event.target.dataset.at)));
  line.addEventListener('keydown', event => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key],
      next = spans.indexOf(event.target) + step;
    if (!step || !spans[next]) return;
    event.preventDefault();
    event.stopPropagation();
    focusSpan(spans, next);
  });
  say(destination + 1);
  return h('div.trigram-place', line, readout);
}
