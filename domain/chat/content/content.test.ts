/** What messages are made of beside their text, and what is pinned of them. */
import test from 'ava';
import fc from 'fast-check';
import { given } from '../../shared/given-when-then.ts';
import { erased } from '../../shared/event.ts';
import type { ChannelId, MediaId, PersonId } from '../../shared/ids.ts';
import { instant } from '../../shared/instant.ts';
import { charactersIn } from '../../shared/text/text.ts';
import type { AttachmentTarget } from '../../media/attachments.ts';
import type { MediaKind, ObjectKey } from '../../media/media-facts.ts';
import { channel as channelDecider } from '../channel.ts';
import { evolveChannel, type ChannelState } from '../channel-state.ts';
import type { ChannelEvent, MessagesEvent } from '../events.ts';
import { messageEntryOf } from '../message-entry.ts';
import { messages } from '../messages.ts';
import { QUOTE_LENGTH_MAX_CHARACTERS } from './cut-quote.ts';
import { LINKS_LENGTH_MAX_CHARACTERS, MESSAGE_ENTITIES_MAX, refusalOfEntities, type MessageEntity } from './message-entities.ts';
import { PINS_MAX } from './pins.ts';

const at = instant(0);
const channel = 'room' as ChannelId;
const [ann, bob, cid] = ['ann', 'bob', 'cid'] as PersonId[] as [PersonId, PersonId, PersonId];
const membership: ChannelState = evolveChannel(
  { status: 'none' },
  { type: 'chat.channel-opened.v1', data: { channel, kind: 'group', owner: ann, members: [ann, bob], at } },
);
const posted = (more = {}, messageCount = 1): MessagesEvent => ({
  type: 'chat.message-posted.v1',
  data: { channel, sender: ann, text: 'Hello Bob', clientId: 'c-1', at, messageCount, ...more },
});
const post = { type: 'post', channel, actor: ann, membership, relation: 'clear', text: 'Hello Bob', clientId: 'c-1', at } as const;

const TEXT = 'Hello 👋🏽 Bob';
const bold = (from: number, to: number): MessageEntity => ({ kind: 'bold', from, to });
const codeOf = (entities: readonly MessageEntity[], text = TEXT) => {
  const refusal = refusalOfEntities(entities, text);
  return refusal?.outcome === 'refused' ? refusal.refusal.code : undefined;
};

test('parts of a text lie in it, in one another or apart', (t) => {
  const all = charactersIn(TEXT);
  t.is(codeOf([bold(0, all), { kind: 'italic', from: 0, to: 5 }, bold(6, 8), { kind: 'link', from: 9, to: all, url: 'https://example.com/' }]), undefined);
  for (const wrong of [bold(0, all + 1), bold(-1, 2), bold(3, 3), bold(4, 2), bold(0.5, 2)]) t.is(codeOf([wrong]), 'entity-invalid', JSON.stringify(wrong));
  t.is(codeOf([bold(0, 5), { kind: 'italic', from: 3, to: 8 }]), 'entity-invalid', 'one that crosses another');
  t.is(codeOf([{ kind: 'code', from: 0, to: 5 }, bold(1, 3)]), 'entity-invalid', 'in code nothing lies');
  const link = (from: number, to: number): MessageEntity => ({ kind: 'link', from, to, url: 'https://example.com/' });
  t.is(codeOf([link(0, 8), bold(0, 6), link(1, 3)]), 'entity-invalid', 'a link in a link, wherever in it');
  t.is(codeOf(Array.from({ length: MESSAGE_ENTITIES_MAX + 1 }, () => bold(0, 1))), 'too-many-entities');
});

test('a link runs nothing, names no person before its host, and all of a message are no longer than they may be', (t) => {
  const link = (url: string): MessageEntity => ({ kind: 'link', from: 0, to: 1, url });
  for (const url of ['https://example.com/', 'http://example.com/a?b#c', 'mailto:ann@example.com', 'https://예시.한국/'])
    t.is(codeOf([link(url)]), undefined, url);
  for (const url of [
    'javascript:alert(1)',
    ' javascript:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'example.com',
    '//example.com',
    'https://bank.example@evil.example/',
    'https://evil.example/\u202e/elpmaxe.knab//:sptth',
    'https://evil.example/\u2067bank.example\u2069',
    '',
    `https://example.com/${'a'.repeat(2_048)}`,
  ])
    t.is(codeOf([link(url)]), 'entity-invalid', url);
  const long = (from: number): MessageEntity => ({ kind: 'link', from, to: from + 1, url: `https://example.com/${'a'.repeat(2_000)}` });
  const text = 'a'.repeat(20);
  t.is(
    codeOf(
      Array.from({ length: Math.ceil(LINKS_LENGTH_MAX_CHARACTERS / 2_000) }, (_, i) => long(i)),
      text,
    ),
    'links-too-long',
  );
});

