/** Shows the messages of the outbox, newest first, and asks for new ones every two seconds. Messages that are shown keep their place. */
const POLL_MS = 2_000;
const PAGE = 50;

const buttons = document.querySelectorAll('#channels button');
const list = document.getElementById('messages');
const count = document.getElementById('count');
const more = document.getElementById('more');
const empty = document.getElementById('empty');
const fault = document.getElementById('fault');
const labels = Object.fromEntries(Array.from(buttons, (button) => [button.dataset.channel, button.textContent]));

/** The messages that are shown, of one channel. Another channel begins anew, and late answers for the old one are dropped. */
let shown = begin('');

for (const button of buttons) {
  button.addEventListener('click', () => {
    for (const other of buttons) other.setAttribute('aria-pressed', String(other === button));
    shown = begin(button.dataset.channel);
    void load();
  });
}
more.addEventListener('click', () => void load({ before: shown.ids.at(-1) }));

function begin(channel) {
  return { channel, ids: [], hasOlder: false };
}

/** Loads the newest messages, or those before a message. */
async function load({ before } = {}) {
  const requested = shown;
  try {
    const query = new URLSearchParams({
      limit: PAGE,
      ...(requested.channel === '' ? {} : { channel: requested.channel }),
      ...(before === undefined ? {} : { before }),
    });
    const response = await fetch(`outbox.json?${query}`);
    if (!response.ok) throw new Error(`The outbox answered ${response.status}.`);
    const { messages, next } = await response.json();
    if (requested !== shown) return;
    const page = { messages, hasOlder: next !== null };
    if (before === undefined) showNewest(page);
    else if (before === shown.ids.at(-1)) showOlder(page);
    showStatus('');
  } catch (error) {
    if (requested === shown) showStatus(error instanceof TypeError ? 'Tidings does not answer. This page keeps trying.' : error.message);
  }
}

function showNewest(page) {
  const { messages: found } = page;
  const known = found.findIndex(({ id }) => shown.ids.includes(id));
  if (known < 0) {
    // Nothing is shown yet, or there are more new messages than a page holds.
    shown.ids = [];
    list.replaceChildren();
    showOlder(page);
    return;
  }
  const fresh = found.slice(0, known);
  shown.ids.unshift(...fresh.map(({ id }) => id));
  list.prepend(...fresh.map(article));
}

function showOlder({ messages, hasOlder }) {
  shown.hasOlder = hasOlder;
  shown.ids.push(...messages.map(({ id }) => id));
  list.append(...messages.map(article));
}

/** Shows how many messages there are, or the fault. Text that doesn't change is not set again, so that a screen reader doesn't repeat it. */
function showStatus(problem) {
  setText(fault, problem);
  fault.hidden = problem === '';
  if (problem !== '') return;
  setText(count, `${shown.ids.length}${shown.hasOlder ? '+' : ''} sent`);
  more.hidden = !shown.hasOlder;
  empty.hidden = shown.ids.length > 0;
}

function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

function article({ channel, at, to, name, category, priority, attempt, title, body, url, data, delivery }) {
  const card = document.createElement('article');
  const facts = element('div', 'facts');
  const time = element('time', '', new Date(at).toLocaleString());
  time.dateTime = at;
  facts.append(element('span', 'channel', labels[channel] ?? channel), time, element('span', '', `to ${name === undefined ? to : `${name}, ${to}`}`));
  facts.append(element('span', '', category));
  if (priority !== 'normal') facts.append(element('span', '', `${priority} priority`));
  if (attempt > 1) facts.append(element('span', 'again', `attempt ${attempt}`));
  card.append(facts);
  if (title) card.append(element('h2', '', title));
  card.append(element('p', 'body', body));
  if (url) card.append(element('div', 'facts', `opens ${url}`));
  if (data !== undefined) card.append(factsOf(data));
  card.append(element('div', 'facts', `delivery ${delivery}`));
  return card;
}

/** What comes with a message for the app that opens it. */
function factsOf(data) {
  const facts = element('div', 'facts');
  for (const [field, value] of Object.entries(data)) facts.append(element('span', '', `${field} ${value}`));
  return facts;
}

function element(name, className, text = '') {
  const made = document.createElement(name);
  if (className !== '') made.className = className;
  made.dir = 'auto';
  made.textContent = text;
  return made;
}

for (;;) {
  await load();
  await new Promise((resolve) => setTimeout(resolve, POLL_MS));
}
