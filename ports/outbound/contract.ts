import test, { type ExecutionContext } from 'ava';
import { startReceiver, type Receiver } from '../../tests/webhooks/receiver.ts';
import { OUTBOUND_RESPONSE_BYTES_MAX, type Outbound } from './port.ts';

const LOOPBACK = ['127.0.0.0/8', '::1/128'];
/** What must not happen is waited for so long. */
const DEADLINE_MS = 10_000;

export type StartOutbound = (options: {
  readonly privateNetworks: readonly string[];
  readonly ca?: string;
  readonly hostConnectionsMax?: number;
}) => Promise<Outbound>;

/** Each adapter's test file is one call: `outboundContract('https', start)`. */
export function outboundContract(adapter: string, start: StartOutbound): void {
  const check = (title: string, body: (t: ExecutionContext, receiver: Receiver, outbound: Outbound) => Promise<void>) =>
    test(`${adapter}: ${title}`, async (t) => {
      await using receiver = await startReceiver();
      await using outbound = await start({ privateNetworks: LOOPBACK, ca: receiver.ca });
      await body(t, receiver, outbound);
    });
  const post = (outbound: Outbound, url: string) =>
    outbound.post({ url, headers: { 'content-type': 'application/json' }, body: '{"a":"ä"}', deadlineMs: DEADLINE_MS });

  check('posts the body as it is, and answers with the status and the response', async (t, receiver, outbound) => {
    receiver.answer((_, response) => void response.writeHead(201, { 'X-Kept': 'yes' }).end('thanks'));
    const answer = await post(outbound, `${receiver.url}/hook?a=1`);
    t.true(answer.outcome === 'answered' && answer.status === 201 && answer.headers['x-kept'] === 'yes' && answer.body.toString() === 'thanks');
    const [request] = receiver.received;
    t.is(request?.path, '/hook?a=1');
    t.is(request?.body, '{"a":"ä"}');
    t.is(request?.headers['content-length'], '10');
    t.is(request?.headers['content-type'], 'application/json');
  });

  check('gets what is there, asks for nothing to be compressed, and reads as far as it is told', async (t, receiver, outbound) => {
    receiver.answer((_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<title>Ä</title>'));
    const get = (responseBytesMax?: number) =>
      outbound.get({
        url: `${receiver.url}/page?b=2`,
        headers: { accept: 'text/html' },
        deadlineMs: DEADLINE_MS,
        ...(responseBytesMax && { responseBytesMax }),
      });
    const whole = await get();
    t.true(whole.outcome === 'answered' && whole.body.toString() === '<title>Ä</title>' && !whole.isCut && whole.headers['content-type'] === 'text/html');
    const [request] = receiver.received;
    t.deepEqual([request?.path, request?.body, request?.headers['accept'], request?.headers['accept-encoding']], ['/page?b=2', '', 'text/html', 'identity']);
    const cut = await get(7);
    t.true(cut.outcome === 'answered' && cut.body.toString() === '<title>' && cut.isCut);
  });

  check('follows no redirect', async (t, receiver, outbound) => {
    receiver.answer((_, response) => void response.writeHead(307, { location: `${receiver.url}/elsewhere` }).end());
    const answer = await post(outbound, receiver.url);
    t.true(answer.outcome === 'answered' && answer.status === 307);
    t.is(receiver.received.length, 1);
  });

  check('reads a response only as far as it may be long', async (t, receiver, outbound) => {
    const chunk = Buffer.alloc(OUTBOUND_RESPONSE_BYTES_MAX, 'x');
    receiver.answer((_, response) => {
      const write = (): void => void (response.destroyed || (response.write(chunk) ? setImmediate(write) : response.once('drain', write)));
      write(); // for ever
    });
    const answer = await post(outbound, receiver.url);
    t.true(answer.outcome === 'answered' && answer.isCut && answer.body.length === OUTBOUND_RESPONSE_BYTES_MAX);
  });

  check('gives up at the deadline, while the head or the body of the response is missing', async (t, receiver, outbound) => {
    receiver.answer('hang');
    const request = { url: receiver.url, headers: {}, body: '', deadlineMs: 300 };
    t.deepEqual(await outbound.post(request), { outcome: 'failed', reason: 'deadline' });
    receiver.answer((_, response) => void response.writeHead(200).write('the beginning'));
    t.deepEqual(await outbound.post(request), { outcome: 'failed', reason: 'deadline' });
  });

  check('ends where a server answers by switching to another protocol', async (t, receiver, outbound) => {
    receiver.answer((_, { socket }) => void socket?.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n'));
    t.deepEqual(await post(outbound, receiver.url), { outcome: 'failed', reason: 'connection' });
  });

  test(`${adapter}: a request that waits for a connection waits no longer than its deadline`, async (t) => {
    await using receiver = await startReceiver();
    await using outbound = await start({ privateNetworks: LOOPBACK, ca: receiver.ca, hostConnectionsMax: 1 });
    receiver.answer('hang');
    const leaving = new AbortController();
    const first = outbound.post({ url: receiver.url, headers: {}, body: '', deadlineMs: 60_000, signal: leaving.signal });
    t.deepEqual(await outbound.post({ url: receiver.url, headers: {}, body: '', deadlineMs: 300 }), { outcome: 'failed', reason: 'deadline' });
    leaving.abort();
    t.deepEqual(await first, { outcome: 'failed', reason: 'aborted' });
  });

  check('ends with its caller', async (t, receiver, outbound) => {
    receiver.answer('hang');
    const leaving = new AbortController();
    const posting = outbound.post({ url: receiver.url, headers: {}, body: '', signal: leaving.signal });
    leaving.abort();
    t.deepEqual(await posting, { outcome: 'failed', reason: 'aborted' });
  });

  check('tells of a connection that is cut, and of a name that nobody has', async (t, receiver, outbound) => {
    receiver.answer('cut');
    t.deepEqual(await post(outbound, receiver.url), { outcome: 'failed', reason: 'connection' });
    const unknown = await post(outbound, 'https://nobody-has-this-name.invalid/');
    t.true(unknown.outcome === 'failed' && ['name-unknown', 'connection'].includes(unknown.reason));
  });

  check('takes https addresses alone, without credentials', async (t, receiver, outbound) => {
    for (const url of [receiver.url.replace('https:', 'http:'), receiver.url.replace('//', '//user:secret@'), 'no address', 'file:///etc/passwd', '']) {
      t.deepEqual(await post(outbound, url), { outcome: 'refused', reason: 'url-invalid' }, url);
    }
    t.is(receiver.connections(), 0);
  });

  test(`${adapter}: connects to no private address, however it is written`, async (t) => {
    await using receiver = await startReceiver();
    await using outbound = await start({ privateNetworks: ['10.0.0.0/8'], ca: receiver.ca });
    for (const host of ['localhost', '127.0.0.1', '127.1', '0x7f.0.0.1', '2130706433', '0177.0.0.1', '0.0.0.0', '[::1]', '[::ffff:127.0.0.1]', '[::]']) {
      const url = `https://${host}:${receiver.port}/`;
      t.deepEqual(await post(outbound, url), { outcome: 'refused', reason: 'address-not-public' }, host);
      t.deepEqual(await outbound.get({ url, headers: {} }), { outcome: 'refused', reason: 'address-not-public' }, host);
    }
    t.is(receiver.connections(), 0);
  });

  test(`${adapter}: trusts no certificate that no authority has signed`, async (t) => {
    await using receiver = await startReceiver();
    await using outbound = await start({ privateNetworks: LOOPBACK });
    t.deepEqual(await post(outbound, receiver.url), { outcome: 'failed', reason: 'certificate' });
    t.is(receiver.received.length, 0);
  });

  test(`${adapter}: opens no more connections to one host than it may, and the others wait for theirs`, async (t) => {
    await using receiver = await startReceiver();
    await using outbound = await start({ privateNetworks: LOOPBACK, ca: receiver.ca, hostConnectionsMax: 2 });
    const answers = await Promise.all(Array.from({ length: 12 }, () => post(outbound, receiver.url)));
    t.true(answers.every((answer) => answer.outcome === 'answered'));
    t.true(receiver.connections() <= 2);
  });
}