test('what is accepted never crosses, whatever a client sends', (t) => {
  const entity = fc.record({ kind: fc.constantFrom('bold' as const, 'code' as const, 'quote' as const), from: fc.nat(8), to: fc.nat(9) });
  fc.assert(
    fc.property(fc.array(entity, { maxLength: 6 }), (entities) => {
      if (refusalOfEntities(entities, 'abcdefgh') !== undefined) return;
      for (const one of entities)
        for (const other of entities) {
          const areApart = one.to <= other.from || other.to <= one.from;
          const isWithin = (one.from <= other.from && other.to <= one.to) || (other.from <= one.from && one.to <= other.to);
          t.true(areApart || isWithin, JSON.stringify(entities));
        }
    }),
    { numRuns: 100, examples: [[[{ kind: 'bold', from: 0, to: 2 }]]] },
  );
});

test('a mention in the text mentions a member, and one of anybody else is left out', (t) => {
  const mention = (person: PersonId, from: number): MessageEntity => ({ kind: 'mention', from, to: from + 3, person });
  given(messages)
    .when({ ...post, entities: [mention(bob, 6), mention(cid, 0)] })
    .then(t, posted({ mentions: [bob], entities: [mention(bob, 6)] }));
  given(messages)
    .when({ ...post, entities: [mention(bob, 6)], blockedMentions: new Set([bob]) })
    .then(t, posted());
});

const variants = [{ name: 'full', object: 'o' as ObjectKey, type: 'a/b', bytes: 1 }] as const;
const target = (kind: MediaKind, more: Partial<AttachmentTarget> & { readonly name?: string } = {}) => ({
  media: kind as string as MediaId,
  state: { status: 'ready', owner: ann, objects: [] } as const,
  facts: { kind, variants },
  ...more,
});

test('a message shows pictures, sound and files of one’s own, and needs no text then', (t) => {
  const shown = { kind: 'file', variants, media: 'file' as MediaId, alt: null, name: 'minutes.pdf' };
  given(messages)
    .when({ ...post, text: '', media: [target('file', { name: 'minutes.pdf' })] })
    .then(t, posted({ text: '', media: [shown], mediaCount: 1 }));
  given(messages)
    .when({ ...post, text: ' ' })
    .thenRefused(t, 'message-empty');
  for (const [media, code] of [
    [target('image', { state: { status: 'ready', owner: bob, objects: [] } }), 'media-unknown'],
    [target('image', { state: { status: 'uploaded', owner: ann } }), 'media-not-ready'],
    [target('file', { name: ' ' }), 'file-name-empty'],
    [target('file', { name: 'a\nb' }), 'text-not-one-line'],
    [target('file', { name: 'a'.repeat(300) }), 'file-name-too-long'],
  ] as const)
    given(messages)
      .when({ ...post, media: [media] })
      .thenRefused(t, code);
});

test('an edit of a message that shows something may leave no text, and its withdrawal tells how much it showed', (t) => {
  const of = { channel, actor: ann, membership, relation: 'clear', message: 0, target: posted({ mediaCount: 2, media: erased }) } as const;
  given(messages, posted())
    .when({ type: 'edit', ...of, text: '', entities: [] })
    .then(t, { type: 'chat.message-edited.v1', data: { channel, message: 0, sender: ann, text: '', messageCount: 1 } });
  given(messages, posted())
    .when({ type: 'withdraw', ...of })
    .then(t, { type: 'chat.message-withdrawn.v1', data: { channel, message: 0, by: ann, mediaCount: 2, messageCount: 1 } });
});

