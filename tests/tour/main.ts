/** `npm run tour`: starts a Tidings in a temporary folder, runs the tour on it and prints each step. */
import { randomUUID } from 'node:crypto';
import { ADMIN_TOKEN, startTidingsProcess, temporaryFolder } from '../start-for-test.ts';
import { runTour } from './tour.ts';

await using folder = await temporaryFolder();
await using tidings = await startTidingsProcess(folder.path);
const startedAt = Date.now();
const { steps } = await runTour({
  addresses: () => Promise.resolve(tidings.addresses),
  adminToken: ADMIN_TOKEN,
  run: randomUUID().slice(0, 8),
  onStep: (line) => console.log(line),
});
console.log(`\nThe tour is complete: ${steps} steps in ${((Date.now() - startedAt) / 1_000).toFixed(1)} s.`);
