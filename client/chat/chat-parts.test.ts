/** The parts of chat without a network: the table of the connection, and messages folded from events in any order. */
import test from 'ava';
import fc from 'fast-check';
import type { Channel } from './channel.ts';
import { createDeliveryReceipts } from './delivery-receipts.ts';
import { TRANSITIONS, type Effect, type Input, type Phase } from './connection-states.ts';
import { joined, parted, withNewer, withOlder, type Elsewhere } from './elsewhere.ts';
import { createKeepUp, KEPT_UP_MAX } from './keep-up.ts';
import {
  hasHole,
  MESSAGES_KEPT_MAX,
  nextExpiryMs,
  NO_MESSAGES,
  withoutExpired,
  withEvent,
  withNewestPage,
  withOlderPage,
  type Message,
  type MessageEvent,
  type Messages,
} from './messages.ts';

test('the table of the connection says for each phase and input what follows', (t) => {
  const expected: Readonly<Record<Phase, Partial<Record<Input, readonly [Phase, Effect]>>>> = {
    closed: { connect: ['connecting', 'open'] },
    connecting: {
      opened: ['greeting', 'greet'],
      lost: ['waiting', 'wait'],
      refused: ['ended', 'drop'],
      'network-gone': ['offline', 'drop'],
      close: ['closed', 'drop'],
    },
    greeting: {
      welcomed: ['live', 'begin'],
      lost: ['waiting', 'wait'],
      refused: ['ended', 'drop'],
      'network-gone': ['offline', 'drop'],
      close: ['closed', 'drop'],
    },
    live: { lost: ['waiting', 'wait'], refused: ['ended', 'drop'], 'network-gone': ['offline', 'drop'], close: ['closed', 'drop'] },
    waiting: { waited: ['connecting', 'open'], 'network-gone': ['offline', 'drop'], 'network-back': ['connecting', 'open'], close: ['closed', 'drop'] },
    offline: { 'network-back': ['connecting', 'open'], connect: ['connecting', 'open'], close: ['closed', 'drop'] },
    ended: { connect: ['connecting', 'open'], close: ['closed', 'drop'] },
  };
  for (const [phase, row] of Object.entries(TRANSITIONS))
    for (const [input, transition] of Object.entries(row))
      t.deepEqual(transition, expected[phase as Phase][input as Input] ?? [phase as Phase, 'nothing'], `${phase} ${input}`);
});

const at = '2026-07-01T09:30:00.000Z';
const posted = (seq: number): MessageEvent => ({
  type: 'message',
  channel: 'c',
  seq,
  at,
  messageCount: seq + 1,
  event: 'posted',
  sender: 'ann',
  text: `text ${seq}`,
  clientId: `id ${seq}`,
});
const textsOf = ({ messages }: Messages) => messages.map(({ text }) => text);

/** What happens in a channel: messages, and changes of one of those before. */
const history = fc.array(fc.tuple(fc.constantFrom('posted', 'edited', 'withdrawn', 'reacted'), fc.nat()), { maxLength: 25 }).map((steps) => {
  const events: MessageEvent[] = [];
  const messages: number[] = [];
  for (const [kind, choice] of steps) {
    const seq = events.length;
    const message = messages[choice % Math.max(1, messages.length)];
    const common = { type: 'message', channel: 'c', seq, at, messageCount: messages.length } as const;
    if (kind === 'posted' || message === undefined) {
      messages.push(seq);
      events.push(posted(seq));
    } else if (kind === 'edited') events.push({ ...common, event: 'edited', message, sender: 'ann', text: `edited at ${seq}` });
    else if (kind === 'withdrawn') events.push({ ...common, event: 'withdrawn', message, by: 'ann' });
    else
      events.push({
        ...common,
        event: 'reacted',
        message,
        person: choice % 2 === 0 ? 'ann' : 'bob',
        emoji: '👍',
        change: choice % 3 === 0 ? 'removed' : 'added',
      });
  }
  return events;
});

test('whatever the order in which events come, and however often, they lead to the same messages', (t) => {
  fc.assert(
    fc.property(
      history.chain((events) =>
        fc.tuple(fc.constant(events), fc.shuffledSubarray([...events, ...events], { minLength: events.length * 2, maxLength: events.length * 2 })),
      ),
      ([events, shuffled]) => {
        const inOrder = events.reduce(withEvent, NO_MESSAGES);
        t.deepEqual(shuffled.reduce(withEvent, NO_MESSAGES), inOrder);
        t.false(hasHole(inOrder));
      },
    ),
    { numRuns: 100 },
  );
});

