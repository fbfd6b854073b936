/** For the tests of reactors: settings that keep them short, and a look at the checkpoint in the log. */
import type { Position } from '../../ports/event-log/port.ts';
import type { ProjectionsConfig } from '../rollout/start-projections.ts';
import type { ProjectionsFixture } from '../test-fixture.ts';

export const QUICK = { idleCheckpointMs: 20, logCheckpointMs: 0 } satisfies Partial<ProjectionsConfig>;

export async function checkpointInLog({ log, codec }: ProjectionsFixture): Promise<Position | undefined> {
  for await (const stored of log.readStream('checkpoint-counting', { from: 'end', direction: 'backwards', limit: 1 })) {
    const { type, data } = await codec.decode(stored);
    if (type === 'operations.checkpoint-reached.v1') return data.position as Position;
  }
  return undefined;
}
