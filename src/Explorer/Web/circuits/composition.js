// vt-composition: which heads work together?

import { Figure, note, stepNote } from '../figures/figure.js';
import { patternsOf } from '../figures/thumbnails.js';
import { headLink, headName } from '../heads/heads.js';
import { register } from '../page/components.js';
import { allOf, fill, h, segments } from '../page/dom.js';
import { refocus, roving } from '../page/keyboard.js';
import { count } from '../page/numbers.js';
import { dataAt, watchMarks } from '../page/pointing.js';
import { adjust, declare, lock, selection } from '../page/store.js';
import { drawComposition, KIND_NAMES, KINDS, linkName, styleOf } from './composition-drawing.js';
import { thresholdSlider } from './threshold.js';

const FEW = 4,
  LEAST = 4,
  MANY_LAYERS = 3,
  STRONGEST = 40;

declare({
  min: {
    read: text => (Number.isFinite(Number(text)) && text !== '' ? Number(text) : undefined),
    initial: () => LEAST,
  },
  kinds: { read: text => (/^Q?K?V?$/.test(text) ? text : undefined), initial: () => 'QKV' },
  link: {
    read: text => (/^\d+\.\d+>\d+\.\d+\.[QKV]$/.test(text) ? text : undefined),
    lock: true,
  },
  patterns: { read: text => text.slice(0, 80) },
});

/**
 * `data`: {nodes: [{layer, head, kind?, score?}], edges: [{kind, from, to, value, mean, sd, z}],
 * baseline: {draws}, patterns?: [{name, size, heads, cells}], timeline?}; `from` and `to` are names
 * like `0.4`.
 */
class Composition extends Figure {
  #pointed = null;

  get watched() {
    return ['head', 'min', 'kinds', 'link', 'patterns'];
  }

  empty({ edges }) {
    return edges.length > 0
      ? null
      : 'Composition needs at least two layers of attention; this model has one. ' +
          'vitrine run 2-layer trains a model that has it.';
  }

  build() {
    this.toggles = h(
      'div.segments',
      { role: 'group', 'aria-label': 'Links shown' },
      KINDS.map(kind =>
        h(
          'button',
          { 'data-kind': kind, 'aria-label': KIND_NAMES[kind], onclick: () => this.#toggle(kind) },
          kind,
        ),
      ),
    );
    this.threshold = thresholdSlider(
      () => this.data.edges,
      selection,
      min => adjust({ min }),
    );
    this.histogramNote = h('div.mini-head');
    this.numbers = h('div.slot', { 'aria-live': 'polite' });
    this.sets = segments('Patterns on', [], name =>
      adjust({ patterns: name === this.data.patterns[0].name ? null : name }),
    );
    this.setsBox = h('div', h('div.mini-head.n', 'patterns on'), this.sets);
    this.graph = h('div.graph');
    this.note = h('p.aside');
    this.refreshKeys = roving(this.graph, () => this.#stops());
    this.#watch();
    return [
      h(
        'div.composition-head',
        h('div', h('div.mini-head', 'links shown'), this.toggles),
        h('div.threshold-box', this.histogramNote, this.threshold),
        this.numbers,
        this.setsBox,
      ),
      this.graph,
      this.note,
    ];
  }

  prepare() {
    const { patterns = [], nodes } = this.data;
    this.#pointed = null;
    this.sets.offer(patterns.map(set => set.name));
    this.setsBox.hidden = patterns.length < 2;
    this.classList.toggle('few', Math.max(...nodes.map(node => node.head)) < FEW);
  }

  /** Heads by column, then the links, strongest first. */
  #stops() {
    const heads = allOf(this.graph, '.node'),
      columns = [];
    for (const node of heads) {
      const column = Number(node.dataset.head.split('.')[1]);
      (columns[column] ??= []).push(node);
    }
    return [...columns.filter(Boolean), allOf(this.graph, '.link').reverse()];
  }

  #toggle(kind) {
    const { kinds } = selection(),
      next = KINDS.filter(one => kinds.includes(one) !== (one === kind)).join('');
    adjust({ kinds: next });
  }

  /** The links that are drawn, strongest first, and how many the limit left out. */
  shownLinks() {
    const { head, min, kinds } = selection(),
      layers = new Set(this.data.nodes.map(node => node.layer)).size;
    const above = this.data.edges
      .filter(edge => edge.z >= min && kinds.includes(edge.kind))
      .filter(edge => !this.#known(head) || this.#touches(edge, head))
      .sort((a, b) => b.z - a.z);
    const limit = layers > MANY_LAYERS ? STRONGEST : above.length;
    return { links: above.slice(0, limit), left: above.length - Math.min(limit, above.length) };
  }

  #known(head) {
    return head !== null && this.data.nodes.some(node => headName(node) === head);
  }

