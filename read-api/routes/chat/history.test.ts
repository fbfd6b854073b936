/** The history of a channel in both directions, jumps into it, and what mentions a person or is unread, over all channels. */
import test from 'ava';
import type { ChannelId } from '../../../domain/shared/ids.ts';
import { HOUR_MS, plus, type Instant } from '../../../domain/shared/instant.ts';
import { givenReadApi, type LoggedInPerson, type ReadApiFixture } from '../../test-fixture.ts';
import type { MessageView } from './message-view.ts';

let api: ReadApiFixture;
test.before(async () => void (api = await givenReadApi()));
test.after.always(() => api[Symbol.asyncDispose]());

type Page = { readonly messages: readonly MessageView[]; readonly more: boolean; readonly older: number | null; readonly newer: number | null };

const pageOf = async (reader: LoggedInPerson, channel: ChannelId, query = ''): Promise<Page> => {
  const { status, body } = await api.requestAfterWrites(reader, `/v1/channels/${channel}/messages${query}`);
  if (status !== 200) throw new Error(body.code);
  return body as unknown as Page;
};
const seqsOf = ({ messages }: Page) => messages.map(({ seq }) => seq);

/** Two people, and so many messages with an edit behind every third: seqs that are no messages. */
async function givenHistory(messages: number) {
  const [ada, bob] = [await api.person('Ada'), await api.person('Bob')];
  const channel = await api.direct(ada, bob);
  const { commands, by } = api.work;
  const seqs: number[] = [];
  for (let i = 0; i < messages; i++) {
    const seq = await api.sendMessage(i % 2 === 0 ? ada : bob, channel, `Message ${i}`);
    seqs.push(seq);
    const person = (i % 2 === 0 ? ada : bob).person;
    if (i % 3 === 2) await api.expectSuccess(commands.editMessage({ person, channel, message: seq, text: `Message ${i}, better` }, by(person)));
  }
  return { ada, bob, channel, seqs };
}

test('from wherever one jumps to, both directions lead through all messages, each once', async (t) => {
  const { ada, channel, seqs } = await givenHistory(11);
  const jumps = [...seqs, 3, 11, (seqs.at(-1) ?? 0) + 5].map((seq) => `around=${seq}`);
  for (const jump of jumps) {
    for (const limit of [1, 2, 5]) {
      const first = await pageOf(ada, channel, `?${jump}&limit=${limit}`);
      const found = [...seqsOf(first)];
      for (let { older } = first; older !== null;) {
        const page = await pageOf(ada, channel, `?before=${older}&limit=${limit}`);
        t.is(page.newer, page.messages.at(-1)?.seq ?? null);
        found.unshift(...seqsOf(page));
        ({ older } = page);
      }
      for (let { newer } = first; newer !== null;) {
        const page = await pageOf(ada, channel, `?after=${newer}&limit=${limit}`);
        t.is(page.older, page.messages[0]?.seq ?? null);
        found.push(...seqsOf(page));
        ({ newer } = page);
      }
      t.deepEqual(found, seqs, `${jump}, ${limit} at a time`);
    }
  }
});

test('a jump shows the message with what stands before and after it', async (t) => {
  const { ada, channel, seqs } = await givenHistory(9);
  const at = (i: number) => seqs[i] ?? -1;
  t.deepEqual(seqsOf(await pageOf(ada, channel, `?around=${at(4)}&limit=4`)), seqs.slice(2, 6));
  t.like(await pageOf(ada, channel, `?around=${at(4)}&limit=4`), { older: at(2), newer: at(5), more: true });
  t.deepEqual(seqsOf(await pageOf(ada, channel, `?around=${at(2) + 1}&limit=2`)), [at(2), at(3)], 'an edit has a seq, and is no message');
  t.like(await pageOf(ada, channel, '?around=0&limit=4'), { older: null, newer: at(1) });
  t.like(await pageOf(ada, channel, '?around=999999&limit=20'), { newer: null, older: null, more: false });
  t.like(await pageOf(ada, channel), { newer: null, older: null, more: false });
  t.like(await pageOf(ada, channel, '?limit=9'), { older: null });
  t.like(await pageOf(ada, channel, `?after=${at(8)}`), { messages: [], newer: null, older: at(8) + 1, more: false });
  t.like(await pageOf(ada, channel, '?before=0'), { messages: [], older: null, more: false });
});

