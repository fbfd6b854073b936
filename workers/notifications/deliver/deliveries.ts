/** Reads deliveries and gives their commands in a worker's name. */
import type { Commands } from '../../../commands/commands.ts';
import type { ContextFor } from '../../../commands/handling/command-context.ts';
import type { LoadState, RecallState } from '../../../commands/handling/handle.ts';
import type { CommandResult } from '../../../commands/handling/results.ts';
import { delivery as deliveryDecider } from '../../../domain/notifications/delivery/delivery.ts';
import type { DeliveryCommand } from '../../../domain/notifications/delivery/delivery-commands.ts';
import type { DeliveryState } from '../../../domain/notifications/delivery/delivery-state.ts';
import type { Plan } from '../../../domain/notifications/delivery-plan.ts';
import type { DeliveryId } from '../../../domain/shared/ids.ts';
import type { Instant } from '../../../domain/shared/instant.ts';
import { deliveryStream } from '../../../domain/shared/streams.ts';
import { freshContext } from '../../jobs/command-contexts.ts';
import type { WorkersReporter } from '../../telemetry-events.ts';
import { reportSuppressed } from '../plan/report-suppressed.ts';

/** A command on a delivery that is planned already. */
export type StateCommand = Exclude<DeliveryCommand, { type: 'plan' }> & { readonly at: Instant };

export type Deliveries = {
  load(delivery: DeliveryId): Promise<DeliveryState>;
  /** As this process remembers it, perhaps not as the log has it by now; undefined where it remembers nothing, or less than up to this revision. */
  recall(delivery: DeliveryId, options?: { readonly atLeast: number }): DeliveryState | undefined;
  /** A refusal means that another worker has moved the delivery on meanwhile, and sees to what comes next. */
  issue(plan: Plan, command: StateCommand): Promise<CommandResult>;
  /** As `issue`, and the same command each time it is called: for a command whose answer may be lost. */
  repeatable(plan: Plan, command: StateCommand): () => Promise<CommandResult>;
};

type Dependencies = {
  readonly loadState: LoadState;
  readonly recallState: RecallState;
  readonly commands: Pick<Commands, 'commandDelivery'>;
  readonly contextFor: ContextFor;
  readonly report: WorkersReporter;
};

export function deliveriesAs(worker: string, { loadState, recallState, commands, contextFor, report }: Dependencies): Deliveries {
  const repeatable: Deliveries['repeatable'] = (plan, command) => {
    const { delivery } = plan;
    const context = freshContext({ contextFor, worker, type: ['delivery', command.type].join('-'), body: command, at: command.at });
    return async () => {
      const result = await commands.commandDelivery({ delivery, command }, context);
      reportSuppressed(report, plan, result);
      return result;
    };
  };
  return {
    load: async (delivery) => (await loadState(deliveryDecider, deliveryStream(delivery))).state,
    recall: (delivery, { atLeast } = { atLeast: 0 }) => {
      const remembered = recallState(deliveryDecider, deliveryStream(delivery));
      return remembered !== undefined && remembered.revision >= atLeast ? remembered.state : undefined;
    },
    issue: (plan, command) => repeatable(plan, command)(),
    repeatable,
  };
}
