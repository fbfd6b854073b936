/** The tour with the log in a separate process over gRPC and TLS, with an idempotency memory as short as EventStoreDB's; and with that process killed. */
import { join } from 'node:path';
import test from 'ava';
import { portToKeep } from '../../event-store/grpc/test-fixture.ts';
import { ADMIN_TOKEN, startTidingsForTest, startTidingsProcess, temporaryFolder, type TidingsProcess } from '../start-for-test.ts';
import { runTour } from './tour.ts';

const startStore = (folder: string, port: number) =>
  startTidingsProcess(folder, { TIDINGS_EVENT_STORE_PORT: String(port), TIDINGS_EVENT_STORE_IDEMPOTENCY: 'eventstoredb' }, ['--role', 'event-store']);

const connectionTo = (store: TidingsProcess, folder: string) => {
  const logged = String(store.lines.find(({ role }) => role === 'event-store')?.['url']);
  const { port } = new URL(logged.replace(/^esdb:/, 'http:'));
  return { port: Number(port), url: `esdb://admin:changeit@localhost:${port}?tls=true&tlsCAFile=${join(folder, 'event-store-ca.pem')}` };
};

// Serial: the official client keeps its pending calls in one place for the whole process, and a store that is killed fails all of them.
test.serial('the tour completes with the log behind EventStoreDB’s protocol', async (t) => {
  await using folder = await temporaryFolder();
  await using store = await startStore(join(folder.path, 'store'), 0);
  const { url } = connectionTo(store, join(folder.path, 'store'));
  await using tidings = await startTidingsForTest(join(folder.path, 'tidings'), { TIDINGS_EVENTSTORE_URLS: url });
  const { steps } = await runTour({ addresses: () => Promise.resolve(tidings.addresses), adminToken: ADMIN_TOKEN, run: 'remote-log', onStep: () => {} });
  t.is(steps, 16);
});

test.serial('the tour completes although the store’s process is killed and restarted', async (t) => {
  await using folder = await temporaryFolder();
  let store = await startStore(join(folder.path, 'store'), await portToKeep());
  try {
    const { url, port } = connectionTo(store, join(folder.path, 'store'));
    await using tidings = await startTidingsForTest(join(folder.path, 'tidings'), { TIDINGS_EVENTSTORE_URLS: url });
    let restarting: Promise<void> = Promise.resolve();
    const kill = async () => {
      await store.stop('SIGKILL');
      store = await startStore(join(folder.path, 'store'), port);
    };
    const { steps } = await runTour({
      addresses: () => Promise.resolve(tidings.addresses),
      adminToken: ADMIN_TOKEN,
      run: 'store-killed',
      onStep: () => {},
      beforeStep: async (step) => {
        await restarting;
        if (step === 6 || step === 10) setTimeout(() => void (restarting = kill()), 10);
      },
    });
    await restarting;
    t.is(steps, 16);
  } finally {
    await store.stop('SIGKILL');
  }
});