test('a jump to a moment begins with the first message that is not before it', async (t) => {
  const [ada, bob] = [await api.person('Ada'), await api.person('Bob')];
  const channel = await api.direct(ada, bob);
  for (let i = 0; i < 7; i++) {
    await api.sendMessage(ada, channel, `Message ${i}`);
    api.work.time.setBy(HOUR_MS);
  }
  const moments = (await pageOf(bob, channel)).messages.map(({ at }) => at as Instant);
  const firstFrom = async (at: string) => {
    const { messages } = await pageOf(bob, channel, `?at=${encodeURIComponent(at)}&limit=200`);
    const { messages: half } = await pageOf(bob, channel, `?at=${encodeURIComponent(at)}&limit=1`);
    return [messages.length, half[0]?.text];
  };
  for (const [i, moment] of moments.entries()) {
    t.deepEqual(await firstFrom(moment), [7, `Message ${i}`]);
    if (i > 0) t.deepEqual(await firstFrom(plus(moment, -1)), [7, `Message ${i}`]);
  }
  t.deepEqual(await firstFrom('2000-01-01T00:00:00Z'), [7, 'Message 0']);
  t.deepEqual(
    (await pageOf(bob, channel, `?at=${encodeURIComponent('2100-01-01T00:00:00+02:00')}&limit=3`)).messages.map(({ text }) => text),
    ['Message 4', 'Message 5', 'Message 6'],
  );
  const empty = await api.direct(ada, await api.person('Cyd'));
  t.like(await pageOf(ada, empty, '?at=2026-01-01T00:00:00Z'), { messages: [], older: null, newer: null });
});

test('a page around a long message is bounded, and shows it whatever stands before it', async (t) => {
  const [ada, bob] = [await api.person('Ada'), await api.person('Bob')];
  const channel = await api.direct(ada, bob);
  const seqs: number[] = [];
  for (let i = 0; i < 8; i++) seqs.push(await api.sendMessage(ada, channel, '가'.repeat(99_000) + i));
  const page = await pageOf(bob, channel, `?around=${seqs[4]}&limit=100`);
  t.true(seqsOf(page).includes(seqs[4] ?? -1));
  t.true(page.messages.length < 8 && page.older !== null && page.newer !== null);
});

test('directions exclude each other, and who is no member is told nothing of a channel', async (t) => {
  const { ada, channel, seqs } = await givenHistory(3);
  for (const query of ['around=1&before=2', 'around=1&after=0', 'around=1&at=2026-01-01T00:00:00Z', 'at=yesterday', 'at=2026-01-01', 'around=x']) {
    const { status, body } = await api.request(ada, `/v1/channels/${channel}/messages?${query}`);
    t.deepEqual([status, body.code], [400, 'bad-request'], query);
  }
  const eve = await api.person('Eve');
  for (const query of [`?around=${seqs[0]}`, '?at=2026-01-01T00:00:00Z']) {
    t.is((await api.requestAfterWrites(eve, `/v1/channels/${channel}/messages${query}`)).body.code, 'channel-unknown');
  }
});

