/** TLS on every listener, with certificates that are replaced while it runs. */
import { once } from 'node:events';
import { request } from 'node:https';
import { connect as connectPlainly } from 'node:net';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'node:tls';
import test from 'ava';
import { WebSocket } from 'ws';
import { makeCertificates } from '../event-store/grpc/certificates.ts';
import { startTidingsForTest, temporaryFolder } from '../tests/start-for-test.ts';
import { CannotStart } from './cannot-start.ts';
import { openTlsFiles } from './tls-files.ts';

const [FIRST, SECOND] = [makeCertificates(['localhost', '127.0.0.1'], Date.now()), makeCertificates(['localhost', '127.0.0.1'], Date.now())];

async function givenFiles(folder: string) {
  const files = { certificateFile: join(folder, 'tls.crt'), keyFile: join(folder, 'tls.key') };
  const write = async ({ certificate, key }: { readonly certificate: string; readonly key: string }) => {
    await replaceFile(files.certificateFile, certificate);
    await replaceFile(files.keyFile, key);
  };
  await write(FIRST);
  return { files, write };
}

async function replaceFile(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}

const statusOf = async (url: string, ca: string): Promise<number | undefined> => {
  const asked = request(url, { ca, agent: false });
  asked.end();
  const [response] = (await once(asked, 'response')) as [{ readonly statusCode?: number; resume(): void }];
  response.resume();
  return response.statusCode;
};

test.serial('every listener speaks TLS, and a certificate that is replaced holds for new connections without a restart', async (t) => {
  await using folder = await temporaryFolder();
  const { files, write } = await givenFiles(folder.path);
  await using tidings = await startTidingsForTest(join(folder.path, 'data'), {
    TIDINGS_TLS_CERT_FILE: files.certificateFile,
    TIDINGS_TLS_KEY_FILE: files.keyFile,
    TIDINGS_ROLES: 'write-api,read-api,gateway,projections,workers,event-store',
    TIDINGS_EVENT_STORE_PORT: '0',
  });
  const { 'event-store': store = '', gateway = '', ...http } = tidings.urls;
  t.regex(gateway, /^wss:/);
  const check = async (ca: string) => {
    for (const url of Object.values(http)) {
      t.regex(String(url), /^https:/);
      t.is(await statusOf(`${url}/health/live`, ca), 200, url);
    }
    const socket = new WebSocket(gateway, { ca });
    await once(socket, 'open');
    socket.terminate();
    const secured = connect({ port: Number(/:(\d+)/.exec(store)?.[1]), host: '127.0.0.1', servername: 'localhost', ca, ALPNProtocols: ['h2'] });
    await once(secured, 'secureConnect');
    t.true(secured.authorized, 'event-store');
    secured.destroy();
  };
  await check(FIRST.authority);
  await write(SECOND);
  process.emit('SIGHUP');
  await check(SECOND.authority);
  await t.throwsAsync(check(FIRST.authority), { code: 'SELF_SIGNED_CERT_IN_CHAIN' });
});

test.serial('stopping doesn’t wait for clients that have connected and say nothing, before and after the handshake', async (t) => {
  await using folder = await temporaryFolder();
  const { files } = await givenFiles(folder.path);
  const tidings = await startTidingsForTest(join(folder.path, 'data'), { TIDINGS_TLS_CERT_FILE: files.certificateFile, TIDINGS_TLS_KEY_FILE: files.keyFile });
  const ports = Object.values(tidings.urls).map((url) => Number(new URL(String(url)).port));
  for (const port of ports) {
    const silent = connectPlainly(port, '127.0.0.1').on('error', () => undefined);
    await once(silent, 'connect');
    const secured = connect({ port, host: '127.0.0.1', ca: FIRST.authority, servername: 'localhost' }).on('error', () => undefined);
    await once(secured, 'secureConnect');
  }
  const startedMs = performance.now();
  await tidings[Symbol.asyncDispose]();
  t.true(performance.now() - startedMs < 5_000, String(performance.now() - startedMs));
});

test('files that change are read again, a pair that can’t be used is reported once, and the old one stays', async (t) => {
  await using folder = await temporaryFolder();
  const { files, write } = await givenFiles(folder.path);
  const lines: string[] = [];
  const log = (message: string) => void lines.push(message);
  using source = openTlsFiles(files, { logger: { debug: log, info: log, warn: log, error: log }, checkMs: 5 });
  const replaced: string[] = [];
  source.onReplaced(({ key }) => replaced.push(key));
  await replaceFile(files.keyFile, SECOND.key); // of another certificate
  while (lines.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  await new Promise((resolve) => setTimeout(resolve, 30));
  t.is(source.current().key, FIRST.key);
  await write(SECOND);
  while (lines.length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
  t.is(source.current().key, SECOND.key);
  t.deepEqual(replaced, [SECOND.key]);
  t.deepEqual(lines, ['certificate in use', 'certificate not replaced', 'certificate in use']);
});

test('a certificate that can’t be read keeps the process from starting', async (t) => {
  await using folder = await temporaryFolder();
  const { files } = await givenFiles(folder.path);
  const log = () => undefined;
  const logger = { debug: log, info: log, warn: log, error: log };
  t.throws(() => openTlsFiles({ ...files, keyFile: join(folder.path, 'missing') }, { logger }), { instanceOf: CannotStart });
  await writeFile(files.keyFile, SECOND.key);
  t.throws(() => openTlsFiles(files, { logger }), { instanceOf: CannotStart });
});
