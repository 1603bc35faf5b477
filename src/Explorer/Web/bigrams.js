// vt-bigrams: what follows it, what predicts it, and is that what the text says?

import { bar, barScale } from './bars.js';
import { drawTables } from './bigrams-svg.js';
import { fill, h, segments } from './dom.js';
import { roving } from './keyboard.js';
import { largest } from './largest.js';
import { count, percent, signed, times } from './numbers.js';
import { adjust } from './store.js';
import { tokenLink } from './tokens.js';
import { display, escapedBytes } from './vocabulary.js';

const FEW = 10,
  MANY = 50,
  RARE = 5;

/**
 * How the right table reads under each measure: the columns of `previous`, their format, and
 * the tick.
 */
const MEASURES = {
  lift: { model: 'lift', corpus: 'corpusLift', format: times, note: 'lift over its own frequency' },
  p: {
    model: 'probability',
    corpus: 'frequency',
    format: percent,
    note: 'probability given the input',
  },
  logit: {
    model: 'logit',
    corpus: 'frequency',
    format: signed,
    note: 'raw logit; it favours rare inputs',
  },
};

/**
 * `data`: {token, measure, seen: [vocab] inputs of training, next: {probability, frequency, count,
 * inputs}, previous: {logit, probability, lift, frequency, corpusLift, count, unigram}}; all but
 * `inputs` and `unigram` are functions of a token.
 */
export class Bigrams extends HTMLElement {
  #data;
  #order = { next: 'model', previous: 'model' };
  #rows = FEW;
  #unseen = false;
  #absent = {};

  set data(value) {
    this.#data = value;
    this.#render();
  }

  /** The rows that are shown, best first: `{id, model, corpus, count, …}`. */
  rows(side, wanted = this.#rows) {
    const { next, previous, seen } = this.#data;
    if (side === 'next') {
      const columns = { model: next.probability, corpus: next.frequency, count: next.count };
      return this.#pick(columns, this.#order.next, wanted, () => true);
    }
    const { model, corpus } = MEASURES[this.#measure()];
    const columns = { model: previous[model], corpus: previous[corpus], count: previous.count };
    return this.#pick(columns, this.#order.previous, wanted, id => this.#unseen || seen[id] > 0);
  }

  #pick(columns, order, wanted, allowed) {
    const by = columns[order === 'token' ? 'model' : order];
    const ids = largest(this.#data.seen.length, wanted, id => (allowed(id) ? by(id) : NaN));
    if (order === 'token') ids.sort((a, b) => (display(a) < display(b) ? -1 : 1));
    return ids.map(id => ({
      id,
      model: columns.model(id),
      corpus: columns.corpus(id),
      count: columns.count(id),
    }));
  }

  /** The inputs that training never had. */
  #never(seen) {
    if (this.#absent.of !== seen) {
      const ids = [];
      for (let id = 0; id < seen.length; id++) if (seen[id] === 0) ids.push(id);
      this.#absent = { of: seen, ids };
    }
    return this.#absent.ids;
  }

