/** What a person's own device says of a message that it got: push services take messages, and tell nobody whether they arrived. */
import { delivery as deliveryDecider } from '../../domain/notifications/delivery/delivery.ts';
import type { CallbackCommand } from '../../domain/notifications/delivery/delivery-commands.ts';
import type { DeliveryId, PersonId } from '../../domain/shared/ids.ts';
import { deliveryStream } from '../../domain/shared/streams.ts';
import type { CommandContext } from '../handling/command-context.ts';
import type { CommandHandling } from '../handling/handle.ts';
import { refused, type CommandResult } from '../handling/results.ts';

export type ReportDelivery = { readonly person: PersonId; readonly delivery: DeliveryId; readonly what: 'received' | 'opened' };

/** Another person's delivery is answered as one that isn't there. What was opened was received, whatever got lost. */
export const reportDelivery =
  ({ handle, loadState }: CommandHandling) =>
  async ({ person, delivery, what }: ReportDelivery, context: CommandContext): Promise<CommandResult> => {
    const { state } = await loadState(deliveryDecider, deliveryStream(delivery));
    if (state.status === 'none' || state.plan.recipient !== person) return refused('delivery-unknown');
    const { at } = context;
    const { vendor = state.lastAttempt?.vendor ?? '', vendorId = delivery } = state.receipt ?? {};
    const common = { vendor, vendorId, at };
    const received: CallbackCommand = { type: 'confirm', ...common };
    const callbacks: readonly CallbackCommand[] = what === 'received' ? [received] : [received, { type: 'engagement', what: 'opened', ...common }];
    return handle(deliveryDecider, deliveryStream(delivery), { type: 'callbacks', callbacks, at }, context);
  };
