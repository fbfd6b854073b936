/** Answers that take the same time whatever they are about, so that time doesn't tell which login names there are. */
import { setTimeout as sleep } from 'node:timers/promises';

/** Longer than the work takes on a machine that isn't overloaded. */
const STEADY_ANSWER_MS = 250;

/** What fails fails as late as what succeeds. */
export async function inSteadyTime<Answer>(work: Promise<Answer>): Promise<Answer> {
  const [settled] = await Promise.all([Promise.allSettled([work]), sleep(STEADY_ANSWER_MS)]);
  const [result] = settled;
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}
