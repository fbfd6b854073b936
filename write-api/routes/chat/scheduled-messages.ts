/** Messages that are to be sent later. */
import { z } from 'zod';
import { MENTIONS_MAX, MESSAGE_LENGTH_MAX_CHARACTERS } from '../../../domain/chat/messages.ts';
import type { MessageDraft } from '../../../domain/chat/scheduled/events.ts';
import { SEND_AHEAD_MAX_DAYS } from '../../../domain/chat/scheduled/scheduled-message.ts';
import type { RefusalCode } from '../../../domain/shared/refusals.ts';
import { scheduledMessageStream } from '../../../domain/shared/streams.ts';
import { EXAMPLE } from '../../../edge/examples.ts';
import { channelId, instantWithOffset, scheduledMessageId } from '../../../edge/fields.ts';
import { CONTENT_REFUSALS, contentIn } from '../../../edge/message-content.ts';
import type { Route } from '../../../edge/http/routes.ts';
import { command } from '../../command.ts';
import type { WriteDependencies } from '../../dependencies.ts';
import { MESSAGE_BODY_BYTES_MAX, newMessage } from './new-message.ts';

const body = newMessage.extend({
  sendAt: instantWithOffset.meta({
    description: `When it is to be sent: a time to come, at most ${SEND_AHEAD_MAX_DAYS} days ahead, in UTC or with an offset.`,
    examples: [EXAMPLE.at],
  }),
});
const inChannel = z.strictObject({ channel: channelId });
const one = z.strictObject({ channel: channelId, scheduled: scheduledMessageId });
const stream = scheduledMessageStream(EXAMPLE.scheduledMessage);
const REFUSALS: readonly RefusalCode[] = [
  'channel-unknown',
  'message-unknown',
  'blocked',
  'message-empty',
  'message-too-long',
  'text-malformed',
  'too-many-mentions',
  'message-send-at-out-of-range',
  ...CONTENT_REFUSALS,
];

export function scheduledMessageRoutes(dependencies: WriteDependencies): readonly Route[] {
  const { commands, limits } = dependencies;
  const writing = {
    callers: ['person'],
    tag: 'Messages',
    limits: [{ limit: limits.messages, by: 'caller' }],
    bodyBytesMax: MESSAGE_BODY_BYTES_MAX,
  } as const;
  return [
    command(dependencies, {
      ...writing,
      method: 'post',
      path: '/v1/channels/:channel/scheduled-messages',
      operationId: 'scheduleMessage',
      summary: 'Schedule a message',
      description: `Sends a message at a time to come: at most ${MESSAGE_LENGTH_MAX_CHARACTERS.toLocaleString('en')} characters, and ${MENTIONS_MAX} mentions. What would be refused now is refused at once; what others change until then, such as a channel that you are no member of any more, is looked at again when it is sent.`,
      example: { body: { text: 'Rehearsal in an hour', sendAt: EXAMPLE.at }, result: { id: EXAMPLE.scheduledMessage }, stream },
      params: inChannel,
      body,
      refusals: REFUSALS,
      resultFields: { id: scheduledMessageId },
      execute: ({ caller: { person: sender }, params, body: { sendAt, ...said } }, context) =>
        commands.scheduleMessage({ ...params, sender, ...draftOf(said), sendAt }, context),
    }),

    command(dependencies, {
      ...writing,
      method: 'put',
      path: '/v1/channels/:channel/scheduled-messages/:scheduled',
      operationId: 'changeScheduledMessage',
      summary: 'Change a scheduled message',
      description: 'Replaces all of a message that waits to be sent, its time included.',
      example: { body: { text: 'Rehearsal in two hours', sendAt: EXAMPLE.at }, stream, revision: 1 },
      params: one,
      body,
      refusals: [...REFUSALS, 'scheduled-message-unknown', 'scheduled-message-begun'],
      execute: ({ caller: { person: sender }, params, body: { sendAt, ...said } }, context) =>
        commands.changeScheduledMessage({ ...params, sender, ...draftOf(said), sendAt }, context),
    }),

    command(dependencies, {
      callers: ['person'],
      tag: 'Messages',
      limits: [{ limit: limits.commands, by: 'caller' }],
      method: 'delete',
      path: '/v1/channels/:channel/scheduled-messages/:scheduled',
      operationId: 'cancelScheduledMessage',
      summary: 'Cancel a scheduled message',
      description: 'Takes a message away that waits to be sent, or that could not be.',
      example: { stream, revision: 1 },
      params: one,
      refusals: ['scheduled-message-unknown', 'scheduled-message-begun'],
      execute: ({ caller: { person: sender }, params }, context) => commands.cancelScheduledMessage({ ...params, sender }, context),
    }),
  ];
}

const draftOf = ({ text, replyTo, mentions, ...content }: z.output<typeof newMessage>): MessageDraft => ({
  text,
  ...(replyTo !== undefined && { replyTo }),
  ...(mentions !== undefined && { mentions }),
  ...contentIn(content),
});