test('a page that is read closes a hole, and what came early is applied after it', (t) => {
  const early = [posted(0), posted(3), posted(4)].reduce(withEvent, NO_MESSAGES);
  t.deepEqual([textsOf(early), early.cursor, hasHole(early)], [['text 0'], 0, true]);
  const page = [0, 1, 2].map((seq): Message => [posted(seq)].reduce(withEvent, { ...NO_MESSAGES, cursor: seq - 1 }).messages[0] as Message);
  const whole = withNewestPage(early, { messages: page, older: null }, 2);
  t.deepEqual([textsOf(whole), whole.cursor, hasHole(whole)], [['text 0', 'text 1', 'text 2', 'text 3', 'text 4'], 4, false]);
  const later = withNewestPage(NO_MESSAGES, { messages: page.slice(1), older: 1 }, 2);
  t.deepEqual(textsOf(withOlderPage(later, { messages: page.slice(0, 1), older: null })), ['text 0', 'text 1', 'text 2']);
});

const messageOf = (event: MessageEvent): Message => withEvent({ ...NO_MESSAGES, cursor: event.seq - 1 }, event).messages[0] as Message;
const run = (from: number, to: number): readonly Message[] => Array.from({ length: to - from }, (_, n) => messageOf(posted(from + n)));

test('the newest page stays behind what is there already, unless something is missing between', (t) => {
  const there: Messages = { ...NO_MESSAGES, messages: run(10, 60), cursor: 59, older: 10 };
  t.deepEqual(textsOf(withNewestPage(there, { messages: run(40, 90), older: 40 }, 89)).length, 80);
  t.is(withNewestPage(there, { messages: run(40, 90), older: 40 }, 89).older, 10);
  t.deepEqual(textsOf(withNewestPage(there, { messages: run(70, 90), older: 70 }, 89)).length, 20);
});

test('a jump away from the newest comes back to them by newer pages, without a hole and within the bound', (t) => {
  const newest: Messages = { ...NO_MESSAGES, messages: run(9_900, 10_000), cursor: 9_999, older: 9_900 };
  let elsewhere: Elsewhere = { messages: run(0, 50), older: null, newer: 49 };
  let met = joined(newest, elsewhere);
  for (let pages = 0; met === undefined && pages < 300; pages++) {
    const from = (elsewhere.newer ?? 0) + 1;
    elsewhere = withNewer(elsewhere, { messages: run(from, Math.min(from + 50, 10_000)), newer: from + 50 >= 10_000 ? null : from + 49 });
    t.true(elsewhere.messages.length <= MESSAGES_KEPT_MAX);
    met = joined(newest, elsewhere);
  }
  const seqs = met?.messages.map(({ seq }) => seq) ?? [];
  t.deepEqual(
    seqs,
    Array.from({ length: 10_000 - (seqs[0] ?? 0) }, (_, n) => (seqs[0] ?? 0) + n),
  );
  t.is(met?.older, seqs[0]);
});

test('who scrolls up for long keeps the newest apart, and lets go of what is far below', (t) => {
  const apart = parted({ ...NO_MESSAGES, messages: run(8_000, 10_000), cursor: 9_999, older: 8_000 });
  t.deepEqual([apart.newest.messages.length, apart.newest.older], [200, 9_800]);
  const grown = withOlder(apart.elsewhere, { messages: run(7_950, 8_000), older: 7_950 });
  t.deepEqual([grown.messages.length, grown.messages[0]?.seq, grown.newer], [MESSAGES_KEPT_MAX, 7_950, 9_949]);
});

test('words that disappear are gone at their time, with what quotes them', (t) => {
  const words = messageOf({ ...posted(0), expiresAt: '2026-07-01T10:00:00.000Z' } as MessageEvent);
  const reply: Message = { ...messageOf(posted(1)), replyTo: 0, quote: { from: 0, text: 'text' } };
  const endMs = Date.parse('2026-07-01T10:00:00.000Z');
  const all = [words, reply];
  t.is(withoutExpired(all, endMs - 1), all);
  t.is(nextExpiryMs(all), endMs);
  const left = withoutExpired(all, endMs);
  t.deepEqual([left.map(({ text }) => text), left[1]?.quote, nextExpiryMs(left)], [[null, 'text 1'], null, undefined]);
});

