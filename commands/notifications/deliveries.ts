/** The delivery's own commands, for those who plan and those who deliver. Two workers who race meet at the expected revision, and one decides again. */
import { delivery } from '../../domain/notifications/delivery/delivery.ts';
import type { DeliveryCommand } from '../../domain/notifications/delivery/delivery-commands.ts';
import type { DeliveryId } from '../../domain/shared/ids.ts';
import { deliveryStream } from '../../domain/shared/streams.ts';
import type { CommandContext } from '../handling/context.ts';
import type { CommandDependencies } from '../dependencies.ts';


export const commandDelivery =
  ({ handle }: CommandDependencies) =>
  ({ delivery: id, command }: { readonly delivery: DeliveryId; readonly command: DeliveryCommand }, context: CommandContext) =>
    handle(delivery, deliveryStream(id), command, context);
