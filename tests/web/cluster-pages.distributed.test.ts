/** The pages of a front that has a process of its own, before a cluster behind nginx: people in browsers live the whole tour there. */
import { join } from 'node:path';
import { startCluster, TWO_WITH_ALL_ROLES } from '../cluster/cluster.ts';
import { testWith } from '../servers/availability.ts';
import { startTidingsProcess, temporaryFolder } from '../start-for-test.ts';
import { peopleInBrowsers } from './pages.ts';
import { liveTheTour, TOUR_SETTINGS } from './tour/tour.ts';

testWith(
  'redis-server',
  'secantusd-py',
  'nginx',
  'chromium',
)('the tour is lived by clicking, before a cluster', async (t) => {
  t.timeout(360_000);
  await using folder = await temporaryFolder();
  await using cluster = await startCluster({ layout: TWO_WITH_ALL_ROLES, settings: TOUR_SETTINGS });
  const { site, adminToken } = cluster;
  if (site === undefined) return t.fail('nginx is there, and the cluster has none');
  const upstreams = { TIDINGS_FRONT_WRITE_URL: site.url, TIDINGS_FRONT_READ_URL: site.url, TIDINGS_FRONT_GATEWAY_URL: site.gatewayUrl('all-2') };
  await using front = await startTidingsProcess(join(folder.path, 'front'), { ...upstreams, TIDINGS_FRONT_PORT: '0' }, ['--role', 'front']);
  const url = String(front.lines.find(({ msg, role }) => msg === 'listening' && role === 'front')?.['url']);
  await using people = await peopleInBrowsers(t, url);
  const { ops } = await cluster.addresses();
  t.is(await liveTheTour(t, { people, ops, adminToken }), 16);
  t.deepEqual(people.faults, []);
});
