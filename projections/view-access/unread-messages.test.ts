import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import type { ChannelEvent, InboxEvent, MessagesEvent } from '../../domain/chat/events.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import { inboxStream } from '../../domain/shared/streams.ts';
import type { ViewStore } from '../../ports/views/port.ts';
import { startSqliteViews } from '../../ports/views/sqlite.ts';
import { inbox, inboxId } from '../read-models/chat/inbox.ts';
import { messages } from '../read-models/chat/messages.ts';
import { at, foldInto, inStreamOrder, interleaved } from '../test-fixture.ts';
import { activeViews } from './active-views.ts';
import type { TidingsViews } from './tidings-views.ts';
import { loadUnread, UNREAD_MAX } from './unread-messages.ts';

const room = 'room' as ChannelId;
const [ann, bob, cid] = ['ann', 'bob', 'cid'] as PersonId[] as [PersonId, PersonId, PersonId];
const people = [ann, bob, cid];

let folder: string;
let views: ViewStore;
test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidings-unread-'));
  views = await startSqliteViews(join(folder, 'views.sqlite'));
});
test.after.always(async () => {
  await views[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

type Step =
  | { readonly does: 'post'; readonly person: PersonId; readonly mentions: readonly PersonId[] }
  | { readonly does: 'withdraw' | 'edit'; readonly pick: number }
  | { readonly does: 'read'; readonly person: PersonId; readonly pick: number }
  | { readonly does: 'come-again'; readonly person: PersonId };

type Said = { readonly seq: number; readonly sender: PersonId; readonly mentions: readonly PersonId[]; withdrawn: boolean };

/** The count of a person who looks through all messages, and the events in the log. */
function act(steps: readonly Step[]) {
  const said: Said[] = [];
  const readUpTo = new Map(people.map((person) => [person, -1]));
  const inMessages: MessagesEvent[] = [];
  const inChannel: ChannelEvent[] = [{ type: 'chat.channel-opened.v1', data: { channel: room, kind: 'group', owner: ann, members: people, at } }];
  const inInbox = new Map<PersonId, InboxEvent[]>(people.map((person) => [person, []]));
  for (const step of steps) {
    const picked = 'pick' in step ? said[step.pick % Math.max(1, said.length)] : undefined;
    switch (step.does) {
      case 'post': {
        const { person: sender, mentions } = step;
        said.push({ seq: inMessages.length, sender, mentions, withdrawn: false });
        const data = { channel: room, sender, text: 'hi', clientId: 'c', at, messageCount: said.length };
        inMessages.push({ type: 'chat.message-posted.v1', data: mentions.length === 0 ? data : { ...data, mentions } });
        break;
      }
      case 'withdraw': {
        if (picked === undefined || picked.withdrawn) break;
        const { seq: message, sender: by, mentions } = picked;
        inMessages.push({ type: 'chat.message-withdrawn.v1', data: { channel: room, message, by, mentions, messageCount: said.length } });
        picked.withdrawn = true;
        break;
      }
      case 'edit':
        if (picked === undefined) break;
        inMessages.push({
          type: 'chat.message-edited.v1',
          data: { channel: room, message: picked.seq, sender: picked.sender, text: 'ho', messageCount: said.length },
        });
        break;
      case 'read': {
        if (picked === undefined) break;
        const messageCount = said.filter(({ seq }) => seq <= picked.seq).length;
        inInbox.get(step.person)?.push({ type: 'chat.read-up-to.v1', data: { person: step.person, channel: room, seq: picked.seq, messageCount, at } });
        readUpTo.set(step.person, Math.max(picked.seq, readUpTo.get(step.person) ?? -1));
        break;
      }
      case 'come-again':
        inChannel.push({ type: 'chat.member-left.v1', data: { channel: room, member: step.person } });
        inChannel.push({ type: 'chat.member-joined.v1', data: { channel: room, member: step.person, by: ann, messageCount: said.length, at } });
        readUpTo.set(step.person, Math.max(said.at(-1)?.seq ?? -1, readUpTo.get(step.person) ?? -1));
    }
  }
  const expected = people.map((person) => {
    const seen = Math.max(readUpTo.get(person) ?? -1, ...said.filter(({ sender }) => sender === person).map(({ seq }) => seq));
    const unread = said.filter(({ seq, sender, withdrawn }) => seq > seen && sender !== person && !withdrawn);
    const seqs = unread.slice(-UNREAD_MAX).map(({ seq }) => seq);
    return { count: seqs.length, seqs, mentions: unread.filter(({ mentions }) => mentions.includes(person)).map(({ seq }) => seq) };
  });
  const history = {
    'channel-room': inChannel,
    'messages-room': inMessages,
    ...Object.fromEntries(people.map((one) => [inboxStream(one), inInbox.get(one) ?? []])),
  };
  return { expected, history };
}

/** As the inbox counts them. */
async function counted(events: ReturnType<typeof inStreamOrder>) {
  const [ofInbox, ofMessages] = [await foldInto(views, inbox, [events]), await foldInto(views, messages, [events])];
  const physicalCollectionOf = (collection: string) => (collection === 'inbox' ? ofInbox : ofMessages)(collection);
  const active: TidingsViews = activeViews({ views, versions: { physicalCollectionOf } });
  const head = await active.get('channel-heads', room);
  const rows = await active.getMany(
    'inbox',
    people.map((person) => inboxId(person, room)),
  );
  return Promise.all(rows.map(async (row) => row && loadUnread(active, row, head)));
}

const person = fc.constantFrom(...people);
const pick = fc.nat({ max: 60 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ does: fc.constant('post' as const), person, mentions: fc.subarray(people) }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constantFrom('withdraw' as const, 'edit' as const), pick }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('read' as const), person, pick }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('come-again' as const), person }) },
);

test('unread counts and mentions are what a person would find on opening, whatever happened and in whichever order the streams came', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 50 }), fc.array(fc.nat(), { minLength: 1, maxLength: 40 }), async (steps, choices) => {
      const { expected, history } = act(steps);
      t.deepEqual(await counted(interleaved(history, choices)), expected);
    }),
    { numRuns: 60 },
  );
});

const posts = (count: number): readonly Step[] => Array.from({ length: count }, () => ({ does: 'post', person: ann, mentions: [] }));

test(`at most ${UNREAD_MAX} unread messages are told, however many were withdrawn among them`, async (t) => {
  const many = [{ does: 'post', person: ann, mentions: [bob] } as const, ...posts(3 * UNREAD_MAX)];
  const withdrawals = (count: number): readonly Step[] => Array.from({ length: count }, (_, i) => ({ does: 'withdraw', pick: many.length - 1 - i }));
  for (const gone of [0, 150, 250]) {
    const { expected, history } = act([...many, ...withdrawals(gone)]);
    t.deepEqual((await counted(inStreamOrder(history)))[1], expected[1], `${gone} withdrawn`);
  }
});

test('messages of an erased sender are not unread', async (t) => {
  const { history } = act(posts(3));
  const erased = { 'user-ann': [{ type: 'people.person-erased.v1', data: { login: 'h' } } as const] };
  t.deepEqual((await counted(inStreamOrder({ ...history, ...erased })))[1], { count: 0, seqs: [], mentions: [] });
});
