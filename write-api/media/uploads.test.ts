/** Uploads by the official client of tus, over two processes on one store. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { Upload, type UploadOptions } from 'tus-js-client';
import { media } from '../../domain/media/media.ts';
import type { MediaId } from '../../domain/shared/ids.ts';
import { mediaStream } from '../../domain/shared/streams.ts';
import { createUploads, PIECE_BYTES_MAX } from '../../commands/media/uploads.ts';
import { startMediaFolder } from '../../ports/media/folder.ts';
import { UPLOADS_OF_PERSON_AT_ONCE_MAX } from './uploads.ts';
import { givenWriteApi, type LoggedInPerson, type WriteApiFixture } from '../test-fixture.ts';

const bytesOf = (length: number) => Buffer.alloc(length, 'Tidings');

/** Passes requests on to one server and then the other, and cuts the body of each of the first ones in the middle. */
async function startCuttingProxy(urls: readonly string[], { cuts, afterBytes }: { readonly cuts: number; readonly afterBytes: number }) {
  let left = cuts;
  let requests = 0;
  const server = createServer((incoming, outgoing) => {
    const target = new URL(incoming.url ?? '/', urls[requests++ % urls.length]);
    const forwarded = send(target, { method: incoming.method, headers: { ...incoming.headers, host: target.host } }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    forwarded.on('error', () => outgoing.destroy());
    const cutsThis = incoming.method === 'PATCH' && left > 0;
    if (cutsThis) left--;
    let passed = 0;
    incoming.on('data', (chunk: Buffer) => {
      passed += chunk.length;
      forwarded.write(chunk);
      if (!cutsThis || passed < afterBytes) return;
      forwarded.destroy();
      incoming.destroy();
    });
    incoming.on('end', () => forwarded.end());
    incoming.on('error', () => forwarded.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests: () => requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

/** Resolves with the id that was uploaded. */
const upload = (url: string, { token }: LoggedInPerson, bytes: Buffer, options: Partial<UploadOptions> = {}) =>
  new Promise<MediaId>((done, fail) => {
    const uploading = new Upload(bytes, {
      endpoint: `${url}/v1/me/uploads`,
      retryDelays: [0, 50, 100, 500, 1_000, 2_000],
      headers: { authorization: `Bearer ${token}` },
      metadata: { filename: 'Ann in the secret place.jpg' },
      onSuccess: () => done((uploading.url?.split('/').at(-1) ?? '') as MediaId),
      onError: fail,
      ...options,
    });
    uploading.start();
  });

const stateOf = async ({ commands }: WriteApiFixture, id: MediaId) => (await commands.process().loadState(media, mediaStream(id))).state;

async function uploaded(api: WriteApiFixture, id: MediaId) {
  const uploads = createUploads({ store: await startMediaFolder(`${api.commands.folder}/media`) });
  return { uploads, found: await uploads.find(id) };
}

test('an upload that is cut twice goes on at another process, and ends once', async (t) => {
  await using api = await givenWriteApi();
  const another = await api.startAnother();
  await using proxy = await startCuttingProxy([api.url, another.url], { cuts: 2, afterBytes: 1.5 * PIECE_BYTES_MAX });
  const ann = await api.person();
  const bytes = bytesOf(4 * PIECE_BYTES_MAX + 17);
  const id = await upload(proxy.url, ann, bytes);
  t.true(proxy.requests() >= 6, 'begun, cut, asked, cut, asked, ended');
  t.deepEqual(await stateOf(api, id), { status: 'uploaded', owner: ann.person });
  const { uploads, found } = await uploaded(api, id);
  t.like(found, { media: id, owner: ann.person, bytes: bytes.length, offset: bytes.length });
  const file = `${api.commands.folder}/read`;
  await uploads.readInto(file, id);
  t.true((await readFile(file)).equals(bytes));
});

test('what was ended is told so, to its owner alone, also where its bytes were used up', async (t) => {
  await using api = await givenWriteApi();
  const [ann, bob] = [await api.person(), await api.person()];
  const id = await upload(api.url, ann, bytesOf(10));
  const headers = { 'tus-resumable': '1.0.0' };
  const ask = async (who: LoggedInPerson) => {
    const { status, headers: told } = await fetch(`${api.url}/v1/me/uploads/${id}`, {
      method: 'HEAD',
      headers: { ...headers, authorization: `Bearer ${who.token}` },
    });
    return [status, told.get('upload-offset'), told.get('upload-length')];
  };
  t.deepEqual(await ask(ann), [200, '10', '10']);
  t.deepEqual((await ask(bob))[0], 404);
  const patch = { ...headers, 'upload-offset': '10', 'content-type': 'application/offset+octet-stream' };
  t.is((await api.request(bob, 'PATCH', `/v1/me/uploads/${id}`, { headers: patch, raw: 'more' })).body.code, 'media-unknown');
  t.is((await api.request(ann, 'DELETE', `/v1/me/uploads/${id}`, { headers })).body.code, 'upload-conflict');
  await (await uploaded(api, id)).uploads.discard(id);
  t.deepEqual(await ask(ann), [200, '10', '10']);
  t.is((await api.request(ann, 'PATCH', `/v1/me/uploads/${id}`, { headers: patch, raw: 'more' })).body.code, 'upload-conflict');
});

test('a piece that comes late for an upload that was discarded is no part of the one that was begun again', async (t) => {
  await using api = await givenWriteApi();
  const uploads = createUploads({ store: await startMediaFolder(`${api.commands.folder}/media`) });
  const [media, owner] = ['1b4e28ba-2fa1-41d2-883f-0016d3cca427' as MediaId, (await api.person()).person];
  const begin = async () => {
    t.is(await uploads.begin({ media, owner, bytes: 6 }), 'begun');
    return (await uploads.find(media))?.attempt ?? '';
  };
  const first = await begin();
  t.is(await begin(), first, 'begun twice it is one');
  await uploads.append({ media, offset: 0, attempt: first }, Buffer.from('old'));
  await uploads.discard(media);
  const second = await begin();
  // Two pieces of the first are under way still: the one after the other, and the one in place of which the second has its own.
  for (const offset of [0, 3]) await uploads.append({ media, offset, attempt: first }, Buffer.from('old'));
  t.is((await uploads.find(media))?.offset, 0);
  for (const offset of [0, 3]) t.is(await uploads.append({ media, offset, attempt: second }, Buffer.from('new')), 'appended');
  t.is((await uploads.find(media))?.offset, 6);
  const file = `${api.commands.folder}/read`;
  await uploads.readInto(file, media);
  t.is((await readFile(file)).toString(), 'newnew');
  await uploads.discard(media);
  t.deepEqual(await (await startMediaFolder(`${api.commands.folder}/media`)).list('uploads'), []);
});

test('of two who send the same place at once, one goes on and the other is told', async (t) => {
  await using api = await givenWriteApi();
  const ann = await api.person();
  const created = await api.request(ann, 'POST', '/v1/me/uploads', { headers: { 'tus-resumable': '1.0.0', 'upload-length': '8', 'idempotency-key': 'one' } });
  const again = await api.request(ann, 'POST', '/v1/me/uploads', { headers: { 'tus-resumable': '1.0.0', 'upload-length': '8', 'idempotency-key': 'one' } });
  t.deepEqual([created.status, again.headers.get('location')], [201, created.headers.get('location')]);
  const other = await api.request(ann, 'POST', '/v1/me/uploads', { headers: { 'tus-resumable': '1.0.0', 'upload-length': '9', 'idempotency-key': 'one' } });
  t.is(other.body.code, 'upload-conflict');
  const path = created.headers.get('location') ?? '';
  const headers = { 'tus-resumable': '1.0.0', 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' };
  const both = await Promise.all(['abcd', 'efgh'].map((raw) => api.request(ann, 'PATCH', path, { headers, raw })));
  t.deepEqual(
    both.map(({ status }) => status).toSorted((one, other) => one - other),
    [204, 409],
  );
  const rest = await api.request(ann, 'PATCH', path, { headers: { ...headers, 'upload-offset': '4' }, raw: 'ijkl' });
  t.deepEqual([rest.status, rest.headers.get('upload-offset')], [204, '8']);
  t.truthy(rest.headers.get('tidings-position'));
});

test('a person begins so many uploads a day, however short', async (t) => {
  await using api = await givenWriteApi({ limits: { 'uploads-begun': { points: 2, windowSeconds: 60 } } });
  const ann = await api.person();
  const create = () => api.request(ann, 'POST', '/v1/me/uploads', { headers: { 'tus-resumable': '1.0.0', 'upload-length': '1' } });
  t.deepEqual([(await create()).status, (await create()).status, (await create()).body.code], [201, 201, 'rate-limited']);
});

test('a person uploads so many bytes a day, and so many at once', async (t) => {
  await using api = await givenWriteApi({ uploadBytesMax: 100, limits: { 'upload-bytes': { points: 150, windowSeconds: 60 } } });
  const ann = await api.person();
  const create = (bytes: number) => api.request(ann, 'POST', '/v1/me/uploads', { headers: { 'tus-resumable': '1.0.0', 'upload-length': String(bytes) } });
  t.is((await create(101)).body.code, 'upload-too-large');
  t.is((await create(100)).status, 201);
  t.is((await create(100)).body.code, 'rate-limited');
});

test('who sends much at once, and slowly, leaves places to everybody else', async (t) => {
  await using api = await givenWriteApi();
  const [ann, bob] = [await api.person(), await api.person()];
  const create = async (who: LoggedInPerson) =>
    (await api.request(who, 'POST', '/v1/me/uploads', { headers: { 'tus-resumable': '1.0.0', 'upload-length': '8' } })).headers.get('location') ?? '';
  const patch = { 'tus-resumable': '1.0.0', 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' };
  const slow = await Promise.all(Array.from({ length: UPLOADS_OF_PERSON_AT_ONCE_MAX }, () => create(ann)));
  const requests = slow.map((path) => {
    const headers = { ...patch, authorization: `Bearer ${ann.token}`, 'content-length': '8' };
    const request = send(new URL(path, api.url), { method: 'PATCH', headers });
    request.on('error', () => undefined);
    request.write('a');
    return request;
  });
  const last = await create(ann);
  let refusal = await api.request(ann, 'PATCH', last, { headers: patch, raw: '' });
  for (const until = performance.now() + 30_000; refusal.status === 204 && performance.now() < until; await delay(20))
    refusal = await api.request(ann, 'PATCH', last, { headers: patch, raw: '' });
  t.is(refusal.status, 429);
  t.regex(JSON.stringify(refusal.body), /uploads-at-once/);
  t.is((await api.request(bob, 'PATCH', await create(bob), { headers: patch, raw: 'abcdefgh' })).status, 204);
  for (const request of requests) request.destroy();
});

test('what was uploaded under a key, and prepared since, is not taken again', async (t) => {
  await using api = await givenWriteApi({ uploadBytesMax: 100, limits: { 'upload-bytes': { points: 10, windowSeconds: 60 } } });
  const ann = await api.person();
  const create = (length: string) =>
    api.request(ann, 'POST', '/v1/me/uploads', { headers: { 'tus-resumable': '1.0.0', 'upload-length': length, 'idempotency-key': 'one' } });
  const patch = { 'tus-resumable': '1.0.0', 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' };
  const path = (await create('10')).headers.get('location') ?? '';
  t.is((await api.request(ann, 'PATCH', path, { headers: patch, raw: '0123456789' })).status, 204);
  const id = (path.split('/').at(-1) ?? '') as MediaId;
  const { uploads } = await uploaded(api, id);
  await uploads.discard(id);
  const again = await create('10');
  t.deepEqual([again.status, again.headers.get('location')], [201, path]);
  t.is((await api.request(ann, 'PATCH', path, { headers: patch, raw: '0123456789' })).body.code, 'upload-conflict');
  t.is((await create('100')).body.code, 'upload-conflict');
  t.is(await uploads.find(id), undefined, 'nothing is kept of it');
});

test('an upload is what it is said to be: a recording, a file of a type, or a picture or video where nothing is said', async (t) => {
  await using api = await givenWriteApi();
  const ann = await api.person();
  const purposeOf = async (metadata: Record<string, string>) => {
    const { found } = await uploaded(api, await upload(api.url, ann, bytesOf(10), { metadata }));
    return found?.purpose;
  };
  t.deepEqual(await purposeOf({ filename: 'minutes.pdf', as: 'file', filetype: 'Application/PDF' }), { kind: 'file', type: 'application/pdf' });
  t.deepEqual(await purposeOf({ as: 'file', filetype: 'text/html\r\nx: y' }), { kind: 'file', type: 'application/octet-stream' });
  t.deepEqual(await purposeOf({ as: 'audio', filetype: 'audio/ogg' }), { kind: 'audio' });
  t.is(await purposeOf({ filename: 'cat.jpg', filetype: 'image/jpeg' }), undefined);
});
