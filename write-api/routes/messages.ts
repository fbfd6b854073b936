/**
 * What is said in a channel, for clients without a socket. It is the same command as the gateway's frame: what was sent there under
 * an id and not acknowledged may be sent here with that id as `Idempotency-Key`, and is said once.
 */
import { z } from 'zod';
import type { Handled } from '../../commands/handling/handle.ts';
import type { RefusalCode } from '../../domain/shared/refusals.ts';
import { channelId, personId, seq, seqInText } from '../../edge/fields.ts';
import type { Route } from '../../edge/http/routes.ts';
import { command } from '../command.ts';
import type { WriteDependencies } from '../dependencies.ts';

/** 100,000 characters, each of them escaped as two times six. */
const MESSAGE_BODY_BYTES_MAX = 1_280 * 1_024;
/** Only members are mentioned in the end, of whom the domain says how many; this only bounds the work. */
const MENTIONS_MAX = 200;
const EMOJI_CHARACTERS_MAX = 64;

const text = z.string().meta({ description: 'At most 100,000 characters.' });
const place = seqInText('The seq at which the message was posted.');

const channel = z.strictObject({ channel: channelId });
const message = z.strictObject({ channel: channelId, message: place });
const reaction = z.strictObject({ channel: channelId, message: place, emoji: z.string().max(EMOJI_CHARACTERS_MAX) });

const more = { seq: seq.meta({ description: 'Its place in the channel; for a message, also its id.' }) };
const NOT_THERE: readonly RefusalCode[] = ['channel-unknown', 'not-a-member', 'message-unknown'];

export function messageRoutes({ commands, contextFor, limits }: WriteDependencies): readonly Route[] {
  const ofPerson = { callers: ['person'], limits: [{ limit: limits.messages, by: 'caller' }], bodyBytesMax: MESSAGE_BODY_BYTES_MAX, more } as const;
  return [
    command(contextFor, {
      ...ofPerson,
      method: 'post',
      path: '/v1/channels/:channel/messages',
      operationId: 'postMessage',
      summary: 'Say something in a channel. The idempotency key is the message’s client id.',
      params: channel,
      body: z.strictObject({ text, replyTo: seq.optional(), mentions: z.array(personId).max(MENTIONS_MAX).optional() }),
      refusals: [...NOT_THERE, 'blocked', 'message-empty', 'message-too-long', 'text-malformed', 'too-many-mentions'],
      act: async ({ caller: { person: sender }, params, body: { text: said, replyTo, mentions }, key }, context) =>
        withSeq(
          await commands.postMessage(
            {
              channel: params.channel,
              sender,
              text: said,
              clientId: key,
              ...(replyTo === undefined ? {} : { replyTo }),
              ...(mentions === undefined ? {} : { mentions }),
            },
            context,
          ),
        ),
    }),

    command(contextFor, {
      ...ofPerson,
      method: 'patch',
      path: '/v1/channels/:channel/messages/:message',
      operationId: 'editMessage',
      summary: 'Change the text of one’s message.',
      params: message,
      body: z.strictObject({ text }),
      refusals: [...NOT_THERE, 'not-the-sender', 'message-withdrawn', 'message-empty', 'message-too-long', 'text-malformed'],
      act: async ({ caller: { person }, params, body }, context) => withSeq(await commands.editMessage({ ...params, person, text: body.text }, context)),
    }),

    command(contextFor, {
      ...ofPerson,
      method: 'delete',
      path: '/v1/channels/:channel/messages/:message',
      operationId: 'withdrawMessage',
      summary: 'Withdraw one’s message.',
      params: message,
      refusals: [...NOT_THERE, 'not-the-sender'],
      act: async ({ caller: { person }, params }, context) => withSeq(await commands.withdrawMessage({ ...params, person }, context)),
    }),

    ...(['added', 'removed'] as const).map((change) =>
      command(contextFor, {
        ...ofPerson,
        method: change === 'added' ? 'put' : 'delete',
        path: '/v1/channels/:channel/messages/:message/reactions/:emoji',
        operationId: change === 'added' ? 'addReaction' : 'removeReaction',
        type: 'react-to-message',
        summary: change === 'added' ? 'React to a message with an emoji.' : 'Take one’s reaction back.',
        params: reaction,
        refusals: [...NOT_THERE, 'message-withdrawn', 'emoji-invalid'],
        asked: ({ params }) => ({ ...params, change }),
        act: async ({ caller: { person }, params }, context) => withSeq(await commands.reactToMessage({ ...params, person, change }, context)),
      }),
    ),
  ];
}

/** `seq` is what clients know a revision of this stream as. */
const withSeq = <Done extends Handled>(handled: Done) => ({ handled, seq: handled.outcome === 'refused' ? 0 : handled.revision });
