import test from 'ava';
import { ADMIN_TOKEN, startTidingsForTest, temporaryFolder } from '../start-for-test.ts';
import { picturesAreShown } from './media-scenario.ts';
import { TEST_TIMEOUT_MS } from './system-under-test.ts';

test('a picture is uploaded, prepared, published and shown, with one folder for everything', async (t) => {
  t.timeout(TEST_TIMEOUT_MS);
  await using folder = await temporaryFolder();
  await using tidings = await startTidingsForTest(folder.path);
  await picturesAreShown(t, { addresses: () => Promise.resolve(tidings.addresses), adminToken: ADMIN_TOKEN });
});
