/** The job of a schedule whose time has come. Run too early, late, twice or by two workers, it records each occurrence once. */
import type { Commands } from '../../../commands/commands.ts';
import type { ContextFor } from '../../../commands/handling/command-context.ts';
import type { ScheduleId } from '../../../domain/shared/ids.ts';
import type { Instant } from '../../../domain/shared/instant.ts';
import type { Job } from '../../../ports/job-queue/port.ts';
import { freshContext } from '../../jobs/command-contexts.ts';

type Dependencies = { readonly commands: Pick<Commands, 'advanceSchedule'>; readonly contextFor: ContextFor; readonly clock: () => Instant };

export const advanceScheduleOf =
  ({ commands, contextFor, clock }: Dependencies) =>
  async ({ data }: Pick<Job, 'data'>): Promise<void> => {
    const schedule = data['schedule'] as ScheduleId;
    await commands.advanceSchedule({ schedule }, freshContext({ contextFor, worker: 'schedules', type: 'advance-schedule', body: schedule, at: clock() }));
  };
