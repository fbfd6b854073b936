/** The tour where the streams are spread over two event stores, and the work of each projection is divided into four shards of each. */
import { testWith } from '../servers/availability.ts';
import { runTour } from '../tour/tour.ts';
import { startCluster, TWO_WITH_ALL_ROLES } from './cluster.ts';

testWith('redis-server', 'secantusd-py')('the tour completes on two logs and four shards', async (t) => {
  await using cluster = await startCluster({
    layout: TWO_WITH_ALL_ROLES,
    logs: 2,
    settings: { TIDINGS_CHAT_PUSH_AFTER_MS: '300', TIDINGS_PROJECTION_SHARDS: '4' },
  });
  const { steps } = await runTour({ addresses: cluster.addresses, adminToken: cluster.adminToken, run: 'divided', onStep: (line) => t.log(line) });
  t.is(steps, 16);
});
