// Link, SVG, PNG, CSV and "as table" of a figure. What leaves the page is always light, with
// title, caption and run.

import { SANS, SERIF, sheet } from '../figures/sheet.js';
import { copyText, h, table } from './dom.js';
import { count } from './numbers.js';
import { address } from './store.js';

const MARGIN = 24,
  TABLE_ROWS = 50;

/** Puts the tools of a section at the right of its heading. `figure` has `svg()` and `csv()`. */
export function addTools(section, figure, run) {
  const name = ending => `vitrine-${run.name}-${section.dataset.key}.${ending}`;
  const title = section.querySelector('h2').textContent;
  const caption = () => {
    const words = section.querySelector('.caption')?.cloneNode(true);
    for (const low of words?.querySelectorAll('.matrix sub') ?? []) low.prepend('_');
    return words?.textContent ?? '';
  };
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
    tool('SVG', () =>
      save(name('svg'), svgText(figure.svg(), title, caption(), run), 'image/svg+xml'),
    ),
    tool('PNG', () => savePng(name('png'), svgText(figure.svg(), title, caption(), run))),
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
    if (typeof value === 'number') return String(value);
    const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : (value ?? '');
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return rows.map(row => row.map(cell).join(',')).join('\r\n') + '\r\n';
}

function wrapped(text, width) {
  const lines = [''];
  for (const word of text.split(/\s+/)) {
    if ((lines.at(-1) + word).length * 6.1 > width) lines.push('');
    lines[lines.length - 1] += `${word} `;
  }
  return lines;
}

function svgText(figure, title, caption, { signature }) {
  const width = Number(figure.getAttribute('width')),
    height = Number(figure.getAttribute('height')),
    lines = [...wrapped(caption, width), `Vitrine, ${signature}`],
    paper = sheet(width + 2 * MARGIN, height + 80 + 17 * lines.length, 'light');
  figure.setAttribute('x', MARGIN);
  figure.setAttribute('y', 64);
  paper.add('rect', { width: '100%', height: '100%', fill: 'bg' });
  paper.heading(MARGIN, 40, title, { 'font-family': SERIF, 'font-size': 22 });
  paper.element.append(figure);
  lines.forEach((line, i) =>
    paper.text(MARGIN, height + 84 + 17 * i, line, { 'font-family': SANS, 'font-size': 12 }),
  );
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
