/** The same tour with the log in a process of its own, over gRPC and TLS, as forgetful as the real server; and with that process killed in the middle. */
import { join } from 'node:path';
import test from 'ava';
import { portToKeep } from '../../event-store/grpc/test-fixture.ts';
import { ADMIN_TOKEN, startTidingsForTest, startTidingsProcess, temporaryFolder, type TidingsProcess } from '../start-for-test.ts';
import { tellTour } from './tour.ts';

const storeIn = (folder: string, port: number) =>
  startTidingsProcess(folder, { TIDINGS_EVENT_STORE_PORT: String(port), TIDINGS_EVENT_STORE_FORGETFUL: 'yes' }, ['--role', 'event-store']);

const urlOf = (store: TidingsProcess, folder: string) => {
  const { port } = new URL(urlLogged(store).replace(/^esdb:/, 'http:'));
  return { port: Number(port), url: `esdb://admin:changeit@localhost:${port}?tls=true&tlsCAFile=${join(folder, 'event-store-ca.pem')}` };
};
const urlLogged = (store: TidingsProcess) => String(store.lines.find(({ role }) => role === 'event-store')?.['url']);

// One at a time: the official client keeps the answers it waits for in one place for the whole process, and a store that is killed takes all of them with it.
test.serial('the tour passes with EventStoreDB’s protocol between it and the log', async (t) => {
  await using folder = await temporaryFolder();
  await using store = await storeIn(join(folder.path, 'store'), 0);
  const { url } = urlOf(store, join(folder.path, 'store'));
  await using house = await startTidingsForTest(join(folder.path, 'house'), { TIDINGS_EVENTSTORE_URLS: url });
  const told = await tellTour({ addresses: () => Promise.resolve(house.addresses), adminToken: ADMIN_TOKEN, run: 'afar', say: () => {} });
  t.is(told.steps, 16);
});

test.serial('it goes on after the store’s process was killed and started again', async (t) => {
  await using folder = await temporaryFolder();
  let store = await storeIn(join(folder.path, 'store'), await portToKeep());
  try {
    const { url, port } = urlOf(store, join(folder.path, 'store'));
    await using house = await startTidingsForTest(join(folder.path, 'house'), { TIDINGS_EVENTSTORE_URLS: url });
    let restarting: Promise<void> = Promise.resolve();
    const kill = async () => {
      await store.stop('SIGKILL');
      store = await storeIn(join(folder.path, 'store'), port);
    };
    const told = await tellTour({
      addresses: () => Promise.resolve(house.addresses),
      adminToken: ADMIN_TOKEN,
      run: 'cut-off',
      say: () => {},
      pause: async (step) => {
        await restarting;
        if (step === 6 || step === 10) setTimeout(() => void (restarting = kill()), 10);
      },
    });
    await restarting;
    t.is(told.steps, 16);
  } finally {
    await store.stop('SIGKILL');
  }
});
