/** The commands of a delivery, for planning and for the delivery workers. Two workers that race meet at the expected revision, and one of them decides again. */
import { delivery } from '../../domain/notifications/delivery/delivery.ts';
import type { DeliveryCommand } from '../../domain/notifications/delivery/delivery-commands.ts';
import type { DeliveryId } from '../../domain/shared/ids.ts';
import { deliveryStream } from '../../domain/shared/streams.ts';
import type { CommandContext } from '../handling/command-context.ts';
import type { CommandHandling } from '../handling/handle.ts';

export const commandDelivery =
  ({ handle }: CommandHandling) =>
  ({ delivery: id, command }: { readonly delivery: DeliveryId; readonly command: DeliveryCommand }, context: CommandContext) =>
    handle(delivery, deliveryStream(id), command, context);
