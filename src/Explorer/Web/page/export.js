// Link, SVG, PNG, CSV and "as table" of a figure. What leaves the page is always light, with
// title, caption and run.

import { SANS, SERIF, sheet } from '../figures/sheet.js';
import { copyText, h, table } from './dom.js';
import { count } from './numbers.js';
import { address, selection } from './store.js';

const MARGIN = 24,
  LEAST_WIDTH = 560,
  TABLE_ROWS = 50;

/**
 * Puts the tools of a section at the right of its heading. `figure` has `svg()` and `csv()`, and may
 * have `context()`, lines of what it is drawn from, and `key()`, a drawing of its colours.
 */
export function addTools(section, figure, run) {
  const name = ending => `vitrine-${run.name}-${section.dataset.key}.${ending}`;
  const title = section.querySelector('h2').textContent;
  const caption = () => {
    const words = section.querySelector('.caption')?.cloneNode(true);
    for (const low of words?.querySelectorAll('.matrix sub') ?? []) low.prepend('_');
    return words?.textContent ?? '';
  };
  const picture = () => svgText(figure, title, caption(), run);
  const rows = h('div.as-table', { hidden: true });
  const tool = (label, action) => h('button.plain', { onclick: action }, label);
  const menu = h(
    'button.plain.save',
    {
      'aria-expanded': 'false',
      onclick: () => {
        menu.setAttribute('aria-expanded', menu.getAttribute('aria-expanded') !== 'true');
      },
    },
    'Save',
  );
  const link = tool('Link', async () => {
    await copyText(new URL(address({ section: section.dataset.key }), location.href).href);
    link.textContent = 'Copied';
    setTimeout(() => {
      link.textContent = 'Link';
    }, 1200);
  });
  const asTable = tool('as table', () => {
    rows.hidden = !rows.hidden;
    asTable.setAttribute('aria-expanded', !rows.hidden);
    rows.replaceChildren(...(rows.hidden ? [] : rowsOf(figure.csv())));
  });
  section.querySelector('.tools').replaceChildren(
    menu,
    link,
    tool('SVG', () => save(name('svg'), picture(), 'image/svg+xml')),
    tool('PNG', () => savePng(name('png'), picture())),
    tool('CSV', () => save(name('csv'), csvText(figure.csv()), 'text/csv')),
    asTable,
  );
  section.append(rows);
}

function rowsOf([header, ...rows]) {
  const shown = cell =>
    typeof cell === 'number' && !Number.isInteger(cell) ? cell.toPrecision(5) : (cell ?? '');
  const cells = row =>
    row.map(cell =>
      h('td', { class: typeof cell === 'number' ? 'n' : null }, h('bdi', shown(cell))),
    );
  return [
    table(
      header,
      rows.slice(0, TABLE_ROWS).map(row => h('tr', cells(row))),
    ),
    h(
      'p.aside',
      rows.length > TABLE_ROWS
        ? `${TABLE_ROWS} of ${count(rows.length)} rows shown, the first in order; CSV holds all.`
        : `${count(rows.length)} rows.`,
    ),
  ];
}

/** RFC 4180; an absent cell is empty, one that a spreadsheet would run as a formula kept as text. */
function csvText(rows) {
  const cell = value => {
    if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '';
    const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : (value ?? '');
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return rows.map(row => row.map(cell).join(',')).join('\r\n') + '\r\n';
}

/** Lines of at most `width` pixels in a font. */
function wrapped(text, width, font) {
  const pen = h('canvas').getContext('2d'),
    lines = [''];
  pen.font = font;
  for (const word of text.split(/\s+/)) {
    const longer = `${lines.at(-1)} ${word}`.trim();
    if (lines.at(-1) !== '' && pen.measureText(longer).width > width) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

/** The figure on a sheet of its own: title, what it is drawn from, key, caption and origin. */
function svgText(figure, title, caption, { signature, origin }) {
  const drawing = figure.svg(),
    key = figure.key?.(),
    sizeOf = (one, name) => Number(one.getAttribute(name)),
    width = Math.max(LEAST_WIDTH, sizeOf(drawing, 'width')),
    paper = sheet(width + 2 * MARGIN, 0, 'light'),
    { step } = selection();
  let y = 20;
  paper.add('rect', { width: '100%', height: '100%', fill: 'bg' });
  const write = (text, size, family, line, attributes) => {
    for (const words of wrapped(text, width, `${size}px ${family}`)) {
      y += line;
      paper.text(MARGIN, y, words, { 'font-family': family, 'font-size': size, ...attributes });
    }
  };
  const place = one => {
    one.setAttribute('x', MARGIN);
    one.setAttribute('y', y + 12);
    paper.element.append(one);
    y += 12 + sizeOf(one, 'height');
  };
  write(title, 22, SERIF, 26, { 'font-weight': 600, fill: 'ink' });
  for (const line of figure.context?.() ?? []) write(line, 12, SANS, 17);
  if (key) place(key);
  place(drawing);
  y += 8;
  if (caption) write(caption, 12, SANS, 17);
  const from = [`Vitrine, ${signature}`, origin, step !== null && `step ${count(step)}`];
  write(`${from.filter(Boolean).join(', ')}.`, 12, SANS, 17);
  paper.element.setAttribute('height', y + MARGIN);
  paper.element.setAttribute('viewBox', `0 0 ${width + 2 * MARGIN} ${y + MARGIN}`);
  return new XMLSerializer().serializeToString(paper.element);
}

function save(name, content, type) {
  const url = URL.createObjectURL(
    content instanceof Blob ? content : new Blob([content], { type: `${type};charset=utf-8` }),
  );
  const link = h('a', { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

async function savePng(name, text) {
  const picture = new Image();
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await picture.decode();
  const canvas = h('canvas', { width: picture.width * 2, height: picture.height * 2 });
  canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height);
  canvas.toBlob(blob => save(name, blob));
}
