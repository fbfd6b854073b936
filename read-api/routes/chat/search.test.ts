import test from 'ava';
import { HOUR_MS, MINUTE_MS } from '../../../domain/shared/instant.ts';
import type { ChannelId } from '../../../domain/shared/ids.ts';
import { postingId } from '../../../projections/read-models/chat/postings.ts';
import { termKeys } from '../../../projections/read-models/chat/term-keys.ts';
import { givenReadApi, type LoggedInPerson, type ReadApiFixture } from '../../test-fixture.ts';
import type { MessageView } from './message-view.ts';

type Page = {
  readonly hits: readonly { readonly channel: string; readonly message: MessageView }[];
  readonly partly: readonly { readonly channel: string; readonly from: number }[];
  readonly next: string | null;
  readonly channelsLeftOut: number;
};

const searching = (api: ReadApiFixture) => async (as: LoggedInPerson, query: Readonly<Record<string, string>>) =>
  (await api.requestAfterWrites(as, `/v1/messages?${new URLSearchParams(query).toString()}`)).body as unknown as Page;
const textsOf = ({ hits }: Page) => hits.map(({ message }) => message.text);

/** Somebody searches each channel, and the worker gets to its end. */
async function indexed(api: ReadApiFixture, as: LoggedInPerson, ...channels: readonly ChannelId[]) {
  for (const channel of channels) await searching(api)(as, { q: 'anything', channel });
  await api.work.advanceUntil(
    async () => (await api.work.views.getMany('searched-channels', channels)).every((index) => index !== undefined && !index.pending && index.from === 0),
    { stepMs: 10_000, patienceMs: HOUR_MS },
  );
}

test('finds words, phrases, senders and days in one’s own channels, newest first, whether they are indexed or not', async (t) => {
  await using api = await givenReadApi();
  const search = searching(api);
  const [ada, bob, eve] = [await api.person('Ada'), await api.person('Bob'), await api.person('Eve')];
  const [direct, group] = [await api.direct(ada, bob), await api.group(ada, bob, eve)];
  await api.sendMessage(ada, direct, 'The engine weaves algebra');
  await api.work.time.advance(MINUTE_MS);
  await api.sendMessage(bob, group, 'An engine, and flowers');
  await api.work.time.advance(HOUR_MS);
  const later = api.work.clock();
  await api.sendMessage(ada, group, '증기기관을 봤어요');
  await api.work.time.advance(MINUTE_MS);
  await api.sendMessage(eve, group, 'ENGINE: the Jacquard loom');
  for (const state of ['not indexed', 'indexed']) {
    t.deepEqual(textsOf(await search(ada, { q: 'engine' })), ['ENGINE: the Jacquard loom', 'An engine, and flowers', 'The engine weaves algebra'], state);
    t.deepEqual(textsOf(await search(ada, { q: '"jacquard loom" engine' })), ['ENGINE: the Jacquard loom'], state);
    t.deepEqual(textsOf(await search(ada, { q: '기관' })), ['증기기관을 봤어요'], state);
    t.deepEqual(textsOf(await search(ada, { q: 'engine', sender: bob.person })), ['An engine, and flowers'], state);
    t.deepEqual(textsOf(await search(ada, { sender: ada.person, channel: group })), ['증기기관을 봤어요'], state);
    t.deepEqual(textsOf(await search(ada, { q: 'engine', channel: direct })), ['The engine weaves algebra'], state);
    t.deepEqual(textsOf(await search(ada, { q: 'engine', from: later })), ['ENGINE: the Jacquard loom'], state);
    t.deepEqual(textsOf(await search(ada, { q: 'engine', until: later })), ['An engine, and flowers', 'The engine weaves algebra'], state);
    t.deepEqual(textsOf(await search(ada, { q: 'engine', has: 'media' })), [], state);
    t.deepEqual(textsOf(await search(eve, { q: 'engine' })), ['ENGINE: the Jacquard loom', 'An engine, and flowers'], state);
    if (state === 'not indexed') await indexed(api, ada, direct, group);
  }
  t.is((await api.requestAfterWrites(ada, '/v1/messages?q=%F0%9F%91%8B')).body.code, 'search-empty');
  t.is((await api.requestAfterWrites(eve, `/v1/messages?q=engine&channel=${direct}`)).body.code, 'channel-unknown');
});

test('pages name each hit once', async (t) => {
  await using api = await givenReadApi();
  const search = searching(api);
  const [ada, bob] = [await api.person(), await api.person()];
  const channels = [await api.direct(ada, bob), await api.group(ada, bob), await api.group(bob, ada)];
  const sent: string[] = [];
  for (let n = 0; n < 30; n++) {
    const text = `number ${n}`;
    await api.sendMessage(n % 2 === 0 ? ada : bob, channels[n % 3] as ChannelId, text);
    await api.work.time.advance(1_000);
    sent.unshift(text);
  }
  for (const state of ['not indexed', 'indexed']) {
    const found: (string | null)[] = [];
    for (let after: string | null = ''; after !== null;) {
      const page: Page = await search(ada, { q: 'number', limit: '7', ...(after === '' ? {} : { after }) });
      found.push(...textsOf(page));
      after = page.next;
    }
    t.deepEqual(found, sent, state);
    await indexed(api, ada, ...channels);
  }
});

