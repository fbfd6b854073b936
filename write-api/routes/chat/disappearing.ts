/** How long what is said in a channel stays. */
import { z } from 'zod';
import { TIME_TO_LIVE_MAX_SECONDS, TIME_TO_LIVE_MIN_SECONDS } from '../../../domain/chat/disappearing.ts';
import { channelStream } from '../../../domain/shared/streams.ts';
import { EXAMPLE } from '../../../edge/examples.ts';
import { channelId } from '../../../edge/fields.ts';
import type { Route } from '../../../edge/http/routes.ts';
import { command } from '../../command.ts';
import type { WriteDependencies } from '../../dependencies.ts';

const DAY_SECONDS = 86_400;

export function disappearingRoutes(dependencies: WriteDependencies): readonly Route[] {
  const { commands, limits } = dependencies;
  return [
    command(dependencies, {
      callers: ['person'],
      tag: 'Channels',
      limits: [{ limit: limits.commands, by: 'caller' }],
      method: 'put',
      path: '/v1/channels/:channel/disappearing',
      operationId: 'setDisappearing',
      summary: 'Let messages disappear',
      description:
        'What anybody says in the channel from now on disappears so many seconds after it was said: from then on nobody can read it, and nothing is kept of its words. What was said before stays as it is. In a direct channel both set it, in others the owner and the admins. The history tells of it.',
      example: { body: { afterSeconds: DAY_SECONDS }, stream: channelStream(EXAMPLE.channel), revision: 8 },
      params: z.strictObject({ channel: channelId }),
      body: z.strictObject({
        afterSeconds: z
          .int()
          .min(TIME_TO_LIVE_MIN_SECONDS)
          .max(TIME_TO_LIVE_MAX_SECONDS)
          .nullable()
          .meta({
            description: `After how many seconds: from ${TIME_TO_LIVE_MIN_SECONDS} to ${TIME_TO_LIVE_MAX_SECONDS}. null: what is said from now on stays.`,
            examples: [DAY_SECONDS],
          }),
      }),
      refusals: ['channel-unknown', 'blocked', 'not-an-admin'],
      execute: ({ caller: { person }, params: { channel }, body: { afterSeconds } }, context) =>
        commands.setDisappearing({ person, channel, afterSeconds }, context),
    }),
  ];
}
