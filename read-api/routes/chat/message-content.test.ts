/** What messages show, quote and said before, and what is pinned: who may read it, and when it is gone. */
import test from 'ava';
import type { PostMessage } from '../../../commands/chat/messages.ts';
import { REMOVAL_GRACE_MS, media as mediaDecider } from '../../../domain/media/media.ts';
import type { ChannelId, MediaId } from '../../../domain/shared/ids.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../domain/shared/instant.ts';
import { mediaStream } from '../../../domain/shared/streams.ts';
import { picture, upload } from '../../media/test-fixture.ts';
import { givenReadApi, type LoggedInPerson, type ReadApiFixture } from '../../test-fixture.ts';
import type { MessageView } from './message-view.ts';

let api: ReadApiFixture;
test.before(async () => {
  api = await givenReadApi();
});
test.after.always(() => api[Symbol.asyncDispose]());

async function send({ person: sender }: LoggedInPerson, channel: ChannelId, message: Partial<PostMessage>): Promise<number> {
  const handled = await api.expectSuccess(api.work.commands.postMessage({ channel, sender, text: '', clientId: 'c', ...message }, api.work.by(sender)));
  return handled.outcome === 'refused' ? -1 : handled.revision;
}

const messageFor = async (reader: LoggedInPerson, channel: ChannelId, seq: number) => {
  const { status, body } = await api.requestAfterWrites(reader, `/v1/channels/${channel}/messages/${seq}`);
  return { status, message: body as unknown as MessageView };
};
const edit = ({ person }: LoggedInPerson, channel: ChannelId, message: number, text: string) =>
  api.expectSuccess(api.work.commands.editMessage({ channel, person, message, text }, api.work.by(person)));
const withdraw = ({ person }: LoggedInPerson, channel: ChannelId, message: number) =>
  api.expectSuccess(api.work.commands.withdrawMessage({ channel, person, message }, api.work.by(person)));
const statusOf = async (address: string, headers: Record<string, string> = {}) => (await fetch(api.url + address, { headers })).status;
const bearer = ({ token }: LoggedInPerson) => ({ authorization: `Bearer ${token}` });

test.serial('a picture and a file of a message are told of without a key, and loaded by members alone', async (t) => {
  const [ann, bob, eve] = [await api.person('Ann'), await api.person('Bob'), await api.person('Eve')];
  const channel = await api.group(ann, bob);
  const minutes = new TextEncoder().encode('<script>alert(1)</script>');
  const [shown, file] = [await upload(api, ann, await picture('red')), await upload(api, ann, minutes, { purpose: { kind: 'file', type: 'text/html' } })];
  const seq = await send(ann, channel, {
    media: [
      { media: shown, alt: 'All red.' },
      { media: file, name: 'minutes (1).html' },
    ],
  });
  const { message } = await messageFor(bob, channel, seq);
  t.like(message, {
    text: '',
    media: [
      { kind: 'image', alt: 'All red.', width: 640, height: 480, smaller: ['small'] },
      { kind: 'file', name: 'minutes (1).html' },
    ],
  });
  t.false(JSON.stringify(message).includes('object'), 'nobody learns a key');
  const { body: inbox } = await api.requestAfterWrites(bob, '/v1/me/inbox');
  t.deepEqual(inbox.channels.find((one) => one.channel === channel)?.last?.media, ['image', 'file']);
  const [of = '', attached = ''] = message.media.map(({ url }) => url);

  const whole = await fetch(api.url + of);
  t.deepEqual([whole.status, whole.headers.get('content-type'), whole.headers.get('cache-control')], [200, 'image/jpeg', 'private, max-age=600']);
  const small = await fetch(`${api.url}${of}&variant=small`);
  t.true((await small.arrayBuffer()).byteLength < (await whole.arrayBuffer()).byteLength);
  const download = await fetch(api.url + attached);
  t.like(Object.fromEntries(download.headers), {
    'content-type': 'application/octet-stream',
    'content-disposition': "attachment; filename*=UTF-8''minutes%20%281%29.html",
    'x-content-type-options': 'nosniff',
  });
  t.is(await download.text(), '<script>alert(1)</script>');

  const [path = '', query = ''] = of.split('?');
  t.is(await statusOf(path, bearer(bob)), 200, 'with a token instead of a signature');
  t.is(await statusOf(path), 404, 'not without either');
  t.is(await statusOf(path, bearer(eve)), 404, 'nor for who is no member');
  t.is(await statusOf(`${path}?${query.replace(bob.person, eve.person)}`), 404, 'nor with that of another');
  t.is(await statusOf(of.replace('/media/0', '/media/1')), 404, 'nor for another file');
  await api.expectSuccess(api.work.commands.removeMember({ person: ann.person, channel, member: bob.person }, api.work.by(ann.person)));
  t.is(await statusOf(of), 404, 'nor for who was removed');
  t.is((await messageFor(bob, channel, seq)).status, 404);
  const own = (await messageFor(ann, channel, seq)).message.media[0]?.url ?? '';
  await withdraw(ann, channel, seq);
  await api.work.untilIdle();
  t.is(await statusOf(own), 404, 'nor when it is withdrawn');
  t.like((await messageFor(ann, channel, seq)).message, { text: null, media: [], withdrawn: true });
});

