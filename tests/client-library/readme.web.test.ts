/** The examples of the library's README, run as they are printed. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import sharp from 'sharp';
import { PASSWORD, startClientSystem } from './test-fixture.ts';

const CLIENT = resolve(import.meta.dirname, '../../client');
const examples = Array.from(readFileSync(join(CLIENT, 'README.md'), 'utf8').matchAll(/^```ts\n([\s\S]*?)^```$/gm), ([, code = '']) => code);

/** By example: what it is given the time to. */
const ENDINGS: Readonly<Record<number, string>> = {
  1: 'await new Promise((resolve) => setTimeout(resolve, 3_000));\ntidings.chat.close();\nawait channel.load();\n',
  3: "while (feed.state.value.entries[0]?.text !== 'With a picture') await new Promise((resolve) => setTimeout(resolve, 50));\nstop();\n",
};

test('the examples of the library’s README do what they say', async (t) => {
  t.timeout(180_000);
  await using system = await startClientSystem();
  const [ann, bob] = [await system.account('ann'), await system.account('bob')];
  const channelId = await system.directChannel(ann, bob);
  const addresses = system.urls;
  const given = { ...addresses, ...ann, channelId, credentials: await system.app(ann) };
  const givenToBegin = { ...addresses, loginName: 'ann', password: PASSWORD };
  const bytes = await sharp({ create: { width: 40, height: 30, channels: 3, background: 'teal' } }).png().toBuffer(); // prettier-ignore
  const picture = `const picture = new Blob([Buffer.from('${bytes.toString('base64')}', 'base64')]);\n`;
  const folder = await mkdtemp(join(import.meta.dirname, 'examples-'));
  try {
    const printed: string[] = [];
    for (const [n, example] of examples.entries()) {
      const file = join(folder, `${n}.ts`);
      const code = example.replaceAll("'tidings-client'", `'${CLIENT}/index.ts'`).replaceAll("'tidings-client/app'", `'${CLIENT}/app.ts'`);
      const declared = [...Object.entries(n === 0 ? givenToBegin : given).map(([name, value]) => `const ${name} = ${JSON.stringify(value)};\n`), picture];
      const ending = ENDINGS[n] ?? '';
      await writeFile(file, `${declared.join('')}${code}${ending}process.exit(0);\n`);
      const { stdout } = await promisify(execFile)(process.execPath, [file]);
      printed.push(stdout);
    }
    t.regex(printed[0] ?? '', /^logged in as ann$/m);
    t.regex(printed[1] ?? '', /^1 messages, 0 on their way$/m);
    t.regex(printed[2] ?? '', /^ann Good morning from the library$/m);
    t.regex(printed[3] ?? '', /^[1-9]\d* of [1-9]\d*$[\s\S]*^newest: With a picture$/m);
    t.regex(printed[4] ?? '', /^requested [0-9a-f-]{36}$/m);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
