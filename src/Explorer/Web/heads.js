// Heads on the page: names, and the hover and lock that every mention of a head shares.

import { h } from './dom.js';
import { address, lock, previewHead, selection, subscribe } from './store.js';

/** `1.2` for layer 1, head 2. */
export function headName({ layer, head }) {
  return `${layer}.${head}`;
}

/** A head's number as a link: hover previews the head everywhere, a click locks it. */
export function headLink(name) {
  const { head, headPreview } = selection();
  const states = `${name === head ? ' locked' : ''}${name === headPreview ? ' hover' : ''}`;
  return h('a', { class: `head${states}`, 'data-head': name, href: address({ head: name }) }, name);
}

function headAt(target) {
  const mark = target instanceof Element ? target.closest('[data-head]') : null;
  return mark?.dataset.head ?? null;
}

/** Makes every `data-head` on the page live; called once. */
export function watchHeads() {
  let touch = false;
  document.addEventListener(
    'pointerdown',
    event => {
      touch = event.pointerType === 'touch';
    },
    true,
  );
  document.addEventListener('pointerover', event => {
    if (event.pointerType !== 'touch') previewHead(headAt(event.target));
  });
  document.documentElement.addEventListener('pointerleave', () => previewHead(null));
  document.addEventListener('focusin', event => {
    if (!touch) previewHead(headAt(event.target));
  });
  document.addEventListener('click', event => {
    const name = headAt(event.target);
    if (name === null || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (touch && selection().headPreview !== name) previewHead(name);
    else toggleHead(name);
  });
  document.addEventListener('keydown', event => {
    const name = headAt(event.target);
    if (name === null || event.key !== 'Enter' || event.target instanceof HTMLAnchorElement) return;
    event.preventDefault();
    toggleHead(name);
  });
  subscribe((state, changed) => {
    if (changed.has('headPreview')) mark('hover', state.headPreview);
    if (changed.has('head')) mark('locked', state.head);
  });
}

function toggleHead(name) {
  lock({ head: selection().head === name ? null : name });
}

function mark(state, name) {
  for (const old of document.querySelectorAll(`[data-head].${state}`)) old.classList.remove(state);
  if (name === null) return;
  for (const one of document.querySelectorAll(`[data-head="${name}"]`)) one.classList.add(state);
}