  #touches(edge, head) {
    return edge.from === head || edge.to === head;
  }

  #set() {
    const sets = this.data.patterns ?? [],
      chosen = sets.find(set => set.name === selection().patterns) ?? sets[0];
    return chosen ? patternsOf(chosen) : null;
  }

  #view() {
    const { head, link } = selection();
    return {
      edges: this.shownLinks().links,
      all: this.data.edges,
      patterns: this.#set(),
      head,
      link,
    };
  }

  render() {
    const { min, kinds, head } = selection(),
      { edges, baseline } = this.data,
      { links, left } = this.shownLinks();
    for (const button of this.toggles.children)
      button.setAttribute('aria-pressed', kinds.includes(button.dataset.kind));
    this.sets.select(selection().patterns ?? this.data.patterns?.[0]?.name);
    fill(
      this.histogramNote,
      `z over ${count(baseline.draws)} random draws, all ${count(edges.length)} links; from `,
      h('strong', min.toFixed(1)),
    );
    this.threshold.show(min, `${links.length} links`);
    const restore = refocus(this.graph);
    this.graph.replaceChildren(
      drawComposition(this.data.nodes, this.#view(), this.graph.clientWidth),
    );
    this.refreshKeys();
    restore();
    note(this.note, ...this.#words(links, left, head));
  }

  #words(links, left, head) {
    const words = [],
      step = stepNote(this.data);
    if (step) words.push(`Heads and links ${step}. `);
    if (links.length === 0) {
      const { edges } = this.data,
        best = edges.reduce((most, one) => (one.z > most.z ? one : most), edges[0]);
      words.push(
        `No link ${this.#known(head) ? `of ${head} ` : ''}stands above the threshold; ` +
          'the largest of all is ',
        headLink(best.from),
        ` → ${best.kind} of `,
        headLink(best.to),
        `, z ${best.z.toFixed(1)}.`,
      );
    }
    if (left > 0)
      words.push(`The ${STRONGEST} strongest are drawn, ${count(left)} others are not.`);
    return words;
  }

  /** Hover: a head dims the links that do not touch it; a link shows its numbers. */
  point() {
    const { headPreview, link } = selection(),
      { links } = this.shownLinks();
    const pointed =
      links.find(edge => linkName(edge) === this.#pointed) ??
      links.find(edge => linkName(edge) === link) ??
      links.find(edge => headPreview !== null && this.#touches(edge, headPreview)) ??
      links[0];
    for (const one of this.graph.querySelectorAll('.link')) {
      const away = this.#known(headPreview) && !one.dataset.ends.split(' ').includes(headPreview);
      one.classList.toggle('away', away);
      one.classList.toggle('hover', one.dataset.link === this.#pointed);
    }
    fill(this.numbers, ...(pointed ? this.#numbers(pointed) : []));
    this.numbers.style.borderColor = pointed ? `var(--${styleOf(pointed.kind).colour})` : null;
  }

  #numbers({ kind, from, to, value, mean, sd, z }) {
    return [
      h('div', headLink(from), ` → ${kind} of `, headLink(to)),
      h(
        'div.mini-head',
        `${value.toFixed(3)}; random ${mean.toFixed(3)} ± ${sd.toFixed(3)}; z ${z.toFixed(1)}`,
      ),
    ];
  }

  #watch() {
    const at = target => dataAt(target, 'link'),
      choose = link => {
        lock({ link: selection().link === link ? null : link });
        this.say({ link });
      };
    watchMarks(this.graph, {
      at,
      shown: () => this.#pointed,
      preview: link => {
        if (link === this.#pointed) return;
        this.#pointed = link;
        this.point();
      },
      choose,
    });
    this.graph.addEventListener('keydown', event => {
      const link = at(event.target);
      if (event.key === 'Enter' && link !== null) choose(link);
    });
  }

  csv() {
    return [
      ['kind', 'from', 'to', 'value', 'random mean', 'random sd', 'z'],
      ...this.data.edges.map(({ kind, from, to, value, mean, sd, z }) => [
        kind,
        from,
        to,
        value,
        mean,
        sd,
        z,
      ]),
    ];
  }

  svg() {
    return drawComposition(this.data.nodes, this.#view(), 1008, 'light');
  }
}

register('vt-composition', Composition);