test('who has a page still is told so, until something on it changes', async (t) => {
  const { ada, bob, channel, seqs } = await givenHistory(3);
  const { commands, by } = api.work;
  await pageOf(ada, channel);
  const paths = [`/v1/channels/${channel}/messages`, `/v1/channels/${channel}`, '/v1/me/inbox', '/v1/me/chat-mentions', '/v1/me/unread'];
  const statusWith = async (path: string, tag: string) => {
    const answer = await fetch(api.url + path, { headers: { ...api.credentialsOf(ada, path), 'if-none-match': tag } });
    await answer.arrayBuffer();
    return answer.status;
  };
  const tags = await Promise.all(paths.map(async (path) => (await api.requestAfterWrites(ada, path)).headers.get('etag') ?? ''));
  for (const [i, path] of paths.entries()) t.is(await statusWith(path, tags[i] ?? ''), 304, path);
  const emoji = { person: bob.person, channel, message: seqs[0] ?? 0, emoji: '👍', change: 'added' } as const;
  await api.expectSuccess(commands.reactToMessage(emoji, by(bob.person)));
  await pageOf(ada, channel);
  t.is(await statusWith(paths[0] ?? '', tags[0] ?? ''), 200);
});

test('mentions are listed over all channels, newest first, as long as the message says it and the reader is there', async (t) => {
  const [ada, bob, cyd] = [await api.person('Ada'), await api.person('Bob'), await api.person('Cyd')];
  const { commands, by } = api.work;
  const [pair, group, left] = [await api.direct(ada, bob), await api.group(bob, ada, cyd), await api.group(cyd, ada)];
  await api.sendMessage(bob, pair, 'Nobody');
  const seqs = [
    await api.sendMessage(bob, pair, 'You, Ada', [ada]),
    await api.sendMessage(cyd, group, 'Ada and Bob', [ada, bob]),
    await api.sendMessage(cyd, left, 'Ada, here', [ada]),
    await api.sendMessage(bob, group, 'Never mind, Ada', [ada]),
    await api.sendMessage(bob, pair, 'Ada again', [ada]),
  ];
  type Mentions = { readonly mentions: readonly { readonly channel: ChannelId; readonly message: MessageView }[]; readonly next: string | null };
  const list = async (query = '', reader = ada) => (await api.requestAfterWrites(reader, `/v1/me/chat-mentions${query}`)).body as unknown as Mentions;
  const textsOf = ({ mentions }: Mentions) => mentions.map(({ message }) => message.text);
  t.deepEqual(textsOf(await list()), ['Ada again', 'Never mind, Ada', 'Ada, here', 'Ada and Bob', 'You, Ada']);
  t.deepEqual(textsOf(await list('', bob)), ['Ada and Bob']);
  await api.expectSuccess(commands.withdrawMessage({ person: bob.person, channel: group, message: seqs[3] ?? -1 }, by(bob.person)));
  await api.expectSuccess(commands.leaveChannel({ person: ada.person, channel: left }, by(ada.person)));
  await api.expectSuccess(commands.editMessage({ person: bob.person, channel: pair, message: seqs[4] ?? -1, text: 'Ada once more' }, by(bob.person)));
  t.deepEqual(textsOf(await list()), ['Ada once more', 'Ada and Bob', 'You, Ada']);
  const pages: string[] = [];
  for (let next: string | null = ''; next !== null;) {
    const page: Mentions = await list(`?limit=1${next === '' ? '' : `&before=${encodeURIComponent(next)}`}`);
    pages.push(...textsOf(page).map(String));
    ({ next } = page);
  }
  t.deepEqual(pages, ['Ada once more', 'Ada and Bob', 'You, Ada']);
  t.is((await api.request(ada, '/v1/me/chat-mentions?before=yesterday')).body.code, 'bad-request');
});