test('a quote is cut out of the text that is named, and belongs to who said it', (t) => {
  const original = posted({ sender: bob, text: TEXT });
  const edit: MessagesEvent = { type: 'chat.message-edited.v1', data: { channel, message: 4, sender: bob, text: 'Good day', messageCount: 1 } };
  const reply = { ...post, replyTo: { message: 4, target: original } };
  const quoting = (text: string, from: number) => posted({ replyTo: 4, quote: { text, from }, quotedSender: bob });
  given(messages)
    .when({ ...reply, quote: { from: 6, to: 12, version: original, isEdit: false } })
    .then(t, quoting('👋🏽 Bob', 6));
  given(messages)
    .when({ ...reply, quote: { from: 0, to: 4, version: edit, isEdit: true } })
    .then(t, quoting('Good', 0));
  const refused = (quote: object, code: 'quote-invalid' | 'quote-too-long' | 'message-withdrawn' | 'message-disappeared', to: object = {}) =>
    given(messages)
      .when({ ...reply, replyTo: { ...reply.replyTo, ...to }, quote: { from: 0, to: 4, version: original, isEdit: false, ...quote } })
      .thenRefused(t, code);
  refused({ to: 100 }, 'quote-invalid');
  refused({ from: 4 }, 'quote-invalid');
  refused({ from: -1 }, 'quote-invalid');
  refused({ version: undefined }, 'quote-invalid');
  refused({ version: edit }, 'quote-invalid');
  refused({ version: original, isEdit: true }, 'quote-invalid');
  refused({ version: { ...edit, data: { ...edit.data, message: 5 } }, isEdit: true }, 'quote-invalid');
  refused({ version: posted({ text: erased }) }, 'quote-invalid');
  refused({ to: QUOTE_LENGTH_MAX_CHARACTERS + 1, version: posted({ text: 'a'.repeat(2_000) }) }, 'quote-too-long');
  refused({}, 'message-withdrawn', { isClosed: true });
  refused({}, 'message-disappeared', { hasDisappeared: true });
  given(messages)
    .when({ ...post, quote: { from: 0, to: 4, version: original, isEdit: false } })
    .thenRefused(t, 'quote-invalid');
});

test('of an erased sender’s message nothing is told, nor what it quotes of another; and of a quoted person who was erased no words', (t) => {
  const told = (more: object) =>
    messageEntryOf({ ...posted({ replyTo: 0, quote: { text: 'Hello', from: 0 }, quotedSender: bob, ...more }), revision: 1, metadata: { at } });
  t.like(told({}), { quote: { text: 'Hello', from: 0 } });
  t.like(told({ quote: erased }), { text: 'Hello Bob', quote: null });
  const gone = told({ text: erased, entities: erased, media: erased, mediaCount: 1 });
  t.like(gone, { text: null });
  for (const field of ['quote', 'entities', 'media']) t.false(field in gone, field);
});

const group: ChannelEvent = { type: 'chat.channel-opened.v1', data: { channel, kind: 'group', owner: ann, members: [ann, bob], at } };
const pinned = (message: number): ChannelEvent => ({ type: 'chat.message-pinned.v1', data: { channel, message, by: ann, at } });
const unpinned = (message: number): ChannelEvent => ({ type: 'chat.message-unpinned.v1', data: { channel, message, by: ann } });
const pin = { type: 'pin', channel, actor: ann, message: 3, relation: 'clear', target: posted(), isClosed: false, hasDisappeared: false, at } as const;
const unpin = { type: 'unpin', channel, actor: ann, message: 3, relation: 'clear' } as const;

test('a member pins a message and unpins it, each once', (t) => {
  given(channelDecider, group).when(pin).then(t, pinned(3));
  given(channelDecider, group, pinned(3)).when(pin).then(t);
  given(channelDecider, group, pinned(3)).when(unpin).then(t, unpinned(3));
  given(channelDecider, group, pinned(3), unpinned(3)).when(unpin).then(t);
  given(channelDecider, group, pinned(3), unpinned(3)).when(pin).then(t, pinned(3));
});

test('only a message that is there is pinned, by a member, and not too many', (t) => {
  for (const [wrong, code] of [
    [{ actor: cid }, 'channel-unknown'],
    [{ target: undefined }, 'message-unknown'],
    [{ isClosed: true }, 'message-withdrawn'],
    [{ hasDisappeared: true }, 'message-disappeared'],
    [{ relation: 'blocked' }, 'blocked'],
  ] as const)
    given(channelDecider, group)
      .when({ ...pin, ...wrong })
      .thenRefused(t, code);
  const joined: ChannelEvent = { type: 'chat.member-joined.v1', data: { channel, member: cid, by: ann, messageCount: 1, readsFrom: 4, at } };
  for (const state of [{}, { isClosed: true }, { hasDisappeared: true }])
    given(channelDecider, group, joined)
      .when({ ...pin, actor: cid, ...state })
      .thenRefused(t, 'message-unknown');
  const full = Array.from({ length: PINS_MAX }, (_, i) => pinned(i + 10));
  given(channelDecider, group, ...full)
    .when(pin)
    .thenRefused(t, 'pins-full', { max: PINS_MAX });
  given(channelDecider, group, ...full, unpinned(10))
    .when(pin)
    .then(t, pinned(3));
});

test('in an announcement channel those who write pin', (t) => {
  const announcement: ChannelEvent = { ...group, data: { ...group.data, kind: 'announcement' } } as ChannelEvent;
  given(channelDecider, announcement)
    .when({ ...pin, actor: bob })
    .thenRefused(t, 'not-an-admin');
  given(channelDecider, announcement).when(pin).then(t, pinned(3));
});
