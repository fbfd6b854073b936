/** What is unread, over all channels: each with its first unread message, to jump to, and its newest ones. */
import { z } from 'zod';
import type { PersonId } from '../../../domain/shared/ids.ts';
import type { Route } from '../../../edge/http/routes.ts';
import { messageId } from '../../../projections/read-models/chat/messages.ts';
import { loadUnread } from '../../../projections/view-access/unread-messages.ts';
import type { ReadDependencies } from '../../dependencies.ts';
import { fillPage, limitParam, next } from '../../pages.ts';
import { query } from '../../query.ts';
import { seqField } from '../../response-fields.ts';
import { EXAMPLE_ROW, inboxChannelSchema, inboxCursor, loadEntries, presentInbox, type InboxEntry } from './inbox.ts';
import { EXAMPLE_MESSAGE, messageSchema, type MessageView } from './message-view.ts';
import { presentMessages } from './present-messages.ts';

/** Of each channel; the others are a page of its history. */
const NEWEST_MAX = 3;

const unreadSchema = z
  .object({
    inbox: inboxChannelSchema,
    first: seqField('The `seq` of the oldest unread message of those that are counted: jump to it with `around` of the channel’s messages.'),
    newest: z.array(messageSchema).meta({ description: `The newest unread messages, oldest first: at most ${NEWEST_MAX}.` }),
  })
  .meta({ id: 'UnreadChannel' });

export function unreadRoutes(dependencies: ReadDependencies): readonly Route[] {
  const { views, logFacts, pageBytesMax } = dependencies;
  return [
    query(dependencies, {
      path: '/v1/me/unread',
      operationId: 'getUnread',
      summary: 'List what I have not read, last active first',
      description:
        'Returns a page of your channels that have unread messages, each with the newest of them. Channels that you muted are among them, and say so.',
      tag: 'Inbox',
      example: { channels: [{ inbox: EXAMPLE_ROW, first: 41, newest: [EXAMPLE_MESSAGE] }], next: null },
      callers: ['person'],
      revalidates: true,
      query: z.strictObject({ before: inboxCursor.optional(), limit: limitParam() }),
      response: z.object({ channels: z.array(unreadSchema), next }),
      reads: ['inbox', 'channels', 'messages', 'profile'],
      handle: async ({ caller: { person }, query: { before, limit } }) => {
        const entries = (await loadEntries(views, person, before)).filter(mayBeUnread);
        const { views: channels, last } = await fillPage(entries, { limit, bytesMax: pageBytesMax, present: (shown) => present(person, shown) });
        return { channels, next: last?.cursor ?? null };
      },
    }),
  ];

  async function present(person: PersonId, entries: readonly InboxEntry[]) {
    const newest = await Promise.all(entries.map(newestOf));
    // Asks for membership, behind all that was read before.
    const rows = await presentInbox(dependencies, person, entries);
    const firsts = await Promise.all(entries.map(({ row }) => logFacts.readsFrom(person, row.channel)));
    return rows.map((inbox, i) => {
      const unread = readable(newest[i], firsts[i]);
      return inbox === undefined || unread === undefined || inbox.unread === 0 ? undefined : { inbox, ...unread };
    });
  }

  async function newestOf({ row, head }: InboxEntry): Promise<Newest | undefined> {
    const { seqs } = await loadUnread(views, row, head);
    if (seqs.length === 0) return undefined;
    const ids = seqs.slice(-NEWEST_MAX).map((seq) => messageId(row.channel, seq));
    const found = await views.getFirst('messages', ids.toReversed(), Math.floor(pageBytesMax / 2));
    const newest = await presentMessages(
      dependencies,
      row.person,
      found.filter((message) => message !== undefined),
    );
    return { seqs, newest: newest.toReversed() };
  }
}

type Newest = { readonly seqs: readonly number[]; readonly newest: readonly MessageView[] };

function readable(unread: Newest | undefined, from: number | undefined) {
  const first = unread?.seqs.find((seq) => seq >= (from ?? Infinity));
  return unread === undefined || first === undefined ? undefined : { first, newest: unread.newest.filter(({ seq }) => seq >= first) };
}

/** Without a look at the messages: all that were read, or the person's own last one, leave nothing unread. */
const mayBeUnread = ({ row, head }: InboxEntry): boolean => head !== undefined && head.messageCount > row.readMessages && head.lastSender !== row.person;
