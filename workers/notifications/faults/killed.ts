/**
 * A process that the fault table starts and kills: an app asks for one notification after the other, while the workers plan and send
 * what was asked for before. It says who there is, and then what was acknowledged, as it happens. `node killed.ts <folder> [can-be-asked]`
 */
import { setTimeout as delay } from 'node:timers/promises';
import { startDeliveriesForTest } from '../test-fixture.ts';
import { CONFIG, RECIPIENTS, request, REQUESTS } from './requests.ts';

/** So that the kill finds attempts that are under way. */
const VENDOR_LATENCY_MS = 5;
/** So that it finds requests that are still to be made, and some that are being planned. */
const BETWEEN_REQUESTS_MS = 50;

const [folder = '', vendor] = process.argv.slice(2);
const { work, app, recipients } = await startDeliveriesForTest(RECIPIENTS, CONFIG, {
  folder,
  ...(vendor === 'can-be-asked' ? { resolvesAttempts: true } : {}),
});
work.outbox.behave({ push: { does: 'accept-slowly', latencyMs: VENDOR_LATENCY_MS } });
const say = (line: unknown) => process.stdout.write(`${JSON.stringify(line)}\n`);
say({ app, recipients });
for (let n = 0; n < REQUESTS; n++) {
  say(await request(work, { app, recipients }, n));
  await delay(BETWEEN_REQUESTS_MS);
}
