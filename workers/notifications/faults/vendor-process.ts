/**
 * The process that is killed amid deliveries through the real sender of a vendor: an app requests one notification after the other, while
 * the workers send the earlier ones. It prints the actors, and then each acknowledged notification, a line of JSON each.
 * `node vendor-process.ts <folder> <vendor> <origin> <file of the authority> <people> <requests>`
 */
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { enrolPeople, requestOf, startVendorWorkers } from './vendor-fixture.ts';
import { faultyVendors } from './vendors.ts';

/** The kill finds requests that are still to be made, and some that are being planned. */
const BETWEEN_REQUESTS_MS = 20;
/** By the real clock: on a busy machine no attempt is late, for a breaker that opens stays open while the test's clock stands still. */
const ATTEMPT_DEADLINE_MS = 30_000;

const [folder = '', name, origin = '', authority = '', people = '', requests = ''] = process.argv.slice(2);
const vendor = faultyVendors().find((one) => one.name === name);
if (vendor === undefined) throw new Error(`There is no vendor ${name}.`);
const connect = { origin, ca: await readFile(authority, 'utf8') };
const work = await startVendorWorkers({ vendor, connect }, [{ attemptDeadlineMs: ATTEMPT_DEADLINE_MS }, { folder }]);
const actors = await enrolPeople(work, vendor, Number(people));
const print = (line: unknown) => process.stdout.write(`${JSON.stringify(line)}\n`);
print(actors);
for (let n = 0; n < Number(requests); n++) {
  print(await requestOf({ work, vendor, actors }, `number-${n}`, { recipients: actors.recipients, body: `Number ${n}` }));
  await delay(BETWEEN_REQUESTS_MS);
}
