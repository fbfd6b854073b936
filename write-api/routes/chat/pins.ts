/** Pins: messages that a channel's members keep at hand. */
import { z } from 'zod';
import { PINS_MAX } from '../../../domain/chat/content/pins.ts';
import { channelStream } from '../../../domain/shared/streams.ts';
import { EXAMPLE } from '../../../edge/examples.ts';
import { channelId, seqInText } from '../../../edge/fields.ts';
import type { Route } from '../../../edge/http/routes.ts';
import { command } from '../../command.ts';
import type { WriteDependencies } from '../../dependencies.ts';

const params = z.strictObject({ channel: channelId, message: seqInText('The `seq` of the message.') });

export function pinRoutes(dependencies: WriteDependencies): readonly Route[] {
  const { commands, limits } = dependencies;
  const common = {
    callers: ['person'],
    tag: 'Messages',
    limits: [{ limit: limits.messages, by: 'caller' }],
    path: '/v1/channels/:channel/pins/:message',
    params,
    example: { stream: channelStream(EXAMPLE.channel), revision: 7 },
  } as const;
  return [
    command(dependencies, {
      ...common,
      method: 'put',
      operationId: 'pinMessage',
      summary: 'Pin a message',
      description: `Keeps a message at hand for all members: at most ${PINS_MAX} of a channel. The history tells of it. In an announcement channel the owner and the admins pin.`,
      refusals: ['channel-unknown', 'message-unknown', 'message-withdrawn', 'message-disappeared', 'blocked', 'not-an-admin', 'pins-full'],
      execute: ({ caller: { person }, params: { channel, message } }, context) => commands.pinMessage({ person, channel, message }, context),
    }),

    command(dependencies, {
      ...common,
      method: 'delete',
      operationId: 'unpinMessage',
      summary: 'Unpin a message',
      description: 'Takes the pin of a message away, also one that another member set. The history tells of it.',
      refusals: ['channel-unknown', 'blocked', 'not-an-admin'],
      execute: ({ caller: { person }, params: { channel, message } }, context) => commands.unpinMessage({ person, channel, message }, context),
    }),
  ];
}
