/** Searches the messages of the caller's channels. */
import { z } from 'zod';
import type { ChannelId, PersonId } from '../../../domain/shared/ids.ts';
import { EXAMPLE } from '../../../edge/examples.ts';
import { channelId, instantWithOffset, personId, text } from '../../../edge/fields.ts';
import type { Route } from '../../../edge/http/routes.ts';
import { Outage } from '../../../ports/outage.ts';
import { JOBS_AT_ONCE_MAX } from '../../../ports/job-queue/port.ts';
import { QUERY_LIMIT_MAX } from '../../../ports/views/port.ts';
import { inboxId } from '../../../projections/read-models/chat/inbox.ts';
import { INDEXING_QUEUE, indexingJob } from '../../../projections/read-models/chat/indexing-jobs.ts';
import { termKeys } from '../../../projections/read-models/chat/term-keys.ts';
import type { ReadDependencies } from '../../dependencies.ts';
import { CURSOR, limitParam, next } from '../../pages.ts';
import { query, refused } from '../../query.ts';
import { idField, seqField } from '../../response-fields.ts';
import { getAll } from '../../search/channel-candidates.ts';
import { SEARCH_CURSOR_CHARACTERS_MAX } from '../../search/cursor.ts';
import { isForNothing, messageSearch } from '../../search/message-search.ts';
import { searchMessages } from '../../search/search-messages.ts';
import { EXAMPLE_MESSAGE, messageSchema } from './message-view.ts';
import { presentMessages } from './present-messages.ts';

const SEARCHED_CHANNELS_MAX = 200;
const QUERY_CHARACTERS_MAX = 200;
const HITS_MAX = 50;

const hitSchema = z.object({ channel: idField('The id of the channel.', EXAMPLE.channel), message: messageSchema });

export function searchRoutes(dependencies: ReadDependencies): readonly Route[] {
  const { views, logFacts, pageBytesMax, clock, limits, searchSecret } = dependencies;
  return [
    query(dependencies, {
      path: '/v1/messages',
      operationId: 'searchMessages',
      summary: 'Search messages',
      description: [
        'Finds messages of your channels, newest first: those that have all words, without regard to letter case and accents. Words within quotation marks must stand side by side. Korean, Japanese and Chinese words are also found within longer ones.',
        '',
        `Without \`channel\`, your ${SEARCHED_CHANNELS_MAX} channels with the newest messages are searched. Which messages have the words is known of a channel some time after somebody first searched it; before, a page gets to the newest messages only, and \`partly\` says how far. Ask for the next page a little later. A page may have fewer hits than you asked for, or none, also where \`next\` is not null.`,
      ].join('\n'),
      tag: 'Messages',
      example: { hits: [{ channel: EXAMPLE.channel, message: EXAMPLE_MESSAGE }], partly: [], next: null, channelsLeftOut: 0 },
      callers: ['person'],
      limit: limits.searchMessages,
      query: z.strictObject({
        q: text(QUERY_CHARACTERS_MAX)
          .optional()
          .meta({ description: 'Words, and phrases within quotation marks. Optional with `sender` or `has`.', examples: ['rehearsal "at eight"'] }),
        channel: channelId.optional().meta({ description: 'Only messages of this channel.' }),
        sender: personId.optional().meta({ description: 'Only messages of this person.' }),
        has: z
          .literal('media')
          .optional()
          .meta({ description: 'Only messages with a picture, a video, a recording or a file.', examples: ['media'] }),
        from: instantWithOffset.optional().meta({ description: 'Only messages that were sent then or later.', examples: [EXAMPLE.at] }),
        until: instantWithOffset.optional().meta({ description: 'Only messages that were sent before.', examples: [EXAMPLE.at] }),
        after: z.string().max(SEARCH_CURSOR_CHARACTERS_MAX).optional().meta(CURSOR),
        limit: limitParam(undefined, HITS_MAX),
      }),
      response: z.object({
        hits: z.array(hitSchema),
        partly: z
          .array(z.object({ channel: idField('The id of the channel.', EXAMPLE.channel), from: seqField('The oldest `seq` that was searched.') }))
          .meta({ description: 'Channels of which this page got to the newest messages only.' }),
        next,
        channelsLeftOut: z.int().meta({ description: 'How many of your channels were not searched. Name one as `channel` to search it.', examples: [0] }),
      }),
      refusals: ['channel-unknown', 'search-empty'],
      reads: ['messages', 'inbox', 'search'],
      handle: async ({ caller: { person }, query: { q, channel, sender, has, from, until, after, limit } }) => {
        const asked = channel === undefined ? undefined : await logFacts.readsFrom(person, channel);
        if (channel !== undefined && asked === undefined) return refused('channel-unknown');
        const search = messageSearch({ typed: q, sender, withMedia: has === 'media', sentFrom: from, sentBefore: until });
        if (isForNothing(search)) return refused('search-empty');
        const { channels, leftOut } = channel === undefined ? await newestChannels(dependencies, person) : { channels: [channel], leftOut: 0 };
        const floors = channel !== undefined && asked !== undefined ? new Map([[channel, asked]]) : await floorsOf(dependencies, person, channels);
        const page = await searchMessages({ views, keys: termKeys(searchSecret), clock }, search, {
          channels: floors,
          cursor: after,
          limit,
          bytesMax: pageBytesMax,
        });
        await askToIndex(dependencies, person, page.notBegun);
        const presented = await presentMessages(dependencies, person, page.hits);
        // Behind all that was read: who was removed meanwhile sees nothing of what was said after that.
        const readable = await readableFrom(dependencies, person, new Set([...page.hits, ...page.partly].map((one) => one.channel)));
        if (channel !== undefined && (await logFacts.readsFrom(person, channel)) !== asked) return refused('channel-unknown');
        const hits = page.hits.flatMap(({ channel: of, seq }, i) => {
          const message = presented[i];
          const isReadable = message !== undefined && message.text !== null && seq >= (readable.get(of) ?? Infinity);
          return isReadable ? [{ channel: of, message }] : [];
        });
        return {
          hits,
          partly: page.partly.filter((one) => readable.has(one.channel)),
          next: page.next ?? null,
          channelsLeftOut: leftOut,
        };
      },
    }),
  ];
}

