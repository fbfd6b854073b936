/**
 * The process that a test kills while it forgets what is too old. It prints how many deliveries are forgotten, and moves its clock on.
 * `node retention-process.ts <folder> <the time at which it starts>`
 */
import { MINUTE_MS, type Instant } from '../../../domain/shared/instant.ts';
import { startWorkersForTest } from '../../test-fixture.ts';
import { KEPT } from '../retention/test-fixture.ts';

const [folder = '', startAt] = process.argv.slice(2);
const work = await startWorkersForTest({ keptFor: KEPT }, { folder, startAt: startAt as Instant });
for (let before = 0; ;) {
  let forgotten = 0;
  for await (const { type } of work.log.readAll('main')) if (type === 'notifications.delivery-forgotten.v1') forgotten += 1;
  process.stdout.write(`${forgotten}\n`);
  // While it forgets, no time passes: it goes on by as much as is forgotten at once, and is killed there.
  await work.time.advance(forgotten === before ? MINUTE_MS : 0);
  await work.untilIdle();
  before = forgotten;
}
