// vt-attention: where do the heads look? Text and map of one head side by side, all heads small.

import { AttentionMap } from './attention-map.js';
import { AttentionText } from './attention-text.js';
import { headsOf, passageOf, VIEW_KEYS, shownHead } from './attention-view.js';
import { register } from '../page/components.js';
import { fill, h } from '../page/dom.js';
import { Figure } from '../figures/figure.js';
import { headLink } from '../heads/heads.js';
import { HeadGrid } from './head-grid.js';
import { selection } from '../page/store.js';

/** `data`: that of vt-attention-text, vt-attention-map and vt-head-grid. */
class Attention extends Figure {
  get watched() {
    return VIEW_KEYS;
  }

  empty({ passages }) {
    return passages.length > 0 ? null : 'No passage was given; pass text or --ids to attend.';
  }

  build() {
    this.which = h('p.which');
    this.text = new AttentionText();
    this.map = new AttentionMap();
    this.grid = new HeadGrid();
    return [this.grid, this.which, h('div.attention-pair', this.text, this.map)];
  }

  prepare() {
    for (const part of [this.grid, this.text, this.map]) part.update(this.record, this.arrays);
    this.grid.hidden = this.which.hidden = headsOf(this.data.passages[0]).length < 2;
  }

  render() {
    const head = shownHead(this.data, passageOf(this.data)),
      kind = this.data.kinds?.[head],
      pinned = selection().head === head;
    fill(this.which, 'Head ', headLink(head), kind && ` · ${kind}`, pinned && ' · locked');
  }

  context() {
    return this.map.context();
  }

  key() {
    return this.map.key();
  }

  csv() {
    return this.map.csv();
  }

  svg() {
    return this.map.svg();
  }
}

register('vt-attention', Attention);
