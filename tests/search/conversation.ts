/** What people say in three channels, change and take back, at random; and what a search has to find of it, by reading all of it. */
import fc from 'fast-check';
import { matchesWords, messageTerms, searchedWords } from '../../domain/chat/search/words.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import { plus } from '../../domain/shared/instant.ts';
import { indexingStream, messagesStream, userStream } from '../../domain/shared/streams.ts';
import { START, type SearchFixture } from './given-search.ts';

export const CHANNELS = ['hall', 'room', 'yard'] as unknown as readonly [ChannelId, ChannelId, ChannelId];
export const SENDERS = ['ann', 'bob', 'cyd'] as unknown as readonly [PersonId, PersonId, PersonId];
const WORDS = ['sail', 'loom', 'Ärger', '증기기관', '기관', '水車'] as const;
export const SEARCHES = [['loom'], ['sail arger'], ['"loom sail"'], ['기관'], ['水'], ['loom', SENDERS[0]]] as const;
/** So many are there before anything else, in the first channel: more than a block, and several ranges. */
const SAID_BEFORE = 560;

const channel = fc.constantFrom(...CHANNELS);
const words = fc.array(fc.constantFrom(...WORDS), { maxLength: 3 }).map((some) => some.join(' '));
const kill = fc.option(fc.record({ after: fc.nat(30), made: fc.boolean() }), { nil: undefined, freq: 2 });
export const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant('say' as const), channel, sender: fc.constantFrom(...SENDERS), words }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('edit' as const), which: fc.nat(), words }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('withdraw' as const), which: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('erase' as const), sender: fc.constantFrom(...SENDERS.slice(1)) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('begin' as const), channel }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('project' as const), which: fc.constantFrom('messages', 'search'), count: fc.nat(20) }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('index' as const), kill, documentsMax: fc.constantFrom(3, 20, 1_000) }) },
);
export type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;

type Message = { readonly channel: ChannelId; readonly seq: number; readonly sender: PersonId; text: string | null };

export const nameOf = ({ channel: of, seq }: { readonly channel: ChannelId; readonly seq: number }): string => `${of} ${seq}`;

export async function startConversation(given: SearchFixture) {
  const said: Message[] = [];
  const counts = new Map<ChannelId, number>();
  const [erased, begun, edited] = [new Set<PersonId>(), new Set<ChannelId>(), new Set<Message>()];
  let seconds = 0;

  const posted = (of: ChannelId, sender: PersonId, text: string) => {
    const messageCount = (counts.get(of) ?? 0) + 1;
    counts.set(of, messageCount);
    const at = plus(START, seconds++ * 1_000);
    return { type: 'chat.message-posted.v1', data: { channel: of, sender, text, clientId: `c${seconds}`, at, messageCount } } as const;
  };
  const change = async (which: number, text: string | null) => {
    const open = said.filter((one) => !erased.has(one.sender) && one.text !== null);
    const message = open[which % Math.max(1, open.length)];
    if (message === undefined) return;
    const { channel: of, seq, sender } = message;
    const common = { channel: of, message: seq, messageCount: counts.get(of) ?? 0 };
    message.text = text;
    edited.add(message);
    await given.append(messagesStream(of), [
      text === null
        ? { type: 'chat.message-withdrawn.v1', data: { ...common, by: sender } }
        : { type: 'chat.message-edited.v1', data: { ...common, sender, text } },
    ]);
  };
  const erase = async (sender: PersonId) => {
    erased.add(sender);
    for (const message of said) if (message.sender === sender) message.text = null;
    await given.keyring.erase(sender, START);
    await given.append(userStream(sender), [{ type: 'people.person-erased.v1', data: { login: 'h' } }]);
  };

  const before = Array.from({ length: SAID_BEFORE }, (_, i) => posted(CHANNELS[0], SENDERS[i % 3] as PersonId, `${WORDS[i % 5]} ${WORDS[(i >> 3) % 6]}`));
  await given.append(messagesStream(CHANNELS[0]), before);
  for (const [seq, { data }] of before.entries()) said.push({ channel: CHANNELS[0], seq, sender: data.sender, text: data.text });

  return {
    begun: begun as ReadonlySet<ChannelId>,
    /** Whether its words may be found some time after it was changed. */
    isEdited: (name: string) => [...edited].some((message) => nameOf(message) === name),
    take: async (one: Step): Promise<void> => {
      switch (one.type) {
        case 'say': {
          if (erased.has(one.sender)) return;
          const seq = await given.append(messagesStream(one.channel), [posted(one.channel, one.sender, one.words)]);
          said.push({ channel: one.channel, seq, sender: one.sender, text: one.words });
          return;
        }
        case 'edit':
          return change(one.which, one.words);
        case 'withdraw':
          return change(one.which, null);
        case 'erase':
          return erased.has(one.sender) ? undefined : erase(one.sender);
        case 'begin':
          if (begun.has(one.channel)) return;
          begun.add(one.channel);
          await given.append(indexingStream(one.channel), [{ type: 'chat.indexing-begun.v1', data: { channel: one.channel, at: START } }]);
          return;
        case 'project':
          return given.project(one.which as 'messages' | 'search', one.count);
        case 'index':
          return given.index(one.kill, one.documentsMax);
      }
    },
    /** By reading all of it. */
    expected: (typed: string, sender: PersonId | undefined, floor: number): readonly string[] => {
      const sought = searchedWords(typed);
      const matching = (one: Message) =>
        one.seq >= floor && one.text !== null && (sender === undefined || one.sender === sender) && matchesWords(sought, one.text);
      return said.filter(matching).map(nameOf).toSorted();
    },
    /** Each term of each message of a channel that is indexed, and its sender. */
    entries: (): number => said.reduce((sum, { channel: of, text }) => (begun.has(of) && text !== null ? sum + messageTerms(text).terms.length + 1 : sum), 0),
  };
}
