/** The tour against the distributed profile, with an event store whose idempotency memory is as short as EventStoreDB’s. */
import { testWith } from '../servers/availability.ts';
import { runTour } from '../tour/tour.ts';
import { startCluster, TWO_WITH_ALL_ROLES } from './cluster.ts';

testWith('redis-server', 'secantusd-py')('the tour completes on two processes with all roles', async (t) => {
  await using cluster = await startCluster({ layout: TWO_WITH_ALL_ROLES, settings: { TIDINGS_CHAT_PUSH_AFTER_MS: '300' } });
  const { steps } = await runTour({ addresses: cluster.addresses, adminToken: cluster.adminToken, run: 'cluster', onStep: (line) => t.log(line) });
  t.is(steps, 16);
});