  /** Lift has no yardstick for a token that the corpus lacks: probability takes its place. */
  #measure() {
    const { measure, previous } = this.#data;
    return measure === 'lift' && previous.unigram === 0 ? 'p' : measure;
  }

  #render() {
    const { previous, seen, measure } = this.#data;
    const used = this.#measure();
    const next = this.rows('next'),
      before = this.rows('previous');
    const never = this.#never(seen);
    const model = previous[MEASURES[used].model];
    const can = this.#unseen || never.some(id => Number.isFinite(model(id)));
    const followed = this.#data.next.inputs > 0;
    const focus = this.contains(document.activeElement)
      ? document.activeElement.dataset?.focus
      : null;
    fill(
      this,
      h(
        'div',
        { class: 'bigrams next' },
        head('What follows it', 'bar: model probability; tick: share in corpus'),
        this.#table('next', next, percent, true),
        h(
          'p',
          { class: 'aside' },
          !followed && 'Nothing follows it in the training text. ',
          h(
            'button',
            {
              type: 'button',
              class: 'plain',
              'data-focus': 'rows',
              onclick: () => {
                this.#rows = this.#rows === FEW ? MANY : FEW;
                this.#render();
              },
            },
            this.#rows === FEW ? `show ${MANY} rows` : `show ${FEW} rows`,
          ),
        ),
      ),
      h(
        'div',
        { class: 'bigrams previous' },
        head(
          'What predicts it',
          used === measure ? MEASURES[used].note : 'no lift: it is not in the training text',
          segments(
            'Measure',
            [
              ['lift', 'lift'],
              ['p', 'p', 'probability'],
              ['logit', 'logit'],
            ],
            used,
            value => adjust({ measure: value }),
          ),
        ),
        this.#table('previous', before, MEASURES[used].format, used !== 'logit'),
        never.length > 0 &&
          h(
            'p',
            { class: 'aside' },
            this.#unseen
              ? `${count(never.length)} inputs never seen in training are included; `
              : `${count(never.length)} inputs never seen in training are left out${can ? '; ' : '.'}`,
            can &&
              h(
                'button',
                {
                  type: 'button',
                  class: 'plain',
                  'data-focus': 'unseen',
                  onclick: () => {
                    this.#unseen = !this.#unseen;
                    this.#render();
                  },
                },
                this.#unseen ? 'leave them out' : 'include them',
              ),
          ),
      ),
    );
    roving(this, () =>
      ['next', 'previous'].map(side => [...this.querySelectorAll(`.${side} a.token`)]),
    );
    if (focus) this.querySelector(`[data-focus="${focus}"]`)?.focus();
  }

  #table(side, rows, format, comparable) {
    const scale = barScale(
      rows.flatMap(row => (comparable ? [row.model, row.corpus] : [row.model])),
    );
    const order = this.#order[side];
    const heading = (key, label, number) =>
      h(
        'th',
        {
          scope: 'col',
          class: number ? 'n' : key,
          'aria-sort': key === order ? (key === 'token' ? 'ascending' : 'descending') : null,
        },
        h(
          'button',
          {
            type: 'button',
            class: key === order && order !== 'model' ? 'sort chosen' : 'sort',
            'data-focus': `${side}-${key}`,
            onclick: () => {
              this.#order[side] = key;
              this.#render();
            },
          },
          label,
        ),
      );
    return h(
      'table',
      null,
      h(
        'thead',
        null,
        h(
          'tr',
          null,
          heading('token', 'token'),
          h('th', { class: 'bar', 'aria-hidden': 'true' }),
          heading('model', 'model', true),
          heading('corpus', 'corpus', true),
          heading('count', 'count', true),
        ),
      ),
      h(
        'tbody',
        null,
        rows.map(row =>
          h(
            'tr',
            { 'data-token': row.id },
            h('td', { class: 'token' }, tokenLink(row.id)),
            h('td', { class: 'bar' }, bar(scale, row.model, comparable ? row.corpus : null)),
            h('td', { class: 'n' }, format(row.model)),
            h(
              'td',
              { class: 'n muted' },
              side === 'previous' && !comparable ? percent(row.corpus) : format(row.corpus),
            ),
            h('td', { class: row.count < RARE ? 'n rare' : 'n muted' }, count(row.count)),
          ),
        ),
      ),
    );
  }

  /** One row a mark, full precision. */
  csv() {
    const lines = [['table', 'token', 'id', 'bytes', 'measure', 'model', 'corpus', 'count']];
    for (const side of ['next', 'previous']) {
      const measure = side === 'next' ? 'p' : this.#measure();
      for (const row of this.rows(side, MANY)) {
        lines.push([
          side,
          display(row.id),
          row.id,
          escapedBytes(row.id),
          measure,
          row.model,
          row.corpus,
          row.count,
        ]);
      }
    }
    return lines;
  }

  svg() {
    const used = this.#measure();
    return drawTables(this.#data.token, [
      {
        title: 'What follows it',
        note: 'bar: model probability; tick: share in corpus',
        rows: this.rows('next'),
        format: percent,
        ticks: true,
      },
      {
        title: 'What predicts it',
        note: MEASURES[used].note,
        rows: this.rows('previous'),
        format: MEASURES[used].format,
        ticks: used !== 'logit',
      },
    ]);
  }
}

function head(title, note, control) {
  return h(
    'div',
    { class: 'table-head' },
    h('div', null, h('h3', null, title), h('p', { class: 'note' }, note)),
    control,
  );
}
