// Heads on the page: names, and the hover and lock that every mention of a head shares. A link to a
// head opens its page, where the file has one.

import { place } from '../page/components.js';
import { h } from '../page/dom.js';
import { watchMentions } from '../page/mentions.js';
import { address, lock, selection } from '../page/store.js';

/** `1.2` for layer 1, head 2. */
export function headName({ layer, head }) {
  return `${layer}.${head}`;
}

/** {layer, head} of a name, or null. */
export function headOf(name) {
  const found = /^(\d+)\.(\d+)$/.exec(name ?? '');
  return found ? { layer: Number(found[1]), head: Number(found[2]) } : null;
}

/** A head's number as a link: hover previews the head everywhere, a click opens its page. */
export function headLink(name, label = name) {
  const { head, headPreview } = selection();
  const states = `${name === head ? ' locked' : ''}${name === headPreview ? ' hover' : ''}`;
  const href = place('heads') ? `#/heads/${name}` : address({ head: name });
  return h('a', { class: `head${states}`, 'data-head': name, href }, label);
}

/** Makes every `data-head` on the page live. */
export function watchHeads() {
  watchMentions('head', {
    hover: 'headPreview',
    locked: 'head',
    choose: (name, target) => {
      if (target.closest('a.head') && place('heads')) location.hash = `#/heads/${name}`;
      else lock({ head: selection().head === name ? null : name });
    },
  });
}

/** The search's group of heads: `18.6` or `L18H6`. */
export function findHeads(query) {
  const wanted = /^l?(\d+)(?:\.|h)(\d+)?$/i.exec(query.trim());
  const open = place('heads');
  if (!wanted || !open) return null;
  const start = headName({ layer: wanted[1], head: wanted[2] ?? '' });
  const names = (open.names?.() ?? []).filter(name =>
    wanted[2] === undefined ? name.startsWith(start) : name === start,
  );
  return {
    name: 'Heads',
    options: names.slice(0, 50).map(name => ({
      label: h('span.head', name),
      run: () => {
        location.hash = `#/heads/${name}`;
      },
    })),
    left: Math.max(0, names.length - 50),
  };
}