test('of a channel it is told at most once in two seconds how far it has arrived, the furthest, and nothing twice', async (t) => {
  const told: number[] = [];
  let [nowMs, isLive] = [0, true];
  const receipts = createDeliveryReceipts(({ seq }) => isLive && told.push(seq) > 0, { now: () => nowMs, trialMs: 1 });
  const add = (seq: number) => receipts.add({ type: 'delivered', channel: 'c', seq });
  receipts.begin({ epoch: 1, gateway: 'g' });
  add(3);
  add(3);
  nowMs = 1_999;
  for (const seq of [5, 4, 6, 6]) add(seq);
  t.deepEqual(told, [3]);
  while (told.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  nowMs = 60_000;
  for (const seq of [2, 6]) add(seq);
  t.deepEqual(told, [3, 6]);

  isLive = false;
  add(7);
  isLive = true;
  receipts.begin({ epoch: 1, gateway: 'g' });
  add(7);
  t.deepEqual(told, [3, 6, 7], 'what no connection took is told on the next one');
  receipts.begin({ epoch: 1, gateway: 'g' });
  add(7);
  t.deepEqual(told, [3, 6, 7, 7], 'and what the last one may have lost');
  receipts.begin({ epoch: 2, gateway: 'g' });
  add(1);
  t.is(told.at(-1), 1, 'of another log everything is new');
  receipts.refused({ type: 'refused', about: 'delivered', code: 'bad-frame', detail: '' });
  nowMs += 60_000;
  add(9);
  t.is(told.at(-1), 1, 'a gateway that doesn’t know it is told no more');
});

test('a gateway of before the frame is sent few of them, once; another one is told of every channel', async (t) => {
  const CHANNELS = 25;
  /** Per connection. */
  const sent: string[][] = [];
  const send = (channel: string): boolean => {
    sent.at(-1)?.push(channel);
    if (sent.length === 3 && sent[2]?.length === 7) refuse(); // comes late
    return true;
  };
  const receipts = createDeliveryReceipts(({ channel }) => send(channel), { trialMs: 10 });
  const connect = (gateway: string) => {
    sent.push([]);
    receipts.begin({ gateway });
    for (let n = 0; n < CHANNELS; n++) receipts.add({ type: 'delivered', channel: `channel ${n}`, seq: n });
  };
  const refuse = () => receipts.refused({ type: 'refused', about: 'delivered', code: 'bad-frame', detail: '' });
  connect('old');
  t.is(sent[0]?.length, 1, 'those behind it wait until it can have been refused');
  refuse();
  connect('old');
  t.is(sent[1]?.length, 0, 'it is known over a lost connection');
  connect('other old');
  while ((sent[2]?.length ?? 0) < 7) await new Promise((resolve) => setTimeout(resolve, 1));
  connect('new');
  while ((sent[3]?.length ?? 0) < CHANNELS) await new Promise((resolve) => setTimeout(resolve, 1));
  t.deepEqual(new Set(sent[3]).size, CHANNELS);
  t.deepEqual([sent[1]?.length, sent[2]?.length], [0, 7], 'it closes at the eleventh');
});

test('channels that nobody opened are kept up one after the other, where something is missing, and few of them', async (t) => {
  const [open, loaded, left] = [new Set<string>(), [] as string[], [] as string[]];
  let [atOnce, atOnceMax] = [0, 0];
  const keepUp = createKeepUp({
    open: async (id) => {
      open.add(id);
      const load = async () => {
        atOnceMax = Math.max(atOnceMax, ++atOnce);
        await new Promise((resolve) => setTimeout(resolve, 1));
        atOnce--;
        loaded.push(id);
        if (id === 'broken') throw new Error('There is no such channel.');
      };
      return { id, cursor: () => (id === 'known' ? 7 : undefined), behind: () => undefined, load } as Partial<Channel> as Channel;
    },
    letGo: (id) => void (open.delete(id) && left.push(id)),
  });
  keepUp.keep([
    { channel: 'known', seq: 7 },
    { channel: 'broken', seq: 0 },
  ]);
  for (let n = 0; n < 30; n++) keepUp.keep([{ channel: `channel ${n}`, seq: n }]);
  while (!loaded.includes('channel 29')) await new Promise((resolve) => setTimeout(resolve, 5));
  t.deepEqual(loaded, ['broken', ...Array.from({ length: 30 }, (_, n) => `channel ${n}`)]);
  t.is(atOnceMax, 1);
  t.is(open.size, KEPT_UP_MAX);
  t.deepEqual(left.slice(0, 3), ['known', 'broken', 'channel 0']);
});
