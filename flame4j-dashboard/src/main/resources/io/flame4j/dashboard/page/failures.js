// What is under way and what went wrong.

import {el, KeyedList, setAttribute, setHidden, setText} from './dom.js';
import {clock, count, duration, plural} from './format.js';
import {phaseText} from './runners.js';

const MOST_BOOTS = 6;
const SHORT = 180;

const KINDS = {boot: ['✕', 'Boot failed'], lost: ['✝', 'Runner lost'], call: ['!', 'Call failed']};
const STEPS = ['requested', 'scheduled', 'started', 'connected'];

export class BootsPanel {
  constructor() {
    const list = el('ul', 'boots');
    this.list = new KeyedList(list, () => new Boot());
    this.more = el('p', 'none');
    this.note = el('p', 'none');
    this.node = el('section', 'panel', el('h3', '', 'Boots in progress'), list, this.more, this.note);
  }

  update(pool, context) {
    const boots = pool.runners.filter(runner => runner.state === 'booting');
    this.list.update(boots.slice(0, MOST_BOOTS), runner => runner.id, {...context, usual: pool.bootMillis});
    setHidden(this.more, boots.length <= MOST_BOOTS);
    setText(this.more, `and ${count(boots.length - MOST_BOOTS)} more`);
    const {boots: done, failedBoots, cancelledBoots} = pool.totals;
    const parts = [`${plural(done, 'boot')} so far`];
    if (pool.bootMillis > 0) {
      parts.push(`${duration(pool.bootMillis)} each as a rule`);
    }
    if (failedBoots > 0) {
      parts.push(`${count(failedBoots)} failed`);
    }
    if (cancelledBoots > 0) {
      parts.push(`${count(cancelledBoots)} not needed in the end`);
    }
    setText(this.note, `${boots.length === 0 ? 'None. ' : ''}${parts.join(', ')}.`);
  }
}

class Boot {
  constructor() {
    this.id = el('span', 'id');
    this.phase = el('span', 'phase');
    this.time = el('span', 'number');
    this.steps = STEPS.map(() => el('span', 'step'));
    const steps = el('span', 'steps', ...this.steps);
    steps.setAttribute('aria-hidden', 'true');
    this.node = el('li', '', el('span', 'line', this.id, this.phase, this.time), steps);
  }

  update(runner, {now, usual}) {
    const elapsed = now - runner.since;
    setText(this.id, runner.id);
    setText(this.phase, phaseText(runner));
    setText(this.time, duration(elapsed));
    setAttribute(this.node, 'data-late', usual > 0 && elapsed > 3 * usual && elapsed > 5_000);
    const reached = STEPS.indexOf(runner.phase);
    this.steps.forEach((step, index) => setAttribute(step, 'data-done', index <= reached));
  }
}

export class FailuresPanel {
  constructor() {
    this.title = el('h3', '', 'Failures');
    const list = el('ol', 'failures');
    list.tabIndex = 0;
    list.setAttribute('aria-label', 'Failures, newest first');
    this.box = list;
    this.list = new KeyedList(list, failure => new Failure(failure));
    this.none = el('p', 'none', 'None so far: no boot, runner or call has failed.');
    this.node = el('section', 'panel', this.title, list, this.none);
  }

  update(pool) {
    const {failures} = pool;
    setHidden(this.none, failures.length > 0);
    setHidden(this.box, failures.length === 0);
    setText(this.title, failures.length > 0 ? `Failures (${count(failures.reduce((sum, each) => sum + each.count, 0))})` : 'Failures');
    this.list.update(failures, failure => `${failure.kind} ${failure.what} ${failure.message}`);
  }
}

class Failure {
  constructor({kind, what, message}) {
    const [sign, text] = KINDS[kind] ?? ['!', kind];
    this.time = el('time');
    this.times = el('span', 'times');
    const head = el('p', 'line', el('span', 'kind', `${sign} ${text}`), this.times, this.time);
    this.node = el('li', '', head, el('p', 'what', what), messageNode(message));
    this.node.dataset.kind = kind;
  }

  update({at, count: many}) {
    setText(this.time, clock(at));
    setAttribute(this.time, 'datetime', new Date(at).toISOString());
    setText(this.times, many > 1 ? `${count(many)} times, last` : '');
  }
}

/** All of a short message; of a long one the beginning, and the rest on request. */
function messageNode(message) {
  const end = message.indexOf('\n') >= 0 ? Math.min(SHORT, message.indexOf('\n')) : SHORT;
  if (message.length <= end) {
    return el('p', 'message', message);
  }
  return el('details', 'message', el('summary', '', el('span', 'short', `${message.slice(0, end)}…`), el('span', 'less', 'All of it:')), el('pre', '', message));
}