test('what is unread is listed by channel, with where to begin and the newest of it, until it is read', async (t) => {
  const [ada, bob, cyd] = [await api.person('Ada'), await api.person('Bob'), await api.person('Cyd')];
  const { commands, by } = api.work;
  const [pair, group, quiet] = [await api.direct(ada, bob), await api.group(bob, ada, cyd), await api.direct(ada, cyd)];
  await api.sendMessage(ada, pair, 'Hello');
  const inPair = [await api.sendMessage(bob, pair, 'One'), await api.sendMessage(bob, pair, 'Two')];
  await api.sendMessage(ada, quiet, 'Anybody?');
  for (let i = 0; i < 5; i++) await api.sendMessage(i % 2 === 0 ? bob : cyd, group, `Group ${i}`, i === 1 ? [ada] : []);
  type Unread = {
    readonly inbox: { readonly channel: string; readonly unread: number; readonly mentions: readonly number[] };
    readonly first: number;
    readonly newest: readonly MessageView[];
  };
  const list = async (query = '') => {
    const { channels, next } = (await api.requestAfterWrites(ada, `/v1/me/unread${query}`)).body as unknown as {
      readonly channels: readonly Unread[];
      readonly next: string | null;
    };
    return {
      next,
      channels: channels.map(({ inbox, first, newest }) => ({ channel: inbox.channel, unread: inbox.unread, first, newest: newest.map(({ text }) => text) })),
    };
  };
  const ofGroup = { channel: group, unread: 5, first: 0, newest: ['Group 2', 'Group 3', 'Group 4'] };
  const ofPair = { channel: pair, unread: 2, first: inPair[0] ?? -1, newest: ['One', 'Two'] };
  t.deepEqual(await list(), { next: null, channels: [ofGroup, ofPair] as never });
  const page = await list('?limit=1');
  t.deepEqual(page.channels, [ofGroup] as never);
  t.deepEqual((await list(`?limit=1&before=${encodeURIComponent(page.next ?? '')}`)).channels, [ofPair] as never);
  await api.expectSuccess(commands.withdrawMessage({ person: bob.person, channel: pair, message: inPair[1] ?? -1 }, by(bob.person)));
  await api.expectSuccess(commands.leaveChannel({ person: ada.person, channel: group }, by(ada.person)));
  t.deepEqual((await list()).channels, [{ ...ofPair, unread: 1, newest: ['One'] }] as never);
  await api.expectSuccess(commands.markRead({ person: ada.person, channel: pair, seq: inPair[1] ?? -1 }, by(ada.person)));
  t.deepEqual(await list(), { next: null, channels: [] });
});

test('who has left and come again is shown nothing of what was said meanwhile, also where the inbox is late', async (t) => {
  const late: { rows?: Promise<unknown> } = {};
  await using slow = await givenReadApi(
    {},
    (views) => ({ ...views, find: (of, query) => (of === 'inbox' && late.rows) || views.find(of, query) }) as typeof views,
  );
  const { commands, by } = slow.work;
  const [ada, bob] = [await slow.person('Ada'), await slow.person('Bob')];
  const channel = await slow.group(ada, bob);
  await slow.sendMessage(ada, channel, 'Before', [bob]);
  await slow.requestAfterWrites(bob, '/v1/me/inbox');
  late.rows = slow.work.views.find('inbox', { where: { person: bob.person, member: true }, order: { _id: 1 }, limit: 10 });
  await late.rows;
  await slow.expectSuccess(commands.removeMember({ person: ada.person, channel, member: bob.person }, by(ada.person)));
  await slow.expectSuccess(commands.setChannelHistory({ person: ada.person, channel, history: 'since-joining' }, by(ada.person)));
  await slow.sendMessage(ada, channel, 'Meanwhile');
  await slow.expectSuccess(commands.addMember({ person: ada.person, channel, member: bob.person }, by(ada.person)));
  await slow.expectSuccess(commands.acceptInvitation({ person: bob.person, channel }, by(bob.person)));
  const first = await slow.sendMessage(ada, channel, 'Afterwards');
  const unread = (await slow.requestAfterWrites(bob, '/v1/me/unread')).body;
  t.like(unread.channels[0], { first, inbox: { unread: 1, mentions: [] }, newest: { length: 1, 0: { text: 'Afterwards' } } } as never);
  t.false(JSON.stringify(unread).includes('Meanwhile'));
  t.like((await slow.requestAfterWrites(bob, '/v1/me/inbox')).body.channels[0], { unread: 1, mentions: [] });
});
