/**
 * The process that the fault table starts and kills: an app requests one notification after the other, while the workers plan and
 * send the earlier ones. It prints the actors, and then each acknowledged notification, a line of JSON each.
 * `node killed-process.ts <folder> [resolves-attempts]`
 */
import { setTimeout as delay } from 'node:timers/promises';
import { startDeliveriesForTest } from '../test-fixture.ts';
import { CONFIG, RECIPIENTS, requestNumbered, REQUESTS } from './requests.ts';

/** The kill finds attempts that are under way. */
const VENDOR_LATENCY_MS = 5;
/** The kill finds requests that are still to be made, and some that are being planned. */
const BETWEEN_REQUESTS_MS = 50;
/** By the real clock: on a busy machine no attempt is late, for a breaker that opens stays open while the test's clock stands still. */
const ATTEMPT_DEADLINE_MS = 10_000;

const [folder = '', vendor] = process.argv.slice(2);
const { work, app, recipients } = await startDeliveriesForTest(
  RECIPIENTS,
  { ...CONFIG, attemptDeadlineMs: ATTEMPT_DEADLINE_MS },
  {
    folder,
    ...(vendor === 'resolves-attempts' ? { resolvesAttempts: true } : {}),
  },
);
await work.outbox.behave({ push: { does: 'accept-slowly', latencyMs: VENDOR_LATENCY_MS } });
const print = (line: unknown) => process.stdout.write(`${JSON.stringify(line)}\n`);
print({ app, recipients });
for (let n = 0; n < REQUESTS; n++) {
  print(await requestNumbered(work, { app, recipients }, n));
  await delay(BETWEEN_REQUESTS_MS);
}
