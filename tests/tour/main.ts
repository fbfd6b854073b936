/** `npm run tour`: tells the tour to a Tidings that it starts for it, in a folder that is gone afterwards. */
import { randomUUID } from 'node:crypto';
import { ADMIN_TOKEN, startTidingsProcess, temporaryFolder } from '../start-for-test.ts';
import { tellTour } from './tour.ts';

await using folder = await temporaryFolder();
await using house = await startTidingsProcess(folder.path);
const begunAt = Date.now();
const told = await tellTour({
  addresses: () => Promise.resolve(house.addresses),
  adminToken: ADMIN_TOKEN,
  run: randomUUID().slice(0, 8),
  say: (line) => console.log(line),
});
console.log(`\nThe tour is told: ${told.steps} steps in ${((Date.now() - begunAt) / 1_000).toFixed(1)} s.`);
