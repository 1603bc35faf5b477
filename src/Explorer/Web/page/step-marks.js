// Which checkpoint a section is of, while the slider is not at the last.

import { json, report } from './data.js';
import { h } from './dom.js';
import { sections } from './frame.js';
import { count } from './numbers.js';
import { selection, subscribe } from './store.js';

/** The words below the finding of a section with these data; null for one that shows all steps. */
function words(data, step, last) {
  if (data.timeline) {
    const { seed } = report().run,
      shown = data.timeline.findLast(one => one.step <= step) ?? data.timeline[0];
    return (
      `The figure shows step ${count(shown.step)}${seed ? `, seed ${seed}` : ''}; ` +
      `the sentence above describes step ${count(last)}, the last.`
    );
  }
  return data.checkpoints ? null : `This shows step ${count(last)}, the last; the slider does not change it.`;
}

/** Marks every section when an earlier checkpoint is chosen; a page without any has no marks. */
export function markSteps() {
  const last = report().checkpoints.at(-1);
  if (last === undefined) return;
  const marks = sections().map(({ key, element }) => {
    const mark = h('p.step-mark', { hidden: true });
    element.querySelector('.finding').after(mark);
    return { key, mark };
  });
  const show = () => {
    const { step } = selection();
    for (const { key, mark } of marks) {
      const said = step === last ? null : words(json(`vt-data-${key}`), step, last);
      mark.hidden = !said;
      mark.textContent = said ?? '';
    }
  };
  subscribe((_, changed) => {
    if (changed.has('step')) show();
  });
  show();
}
