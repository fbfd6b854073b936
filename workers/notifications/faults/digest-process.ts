/**
 * The process that a test kills while notifications wait to be told as one, or while that is sent. It prints the actors, then each
 * acknowledged notification, a line of JSON each, and moves its clock on. `node digest-process.ts <folder>`
 */
import { MINUTE_MS } from '../../../domain/shared/instant.ts';
import { startDeliveriesForTest } from '../test-fixture.ts';
import { DIGESTED, PEOPLE, wantDigests } from './digests.ts';
import { CONFIG, requestNumbered } from './requests.ts';

/** The kill finds attempts that are under way. */
const VENDOR_LATENCY_MS = 20;

const [folder = ''] = process.argv.slice(2);
const { work, app, recipients } = await startDeliveriesForTest(PEOPLE, { ...CONFIG, attemptDeadlineMs: MINUTE_MS }, { folder });
await wantDigests(work, recipients);
await work.outbox.behave({ push: { does: 'accept-slowly', latencyMs: VENDOR_LATENCY_MS } });
const print = (line: unknown) => process.stdout.write(`${JSON.stringify(line)}\n`);
print({ app, recipients });
for (let n = 0; n < DIGESTED; n++) print(await requestNumbered(work, { app, recipients }, n));
await work.untilIdle();
for (;;) {
  await work.time.advance(MINUTE_MS);
  await work.untilIdle();
}
