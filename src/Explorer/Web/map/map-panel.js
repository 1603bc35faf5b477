// The side of the map: colours with their key, what the lasso holds, the neighbours of a token.

import { allOf, copyText, fill, h, matrixName, segments } from '../page/dom.js';
import { roving } from '../page/keyboard.js';
import { frequencyTicks } from './map-overlay.js';
import { count, score } from '../page/numbers.js';
import { chip, tokenLink } from '../tokens/tokens.js';
import { CLASS_NAMES, text } from '../tokens/vocabulary.js';

const LASSO_SHOWN = 60;

/** `calls`: {colourBy(value), isolate(class), clear()}. */
export class MapPanel {
  constructor(calls) {
    this.calls = calls;
    this.toggle = segments('Colour by', ['class', 'frequency'], calls.colourBy);
    this.key = h('div.key');
    this.near = h('div.near');
    this.held = h('div.held');
    this.element = h(
      'div.map-panel',
      h('div.colour-by', h('div.mini-head', 'Colour by'), this.toggle),
      this.key,
      this.held,
      this.near,
    );
    this.refreshKeys = roving(this.element, () => [
      allOf(this.key, 'button'),
      allOf(this.held, 'a'),
      allOf(this.near, 'a'),
    ]);
  }

  legend(by, view, isolated) {
    const key = `${by} ${isolated}`;
    if (this.legendOf === view && this.legendKey === key) return;
    this.legendOf = view;
    this.legendKey = key;
    this.toggle.select(by);
    if (by === 'frequency') {
      this.key.replaceChildren(
        h('div.mini-head', 'Occurrences in training, log scale'),
        h(
          'div.scale',
          h('div.ramp'),
          frequencyTicks(view.mostCount).map(([at, label]) =>
            h('span', { style: { left: `${100 * at}%` } }, label),
          ),
        ),
      );
      return;
    }
    this.key.replaceChildren(
      h('div.mini-head', 'Class, tokens on the map'),
      ...CLASS_NAMES.map((name, i) =>
        h(
          'button',
          {
            class: `legend${isolated !== null && isolated !== i ? ' off' : ''}`,
            'aria-pressed': isolated === i,
            disabled: view.classSizes[i] === 0,
            onclick: () => this.calls.isolate(i),
          },
          h('i.dot', { style: { background: `var(--class${i})` } }),
          name,
          h('span.n', count(view.classSizes[i])),
        ),
      ),
    );
    this.refreshKeys();
  }

  neighbours(id, found, matrix, onMap, size) {
    const key = `${id} ${matrix} ${size}`;
    if (this.nearKey === key) return;
    this.nearKey = key;
    if (id === null) {
      this.near.replaceChildren(
        h('div.mini-head', 'Neighbours'),
        h('p.aside', 'Point at a token to see its nearest neighbours by true cosine.'),
      );
      return;
    }
    fill(
      this.near,
      h('div.mini-head', 'Nearest to ', chip(id), ' in ', matrixName(matrix), ', cosine'),
      h(
        'ol.nearest.compact',
        found.map(one => h('li', tokenLink(one.id), h('span.n', score(one.cosine)))),
      ),
      !onMap && h('p.aside', `It is not one of the ${count(size)} tokens on this map.`),
    );
    this.refreshKeys();
  }

  lasso(ids) {
    if (ids === null) {
      this.held.replaceChildren();
      return;
    }
    const copy = h(
      'button.plain',
      {
        onclick: async () => {
          await copyText(ids.map(id => text(id) ?? `#${id}`).join('\n'));
          copy.textContent = 'copied';
        },
      },
      'copy',
    );
    this.held.replaceChildren(
      h(
        'div.mini-head.spread',
        h('span', 'In the lasso: ', h('strong', `${count(ids.length)} tokens`)),
        h('span', copy, ' ', h('button.plain', { onclick: this.calls.clear }, 'clear')),
      ),
      h(
        'div.chips',
        ids.slice(0, LASSO_SHOWN).map(id => tokenLink(id)),
        ids.length > LASSO_SHOWN &&
          h('span.aside', `and ${count(ids.length - LASSO_SHOWN)} more; copy includes all`),
      ),
    );
    this.refreshKeys();
  }
}