test.serial('what only a withdrawn message showed goes, what another shows stays, and posts show no files', async (t) => {
  const { work } = api;
  const ann = await api.person('Ann');
  const channel = await api.group(ann);
  const [dropped, kept] = [await upload(api, ann, await picture('green')), await upload(api, ann, await picture('blue'))];
  const file = await upload(api, ann, new TextEncoder().encode('text'), { purpose: { kind: 'file', type: 'text/plain' } });
  const first = await send(ann, channel, { media: [{ media: dropped }, { media: kept }] });
  await send(ann, channel, { media: [{ media: kept }, { media: file }] });
  await withdraw(ann, channel, first);
  await work.untilIdle();
  const stateOf = async (id: MediaId) => (await work.loadState(mediaDecider, mediaStream(id))).state.status;
  work.time.setBy(DAY_MS);
  await work.advanceUntil(async () => (await stateOf(dropped)) === 'leaving', { stepMs: MINUTE_MS });
  work.time.setBy(REMOVAL_GRACE_MS);
  await work.advanceUntil(async () => (await stateOf(dropped)) === 'removed', { stepMs: MINUTE_MS });
  t.deepEqual([await stateOf(kept), await stateOf(file)], ['ready', 'ready']);
  const { handled } = await work.commands.publishPost({ author: ann.person, text: '', media: [{ media: file }] }, work.by(ann.person));
  t.like(handled, { outcome: 'refused', refusal: { code: 'media-type-refused' } });
});

test.serial('former texts are listed newest first to who may read the message, and are gone when it is withdrawn', async (t) => {
  const [ann, bob, eve] = [await api.person('Ann'), await api.person('Bob'), await api.person('Eve')];
  const channel = await api.group(ann, bob);
  const seq = await send(ann, channel, { text: 'Helo', entities: [{ kind: 'bold', from: 0, to: 4 }] });
  const edits = async (reader: LoggedInPerson) => {
    const { status, body } = await api.requestAfterWrites(reader, `/v1/channels/${channel}/messages/${seq}/edits`);
    return { status, body: body as object };
  };
  t.like((await edits(bob)).body, { edits: [], next: null });
  await edit(ann, channel, seq, 'Hello');
  await send(bob, channel, { text: 'Between' });
  await edit(ann, channel, seq, 'Hello Bob');
  t.like((await edits(bob)).body, {
    edits: [
      { text: 'Hello', entities: [] },
      { seq, text: 'Helo', entities: [{ kind: 'bold', from: 0, to: 4 }] },
    ],
    next: null,
  });
  t.like((await messageFor(bob, channel, seq)).message, { text: 'Hello Bob', entities: [] });
  t.is((await edits(eve)).status, 404);
  await withdraw(ann, channel, seq);
  t.like((await edits(bob)).body, { edits: [], next: null });
});

test.serial('a quote is shown until who said it takes it back, or is erased', async (t) => {
  const [ann, bob] = [await api.person('Ann'), await api.person('Bob')];
  const channel = await api.group(ann, bob);
  const [one, other] = [await send(bob, channel, { text: 'A secret of mine' }), await send(bob, channel, { text: 'Another one' })];
  const quoting = (of: number) => send(ann, channel, { text: 'This?', replyTo: of, quote: { from: 2, to: 8 } });
  const [first, second] = [await quoting(one), await quoting(other)];
  const quoteIn = async (seq: number) => (await messageFor(ann, channel, seq)).message.quote;
  t.deepEqual(await quoteIn(first), { text: 'secret', from: 2 });
  await withdraw(bob, channel, one);
  t.is(await quoteIn(first), null);
  await api.work.untilIdle();
  const keptOf = async (seq: number) => (await api.work.views.get('message-quotes', `${channel}:${String(seq).padStart(12, '0')}`))?.quote;
  t.is(await keptOf(first), null, 'nor is it kept in the views');
  t.deepEqual(await quoteIn(second), { text: 'other ', from: 2 });
  await api.expectSuccess(api.work.commands.erasePerson({ person: bob.person }, api.work.by(bob.person)));
  await api.work.untilIdle();
  t.is(await quoteIn(second), null);
  t.like((await messageFor(ann, channel, second)).message, { text: 'This?' });
  t.is(await keptOf(second), null, 'nothing of it is in the views');
});

