import test from 'ava';
import { startReceiver, type Received } from '../../tests/webhooks/receiver.ts';
import { startOutbound } from '../outbound/https.ts';
import { contentCheckContract } from './contract.ts';
import { httpContentCheck } from './http.ts';
import { ContentCheckUnavailable } from './port.ts';
import { wordList } from './word-list.ts';

const LOOPBACK = ['127.0.0.0/8'];

async function startChecker(refused: readonly string[]) {
  await using starting = new AsyncDisposableStack();
  const receiver = starting.use(await startReceiver());
  const outbound = starting.use(startOutbound({ privateNetworks: LOOPBACK, ca: receiver.ca }));
  const words = wordList(refused);
  receiver.answer(({ body }: Received, response) => {
    void words
      .check(JSON.parse(body) as Parameters<typeof words.check>[0])
      .then((verdict) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ verdict })));
  });
  const started = starting.move();
  return {
    check: httpContentCheck(outbound, { url: receiver.url, token: 'secret', deadlineMs: 5_000 }),
    receiver,
    outbound,
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

contentCheckContract('HTTP', async (refused) => {
  const { check, ...started } = await startChecker(refused);
  return { check, [Symbol.asyncDispose]: () => started[Symbol.asyncDispose]() };
});

test('the service is told what it says and in what, and the token, and nothing of whom', async (t) => {
  await using checker = await startChecker(['casino']);
  await checker.check.check({ kind: 'reply', text: 'Rain.' });
  const [request] = checker.receiver.received;
  t.deepEqual(JSON.parse(request?.body ?? ''), { kind: 'reply', text: 'Rain.' });
  t.is(request?.headers['authorization'], 'Bearer secret');
});

test('no verdict in time, another status and another answer say nothing of the text', async (t) => {
  await using checker = await startChecker([]);
  const { receiver, outbound } = checker;
  const check = () => httpContentCheck(outbound, { url: receiver.url, deadlineMs: 500 }).check({ kind: 'post', text: 'Rain.' });
  for (const answer of [
    503,
    302,
    'hang' as const,
    'cut' as const,
    (_: Received, response: { end(text: string): void }) => response.end('yes'),
    (_: Received, response: { end(text: string): void }) => response.end('{"verdict":"perhaps"}'),
  ]) {
    receiver.answer(answer);
    await t.throwsAsync(check(), { instanceOf: ContentCheckUnavailable });
  }
});

test('a service in a private network is asked only where the operator allows it', async (t) => {
  await using receiver = await startReceiver();
  await using outbound = startOutbound({ ca: receiver.ca });
  await t.throwsAsync(httpContentCheck(outbound, { url: receiver.url }).check({ kind: 'post', text: 'Rain.' }), { instanceOf: ContentCheckUnavailable });
  t.is(receiver.connections(), 0);
});
