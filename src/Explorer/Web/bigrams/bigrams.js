// vt-bigrams: what follows it, what predicts it, and is that what the text says?

import { bar, barScale } from '../figures/bars.js';
import { Figure } from '../figures/figure.js';
import { besideEachOther, drawTable, numberColumn } from '../figures/table-svg.js';
import { allOf, barHead, fill, h, segments, sortHead, table, tableHead } from '../page/dom.js';
import { refocus, roving } from '../page/keyboard.js';
import { count, largest, percent, signed, times } from '../page/numbers.js';
import { adjust, declare, oneOf } from '../page/store.js';
import { tokenLink } from '../tokens/tokens.js';
import { display, escapedBytes } from '../tokens/vocabulary.js';

const FEW = 10,
  MANY = 50,
  RARE = 5,
  FOLLOWS = 'bar: model probability; tick: share in corpus';

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

declare({ measure: { read: oneOf(Object.keys(MEASURES)), initial: () => 'lift' } });

/**
 * `data`: {token, measure, seen: [vocab] inputs of training, next: {probability, frequency, count,
 * inputs}, previous: {logit, probability, lift, frequency, corpusLift, count, unigram}}; all but
 * `inputs` and `unigram` are functions of a token.
 */
export class Bigrams extends Figure {
  #order = { next: 'model', previous: 'model' };
  #rows = FEW;
  #unseen = false;
  #absent = {};

  build() {
    this.after = h('div.bigrams.next');
    this.before = h('div.bigrams.previous');
    this.refreshKeys = roving(this, () =>
      [this.after, this.before].map(side => allOf(side, 'a.token')),
    );
    return [this.after, this.before];
  }

  /** The rows that are shown, best first: `{id, model, corpus, count, …}`. */
  rows(side, wanted = this.#rows) {
    const { next, previous, seen } = this.data;
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
    const ids = largest(this.data.seen.length, wanted, id => (allowed(id) ? by(id) : NaN));
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
    const { measure, previous } = this.data;
    return measure === 'lift' && previous.unigram === 0 ? 'p' : measure;
  }

  render() {
    const { previous, seen, measure } = this.data,
      used = this.#measure(),
      { model, format, note } = MEASURES[used],
      never = this.#never(seen),
      can = this.#unseen || never.some(id => Number.isFinite(previous[model](id)));
    const restore = refocus(this);
    const choice = segments('Measure', ['lift', ['p', 'p', 'probability'], 'logit'], value =>
      adjust({ measure: value }),
    );
    choice.select(used);
    fill(
      this.after,
      tableHead('What follows it', FOLLOWS),
      this.#table('next', this.rows('next'), percent, true),
      h(
        'p.aside',
        this.data.next.inputs === 0 && 'Nothing follows it in the training text. ',
        this.#toggle('rows', this.#rows === FEW ? `show ${MANY} rows` : `show ${FEW} rows`, () => {
          this.#rows = this.#rows === FEW ? MANY : FEW;
        }),
      ),
    );
    fill(
      this.before,
      tableHead(
        'What predicts it',
        used === measure ? note : 'no lift: not in the training text',
        choice,
      ),
      this.#table('previous', this.rows('previous'), format, used !== 'logit'),
      never.length > 0 &&
        h(
          'p.aside',
          `${count(never.length)} inputs never seen in training are `,
          this.#unseen ? 'included; ' : `left out${can ? '; ' : '.'}`,
          can &&
            this.#toggle('unseen', this.#unseen ? 'leave them out' : 'include them', () => {
              this.#unseen = !this.#unseen;
            }),
        ),
    );
    this.refreshKeys();
    restore();
  }

  /** A button that changes what is listed. */
  #toggle(focus, label, change) {
    const onclick = () => {
      change();
      this.draw();
    };
    return h('button.plain', { 'data-focus': focus, onclick }, label);
  }

  #table(side, rows, format, comparable) {
    // A share or lift of a few occurrences says little and would shrink all bars.
    const scale = barScale(
      rows.flatMap(row =>
        comparable && row.count >= RARE ? [row.model, row.corpus] : [row.model],
      ),
    );
    const order = this.#order[side];
    const heading = (key, kind = 'n') =>
      sortHead(key, {
        class: kind,
        sorted: key !== order ? null : key === 'token' ? 'ascending' : 'descending',
        marked: key === order && order !== 'model',
        focus: `${side}-${key}`,
        onclick: () => {
          this.#order[side] = key;
          this.draw();
        },
      });
    return table(
      [heading('token', 'token'), barHead(), heading('model'), heading('corpus'), heading('count')],
      rows.map(row =>
        h(
          'tr',
          { 'data-token': row.id },
          h('td.token', tokenLink(row.id)),
          h('td.bar', bar(scale, row.model, comparable ? row.corpus : null)),
          h('td.n', format(row.model)),
          h('td.n.muted', comparable ? format(row.corpus) : percent(row.corpus)),
          h('td', { class: row.count < RARE ? 'n rare' : 'n muted' }, count(row.count)),
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
    const used = this.#measure(),
      { format, note } = MEASURES[used];
    const draw = (side, title, said, as, ticks) => {
      return drawTable(
        [
          { label: 'token', width: 120, kind: 'token', of: row => display(row.id) },
          {
            label: '',
            width: 140,
            kind: 'bar',
            of: row => row.model,
            tick: ticks ? row => row.corpus : null,
          },
          numberColumn('model', 64, row => as(row.model)),
          numberColumn('corpus', 64, row => (ticks ? as(row.corpus) : percent(row.corpus))),
          numberColumn('count', 64, row => count(row.count)),
        ],
        this.rows(side),
        `${display(this.data.token)}: ${title}; ${said}`,
      );
    };
    return besideEachOther([
      draw('next', 'what follows it', FOLLOWS, percent, true),
      draw('previous', 'what predicts it', note, format, used !== 'logit'),
    ]);
  }
}
