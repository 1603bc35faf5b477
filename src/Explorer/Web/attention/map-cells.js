// The pointer and the keys on a map of cells: hover previews a cell, click locks it, drag zooms.

import { h } from '../page/dom.js';
import { cellAfter } from '../page/keyboard.js';
import { lock, pointAt, selection } from '../page/store.js';

const MOVED = 6,
  LEAST = 4;

/**
 * Makes the stage of a map live. `map` has `cellAt(x, y)` → {q, k, seen} or null, `view()`,
 * `window()`, `setWindow({row, column, size})`, `pointed(cell)`.
 */
export function watchMap(stage, map) {
  let start = null,
    dragging = false,
    tapped = null;
  const square = h('div.zoom-square', { hidden: true });
  stage.append(square);

  const place = event => {
    const box = stage.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const show = cell => {
    map.pointed(cell);
    const { q, k, by } = selection();
    if (!cell) pointAt({ overQuery: null, overKey: null });
    else if (by === 'key')
      pointAt(k !== null ? { overQuery: cell.q } : { overQuery: cell.q, overKey: cell.k });
    else pointAt(q !== null ? { overKey: cell.k } : { overQuery: cell.q, overKey: cell.k });
  };
  const choose = cell => {
    const { q, k } = selection(),
      same = q === cell.q && k === cell.k;
    map.pointed(null);
    pointAt({ overQuery: null, overKey: null });
    lock({
      passage: map.view().passage.name,
      q: same ? null : cell.q,
      k: same ? null : cell.k,
    });
  };

  stage.addEventListener('pointerdown', event => {
    if (event.button !== 0 || event.target.closest('button')) return;
    start = {
      at: place(event),
      cell: map.cellAt(...place(event)),
      touch: event.pointerType === 'touch',
    };
  });
  stage.addEventListener('pointermove', event => {
    if (event.pointerType === 'touch') return;
    const at = place(event);
    if (start?.cell && Math.hypot(at[0] - start.at[0], at[1] - start.at[1]) > MOVED) {
      dragging = true;
      stage.setPointerCapture(event.pointerId);
    }
    if (dragging) drawSquare(at);
    else {
      const cell = map.cellAt(...at);
      show(cell?.seen ? cell : null);
    }
  });
  stage.addEventListener('pointerup', event => {
    const began = start;
    start = null;
    if (dragging) {
      dragging = false;
      square.hidden = true;
      zoomTo(began.cell, map.cellAt(...place(event)));
      return;
    }
    const cell = map.cellAt(...place(event));
    if (!began?.cell || !cell?.seen) return;
    if (began.touch && !(tapped?.q === cell.q && tapped?.k === cell.k)) show((tapped = cell));
    else choose(cell);
  });
  stage.addEventListener('pointercancel', () => {
    start = null;
    dragging = false;
    square.hidden = true;
  });
  stage.addEventListener('pointerleave', event => {
    if (event.pointerType !== 'touch' && !dragging) show(null);
  });
  stage.addEventListener('blur', () => show(null));
  stage.addEventListener('dblclick', () => whole());

  function whole() {
    map.setWindow({ row: 0, column: 0, size: map.view().count });
  }

  function drawSquare([x, y]) {
    const side = Math.max(Math.abs(x - start.at[0]), Math.abs(y - start.at[1]));
    square.hidden = false;
    Object.assign(square.style, {
      left: `${x < start.at[0] ? start.at[0] - side : start.at[0]}px`,
      top: `${y < start.at[1] ? start.at[1] - side : start.at[1]}px`,
      width: `${side}px`,
      height: `${side}px`,
    });
  }

  function zoomTo(from, to) {
    if (!to) return;
    const { count } = map.view();
    const size = Math.max(LEAST, Math.abs(from.q - to.q) + 1, Math.abs(from.k - to.k) + 1);
    if (size >= count) return;
    const begin = (a, b) => Math.max(0, Math.min(count - size, b < a ? a - size + 1 : a));
    map.setWindow({ row: begin(from.q, to.q), column: begin(from.k, to.k), size });
  }

  stage.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== stage) return;
    const view = map.view(),
      last = view.count - 1,
      now = cursor ?? { q: view.query ?? last, k: view.key ?? 0 },
      moved = cellAfter(event, [now.q, now.k], now.q, -1);
    if (moved) {
      const q = Math.max(0, Math.min(last, moved[0]));
      cursor = { q, k: Math.max(0, Math.min(q, moved[1])), seen: true };
      show(cursor);
    } else if (event.key === 'Enter') choose(now);
    else if (event.key === '0') whole();
    else return;
    event.preventDefault();
  });
  let cursor = null;
  stage.addEventListener('blur', () => {
    cursor = null;
  });
}