test.serial('pinned messages are listed, the last pinned one first, with a notice each, and not to who may not read them', async (t) => {
  const [ann, bob, cyd] = [await api.person('Ann'), await api.person('Bob'), await api.person('Cyd')];
  const channel = await api.group(ann, bob);
  const [one, other] = [await send(ann, channel, { text: 'Rules' }), await send(bob, channel, { text: 'Address' })];
  const pin = ({ person }: LoggedInPerson, message: number) =>
    api.expectSuccess(api.work.commands.pinMessage({ person, channel, message }, api.work.by(person)));
  await pin(ann, one);
  await pin(bob, other);
  const pins = async (reader: LoggedInPerson) => {
    const { status, body } = await api.requestAfterWrites(reader, `/v1/channels/${channel}/pins`);
    const { pins: shown, gone } = body as unknown as { readonly pins?: readonly MessageView[]; readonly gone?: readonly number[] };
    return { status, seqs: shown?.map(({ seq }) => seq), gone };
  };
  t.deepEqual((await pins(bob)).seqs, [other, one]);
  const pinNotices = async () => {
    const { body } = await api.requestAfterWrites(ann, `/v1/channels/${channel}/messages`);
    return body.messages.flatMap(({ sender, notice }) => (notice?.kind === 'pinned' ? [[sender, notice.message]] : []));
  };
  // A notice follows its change, whose position it need not have.
  for (let tries = 0; tries < 100 && (await pinNotices()).length < 2; tries++) await new Promise((resolve) => setTimeout(resolve, 100));
  t.deepEqual(await pinNotices(), [
    [ann.person, one],
    [bob.person, other],
  ]);
  t.is((await pins(cyd)).status, 404);
  await api.expectSuccess(api.work.commands.setChannelHistory({ person: ann.person, channel, history: 'since-joining' }, api.work.by(ann.person)));
  await api.friends(ann, cyd);
  await api.expectSuccess(api.work.commands.addMember({ person: ann.person, channel, member: cyd.person }, api.work.by(ann.person)));
  t.like(await pins(cyd), { seqs: [], gone: [] }, 'who joined later reads nothing from before');
  t.is((await api.requestAfterWrites(cyd, `/v1/channels/${channel}/messages/${one}/edits`)).status, 404);
  await withdraw(bob, channel, other);
  t.like(await pins(bob), { seqs: [one], gone: [other] }, 'what was withdrawn keeps its place, and can be found');
  t.like(await pins(cyd), { seqs: [], gone: [] });
  await api.expectSuccess(api.work.commands.unpinMessage({ person: bob.person, channel, message: one }, api.work.by(bob.person)));
  t.deepEqual((await pins(bob)).seqs, []);
});

test.serial('of an erased sender’s message nothing is left: neither its picture, nor what it was made of', async (t) => {
  const { work } = api;
  const [ann, bob] = [await api.person('Ann'), await api.person('Bob')];
  const channel = await api.group(ann, bob);
  const seq = await send(bob, channel, {
    text: 'Look',
    entities: [{ kind: 'bold', from: 0, to: 4 }],
    media: [{ media: await upload(api, bob, await picture('teal')) }],
  });
  await edit(bob, channel, seq, 'Look!');
  const url = (await messageFor(ann, channel, seq)).message.media[0]?.url ?? '';
  t.is(await statusOf(url), 200);
  await api.expectSuccess(work.commands.erasePerson({ person: bob.person }, work.by(bob.person)));
  await work.untilIdle();
  t.is(await statusOf(url), 404);
  t.like((await messageFor(ann, channel, seq)).message, { text: null, media: [], entities: [], quote: null });
  t.like((await api.requestAfterWrites(ann, `/v1/channels/${channel}/messages/${seq}/edits`)).body as object, { edits: [] });
});

test.serial('an address of a picture ends', async (t) => {
  const ann = await api.person('Ann');
  const channel = await api.group(ann);
  const seq = await send(ann, channel, { media: [{ media: await upload(api, ann, await picture('gold')) }] });
  const url = (await messageFor(ann, channel, seq)).message.media[0]?.url ?? '';
  t.is(await statusOf(url), 200);
  api.work.time.setBy(2 * HOUR_MS);
  t.is(await statusOf(url), 404);
});
