/** The workers of people: what other streams need after a friendship ended or a person was erased, and sweeps for abandoned claims. */
import type { LoadState } from '../../commands/handling/handle.ts';
import type { CommandGiver, WorkerSet, WorkerViews, WorkTracking } from '../dependencies.ts';
import type { MediaPorts } from '../media/workers.ts';
import { openLoginClaims, sweepAbandonedLogins } from './abandoned-logins.ts';
import { openReservations, sweepAbandonedReservations } from './abandoned-reservations.ts';
import { ERASE_ACTIVITY_CONCURRENCY, ERASE_ACTIVITY_QUEUE, eraseActivity, eraseActivityRange, sweepErasures } from './erase-activity.ts';
import { finishErasing } from './finish-erasing.ts';
import { tellOfSecurity } from './tell-of-security.ts';
import { tellOfModeration } from './tell-of-moderation.ts';
import { releaseReservations } from './release-reservations.ts';

export type PeopleWorkersDependencies = {
  readonly commandGiver: CommandGiver;
  readonly loadState: LoadState;
  readonly views: Pick<WorkerViews, 'active'>;
  readonly work: WorkTracking;
  readonly media: MediaPorts | undefined;
};

export function peopleWorkers({ commandGiver, loadState, views, work, media }: PeopleWorkersDependencies): WorkerSet {
  const { clock } = work;
  return {
    planning: {
      projections: [
        releaseReservations({ ...commandGiver, clock }),
        openReservations,
        openLoginClaims,
        finishErasing({ ...commandGiver, views: views.active, clock }),
        eraseActivity(work),
        tellOfSecurity({ ...commandGiver, clock }),
        tellOfModeration({ ...commandGiver, clock }),
      ],
      consumers: [
        {
          queue: ERASE_ACTIVITY_QUEUE,
          concurrency: ERASE_ACTIVITY_CONCURRENCY,
          handler: eraseActivityRange({ ...work, ...commandGiver, views: views.active, media }),
        },
      ],
    },
    schedules: {
      sweeps: [sweepAbandonedReservations({ ...work, ...commandGiver }), sweepAbandonedLogins({ ...work, ...commandGiver, loadState }), sweepErasures(work)],
    },
  };
}
