/** The examples of the guide for Python, run as they are printed, one behind the other. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { instant } from '../../domain/shared/instant.ts';
import { temporaryFolder } from '../start-for-test.ts';
import { webhookHeaders } from '../../workers/notifications/webhooks/sign-webhook.ts';
import { testWith } from '../servers/availability.ts';
import { startClientSystem } from './test-fixture.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const examples = Array.from(readFileSync(join(ROOT, 'docs/clients/python.md'), 'utf8').matchAll(/^```python\n([\s\S]*?)^```$/gm), ([, code = '']) => code);

testWith('websockets')('the examples of the guide for Python do what they say', async (t) => {
  t.timeout(180_000);
  await using system = await startClientSystem();
  await using folder = await temporaryFolder();
  const [ann, bob] = [await system.account('ann'), await system.account('bob')];
  const channel = await system.directChannel(ann, bob);
  const at = Date.now();
  const secret = `whsec_${Buffer.from('a secret of thirty-two characters').toString('base64')}`;
  const headers = webhookHeaders([secret], { id: 'msg_1', body: '{"type":"delivered"}', at: instant(at) });
  const given = { ...system.urls, token: ann.token, person: ann.person, channel, app: await system.app(ann), webhook: { secret, headers, now: at / 1_000 } };
  const verified = ['{"type":"delivered"}', '{"type":"failed"}'].map(
    (body) => `verify_webhook(webhook["secret"], webhook["headers"], b'${body}', webhook["now"])`,
  );
  const file = join(folder.path, 'examples.py');
  const declared = `import json\nglobals().update(json.loads(${JSON.stringify(JSON.stringify(given))}))\n`;
  await writeFile(file, `${declared}${examples.join('\n')}\nprint("verified", ${verified.join(', ')})\n`);
  const { stdout } = await promisify(execFile)(join(ROOT, '.venv/bin/python3'), [file]);
  const lines = stdout.trim().split('\n');
  t.is(lines[0], 'ann Good morning from Python');
  t.deepEqual(lines.slice(1, 3), ['refused: post-empty', 'acknowledged']);
  t.regex(lines[3] ?? '', /^requested [0-9a-f-]{36}$/);
  t.is(lines[4], 'verified True False');
  const client = await system.open(bob);
  const { data } = await client.read.GET('/v1/channels/{channel}/messages', { params: { path: { channel } } });
  t.deepEqual(
    data?.messages.map(({ text }) => text),
    ['Hello from Python', 'and once more'],
  );
});
