// The pointer and the keys on a passage: hover previews a token, click locks it, arrows move.

import { dataAt, watchMarks } from '../page/pointing.js';
import { lock, pointAt, selection } from '../page/store.js';
import { focusSpan } from '../tokens/running-text.js';

/** Makes a passage live; `shown()` gives its {spans, passage} of the moment. */
export function watchPassage(body, shown) {
  let tapped = null;
  const at = target => dataAt(target, 'at', Number);
  const letGo = () => pointAt({ overQuery: null, overKey: null });
  const preview = index => {
    if (index === null) return;
    const { by, q, k } = selection(),
      pinned = by === 'key' ? k !== null : q !== null;
    tapped = index;
    if (by === 'key') pointAt(pinned ? { overQuery: index } : { overKey: index });
    else pointAt(pinned ? { overKey: index } : { overQuery: index, overKey: null });
  };
  const choose = index => {
    const { by, q, k } = selection(),
      key = by === 'key' ? 'k' : 'q',
      same = index === (by === 'key' ? k : q);
    letGo();
    lock({ passage: shown().passage.name, q: null, k: null, [key]: same ? null : index });
  };
  watchMarks(body, { at, shown: () => tapped, preview, leave: letGo, choose });
  body.addEventListener('focusout', letGo);
  body.addEventListener('keydown', event => {
    const index = at(event.target);
    if (index === null || event.ctrlKey || event.metaKey || event.altKey) return;
    const stride = event.shiftKey ? 10 : 1,
      last = shown().spans.length - 1;
    const to = {
      ArrowRight: index + stride,
      ArrowLeft: index - stride,
      ArrowDown: beside(shown().spans, index, 1),
      ArrowUp: beside(shown().spans, index, -1),
      Home: 0,
      End: last,
    }[event.key];
    if (event.key === 'Enter') choose(index);
    else if (to !== undefined) focusSpan(shown().spans, Math.max(0, Math.min(last, to)));
    else return;
    event.preventDefault();
  });
}

/** The token nearest below or above, for the arrows. */
function beside(spans, index, step) {
  const own = spans[index].getBoundingClientRect(),
    middle = own.left + own.width / 2;
  let best = index,
    line = null;
  for (let at = index + step; spans[at]; at += step) {
    const box = spans[at].getBoundingClientRect();
    if (Math.abs(box.top - own.top) < 8) continue;
    line ??= box.top;
    if (Math.abs(box.top - line) > 8) break;
    const far = one => {
      const place = spans[one].getBoundingClientRect();
      return Math.abs(place.left + place.width / 2 - middle);
    };
    if (best === index || far(at) < far(best)) best = at;
  }
  return best;
}
