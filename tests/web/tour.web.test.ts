/** The tour, by clicking, in one process. On a cluster: `cluster-pages.distributed.test.ts`. */
import { ADMIN_TOKEN } from '../start-for-test.ts';
import { testInBrowser } from './browser.ts';
import { startPages } from './pages.ts';
import { liveTheTour, TOUR_SETTINGS } from './tour/tour.ts';

testInBrowser('the tour is lived by clicking', async (t) => {
  t.timeout(240_000);
  await using pages = await startPages(t, TOUR_SETTINGS);
  t.is(await liveTheTour(t, { people: pages, ops: pages.ops, adminToken: ADMIN_TOKEN }), 16);
  t.deepEqual(pages.faults, []);
});
