/** What is named anywhere in a deployment exists: settings, and the addresses at which processes say how they are. */
import test from 'ava';
import { configFrom } from '../../app/config/config.ts';
import { SECRET_SETTINGS, settingsSchema } from '../../app/config/settings.ts';
import { startTidingsForTest, temporaryFolder } from '../start-for-test.ts';
import { deploymentFiles, textOf } from './deployment.ts';

test('every setting that a deployment names is one', (t) => {
  const known = new Set([...Object.keys(settingsSchema.shape), ...Array.from(SECRET_SETTINGS, (name) => `${name}_FILE`)]);
  const named = deploymentFiles().flatMap((file) => Array.from(textOf(file).matchAll(/TIDINGS_[A-Z_]+/g), ([name]) => ({ file, name })));
  t.true(named.length > 50);
  t.deepEqual(
    named.filter(({ name }) => !known.has(name)),
    [],
  );
});

test('every address that is asked for health exists on the listener that is asked', async (t) => {
  const asked = deploymentFiles().flatMap((file) =>
    Array.from(textOf(file).matchAll(/http:\/\/127\.0\.0\.1:(808[1-4])(\/[\w/-]*)/g), ([, port, path = '']) => ({ file, port: Number(port), path })),
  );
  t.true(asked.length >= 2);
  const probed = deploymentFiles().flatMap((file) =>
    Array.from(textOf(file).matchAll(/httpGet: \{ path: (\S+), port: operations \}/g), ([, path = '']) => ({ file, port: configFrom({}).ports.ops, path })),
  );
  t.is(probed.length, 6);
  await using folder = await temporaryFolder();
  await using tidings = await startTidingsForTest(folder.path);
  for (const { file, port, path } of [...asked, ...probed]) {
    t.is(port, configFrom({}).ports.ops, file);
    t.is((await fetch(`${tidings.urls.operations ?? ''}${path}`)).status, 200, `${file}: ${path}`);
  }
});
