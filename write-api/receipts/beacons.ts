/** What devices say of the messages that they got. */
import { z } from 'zod';
import { deliveryStream } from '../../domain/shared/streams.ts';
import type { DeliveryId } from '../../domain/shared/ids.ts';
import { EXAMPLE } from '../../edge/examples.ts';
import { deliveryId } from '../../edge/fields.ts';
import type { Route } from '../../edge/http/routes.ts';
import { command } from '../command.ts';
import type { WriteDependencies } from '../dependencies.ts';

const params = z.strictObject({ delivery: deliveryId });

export function beaconRoutes(dependencies: WriteDependencies): readonly Route[] {
  const { commands, limits } = dependencies;
  const beacon = (what: 'received' | 'opened', operationId: string, summary: string, description: string): Route =>
    command(dependencies, {
      callers: ['person'],
      tag: 'Notifications',
      limits: [{ limit: limits.commands, by: 'caller' }],
      method: 'post',
      path: `/v1/me/deliveries/:delivery/${what}`,
      operationId,
      summary,
      description,
      example: { stream: deliveryStream(EXAMPLE.delivery as DeliveryId), revision: 4 },
      params,
      refusals: ['delivery-unknown', 'delivery-status-conflict'],
      execute: ({ caller: { person }, params: { delivery } }, context) => commands.reportDelivery({ person, delivery, what }, context),
    });
  return [
    beacon('received', 'reportReceived', 'Say that a message arrived', 'Says that your device got the message. Push services don’t tell, so only you can.'),
    beacon('opened', 'reportOpened', 'Say that a message was opened', 'Says that you opened the message, which therefore arrived.'),
  ];
}