test('finds the words of an edit, and nothing that was withdrawn or whose sender was erased, and their terms leave the index', async (t) => {
  await using api = await givenReadApi();
  const { commands, by, views, advanceUntil } = api.work;
  const search = searching(api);
  const [ada, bob] = [await api.person(), await api.person()];
  const channel = await api.group(ada, bob);
  const [first, second] = [await api.sendMessage(ada, channel, 'secret plan'), await api.sendMessage(ada, channel, 'secret wish')];
  await api.sendMessage(bob, channel, 'secret hope');
  await indexed(api, ada, channel);
  const keys = termKeys(api.work.searchSecret);
  const isKept = async (term: string) => (await views.get('postings', postingId(channel, keys.of(channel, term), 0))) !== undefined;
  t.true((await isKept('wish')) && (await isKept('hope')));
  t.is((await search(ada, { q: 'secret' })).hits.length, 3);

  await api.expectSuccess(commands.editMessage({ channel, person: ada.person, message: first, text: 'open plan' }, by(ada.person)));
  await api.expectSuccess(commands.withdrawMessage({ channel, person: ada.person, message: second }, by(ada.person)));
  t.deepEqual(textsOf(await search(ada, { q: 'secret' })), ['secret hope']);
  const within = { stepMs: 10_000, patienceMs: HOUR_MS };
  t.true((await advanceUntil(async () => !(await isKept('wish')), within)) <= MINUTE_MS);
  t.deepEqual(textsOf(await search(ada, { q: 'open' })), ['open plan']);

  await api.expectSuccess(commands.erasePerson({ person: bob.person }, by(bob.person)));
  t.deepEqual(textsOf(await search(ada, { q: 'secret' })), []);
  t.true((await advanceUntil(async () => !(await isKept('hope')) && !(await isKept('secret')), within)) <= MINUTE_MS);
  t.true((await isKept('open')) && (await isKept('plan')));
  await advanceUntil(async () => (await views.find('search-erasures', { where: { open: true }, limit: 1 })).length === 0, { ...within, stepMs: MINUTE_MS });
});

test('nobody finds, or learns that there is, what was said before they joined where the group keeps it, or in a group that they have left', async (t) => {
  await using api = await givenReadApi();
  const { commands, by } = api.work;
  const search = searching(api);
  const [ada, bob, eve] = [await api.person(), await api.person(), await api.person()];
  const opened = await api.expectSuccess(commands.openGroupChannel({ person: ada.person, members: [bob.person], history: 'since-joining' }, by(ada.person)));
  const channel = opened.id;
  await api.expectSuccess(commands.acceptInvitation({ person: bob.person, channel }, by(bob.person)));
  for (const text of ['the plan', 'another plan', 'a third plan']) await api.sendMessage(ada, channel, text);
  await api.expectSuccess(commands.addMember({ person: ada.person, channel, member: eve.person }, by(ada.person)));
  await api.expectSuccess(commands.acceptInvitation({ person: eve.person, channel }, by(eve.person)));
  await api.sendMessage(bob, channel, 'a plan for eve');
  for (const state of ['not indexed', 'indexed']) {
    for (const query of [
      { q: 'plan', limit: '1' },
      { q: 'plan', limit: '1', channel },
    ]) {
      const page = await search(eve, query);
      t.deepEqual(textsOf(page), ['a plan for eve'], state);
      t.is(page.next, null, state);
    }
    t.is((await search(bob, { q: 'plan' })).hits.length, 4, state);
    await indexed(api, ada, channel);
  }
  await api.expectSuccess(commands.leaveChannel({ person: bob.person, channel }, by(bob.person)));
  t.deepEqual((await search(bob, { q: 'plan' })).hits, []);
});

test('finds nothing that has disappeared, whether its words have left the index or not', async (t) => {
  await using api = await givenReadApi();
  const { commands, by, time, views } = api.work;
  const search = searching(api);
  const [ada, bob] = [await api.person(), await api.person()];
  const channel = await api.direct(ada, bob);
  await api.expectSuccess(commands.setDisappearing({ person: ada.person, channel, afterSeconds: 3_600 }, by(ada.person)));
  await api.sendMessage(ada, channel, 'gone in an hour');
  await indexed(api, ada, channel);
  t.is((await search(bob, { q: 'hour' })).hits.length, 1);
  time.setBy(HOUR_MS);
  t.deepEqual((await search(bob, { q: 'hour' })).hits, []);
  const hour = postingId(channel, termKeys(api.work.searchSecret).of(channel, 'hour'), 0);
  await api.work.advanceUntil(async () => (await views.get('postings', hour)) === undefined, { stepMs: 10_000, patienceMs: HOUR_MS });
  t.pass();
});
