import { once } from 'node:events';
import { constants, createSecureServer, type Http2SecureServer, type ServerHttp2Stream } from 'node:http2';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import test from 'ava';
import { makeCertificates } from '../../../event-store/grpc/certificates.ts';
import { NoVendorAnswer } from '../vendor-https.ts';
import { openApnsSession, type ApnsSession } from './session.ts';

type Server = AsyncDisposable & { readonly origin: string; readonly port: number; readonly ca: string; readonly connections: () => number };

async function serve(answer: (stream: ServerHttp2Stream) => void): Promise<Server> {
  const { certificate, key, authority } = makeCertificates(['127.0.0.1'], Date.now());
  const server: Http2SecureServer = createSecureServer({ cert: certificate, key });
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on('secureConnection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket.on('error', () => undefined));
  });
  server.on('session', (session) => session.on('error', () => undefined));
  server.on('stream', (stream: ServerHttp2Stream) => {
    stream.on('error', () => undefined);
    answer(stream);
  });
  const port = await listen(server);
  return {
    origin: `https://127.0.0.1:${port}`,
    port,
    ca: authority,
    connections: () => connections,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

async function listen(server: { listen(port: number, host: string): unknown; address(): unknown } & NodeJS.EventEmitter): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Passes bytes on until it is told that the network has forgotten the connections there are: then they stay, and nothing comes through. */
async function startForgetfulNetwork(port: number): Promise<AsyncDisposable & { readonly port: number; forget(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const onward = connect(port, '127.0.0.1');
    for (const one of [socket, onward]) sockets.add(one.on('error', () => undefined));
    socket.pipe(onward).pipe(socket);
  });
  return {
    port: await listen(server),
    forget: () => {
      for (const socket of sockets) socket.unpipe().pause();
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

const ask = async (session: ApnsSession, ms = 10_000) =>
  await session.ask({ headers: { ':method': 'POST', ':path': '/' }, body: '{}', signal: AbortSignal.timeout(ms) }).then(
    ({ status }) => status,
    (error: unknown) => (error instanceof NoVendorAnswer ? error.isCertain : error),
  );

const accept = (stream: ServerHttp2Stream) => {
  stream.respond({ ':status': 200 });
  stream.end();
};

test('a request that the server refused to look at was certainly not taken; one that it reset may have been', async (t) => {
  let code: number = constants.NGHTTP2_REFUSED_STREAM;
  await using server = await serve((stream) => stream.close(code));
  await using session = openApnsSession(server);
  t.is(await ask(session), true);
  code = constants.NGHTTP2_INTERNAL_ERROR;
  t.is(await ask(session), false);
});

test('what came after the last request that a goodbye names was certainly not taken, and the next one has a new connection', async (t) => {
  let streams = 0;
  await using server = await serve((stream) => {
    streams += 1;
    if (streams !== 2) return accept(stream);
    stream.session?.goaway(constants.NGHTTP2_NO_ERROR, 1); // the first stream's id, of which the second's is 3
  });
  await using session = openApnsSession(server);
  t.deepEqual([await ask(session), await ask(session), await ask(session)], [200, true, 200]);
  t.is(server.connections(), 2);
});

test('a goodbye for a fault leaves what was under way unknown', async (t) => {
  await using server = await serve((stream) => stream.session?.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM, stream.id));
  await using session = openApnsSession(server);
  t.is(await ask(session), false);
});

test('a connection that the network has forgotten is given up after the attempt that found out', async (t) => {
  await using server = await serve(accept);
  await using network = await startForgetfulNetwork(server.port);
  await using session = openApnsSession({ origin: `https://127.0.0.1:${network.port}`, ca: server.ca });
  t.is(await ask(session), 200);
  network.forget();
  t.is(await ask(session, 500), false);
  let answer = await ask(session, 2_000);
  while (answer !== 200) answer = await ask(session, 2_000); // until a ping was not answered
  t.is(server.connections(), 2);
});
