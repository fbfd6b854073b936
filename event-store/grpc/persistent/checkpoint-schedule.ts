/** Decides when a group writes its checkpoint: after a time or a number of events, by its settings. */
import type { Checkpoints } from './checkpoint.ts';
import type { GroupSettings } from './settings.ts';

/** A checkpoint is an event too: written after every few skipped events, checkpoints would cause each other. */
const SKIPPED_MIN = 100; // events

type Dependencies = {
  readonly checkpoints: Checkpoints;
  readonly settings: Pick<GroupSettings, 'checkpointAfterMs' | 'minCheckpointCount' | 'maxCheckpointCount'>;
  readonly monotonicMs: () => number;
  /** Everything up to this offset is done; below 0 while nothing is. */
  readonly completedUpTo: () => number;
};

export type CheckpointSchedule = ReturnType<typeof scheduleCheckpoints>;

export function scheduleCheckpoints({ checkpoints, settings, monotonicMs, completedUpTo }: Dependencies) {
  const { checkpointAfterMs, minCheckpointCount, maxCheckpointCount } = settings;
  let writtenMs = monotonicMs();
  let done = 0; // events since the last checkpoint
  let skipped = 0; // events since the last checkpoint that no consumer was to get

  async function write(): Promise<void> {
    done = 0;
    skipped = 0;
    writtenMs = monotonicMs();
    const offset = completedUpTo();
    if (offset >= 0) await checkpoints.write(offset);
  }

  return {
    write,
    eventDone: (): void => {
      done++;
      if (maxCheckpointCount > 0 && done >= maxCheckpointCount) void write();
    },
    eventsSkipped: (count: number): void => {
      skipped += count;
    },
    tick: (): void => {
      if (monotonicMs() - writtenMs < checkpointAfterMs) return;
      if (done >= Math.max(minCheckpointCount, 1) || skipped >= Math.max(maxCheckpointCount, SKIPPED_MIN)) void write();
    },
  };
}
