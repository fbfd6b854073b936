/** The cluster does what the tests that stand on it make it do. */
import { signUp } from '../../cli/test-fixture.ts';
import { testWith } from '../servers/availability.ts';
import { startCluster, TWO_WITH_ALL_ROLES } from './cluster.ts';

const ANSWERS_WITHIN_MS = 1_000;

testWith('redis-server', 'secantusd-py')('a process can be killed, hung and stopped by itself, and comes back on its ports', async (t) => {
  await using cluster = await startCluster({ layout: TWO_WITH_ALL_ROLES });
  const [first, second] = [cluster.process('all-1'), cluster.process('all-2')];
  const isLive = (url: string | undefined) =>
    fetch(`${url}/health/live`, { signal: AbortSignal.timeout(ANSWERS_WITHIN_MS) }).then(
      ({ ok }) => ok,
      () => false,
    );
  const before = first.urls;
  await first.kill();
  t.false(first.isRunning());
  t.false(await isLive(first.urls.operations));
  await signUp(await cluster.directAddresses(), 'ann'); // the other one answers
  await first.start();
  t.deepEqual(first.urls, before);
  t.true(await isLive(first.urls.operations));

  second.hang();
  t.true(second.isRunning());
  t.false(await isLive(second.urls.operations));
  second.resume();
  t.true(await isLive(second.urls.operations));
  t.is(await second.stop(), 0);
  t.true(second.lines().some(({ msg }) => msg === 'stopped'));

  const third = await cluster.add('all-3', ['write-api', 'read-api']);
  t.true(await isLive(third.urls['write-api']));
  t.is(cluster.withRole('write-api').length, 3);
});
