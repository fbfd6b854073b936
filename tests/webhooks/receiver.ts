/** Somebody's HTTPS server that takes what is posted to it, with a certificate of its own, and answers as it is told to. */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { makeCertificates } from '../../event-store/grpc/certificates.ts';

export type Received = { readonly path: string; readonly headers: Readonly<Record<string, string>>; readonly body: string };

/** How a request is answered: by a status, never, by cutting the connection, or by anything else. */
export type Answering = number | 'hang' | 'cut' | ((request: Received, response: ServerResponse) => void);

export type Receiver = AsyncDisposable & {
  /** `https://localhost:<port>` */
  readonly url: string;
  readonly port: number;
  /** The authority of its certificate, as PEM. */
  readonly ca: string;
  /** Every request that came whole, oldest first. */
  readonly received: readonly Received[];
  /** Connections made since it started. */
  readonly connections: () => number;
  answer(answering: Answering): void;
};

export async function startReceiver(): Promise<Receiver> {
  const { certificate, key, authority } = makeCertificates(['localhost', '127.0.0.1'], Date.now());
  const received: Received[] = [];
  const sockets = new Set<Socket>();
  let answering: Answering = 204;
  let connections = 0;
  const server = createServer({ cert: certificate, key }, (request, response) => {
    void requestFrom(request).then(
      (whole) => {
        received.push(whole);
        if (typeof answering === 'function') answering(whole, response);
        else if (answering === 'cut') request.socket.destroy();
        else if (answering !== 'hang') response.writeHead(answering).end();
      },
      () => request.socket.destroy(),
    );
  });
  server.on('secureConnection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://localhost:${port}`,
    port,
    ca: authority,
    received,
    connections: () => connections,
    answer: (told) => {
      answering = told;
    },
    [Symbol.asyncDispose]: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}

async function requestFrom(request: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  return { path: request.url ?? '', headers, body: Buffer.concat(chunks).toString('utf8') };
}
