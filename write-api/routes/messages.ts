/**
 * Messages, for clients without a WebSocket. The commands are those of the gateway's frames: a message that was sent there under an
 * id and not acknowledged may be posted here with that id as `Idempotency-Key`, and is appended once.
 */
import { z } from 'zod';
import type { CommandResult } from '../../commands/handling/results.ts';
import { reactionKey } from '../../domain/chat/emoji.ts';
import { MENTIONS_MAX, MESSAGE_LENGTH_MAX_CHARACTERS } from '../../domain/chat/messages.ts';
import { REACTION_KINDS_MAX } from '../../domain/chat/reaction-kinds.ts';
import type { RefusalCode } from '../../domain/shared/refusals.ts';
import { messagesStream } from '../../domain/shared/streams.ts';
import { EXAMPLE } from '../../edge/examples.ts';
import { channelId, personId, seq, seqInText } from '../../edge/fields.ts';
import type { Route } from '../../edge/http/routes.ts';
import { command } from '../command.ts';
import type { WriteDependencies } from '../dependencies.ts';

/** A text of the longest length, each character of it escaped as two times six. */
const MESSAGE_BODY_BYTES_MAX = 1_280 * 1_024;
/** The domain refuses more than it allows, counting members only; this only bounds the work. */
const MENTIONS_IN_REQUEST_MAX = 200;
const EMOJI_CHARACTERS_MAX = 64;

const text = z.string().meta({ description: `At most ${MESSAGE_LENGTH_MAX_CHARACTERS.toLocaleString('en')} characters.`, examples: ['Hello'] });
const messageSeq = seqInText('The `seq` of the message.');

const channel = z.strictObject({ channel: channelId });
const message = z.strictObject({ channel: channelId, message: messageSeq });
const reaction = z.strictObject({
  channel: channelId,
  message: messageSeq,
  emoji: z
    .string()
    .max(EMOJI_CHARACTERS_MAX)
    .overwrite(reactionKey)
    .meta({ description: 'One emoji. With or without U+FE0F it is the same.', examples: ['👍'] }),
});

const resultFields = { seq: seq.meta({ description: 'The number of the entry in the channel. For a new message, its id too.', examples: [41] }) };
const COMMON: readonly RefusalCode[] = ['channel-unknown', 'message-unknown'];

const stream = messagesStream(EXAMPLE.channel);
const exampleAt = (at: number) => ({ result: { seq: at }, stream, revision: at });

export function messageRoutes(dependencies: WriteDependencies): readonly Route[] {
  const { commands, limits } = dependencies;
  const ofPerson = {
    callers: ['person'],
    tag: 'Messages',
    limits: [{ limit: limits.messages, by: 'caller' }],
    bodyBytesMax: MESSAGE_BODY_BYTES_MAX,
    resultFields,
  } as const;
  return [
    command(dependencies, {
      ...ofPerson,
      method: 'post',
      path: '/v1/channels/:channel/messages',
      operationId: 'postMessage',
      summary: 'Post a message',
      description: 'Posts a message in a channel. The idempotency key becomes the `clientId` of the message.',
      example: { body: { text: 'Hello Bob', mentions: [EXAMPLE.bob] }, ...exampleAt(41) },
      params: channel,
      body: z.strictObject({
        text,
        replyTo: seq.optional().meta({ description: 'The `seq` of the message that you reply to.', examples: [40] }),
        mentions: z
          .array(personId)
          .max(MENTIONS_IN_REQUEST_MAX)
          .optional()
          .meta({ description: `The members that the message mentions: at most ${MENTIONS_MAX}.` }),
      }),
      refusals: [...COMMON, 'blocked', 'message-empty', 'message-too-long', 'text-malformed', 'too-many-mentions'],
      execute: async ({ caller: { person: sender }, params, body, key }, context) => {
        const { replyTo, mentions } = body;
        const optional = { ...(replyTo === undefined ? {} : { replyTo }), ...(mentions === undefined ? {} : { mentions }) };
        return withSeq(await commands.postMessage({ channel: params.channel, sender, text: body.text, clientId: key, ...optional }, context));
      },
    }),

    command(dependencies, {
      ...ofPerson,
      method: 'patch',
      path: '/v1/channels/:channel/messages/:message',
      operationId: 'editMessage',
      summary: 'Edit a message',
      description: 'Changes the text of a message that you sent.',
      example: { body: { text: 'Hello, Bob' }, ...exampleAt(42) },
      params: message,
      body: z.strictObject({ text }),
      refusals: [...COMMON, 'not-the-sender', 'message-withdrawn', 'message-empty', 'message-too-long', 'text-malformed'],
      execute: async ({ caller: { person }, params, body }, context) => withSeq(await commands.editMessage({ ...params, person, text: body.text }, context)),
    }),

    command(dependencies, {
      ...ofPerson,
      method: 'delete',
      path: '/v1/channels/:channel/messages/:message',
      operationId: 'withdrawMessage',
      summary: 'Withdraw a message',
      description: 'Withdraws a message that you sent: nobody sees its text any more.',
      example: exampleAt(43),
      params: message,
      refusals: [...COMMON, 'not-the-sender'],
      execute: async ({ caller: { person }, params }, context) => withSeq(await commands.withdrawMessage({ ...params, person }, context)),
    }),

    ...(['added', 'removed'] as const).map((change) =>
      command(dependencies, {
        ...ofPerson,
        method: change === 'added' ? 'put' : 'delete',
        path: '/v1/channels/:channel/messages/:message/reactions/:emoji',
        operationId: change === 'added' ? 'addReaction' : 'removeReaction',
        type: 'react-to-message',
        summary: change === 'added' ? 'React to a message' : 'Remove a reaction',
        description:
          change === 'added'
            ? `Adds your reaction, an emoji, to a message. A message takes at most ${REACTION_KINDS_MAX} different emoji.`
            : 'Removes your reaction from a message.',
        example: exampleAt(change === 'added' ? 44 : 45),
        params: reaction,
        refusals: [...COMMON, 'message-withdrawn', 'emoji-invalid', ...(change === 'added' ? (['too-many-reactions'] as const) : [])],
        fingerprint: ({ params }) => ({ ...params, change }),
        execute: async ({ caller: { person }, params }, context) => withSeq(await commands.reactToMessage({ ...params, person, change }, context)),
      }),
    ),
  ];
}

/** Clients call a revision of this stream `seq`. */
const withSeq = <Result extends CommandResult>(handled: Result) => ({ handled, seq: handled.outcome === 'refused' ? 0 : handled.revision });
