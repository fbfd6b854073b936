/** The workers of chat: live hints from the log, and pushes of messages that no device has acknowledged. */
import type { CommandGiver, DomainReader, EphemeralPorts, Runtime, WorkerSet, WorkerViews, WorkTracking } from '../dependencies.ts';
import { CHAT_PUSH_CONCURRENCY, CHAT_PUSH_QUEUE, duePushes, sweepDuePushes } from './schedule-pushes.ts';
import { acceptRequests } from './accept-requests.ts';
import { destroyDayKeys, tellDisappeared } from './disappear.ts';
import { noteChangesAgain } from './note-changes.ts';
import { publishChat } from './publish-chat.ts';
import { pushAgain } from './retry-failed-push.ts';
import { pushUnread, pushUnreadToMember } from './push-unread.ts';
import { sweepScheduledMessages } from './scheduled-messages.ts';
import { finishWithdrawals } from './withdrawals.ts';

export type ChatWorkersDependencies = {
  readonly reader: DomainReader;
  readonly commandGiver: CommandGiver;
  readonly views: WorkerViews;
  readonly ephemeral: Pick<EphemeralPorts, 'presence' | 'broadcast' | 'told'>;
  readonly work: WorkTracking;
  readonly runtime: Pick<Runtime, 'monotonicMs'>;
};

/** How long a recipient's devices have to acknowledge a message before a push is requested. */
export type ChatWorkersConfig = { readonly chatPushAfterMs: number };

export function chatWorkers({ reader, commandGiver, views, ephemeral, work, runtime }: ChatWorkersDependencies, config: ChatWorkersConfig): WorkerSet {
  const { clock, report, progress } = work;
  const { presence, broadcast, told } = ephemeral;
  const due = { ...work, views: views.stored };
  const pushing = { ...commandGiver, views: views.active, presence, loadState: reader.loadState, report, clock };
  const ending = { ...commandGiver, views: views.active, waitForViews: views.waitForViews, clock, monotonicMs: runtime.monotonicMs };
  return {
    'fan-out': { projections: [publishChat({ views: views.active, broadcast, told, clock })] },
    planning: {
      projections: [
        acceptRequests({ ...commandGiver, clock }),
        finishWithdrawals({ ...commandGiver, clock }),
        noteChangesAgain(commandGiver),
        duePushes(due, config),
        pushAgain({ views: views.active, clock, pushUnreadToMember: pushUnreadToMember(pushing) }, config),
      ],
      consumers: [{ queue: CHAT_PUSH_QUEUE, concurrency: CHAT_PUSH_CONCURRENCY, handler: pushUnread({ ...pushing, progress }, config) }],
    },
    schedules: {
      sweeps: [
        sweepScheduledMessages({ ...commandGiver, reader, views: views.active, clock }),
        sweepDuePushes(due, config),
        tellDisappeared(ending),
        destroyDayKeys(ending),
      ],
    },
  };
}