/** Of the person's channels those with the newest messages. */
async function newestChannels({ views }: Pick<ReadDependencies, 'views'>, person: PersonId) {
  const channels: ChannelId[] = [];
  for (let after = ''; ;) {
    const where = { person, member: true };
    const ids = await views.pluck('inbox', '_id', { where, range: { field: '_id', after }, order: { _id: 1 }, limit: QUERY_LIMIT_MAX });
    channels.push(...ids.map((id) => id.slice(inboxId(person, '' as ChannelId).length) as ChannelId));
    const last = ids.at(-1);
    if (last === undefined || ids.length < QUERY_LIMIT_MAX) break;
    after = last;
  }
  if (channels.length <= SEARCHED_CHANNELS_MAX) return { channels, leftOut: 0 };
  const heads = await getAll(views, 'channel-heads', channels);
  const newestFirst = channels.map((channel, i) => ({ channel, lastAt: heads[i]?.lastAt ?? '' })).toSorted((a, b) => (a.lastAt < b.lastAt ? 1 : -1));
  return { channels: newestFirst.slice(0, SEARCHED_CHANNELS_MAX).map(({ channel }) => channel), leftOut: channels.length - SEARCHED_CHANNELS_MAX };
}

/** By channel, the first `seq` that the person may read, by the log; a channel that they don't belong to isn't there. */
async function readableFrom(
  { logFacts }: Pick<ReadDependencies, 'logFacts'>,
  person: PersonId,
  channels: ReadonlySet<ChannelId>,
): Promise<ReadonlyMap<ChannelId, number>> {
  const all = await Promise.all(Array.from(channels, async (channel) => [channel, await logFacts.readsFrom(person, channel)] as const));
  return new Map(all.flatMap(([channel, from]) => (from === undefined ? [] : [[channel, from]])));
}

/** A group may keep from new members what was said before, and so what was found there; two people know the same. */
async function floorsOf(
  dependencies: Pick<ReadDependencies, 'logFacts' | 'views'>,
  person: PersonId,
  channels: readonly ChannelId[],
): Promise<ReadonlyMap<ChannelId, number>> {
  const rows = await getAll(
    dependencies.views,
    'inbox',
    channels.map((channel) => inboxId(person, channel)),
  );
  const direct = channels.filter((_, i) => (rows[i]?.peer ?? null) !== null);
  const groups = await readableFrom(dependencies, person, new Set(channels).difference(new Set(direct)));
  return new Map([...direct.map((channel) => [channel, 0] as const), ...groups]);
}

/** A queue that is full or away is no reason not to answer: the next search asks again. */
async function askToIndex({ jobs }: Pick<ReadDependencies, 'jobs'>, person: PersonId, channels: readonly ChannelId[]): Promise<void> {
  if (channels.length === 0) return;
  try {
    const wanted = channels.slice(0, JOBS_AT_ONCE_MAX).map((channel) => indexingJob(channel, person));
    await jobs.add(INDEXING_QUEUE, wanted);
  } catch (error) {
    if (!(error instanceof Outage)) throw error;
  }
}
