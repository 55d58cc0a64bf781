// Puts the page together: states come in, the newest one is drawn before the next frame.

import {Connection} from './connection.js';
import {el, KeyedList, setAttribute, setHidden, setText} from './dom.js';
import {clock, plural} from './format.js';
import {PoolView, verdict} from './pool.js';

const TICK_MILLIS = 500;
const ANNOUNCE_MILLIS = 10_000;

const byId = id => document.getElementById(id);
const connection = byId('connection');
const banner = byId('banner');
const announcer = byId('announcer');

const pools = new KeyedList(byId('pools'), pool => new PoolView(pool));
const links = new KeyedList(byId('overview'), pool => overviewLink(pool));

let state = null;
let status = 'connecting';
let lastSeen = 0;
/** How far the server's clock is ahead of this one's; states are late, never early, so the largest is the best guess. */
let clockOffset = -Infinity;
let drawing = false;
let announced = 0;
let failuresBefore = null;

function overviewLink(pool) {
  const name = el('span', 'name', pool.name);
  const sign = el('span', 'sign');
  const node = el('a', 'chip', sign, name);
  sign.setAttribute('aria-hidden', 'true');
  node.href = `#pool-${encodeURIComponent(pool.name)}`;
  return {
    node,
    update(newer) {
      const {sign: shape, word, mood} = verdict(newer, serverNow());
      setText(sign, shape);
      setAttribute(node, 'data-mood', mood);
      setAttribute(node, 'aria-label', `Pool ${newer.name}: ${word}`);
    },
  };
}

const serverNow = () => Date.now() + (clockOffset === -Infinity ? 0 : clockOffset);

function onState(newer) {
  clockOffset = Math.max(clockOffset, newer.now - Date.now());
  lastSeen = Date.now();
  state = newer;
  announceFailures(newer);
  draw();
}

function draw() {
  if (!drawing) {
    drawing = true;
    requestAnimationFrame(() => {
      drawing = false;
      if (state) {
        render(state);
      }
    });
  }
}

function render({pools: list, process, resize, seconds}) {
  const context = {now: serverNow(), resize, seconds};
  setText(byId('process'), `process ${process}`);
  setHidden(byId('empty'), list.length > 0);
  setHidden(byId('overview'), list.length < 2);
  links.update(list, pool => pool.name, context);
  pools.update(list, pool => pool.name, context);
  const waiting = list.reduce((sum, pool) => sum + pool.queued, 0);
  const title = waiting > 0 ? `(${waiting} waiting) flame4j` : 'flame4j';
  if (document.title !== title) {
    document.title = title;
  }
}

function onStatus(newStatus, text) {
  const before = status;
  status = newStatus;
  if (newStatus === 'live') {
    if (before !== 'live') {
      clockOffset = -Infinity;
      setHidden(banner, true);
      if (before === 'lost') {
        announce('The connection is back.');
      }
    }
  } else {
    setText(banner, newStatus === 'refused' ? text : lostText());
    setHidden(banner, false);
  }
  setAttribute(document.body, 'data-status', newStatus);
  setAttribute(connection, 'data-status', newStatus);
  setText(connection.querySelector('.text'), {live: 'Live', lost: 'Connection lost', refused: 'Not served'}[newStatus]);
}

function lostText() {
  return lastSeen
    ? `The connection is lost. What you see is from ${clock(lastSeen)}; trying again.`
    : 'The application does not answer. Is it running? Trying again.';
}

function announceFailures({pools: list}) {
  const now = new Map(list.map(pool => [pool.name, pool.failures.reduce((sum, failure) => sum + failure.count, 0)]));
  const before = failuresBefore;
  if (before && Date.now() - announced < ANNOUNCE_MILLIS) {
    return;
  }
  failuresBefore = now;
  if (!before) {
    return;
  }
  const news = [...now].map(([name, total]) => [name, total - (before.get(name) ?? 0)]).filter(([, more]) => more > 0);
  if (news.length > 0) {
    announce(news.map(([name, more]) => `${plural(more, 'new failure')} in pool ${name}`).join(', '));
  }
}

function announce(text) {
  announced = Date.now();
  announcer.textContent = text;
}

// Elapsed times go on between states.
setInterval(() => {
  if (!document.hidden && status === 'live') {
    draw();
  }
}, TICK_MILLIS);

new Connection(onState, onStatus);
