/** One message, what it said before it was edited, and the messages that a channel keeps at hand. */
import { z } from 'zod';
import { isErased } from '../../../domain/shared/event.ts';
import type { ChannelId, PersonId } from '../../../domain/shared/ids.ts';
import { EXAMPLE } from '../../../edge/examples.ts';
import { channelId, seqInText } from '../../../edge/fields.ts';
import type { Route } from '../../../edge/http/routes.ts';
import { messageEntity } from '../../../edge/message-content.ts';
import { EDITS_KEPT_MAX, messageAsOf, messageId, type MessageDocument } from '../../../projections/read-models/chat/messages.ts';
import type { ReadDependencies } from '../../dependencies.ts';
import { query, refused } from '../../query.ts';
import { readAsMember } from '../../read-as-member.ts';
import { optionalSeqField, seqField, timeField } from '../../response-fields.ts';
import { EXAMPLE_MESSAGE, messageSchema } from './message-view.ts';
import { presentMessages } from './present-messages.ts';

const editSchema = z.object({
  seq: seqField('The `seq` of the entry that brought this text.'),
  text: z.string().meta({ examples: ['Helo Bob'] }),
  entities: z.array(messageEntity).meta({ description: 'What parts of it were.' }),
  at: timeField('From when on it was so.'),
});
type EditView = z.infer<typeof editSchema>;

const params = z.strictObject({ channel: channelId, message: seqInText('The `seq` of the message.') });

export function messageEditRoutes(dependencies: ReadDependencies): readonly Route[] {
  const { views, logFacts, messageAt, pageBytesMax, clock } = dependencies;

  /** Undefined where there is none that the person may read. */
  const readable = (person: PersonId, { channel, message }: z.output<typeof params>): Promise<MessageDocument | undefined> =>
    readAsMember(logFacts, { person, channel }, async (from) => {
      const found = message < from ? undefined : await views.get('messages', messageId(channel, message));
      return found === undefined || found.notice !== undefined ? undefined : messageAsOf(found, clock());
    });

  return [
    query(dependencies, {
      path: '/v1/channels/:channel/messages/:message',
      operationId: 'getMessage',
      summary: 'Get a message',
      description: 'Returns one message of a channel that you are a member of.',
      tag: 'Messages',
      example: EXAMPLE_MESSAGE,
      callers: ['person'],
      params,
      response: messageSchema,
      refusals: ['channel-unknown', 'message-unknown'],
      reads: ['messages'],
      handle: async ({ caller: { person }, params }) => {
        if ((await logFacts.readsFrom(person, params.channel)) === undefined) return refused('channel-unknown');
        const found = await readable(person, params);
        const [shown] = found === undefined ? [] : await presentMessages(dependencies, person, [found]);
        return shown ?? refused('message-unknown');
      },
    }),

    query(dependencies, {
      path: '/v1/channels/:channel/messages/:message/edits',
      operationId: 'getMessageEdits',
      summary: 'List what a message said before, newest first',
      description: `Returns the texts that a message had before it was edited, the last ${EDITS_KEPT_MAX} of them. The present one is in the message. Of a message that was withdrawn or has disappeared there are none.`,
      tag: 'Messages',
      example: { edits: [{ seq: 41, text: 'Helo Bob', entities: [], at: EXAMPLE.at }], next: null },
      callers: ['person'],
      params,
      query: z.strictObject({ before: seqInText('The `next` of the page before.').optional() }),
      response: z.object({ edits: z.array(editSchema), next: optionalSeqField('The cursor of the next page. null: this is the last one.') }),
      refusals: ['channel-unknown', 'message-unknown'],
      reads: ['messages'],
      handle: async ({ caller: { person }, params, query: { before = Infinity } }) => {
        const { channel } = params;
        if ((await logFacts.readsFrom(person, channel)) === undefined) return refused('channel-unknown');
        const found = await readable(person, params);
        if (found === undefined) return refused('message-unknown');
        const former = found.text === null ? [] : formerSeqs(found).filter((seq) => seq < before);
        const page = await readEdits(channel, former.toReversed());
        // Behind all that was read: what a member who was removed meanwhile asked for, nobody answers.
        return (await readable(person, params)) === undefined ? refused('message-unknown') : page;
      },
    }),

    query(dependencies, {
      path: '/v1/channels/:channel/pins',
      operationId: 'getPins',
      summary: 'List the pinned messages of a channel',
      description:
        'Returns the messages that are pinned, the last pinned one first. Those that were withdrawn, have disappeared or whose sender was erased are named in `gone`.',
      tag: 'Messages',
      example: { pins: [EXAMPLE_MESSAGE], gone: [12], more: false },
      callers: ['person'],
      params: z.strictObject({ channel: channelId }),
      response: z.object({
        pins: z.array(messageSchema),
        gone: z.array(z.int()).meta({ description: 'The `seq`s of pinned messages that nobody reads any more: unpin them, for each takes a place.' }),
        more: z.boolean().meta({ description: 'Whether there are more, which are too long for one response: unpin some.' }),
      }),
      refusals: ['channel-unknown'],
      reads: ['messages'],
      handle: async ({ caller: { person }, params: { channel } }) => {
        const found = await readAsMember(logFacts, { person, channel }, async (from) => {
          const pinned = (await logFacts.pinnedIn(channel)).filter((seq) => seq >= from).toReversed();
          const ids = pinned.map((seq) => messageId(channel, seq));
          return { messages: await views.getFirst('messages', ids, pageBytesMax), pinned };
        });
        if (found === undefined) return refused('channel-unknown');
        const messages = found.messages.filter((message) => message !== undefined);
        const shown = await presentMessages(dependencies, person, messages);
        const pins = shown.filter(({ text }) => text !== null);
        const gone = shown.filter(({ text }) => text === null).map(({ seq }) => seq);
        return { pins, gone, more: found.messages.length < found.pinned.length };
      },
    }),
  ];

  /** Read from the log: the views keep no text that is no longer shown. */
  async function readEdits(channel: ChannelId, seqs: readonly number[]): Promise<{ readonly edits: readonly EditView[]; readonly next: number | null }> {
    const edits: EditView[] = [];
    let bytes = 0;
    for (const [i, seq] of seqs.entries()) {
      const event = await messageAt(channel, seq);
      if (event?.type !== 'chat.message-posted.v1' && event?.type !== 'chat.message-edited.v1') continue;
      const { text, entities = [] } = event.data;
      if (isErased(text) || isErased(entities)) continue;
      const at = event.type === 'chat.message-posted.v1' ? event.data.at : event.metadata.at;
      edits.push({ seq, text, entities: [...entities], at });
      bytes += Buffer.byteLength(JSON.stringify(edits.at(-1)));
      if (bytes > pageBytesMax && i < seqs.length - 1) return { edits, next: seq };
    }
    return { edits, next: null };
  }
}

/** Those of the texts that it had before the present one, oldest first; the first is known while not too many came after it. */
const formerSeqs = ({ seq, edits = [] }: MessageDocument): readonly number[] =>
  edits.length === 0 ? [] : edits.length < EDITS_KEPT_MAX ? [seq, ...edits.slice(0, -1)] : edits.slice(0, -1);
