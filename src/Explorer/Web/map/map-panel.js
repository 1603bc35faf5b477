// The side of the map: colours with their key, what the lasso holds, the neighbours of a token.

import { copyText, fill, h, matrixName, segments } from '../page/dom.js';
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
    this.key = h('div', { class: 'key' });
    this.near = h('div', { class: 'near' });
    this.held = h('div', { class: 'held' });
    this.element = h(
      'div',
      { class: 'map-panel' },
      h('div', { class: 'colour-by' }, h('div', { class: 'mini-head' }, 'Colour by'), this.toggle),
      this.key,
      this.held,
      this.near,
    );
    this.refreshKeys = roving(this.element, () => [
      [...this.key.querySelectorAll('button')],
      [...this.held.querySelectorAll('a')],
      [...this.near.querySelectorAll('a')],
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
        h('div', { class: 'mini-head' }, 'Occurrences in training, log scale'),
        h(
          'div',
          { class: 'scale' },
          h('div', { class: 'ramp' }),
          frequencyTicks(view.mostCount).map(([at, label]) =>
            h('span', { style: { left: `${100 * at}%` } }, label),
          ),
        ),
      );
      return;
    }
    this.key.replaceChildren(
      h('div', { class: 'mini-head' }, 'Class, tokens on the map'),
      ...CLASS_NAMES.map((name, i) =>
        h(
          'button',
          {
            type: 'button',
            class: `legend${isolated !== null && isolated !== i ? ' off' : ''}`,
            'aria-pressed': isolated === i,
            disabled: view.classSizes[i] === 0,
            onclick: () => this.calls.isolate(i),
          },
          h('i', { class: 'dot', style: { background: `var(--class${i})` } }),
          name,
          h('span', { class: 'n' }, count(view.classSizes[i])),
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
        h('div', { class: 'mini-head' }, 'Neighbours'),
        h('p', { class: 'aside' }, 'Point at a token to see its nearest by true cosine.'),
      );
      return;
    }
    fill(
      this.near,
      h(
        'div',
        { class: 'mini-head' },
        'Nearest to ',
        chip(id),
        ' in ',
        matrixName(matrix),
        ', cosine',
      ),
      h(
        'ol',
        { class: 'nearest compact' },
        found.map(one =>
          h('li', null, tokenLink(one.id), h('span', { class: 'n' }, score(one.cosine))),
        ),
      ),
      !onMap &&
        h('p', { class: 'aside' }, `It is not one of the ${count(size)} tokens on this map.`),
    );
    this.refreshKeys();
  }

  lasso(ids) {
    if (ids === null) {
      this.held.replaceChildren();
      return;
    }
    const copy = h(
      'button',
      {
        type: 'button',
        class: 'plain',
        onclick: async () => {
          await copyText(ids.map(id => text(id) ?? `#${id}`).join('\n'));
          copy.textContent = 'copied';
        },
      },
      'copy',
    );
    this.held.replaceChildren(
      h(
        'div',
        { class: 'mini-head spread' },
        h('span', null, 'In the lasso: ', h('strong', null, `${count(ids.length)} tokens`)),
        h(
          'span',
          null,
          copy,
          ' ',
          h('button', { type: 'button', class: 'plain', onclick: this.calls.clear }, 'clear'),
        ),
      ),
      h(
        'div',
        { class: 'chips' },
        ids.slice(0, LASSO_SHOWN).map(id => tokenLink(id)),
        ids.length > LASSO_SHOWN &&
          h(
            'span',
            { class: 'aside' },
            `and ${count(ids.length - LASSO_SHOWN)} more; copy takes all`,
          ),
      ),
    );
    this.refreshKeys();
  }
}
