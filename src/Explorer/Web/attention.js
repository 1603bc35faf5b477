// vt-attention: where do the heads look? Text and map of one head side by side, all heads small.

import { AttentionMap } from './attention-map.js';
import { AttentionText } from './attention-text.js';
import { headsOf, passageOf, VIEW_KEYS, shownHead } from './attention-view.js';
import { register } from './components.js';
import { fill, h } from './dom.js';
import { Figure } from './figure.js';
import { headLink } from './heads.js';
import { HeadGrid } from './head-grid.js';
import { selection } from './store.js';

/** `data`: that of vt-attention-text, vt-attention-map and vt-head-grid. */
export class Attention extends Figure {
  get watched() {
    return VIEW_KEYS;
  }

  empty({ passages }) {
    return passages.length > 0 ? null : 'No passage was given; attend takes text or --ids.';
  }

  build() {
    const several = headsOf(this.data.passages[0]).length > 1;
    this.which = h('p', { class: 'which' });
    this.text = new AttentionText();
    this.map = new AttentionMap();
    this.grid = several ? new HeadGrid() : null;
    const parts = [this.grid, this.text, this.map].filter(Boolean);
    this.append(
      ...[this.grid, several && this.which].filter(Boolean),
      h('div', { class: 'attention-pair' }, this.text, this.map),
    );
    for (const part of parts) {
      part.arrays = this.arrays;
      part.data = this.record;
    }
  }

  render() {
    const head = shownHead(this.data, passageOf(this.data)),
      kind = this.data.kinds?.[head],
      pinned = selection().head === head;
    fill(this.which, 'Head ', headLink(head), kind && ` · ${kind}`, pinned && ' · locked');
  }

  csv() {
    return this.map.csv();
  }

  svg() {
    return this.map.svg();
  }
}

register('vt-attention', Attention);
