import type { CommandResult } from '../../../commands/handling/results.ts';
import type { DeliveryEvent } from '../../../domain/notifications/events.ts';
import type { Plan } from '../../../domain/notifications/delivery-plan.ts';
import type { WorkersReporter } from '../../telemetry-events.ts';

/** Reports a delivery that this command suppressed. A repeated command has appended nothing, so each suppression is counted once. */
export function reportSuppressed(report: WorkersReporter, { channel }: Pick<Plan, 'channel'>, result: CommandResult): void {
  if (result.outcome !== 'appended') return;
  for (const { type, data } of result.events as readonly DeliveryEvent[]) {
    if (type === 'notifications.delivery-suppressed.v1') report({ event: 'delivery-suppressed', channel, reason: data.reason });
  }
}
