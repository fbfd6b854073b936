/** Limits in characters and in entries hold in bytes, however a client's JSON library writes them: the longest of everything is handled, and only more ends a connection. */
import test from 'ava';
import { randomUUID } from 'node:crypto';
import { v7 } from 'uuid';
import { LINKS_LENGTH_MAX_CHARACTERS, MESSAGE_ENTITIES_MAX } from '../../domain/chat/content/message-entities.ts';
import { FILE_NAME_LENGTH_MAX_CHARACTERS } from '../../domain/chat/content/message-media.ts';
import { MENTIONS_MAX, MESSAGE_LENGTH_MAX_CHARACTERS } from '../../domain/chat/messages.ts';
import { ALT_LENGTH_MAX_CHARACTERS, ATTACHMENTS_MAX } from '../../domain/media/attachments.ts';
import type { ChannelId } from '../../domain/shared/ids.ts';
import { givenGateways, type GatewayFixture } from '../test-fixture.ts';
import { connectClient, openClient, type Account, type Client } from '../testing/client.ts';
import { CURSORS_MAX, FRAME_BYTES_MAX, UNAUTHENTICATED_FRAME_BYTES_MAX, WATCHED_PEOPLE_MAX } from './frames.ts';

let given: GatewayFixture;
let url: string;
let ann: Account;
let channel: ChannelId;

test.before(async () => {
  given = await givenGateways();
  ({ url } = await given.gateway());
  ann = await given.person();
  channel = await given.openDirectChannel(ann, await given.person());
});
test.after.always(() => given[Symbol.asyncDispose]());

/** As Python's `json` writes it: only ASCII, with everything else escaped. */
const escaped = (frame: object): string =>
  JSON.stringify(frame).replaceAll(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
const many = <Value>(count: number, make: () => Value): Value[] => Array.from({ length: count }, make);
const answerTo = (client: Client, id: string) =>
  Promise.race([client.take('ack', (ack) => ack.id === id), client.take('refused', (refused) => refused.id === id), client.closed]);

/** The most parts, of which as many are links as may be, as long as they may be. */
const longestEntities = () => {
  const url = `https://example.com/${'é'.repeat(2_000)}`;
  const links = Math.floor(LINKS_LENGTH_MAX_CHARACTERS / url.length);
  return Array.from({ length: MESSAGE_ENTITIES_MAX }, (_, i) => ({
    from: i,
    to: i + 1,
    ...(i < links ? { kind: 'link', url } : { kind: 'pre', language: 'typescript' }),
  }));
};

const LONGEST_TEXTS: Readonly<Record<string, string>> = {
  'pictures of two code units': '😀'.repeat(MESSAGE_LENGTH_MAX_CHARACTERS),
  'letters beyond ASCII': '한'.repeat(MESSAGE_LENGTH_MAX_CHARACTERS),
  'quotation marks': '"'.repeat(MESSAGE_LENGTH_MAX_CHARACTERS),
  'controls, behind a letter': `a${'\u0001'.repeat(MESSAGE_LENGTH_MAX_CHARACTERS - 1)}`,
};

for (const [name, text] of Object.entries(LONGEST_TEXTS)) {
  test(`the longest text of ${name} is sent and edited, escaped, with the most mentions and a reply`, async (t) => {
    await using client = await connectClient(url, ann, { device: randomUUID() });
    const [sent, edited] = [v7(), v7()];
    const { seq } = await client.sendMessage(channel, 'first');
    const entities = longestEntities();
    client.sendRaw(escaped({ type: 'send', channel, id: sent, text, replyTo: seq, mentions: many(MENTIONS_MAX, () => randomUUID()), entities }));
    t.like(await answerTo(client, sent), { type: 'ack' });
    client.sendRaw(escaped({ type: 'edit', channel, id: edited, message: seq, text, entities }));
    t.like(await answerTo(client, edited), { type: 'ack' });
  });
}

test('the longest text with the longest words about the most pictures comes to an answer of its own', async (t) => {
  await using client = await connectClient(url, ann, { device: randomUUID() });
  const id = v7();
  const media = many(ATTACHMENTS_MAX, () => ({
    media: randomUUID(),
    alt: '😀'.repeat(ALT_LENGTH_MAX_CHARACTERS),
    name: '😀'.repeat(FILE_NAME_LENGTH_MAX_CHARACTERS),
  }));
  client.sendRaw(escaped({ type: 'send', channel, id, text: '😀'.repeat(MESSAGE_LENGTH_MAX_CHARACTERS), media, entities: longestEntities() }));
  t.like(await answerTo(client, id), { type: 'refused', code: 'media-unknown' });
  await client.roundTrip();
});

test('a text of one character more is refused by its code, and the connection goes on', async (t) => {
  await using client = await connectClient(url, ann, { device: randomUUID() });
  const id = v7();
  client.sendRaw(escaped({ type: 'send', channel, id, text: '😀'.repeat(MESSAGE_LENGTH_MAX_CHARACTERS + 1) }));
  t.like(await answerTo(client, id), { type: 'refused', code: 'message-too-long' });
  await client.roundTrip();
});

test('a hello with the most cursors and the longest device is welcomed, a watch of the most people taken, and a reaction with every character escaped', async (t) => {
  await using client = await openClient(url);
  const cursors = Object.fromEntries(many(CURSORS_MAX, () => [randomUUID(), Number.MAX_SAFE_INTEGER]));
  client.sendRaw(escaped({ type: 'hello', token: ann.token, device: 'd'.repeat(128), cursors }));
  await client.take('welcome');
  client.sendRaw(escaped({ type: 'watch', people: many(WATCHED_PEOPLE_MAX, () => randomUUID()) }));
  const { seq } = await client.sendMessage(channel, 'first');
  const id = v7();
  client.sendRaw(escaped({ type: 'react', channel, id, message: seq, emoji: '👩🏻‍❤️‍💋‍👨🏿', change: 'added' }));
  t.like(await answerTo(client, id), { type: 'ack' });
});

test('until it is welcomed a connection takes no frame that is longer than a hello may be', async (t) => {
  for (const frame of ['x'.repeat(UNAUTHENTICATED_FRAME_BYTES_MAX + 1), escaped({ type: 'send', channel, id: v7(), text: '😀'.repeat(10_000) })]) {
    await using client = await openClient(url);
    client.sendRaw(frame);
    t.is((await client.closed).code, 1009);
  }
});

test('a frame beyond the longest ends the connection with 1009', async (t) => {
  await using client = await connectClient(url, ann, { device: randomUUID() });
  client.sendRaw('x'.repeat(FRAME_BYTES_MAX + 1));
  t.is((await client.closed).code, 1009);
});
