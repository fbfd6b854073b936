/** Shows what is in the outbox and looks again every two seconds. */
const LOOK_AGAIN_MS = 2_000;
const PAGE = 50;

const messages = document.getElementById('messages');
const count = document.getElementById('count');
const more = document.getElementById('more');
let channel = '';
let pages = 1;

for (const button of document.querySelectorAll('#channels button')) {
  button.addEventListener('click', () => {
    channel = button.dataset.channel;
    pages = 1;
    for (const other of document.querySelectorAll('#channels button')) other.setAttribute('aria-pressed', String(other === button));
    void look();
  });
}
more.addEventListener('click', () => {
  pages += 1;
  void look();
});

async function look() {
  const asked = channel;
  try {
    const query = new URLSearchParams({ limit: String(PAGE * pages + 1), ...(asked === '' ? {} : { channel: asked }) });
    const response = await fetch(`outbox.json?${query}`);
    if (!response.ok) throw new Error(`the outbox answered ${response.status}`);
    const { messages: found } = await response.json();
    if (asked === channel) show(found);
  } catch (error) {
    count.textContent = `Can’t look: ${error.message}`;
  }
}

function show(found) {
  const shown = found.slice(0, PAGE * pages);
  more.hidden = found.length <= shown.length;
  count.textContent = `${shown.length}${more.hidden ? '' : '+'} sent`;
  messages.replaceChildren(...(shown.length === 0 ? [empty()] : shown.map(article)));
}

function empty() {
  const nothing = element('p', 'empty', 'Nothing was sent yet.');
  return nothing;
}

function article(message) {
  const card = document.createElement('article');
  const facts = element('div', 'facts');
  facts.append(
    element('span', 'channel', message.channel),
    element('time', '', new Date(message.at).toLocaleString()),
    element('span', '', `to ${message.to}`),
  );
  facts.append(element('span', '', message.category));
  if (message.attempt > 1) facts.append(element('span', 'again', `attempt ${message.attempt}`));
  card.append(facts);
  if (message.title) card.append(element('h2', '', message.title));
  card.append(element('p', 'body', message.body));
  card.append(element('div', 'facts', `delivery ${message.delivery}`));
  return card;
}

function element(name, className, text = '') {
  const made = document.createElement(name);
  if (className !== '') made.className = className;
  made.textContent = text;
  return made;
}

await look();
setInterval(look, LOOK_AGAIN_MS);
