/** Shows what is in the outbox, the newest first, and looks every two seconds for what has come. What is shown stays where it is. */
const LOOK_AGAIN_MS = 2_000;
const PAGE = 50;

const buttons = document.querySelectorAll('#channels button');
const list = document.getElementById('messages');
const count = document.getElementById('count');
const more = document.getElementById('more');
const empty = document.getElementById('empty');
const fault = document.getElementById('fault');
const labels = Object.fromEntries(Array.from(buttons, (button) => [button.dataset.channel, button.textContent]));

/** What is shown of one channel; another choice begins anew, and what comes late for the old one is dropped. */
let shown = begin('');

for (const button of buttons) {
  button.addEventListener('click', () => {
    for (const other of buttons) other.setAttribute('aria-pressed', String(other === button));
    shown = begin(button.dataset.channel);
    void look();
  });
}
more.addEventListener('click', () => void look({ before: shown.ids.at(-1) }));

function begin(channel) {
  return { channel, ids: [], hasOlder: false };
}

/** The newest, or what comes before. */
async function look({ before } = {}) {
  const asked = shown;
  try {
    const query = new URLSearchParams({
      limit: PAGE + 1,
      ...(asked.channel === '' ? {} : { channel: asked.channel }),
      ...(before === undefined ? {} : { before }),
    });
    const response = await fetch(`outbox.json?${query}`);
    if (!response.ok) throw new Error(`The outbox answered ${response.status}.`);
    const { messages } = await response.json();
    if (asked !== shown) return;
    if (before === undefined) showNewest(messages);
    else if (before === shown.ids.at(-1)) showOlder(messages);
    tell('');
  } catch (error) {
    if (asked === shown) tell(error instanceof TypeError ? 'Tidings does not answer. This page goes on trying.' : error.message);
  }
}

function showNewest(found) {
  const known = found.findIndex(({ id }) => shown.ids.includes(id));
  if (known < 0) {
    // Nothing is shown yet, or more has come than was asked for.
    shown.ids = [];
    list.replaceChildren();
    showOlder(found);
    return;
  }
  const fresh = found.slice(0, known);
  shown.ids.unshift(...fresh.map(({ id }) => id));
  list.prepend(...fresh.map(article));
}

function showOlder(found) {
  const page = found.slice(0, PAGE);
  shown.hasOlder = found.length > PAGE;
  shown.ids.push(...page.map(({ id }) => id));
  list.append(...page.map(article));
}

/** How it stands; nothing is said again that is said already. */
function tell(wrong) {
  say(fault, wrong);
  fault.hidden = wrong === '';
  if (wrong !== '') return;
  say(count, `${shown.ids.length}${shown.hasOlder ? '+' : ''} sent`);
  more.hidden = !shown.hasOlder;
  empty.hidden = shown.ids.length > 0;
}

function say(where, text) {
  if (where.textContent !== text) where.textContent = text;
}

function article({ channel, at, to, name, category, priority, attempt, title, body, url, delivery }) {
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
  card.append(element('div', 'facts', `delivery ${delivery}`));
  return card;
}

function element(name, className, text = '') {
  const made = document.createElement(name);
  if (className !== '') made.className = className;
  made.dir = 'auto';
  made.textContent = text;
  return made;
}

for (;;) {
  await look();
  await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
}
