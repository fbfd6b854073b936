import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import type { ControlOperations } from './protocol.ts';
import { startControlServer } from './server.ts';
import { findSocket } from './socket.ts';

async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'tidings-control-test-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

const operations: ControlOperations = {
  'verify-store': async function* () {
    yield { is: 'progress' };
    yield { is: 'result', events: 7, documents: null, records: null, damage: [] };
  },
  'log-head': async function* () {
    yield { head: null };
    throw new Error('The disk is on fire.');
  },
};

/** The lines of an answer. */
async function ask(folder: string, path: string, body: string): Promise<readonly unknown[]> {
  const sent = request({ socketPath: findSocket(folder) ?? '', path, method: 'POST', agent: false });
  sent.end(body);
  const response = await new Promise<NodeJS.ReadableStream>((resolve, reject) => sent.once('response', resolve).once('error', reject));
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
}

test('answers line by line, and ends with an end line', async (t) => {
  await using folder = await temporaryFolder();
  await using _control = await startControlServer(operations, { folder: folder.path });
  t.deepEqual(await ask(folder.path, '/v1/verify-store', '{}'), [
    { is: 'progress' },
    { is: 'result', events: 7, documents: null, records: null, damage: [] },
    { $end: 'done' },
  ]);
});

test('a failure is in the end line', async (t) => {
  await using folder = await temporaryFolder();
  await using _control = await startControlServer(operations, { folder: folder.path });
  t.deepEqual(await ask(folder.path, '/v1/log-head', '{}'), [{ head: null }, { $end: 'failed', code: 'failed', message: 'The disk is on fire.' }]);
});

test('refuses a wrong request, and answers the next one', async (t) => {
  await using folder = await temporaryFolder();
  await using _control = await startControlServer(operations, { folder: folder.path });
  for (const [path, body, code] of [
    ['/v1/nonsense', '{}', 'unknown'],
    ['/v1/scavenge-store', '{"compact":true}', 'unknown'], // not an operation of this process
    ['/v1/verify-store', 'nonsense', 'bad-request'],
    ['/v1/verify-store', '{"nonsense":1}', 'bad-request'],
    ['/v1/verify-store', `{"nonsense":"${'a'.repeat(70_000)}"}`, 'bad-request'],
  ] as const) {
    const [last] = await ask(folder.path, path, body);
    t.like(last, { $end: 'failed', code }, `${path} ${body.slice(0, 40)}`);
  }
  t.is((await ask(folder.path, '/v1/verify-store', '{}')).length, 3);
});

test('only the owner may open the socket, which is removed at the end', async (t) => {
  await using folder = await temporaryFolder();
  const control = await startControlServer(operations, { folder: folder.path });
  const path = findSocket(folder.path) ?? '';
  t.is(statSync(path).mode & 0o777, 0o600);
  await control[Symbol.asyncDispose]();
  t.false(existsSync(path));
});

test('replaces the socket of a killed process', async (t) => {
  await using folder = await temporaryFolder();
  writeFileSync(join(folder.path, 'control.sock'), '');
  writeFileSync(join(folder.path, 'control.path'), `${join(folder.path, 'precious', 'control.sock')}\n`);
  await mkdir(join(folder.path, 'precious'));
  await using _control = await startControlServer(operations, { folder: folder.path });
  t.is((await ask(folder.path, '/v1/verify-store', '{}')).length, 3);
  t.true(existsSync(join(folder.path, 'precious')), 'a folder of others is not removed');
});

test('a folder with a path too long for a socket has a file with the socket’s path', async (t) => {
  await using folder = await temporaryFolder();
  const deep = join(folder.path, 'long-name-'.repeat(12));
  await mkdir(deep);
  const control = await startControlServer(operations, { folder: deep });
  const path = readFileSync(join(deep, 'control.path'), 'utf8').trim();
  t.is(findSocket(deep), path);
  t.true(Buffer.byteLength(path) <= 103);
  t.is((await ask(deep, '/v1/verify-store', '{}')).length, 3);
  await control[Symbol.asyncDispose]();
  t.false(existsSync(path) || existsSync(join(deep, 'control.path')));
});

test('cancels operations whose client disconnects or that run at the stop, and waits for them to end', async (t) => {
  await using folder = await temporaryFolder();
  const endings: string[] = [];
  const begun = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const ended = Promise.withResolvers<void>();
  let count = 0;
  const control = await startControlServer(
    {
      'verify-store': async function* (_request, signal) {
        const which = count++;
        yield { is: 'progress' };
        begun[which]?.resolve();
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        endings.push(`${which} ended`);
        if (which === 0) ended.resolve();
      },
    },
    { folder: folder.path },
  );
  const path = findSocket(folder.path) ?? '';
  const leaving = request({ socketPath: path, path: '/v1/verify-store', method: 'POST', agent: false }).on('error', () => undefined);
  leaving.end('{}');
  await begun[0]?.promise;
  leaving.destroy();
  await ended.promise;
  const staying = ask(folder.path, '/v1/verify-store', '{}');
  await begun[1]?.promise;
  await control[Symbol.asyncDispose]();
  t.deepEqual(endings, ['0 ended', '1 ended']);
  t.deepEqual(await staying, [{ is: 'progress' }, { $end: 'done' }]);
});
