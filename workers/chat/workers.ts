/** The workers of chat: live hints from the log, and pushes of messages that no device has acknowledged. */
import type { LoadState } from '../../commands/handling/handle.ts';
import type { CommandGiver, EphemeralPorts, WorkerSet, WorkerViews, WorkTracking } from '../dependencies.ts';
import { CHAT_PUSH_CONCURRENCY, CHAT_PUSH_QUEUE, duePushes, sweepDuePushes } from './schedule-pushes.ts';
import { acceptRequests } from './accept-requests.ts';
import { publishChat } from './publish-chat.ts';
import { pushAgain } from './retry-failed-push.ts';
import { pushUnread, pushUnreadToMember } from './push-unread.ts';

export type ChatWorkersDependencies = {
  readonly commandGiver: CommandGiver;
  readonly loadState: LoadState;
  readonly views: WorkerViews;
  readonly ephemeral: Pick<EphemeralPorts, 'presence' | 'broadcast'>;
  readonly work: WorkTracking;
};

/** How long a recipient's devices have to acknowledge a message before a push is requested. */
export type ChatWorkersConfig = { readonly chatPushAfterMs: number };

export function chatWorkers({ commandGiver, loadState, views, ephemeral, work }: ChatWorkersDependencies, config: ChatWorkersConfig): WorkerSet {
  const { clock, report, progress } = work;
  const { presence, broadcast } = ephemeral;
  const due = { ...work, views: views.stored };
  const pushing = { ...commandGiver, views: views.active, presence, loadState, report, clock };
  return {
    'fan-out': { projections: [publishChat({ views: views.active, broadcast, clock })] },
    planning: {
      projections: [
        acceptRequests({ ...commandGiver, clock }),
        duePushes(due, config),
        pushAgain({ views: views.active, clock, pushUnreadToMember: pushUnreadToMember(pushing) }, config),
      ],
      consumers: [{ queue: CHAT_PUSH_QUEUE, concurrency: CHAT_PUSH_CONCURRENCY, handler: pushUnread({ ...pushing, progress }, config) }],
    },
    schedules: { sweeps: [sweepDuePushes(due, config)] },
  };
}
