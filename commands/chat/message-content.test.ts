/** What messages show, on the log: from uploads of one's own, once however often it is sent, and the longest of everything at once. */
import { randomUUID } from 'node:crypto';
import test from 'ava';
import { FILE_NAME_LENGTH_MAX_CHARACTERS } from '../../domain/chat/content/message-media.ts';
import { LINKS_LENGTH_MAX_CHARACTERS, MESSAGE_ENTITIES_MAX, type MessageEntity } from '../../domain/chat/content/message-entities.ts';
import { QUOTE_LENGTH_MAX_CHARACTERS } from '../../domain/chat/content/cut-quote.ts';
import { MESSAGE_LENGTH_MAX_CHARACTERS } from '../../domain/chat/messages.ts';
import { ALT_LENGTH_MAX_CHARACTERS, ATTACHMENTS_MAX } from '../../domain/media/attachments.ts';
import type { MediaFacts, ObjectKey } from '../../domain/media/media-facts.ts';
import type { MediaId, PersonId } from '../../domain/shared/ids.ts';
import { mediaStream, messagesStream } from '../../domain/shared/streams.ts';
import { codeOf, eventsIn, givenCommands, signUp, type CommandsFixture, type Process } from '../test-fixture.ts';

const variant = (name: 'full' | 'medium' | 'small') =>
  ({ name, object: `${'f'.repeat(43)}/${'o'.repeat(43)}` as ObjectKey, type: 'image/jpeg', bytes: 100_000, width: 2_560, height: 1_920 }) as const;
const FACTS: MediaFacts = {
  kind: 'image',
  variants: [variant('full'), variant('medium'), variant('small')],
  blurHash: 'LEHV6nWB2yk8pyo0adR*.7kCMdnj',
};

async function uploadOf(given: CommandsFixture, { commands }: Process, owner: PersonId): Promise<MediaId> {
  const media = randomUUID() as MediaId;
  await commands.endUpload({ media, owner, bytes: 100 }, given.context(owner));
  await commands.makeMediaReady({ media, facts: FACTS }, given.context('system:prepare-media'));
  return media;
}

/** The least room is taken by letters; a control takes six bytes in JSON. */
const CONTROL = '\u0001';

test('the longest text with the longest of everything beside it is one message', async (t) => {
  await using given = await givenCommands();
  const process = given.process();
  const { commands } = process;
  const ann = await signUp(given, process, 'ann');
  const { id: channel } = await commands.openGroupChannel({ person: ann, members: [] }, given.context(ann));
  const text = `a${CONTROL.repeat(MESSAGE_LENGTH_MAX_CHARACTERS - 1)}`;
  const post = (more: object) => commands.postMessage({ channel, sender: ann, text, clientId: 'c', ...more }, given.context(ann));
  t.is(codeOf(await post({})), 'appended');
  const url = `https://example.com/${'한'.repeat(2_000)}`;
  const links = Math.floor(LINKS_LENGTH_MAX_CHARACTERS / url.length);
  const entities = Array.from({ length: MESSAGE_ENTITIES_MAX }, (_, i): MessageEntity => ({
    from: i,
    to: i + 1,
    ...(i < links ? { kind: 'link', url } : { kind: 'pre', language: 'typescript' }),
  }));
  const media = await Promise.all(
    Array.from({ length: ATTACHMENTS_MAX }, async () => ({
      media: await uploadOf(given, process, ann),
      alt: CONTROL.repeat(ALT_LENGTH_MAX_CHARACTERS),
      name: '😀'.repeat(FILE_NAME_LENGTH_MAX_CHARACTERS),
    })),
  );
  const handled = await post({ entities, media, replyTo: 0, quote: { from: 1, to: QUOTE_LENGTH_MAX_CHARACTERS + 1 } });
  t.is(codeOf(handled), 'appended');
  const stored = (await eventsIn(given, messagesStream(channel))).at(-1);
  // EventStoreDB takes 1 MiB in an append.
  t.true((stored?.data.length ?? Infinity) + (stored?.metadata.length ?? 0) < 1_024 * 1_024);
});

test('a message shows uploads of one’s own that are ready, and is posted once however often it is sent', async (t) => {
  await using given = await givenCommands();
  const [process, other] = [given.process(), given.process()];
  const { commands } = process;
  const [ann, bob] = [await signUp(given, process, 'ann'), await signUp(given, process, 'bob')];
  const { id: channel } = await commands.openGroupChannel({ person: ann, members: [] }, given.context(ann));
  const [own, theirs] = [await uploadOf(given, process, ann), await uploadOf(given, process, bob)];
  const post = (media: MediaId, key: string, by = commands) =>
    by.postMessage({ channel, sender: ann, text: '', clientId: key, media: [{ media }] }, given.context(ann, { key, body: { media } }));
  t.is(codeOf(await post(theirs, 'theirs')), 'media-unknown');
  t.is(codeOf(await post(randomUUID() as MediaId, 'none')), 'media-unknown');
  const results = await Promise.all([post(own, 'own'), post(own, 'own', other.commands), post(own, 'own')]);
  t.deepEqual(
    results.map((result) => (result.outcome === 'refused' ? result.refusal.code : result.revision)),
    [0, 0, 0],
  );
  const [posted, more] = await eventsIn(given, messagesStream(channel));
  t.is(more, undefined);
  const relied = posted === undefined ? undefined : (await given.codec.decode(posted)).metadata.relied;
  t.is(relied?.[mediaStream(own)], 1, 'what was read of the upload is told');
  await commands.beginMediaRemoval({ media: own }, given.context('system:unused-media'));
  t.is(codeOf(await post(own, 'late')), 'media-unknown', 'what leaves is referred to no more');
  t.is(codeOf(await post(own, 'own')), 'appended', 'but what was sent before is answered as before');
});
