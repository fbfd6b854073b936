/**
 * Messages, for clients without a WebSocket. The commands are those of the gateway's frames: a message that was sent there under an
 * id and not acknowledged may be posted here with that id as `Idempotency-Key`, and is appended once.
 */
import { z } from 'zod';
import type { CommandResult } from '../../../commands/handling/results.ts';
import { reactionKey } from '../../../domain/chat/emoji.ts';
import { REACTION_KINDS_MAX } from '../../../domain/chat/message-marks.ts';
import type { RefusalCode } from '../../../domain/shared/refusals.ts';
import { messagesStream } from '../../../domain/shared/streams.ts';
import { EXAMPLE } from '../../../edge/examples.ts';
import { channelId, seq, seqInText } from '../../../edge/fields.ts';
import { CONTENT_REFUSALS, contentIn, entitiesIn, ENTITY_REFUSALS, sentEntities } from '../../../edge/message-content.ts';
import type { Route } from '../../../edge/http/routes.ts';
import { command } from '../../command.ts';
import type { WriteDependencies } from '../../dependencies.ts';
import { MESSAGE_BODY_BYTES_MAX, messageText, newMessage } from './new-message.ts';

const EMOJI_CHARACTERS_MAX = 64;

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
      example: { body: { text: 'Hello Bob', entities: [{ kind: 'mention', from: 6, to: 9, person: EXAMPLE.bob }] }, ...exampleAt(41) },
      params: channel,
      body: newMessage,
      refusals: [
        ...COMMON,
        'blocked',
        'not-an-admin',
        'message-disappeared',
        'message-empty',
        'message-too-long',
        'text-malformed',
        'too-many-mentions',
        ...CONTENT_REFUSALS,
      ],
      execute: async ({ caller: { person: sender }, params, body, key }, context) => {
        const { replyTo, mentions } = body;
        const optional = { ...(replyTo === undefined ? {} : { replyTo }), ...(mentions === undefined ? {} : { mentions }), ...contentIn(body) };
        return withSeq(await commands.postMessage({ channel: params.channel, sender, text: body.text, clientId: key, ...optional }, context));
      },
    }),

    command(dependencies, {
      ...ofPerson,
      method: 'patch',
      path: '/v1/channels/:channel/messages/:message',
      operationId: 'editMessage',
      summary: 'Edit a message',
      description: 'Changes the text of a message that you sent, and what its parts are. The pictures and files that it shows stay.',
      example: { body: { text: 'Hello, Bob' }, ...exampleAt(42) },
      params: message,
      body: z.strictObject({ text: messageText, entities: sentEntities.optional() }),
      refusals: [
        ...COMMON,
        'not-the-sender',
        'blocked',
        'not-an-admin',
        'message-withdrawn',
        'message-disappeared',
        'message-empty',
        'message-too-long',
        'text-malformed',
        ...ENTITY_REFUSALS,
      ],
      execute: async ({ caller: { person }, params, body }, context) =>
        withSeq(await commands.editMessage({ ...params, person, text: body.text, ...entitiesIn(body) }, context)),
    }),

    command(dependencies, {
      ...ofPerson,
      method: 'delete',
      path: '/v1/channels/:channel/messages/:message',
      operationId: 'withdrawMessage',
      summary: 'Withdraw a message',
      description:
        'Withdraws a message that you sent: nobody sees its text, its pictures and files any more. You may do so wherever you are by then: also when you have left the channel, or one of you blocks the other.',
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
        refusals: [
          ...COMMON,
          'blocked',
          'message-withdrawn',
          'message-disappeared',
          'emoji-invalid',
          ...(change === 'added' ? (['too-many-reactions'] as const) : []),
        ],
        fingerprint: ({ params }) => ({ ...params, change }),
        execute: async ({ caller: { person }, params }, context) => withSeq(await commands.reactToMessage({ ...params, person, change }, context)),
      }),
    ),
  ];
}

/** Clients call a revision of this stream `seq`. */
const withSeq = <Result extends CommandResult>(handled: Result) => ({ handled, seq: handled.outcome === 'refused' ? 0 : handled.revision });
